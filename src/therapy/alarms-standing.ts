import { placeInTime } from './history.ts';
import type { AlarmRecord } from './records.ts';
import type { Timeline } from './timeline.ts';
import { isBefore } from './when.ts';

/**
 * The alarms of a pump that were known at an instant and not over, oldest first. An alarm is over when it is reported as
 * cleared, and by what answers it: a fill for the reservoir, a programme that runs again for the delivery. What was only
 * learned later was not known. None says that none was reported, never that there is none.
 */
export function alarmsStanding(therapy: Timeline, pumpKey: string, at: Temporal.Instant): AlarmRecord[] {
  const life = therapy.pumps.find((pump) => pump.life.key === pumpKey)?.life;
  if (life?.explanted && !isBefore(at, life.explanted.earliest)) return [];
  return therapy.alarms.filter(
    (alarm) => alarm.pumpKey === pumpKey && isKnown(alarm, at) && !isOver(therapy, alarm, at),
  );
}

const isKnown = ({ when, learnedAt }: AlarmRecord, at: Temporal.Instant): boolean =>
  !isBefore(at, when.earliest) && !(learnedAt && isBefore(at, learnedAt));

function isOver(therapy: Timeline, alarm: AlarmRecord, at: Temporal.Instant): boolean {
  const { pumpKey, code, delivery, clearedAt, when } = alarm;
  if (delivery === 'recovered' || (clearedAt && !isBefore(at, clearedAt))) return true;
  const isAnswer = (then: Temporal.Instant) => isBefore(when.earliest, then) && !isBefore(at, then);
  if (ofReservoir.has(code)) {
    return therapy.fills.some((fill) => fill.pumpKey === pumpKey && isAnswer(placeInTime(fill.entry)));
  }
  if (delivery === 'continues' || code === 'eos') return false;
  return therapy.segments.some((segment) => segment.pumpKey === pumpKey && isAnswer(segment.start));
}

const ofReservoir: ReadonlySet<string> = new Set(['low-reservoir', 'empty-reservoir']);
