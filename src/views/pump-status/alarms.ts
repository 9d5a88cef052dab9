import { alarmsStanding } from '../../therapy/alarms-standing.ts';
import type { AlarmRecord } from '../../therapy/records.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';
import { isBefore } from '../../therapy/when.ts';
import { recordOf } from './fact.ts';
import type { OnePump } from './pump-schema.ts';

type Alarms = OnePump['alarms'];

/** What the pump was reported to say of itself. None standing says since when none was reported, not that there is none. */
export function alarmFacts(therapy: Timeline, { life }: PumpState): Alarms {
  const standing = alarmsStanding(therapy, life.key, therapy.asOf).map(alarmNow);
  if (standing.length > 0) return { standing, words: null };
  const known = therapy.alarms.filter(({ pumpKey, learnedAt }) => {
    return pumpKey === life.key && !(learnedAt && isBefore(therapy.asOf, learnedAt));
  });
  const last = known.map(({ when }) => when);
  const since = last.toSorted((a, b) => Temporal.Instant.compare(b.earliest, a.earliest))[0] ?? life.firstEntry.when;
  return { standing, words: `No alarm reported since ${since.text.slice(0, 10)}. Alarms are learned late.` };
}

function alarmNow(alarm: AlarmRecord): Alarms['standing'][number] {
  const { code, criticality, when, learnedAt, delivery, inWords, entry } = alarm;
  return {
    code,
    criticality: criticality ?? null,
    at: when.text,
    learnedAt: learnedAt?.toString() ?? null,
    delivery,
    words: inWords ?? null,
    ...recordOf(entry),
  };
}
