import type { CanonicalEvent } from '../../src/event/event.ts';
import { history } from '../../src/therapy/history.ts';
import type { TherapySettings } from '../../src/therapy/settings.ts';
import { type Timeline, timeline } from '../../src/therapy/timeline.ts';
import { asOf, patientOf, recordedOf, settings } from '../stories/story.ts';

/** The therapy under a site's own settings. */
export function foldWith(over: Partial<TherapySettings>, events: readonly CanonicalEvent[]): Timeline {
  const own = { ...settings, ...over };
  return timeline(history(recordedOf(events), patientOf(events[0] as CanonicalEvent), own), asOf, own);
}

/** What a reader is told beside the facts, as lines: event, code, severity, place, words. */
export function told(events: readonly CanonicalEvent[], over: Partial<TherapySettings> = {}): string[] {
  return foldWith(over, events).flags.map(({ problem: { code, severity, place, message } }) =>
    [place?.eventId, code, severity, `${place?.field ?? '-'}: ${message}`].join(' '),
  );
}
