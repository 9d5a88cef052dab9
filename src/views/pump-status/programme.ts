import type { Program, Weekday } from '../../event/program.ts';
import type { Session } from '../../therapy/records.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';

export interface DrugNow {
  readonly name: 'baclofen';
  readonly concentrationUgPerMl: number | null;
  /** Other drugs in the same reservoir. */
  readonly others: readonly { readonly name: string; readonly concentrationUgPerMl: number | null }[];
  /** Loud where the concentration is not known: without it a dose says nothing of a volume. */
  readonly words: string | null;
}

/** What the programme names; else what was filled last. Null for a pump that was taken out. */
export function drugOf(therapy: Timeline, { life, program }: PumpState): DrugNow | null {
  if (life.explanted) return null;
  const fill = therapy.fills.findLast(({ pumpKey }) => pumpKey === life.key)?.fill;
  const concentrationUgPerMl = program?.concentrationUgPerMl ?? fill?.concentrationUgPerMl ?? null;
  const others = program?.additionalDrugs ?? fill?.additionalDrugs ?? [];
  return {
    name: 'baclofen',
    concentrationUgPerMl,
    others: others.map((other) => ({
      name: other.name,
      concentrationUgPerMl: other.concentrationUgPerMl ?? null,
    })),
    words: concentrationUgPerMl === null ? 'CONCENTRATION NOT REPORTED. Check the pump with its programmer.' : null,
  };
}

export interface WeekdayDose {
  readonly days: readonly Weekday[];
  readonly doseUgPerDay: number;
}

/** Weekdays with a pattern of their own. */
export function weekdayDosesOf(program: Program | undefined): WeekdayDose[] {
  const patterns = program?.mode === 'flex' ? (program.weekdayPatterns ?? []) : [];
  return patterns.map(({ days, doseUgPerDay }) => ({ days, doseUgPerDay }));
}

/** The daily dose that a programme states; null where it states none, and where every weekday has its own. */
export function doseOf(program: Program | undefined): number | null {
  if (!program || !('doseUgPerDay' in program)) return null;
  const days = weekdayDosesOf(program).flatMap((pattern) => pattern.days);
  return days.length === 7 ? null : (program.doseUgPerDay ?? null);
}

export interface DoseChangeNow {
  readonly at: string;
  readonly fromUgPerDay: number | null;
  readonly toUgPerDay: number | null;
  /** As we calculate it. */
  readonly changePercent: number | null;
}

/** The last report that changed the programmed daily dose; null where none did. */
export function lastDoseChangeOf(
  { sessions }: Timeline,
  { life }: PumpState,
  shown: 'shown' | 'withheld',
): DoseChangeNow | null {
  const ofPump = sessions.filter(({ pumpKey }) => pumpKey === life.key);
  const last = ofPump.findLastIndex((session, n) => {
    const before = doseBefore(ofPump, n);
    return before !== null && doseIn(session) !== null && before !== doseIn(session);
  });
  const session = ofPump[last];
  if (!session) return null;
  return {
    at: session.entry.when.text,
    fromUgPerDay: doseBefore(ofPump, last),
    toUgPerDay: doseIn(session),
    changePercent: shown === 'shown' ? (session.changePercent ?? null) : null,
  };
}

/** The dose of the last session before that stated one: a stop between them is no dose. */
function doseBefore(sessions: readonly Session[], n: number): number | null {
  const before = sessions.slice(0, n).findLast((session) => doseIn(session) !== null);
  return before ? doseIn(before) : null;
}

const doseIn = ({ program }: Session): number | null => doseOf(program);

export interface PatientBolusesNow {
  /** What the patient may request. */
  readonly setting: {
    readonly doseUg: number;
    readonly durationMinutes: number | null;
    readonly lockoutMinutes: number | null;
    readonly maxPerDay: number | null;
  } | null;
  /** What the pump counted last. */
  readonly lastCount: {
    readonly at: string;
    readonly since: string | null;
    readonly delivered: number;
    readonly denied: number | null;
  } | null;
}

/** Null where the programme allots none and none were counted. */
export function patientBolusesOf(therapy: Timeline, { life, program }: PumpState): PatientBolusesNow | null {
  const setting = life.explanted ? null : settingOf(program);
  const count = therapy.bolusCounts.findLast(({ pumpKey }) => pumpKey === life.key);
  if (!setting && !count) return null;
  return {
    setting,
    lastCount: count
      ? {
          at: count.entry.when.text,
          since: count.since?.toString() ?? null,
          delivered: count.delivered,
          denied: count.denied ?? null,
        }
      : null,
  };
}

function settingOf(program: Program | undefined): PatientBolusesNow['setting'] {
  if (!program || !('patientBolus' in program) || !program.patientBolus) return null;
  const { doseUg, durationMinutes, lockoutMinutes, maxPerDay } = program.patientBolus;
  return {
    doseUg,
    durationMinutes: durationMinutes ?? null,
    lockoutMinutes: lockoutMinutes ?? null,
    maxPerDay: maxPerDay ?? null,
  };
}
