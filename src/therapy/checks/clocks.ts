import { elapsed, isMore, magnitude, minutesAsDays } from '../quantity.ts';
import { isExact } from '../when.ts';
import type { Checked, Finding } from './finding.ts';

/** The clock of the pump against the time of the event: flex steps and the log run on the former. */
export function checkClocks({ event, entry, settings }: Checked): readonly Finding[] {
  if (!isExact(entry.when)) return [];
  const tolerated = minutesAsDays(settings.checks.deviceClockMinutes);
  const shown = {
    'session.deviceClockAt': event.session?.deviceClockAt,
    deviceClockAt: event.type === 'interrogation' ? event.deviceClockAt : undefined,
  };
  return Object.entries(shown).flatMap(([field, clock]): Finding[] => {
    if (clock === undefined) return [];
    const apart = magnitude(elapsed(entry.when.earliest, Temporal.Instant.from(clock)));
    if (!isMore(apart, tolerated)) return [];
    const message = 'the clock of the pump and the time of the event differ';
    return [{ code: 'device-clock-differs', field, message, severity: 'information' }];
  });
}
