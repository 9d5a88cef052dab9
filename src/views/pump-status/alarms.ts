import { alarmsStanding } from '../../therapy/alarms-standing.ts';
import type { AlarmRecord } from '../../therapy/records.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';

export interface AlarmsNow {
  /** Reported and not reported as over, oldest first. */
  readonly standing: readonly AlarmNow[];
  /** Where none stands: since when none was reported. It does not say that there is none. */
  readonly words: string | null;
}

interface AlarmNow {
  readonly code: string;
  readonly criticality: 'critical' | 'non-critical' | null;
  readonly at: string;
  /** When somebody first learned of it. */
  readonly learnedAt: string | null;
  /** What it means for delivery. */
  readonly words: string | null;
}

export function alarmsOf(therapy: Timeline, { life }: PumpState): AlarmsNow {
  const standing = alarmsStanding(therapy, life.key, therapy.asOf).map(alarmNow);
  if (standing.length > 0) return { standing, words: null };
  const last = therapy.alarms.filter(({ pumpKey }) => pumpKey === life.key).map(({ when }) => when);
  const since = last.toSorted((a, b) => Temporal.Instant.compare(b.earliest, a.earliest))[0] ?? life.firstEntry.when;
  return { standing, words: `No alarm reported since ${since.text.slice(0, 10)}. Alarms are learned late.` };
}

function alarmNow({ code, criticality, when, learnedAt, inWords }: AlarmRecord): AlarmNow {
  return {
    code,
    criticality: criticality ?? null,
    at: when.text,
    learnedAt: learnedAt?.toString() ?? null,
    words: inWords ?? null,
  };
}
