import { inWords, type ProblemCode } from '../../event/problem.ts';
import type { Program, Reported } from '../../event/program.ts';
import { alarmsStanding } from '../../therapy/alarms-standing.ts';
import { refillState } from '../../therapy/forecast.ts';
import { isMore, type Ml, ml, toNumber } from '../../therapy/quantity.ts';
import type { Flag, Segment, Session } from '../../therapy/records.ts';
import { advance } from '../../therapy/reservoir.ts';
import { type PumpState, runningSegment, type Timeline } from '../../therapy/timeline.ts';
import { type AlarmsNow, alarmsOf } from './alarms.ts';
import { type BatteryNow, batteryOf } from './battery.ts';
import { type OpenComplication, openComplicationsOf } from './complications.ts';
import { type CatheterNow, catheterOf, type MriNow, mriOf, type PocketNow, pocketOf } from './devices.ts';
import {
  type DoseChangeNow,
  type DrugNow,
  doseOf,
  drugOf,
  lastDoseChangeOf,
  type PatientBolusesNow,
  patientBolusesOf,
  type WeekdayDose,
  weekdayDosesOf,
} from './programme.ts';
import { lastResidualOf, type ResidualNow } from './residual.ts';

/**
 * Pump status as compact JSON: what runs, how much is left by calculation, when a refill is due, what was reported
 * last. Unknown is null, never zero; each calculated value says so; what is held back is counted.
 */
export interface PumpStatus {
  readonly patient: string;
  readonly asOf: string;
  readonly notice: string;
  readonly reportsHeld: { readonly count: number; readonly since: string | null };
  readonly pumps: readonly OnePump[];
  readonly openComplications: readonly OpenComplication[];
  readonly lastEvents: readonly { readonly type: string; readonly occurredAt: string }[];
}

interface OnePump {
  readonly manufacturer: string;
  readonly model: string | null;
  readonly serialNumber: string;
  readonly reservoirCapacityMl: number | null;
  readonly pocket: PocketNow;
  readonly catheter: CatheterNow;
  readonly mri: MriNow;
  readonly state: 'implanted' | 'explanted';
  readonly implanted: string | null;
  readonly delivery: 'running' | 'bridge' | 'stopped' | 'unknown';
  readonly mode: Program['mode'] | null;
  /** Of the days that have no pattern of their own; null where every weekday has one. */
  readonly doseUgPerDay: number | null;
  readonly weekdayDoses: readonly WeekdayDose[];
  readonly concentrationUgPerMl: number | null;
  readonly drug: DrugNow | null;
  readonly since: string | null;
  readonly lastDoseChange: DoseChangeNow | null;
  readonly patientBoluses: PatientBolusesNow | null;
  readonly alarms: AlarmsNow;
  readonly battery: BatteryNow | null;
  readonly reservoir: {
    readonly method: 'calculated' | 'unknown' | 'withheld';
    readonly volumeMl: number | null;
    readonly asOf: string;
  };
  readonly refill: {
    readonly method: 'calculated' | 'unknown' | 'withheld';
    readonly dueBy: string | null;
    readonly lowReservoirAlarmDate: string | null;
    readonly state: ReturnType<typeof refillState> | null;
    readonly lastRefillReported: string | null;
    readonly words: string | null;
  };
  /** What the programmer itself showed last: it stands before anything that we calculate. */
  readonly reported: (Reported & { readonly asOf: string }) | null;
  readonly lastResidual: ResidualNow | null;
  /** The last five flags that warn, in words. */
  readonly remarks: readonly string[];
  /** What a reader should check, newest first: contradictions in what was reported, and values out of the ordinary. */
  readonly flags: readonly FlagNow[];
}

interface FlagNow {
  readonly at: string;
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning' | 'information';
  readonly words: string;
}

const notice = 'Not an alarm or monitoring system.';

export function pumpStatus(
  patient: string,
  therapy: Timeline,
  held: { count: number; sinceMs: number | null },
  calculatedValues: 'shown' | 'withheld',
): PumpStatus {
  return {
    patient,
    asOf: therapy.asOf.toString(),
    notice,
    reportsHeld: {
      count: held.count,
      since: held.sinceMs === null ? null : Temporal.Instant.fromEpochMilliseconds(held.sinceMs).toString(),
    },
    pumps: therapy.pumps.map((pump) => onePump(therapy, pump, calculatedValues)),
    openComplications: openComplicationsOf(therapy),
    lastEvents: therapy.entries
      .slice(-10)
      .toReversed()
      .map(({ event }) => ({ type: event.type, occurredAt: event.occurredAt })),
  };
}

function onePump(therapy: Timeline, pump: PumpState, calculatedValues: 'shown' | 'withheld'): OnePump {
  const { life } = pump;
  // What an explanted pump was programmed to do is history: nothing of it is current.
  const program = life.explanted ? undefined : pump.program;
  const segment = runningSegment(therapy, life.key);
  const flags = therapy.flags.filter((flag) => flag.pumpKey === life.key);
  return {
    manufacturer: life.label.manufacturer,
    model: life.label.model ?? null,
    serialNumber: life.label.serialNumber,
    reservoirCapacityMl: life.label.reservoirMl ?? pump.model?.reservoirMl ?? null,
    pocket: pocketOf(pump),
    catheter: catheterOf(therapy, pump),
    mri: mriOf(pump),
    state: life.explanted ? 'explanted' : 'implanted',
    implanted: life.implanted?.text ?? null,
    delivery: life.explanted ? 'stopped' : deliveryOf(therapy, pump, segment),
    mode: program?.mode ?? null,
    doseUgPerDay: doseOf(segment?.program),
    weekdayDoses: weekdayDosesOf(segment?.program),
    concentrationUgPerMl: program?.concentrationUgPerMl ?? null,
    drug: drugOf(therapy, pump),
    since: segment ? segment.start.toString() : null,
    lastDoseChange: lastDoseChangeOf(therapy, pump, calculatedValues),
    patientBoluses: patientBolusesOf(therapy, pump),
    alarms: alarmsOf(therapy, pump),
    battery: batteryOf(pump, calculatedValues),
    reservoir: reservoirOf(therapy, pump, calculatedValues),
    refill: refillOf(therapy, pump, calculatedValues),
    reported: lastReported(therapy, life.key),
    lastResidual: lastResidualOf(therapy, pump, calculatedValues),
    remarks: flags
      .filter(({ problem }) => problem.severity !== 'information')
      .slice(-5)
      .map(remarkOf),
    flags: flags.toReversed().map(flagNow),
  };
}

function lastReported(therapy: Timeline, pumpKey: string): OnePump['reported'] {
  const { event, when } =
    therapy.sessions.findLast((session) => session.pumpKey === pumpKey && reportedIn(session))?.entry ?? {};
  return event && when && 'reported' in event && event.reported ? { ...event.reported, asOf: when.text } : null;
}

const reportedIn = ({ entry: { event } }: Session): boolean => 'reported' in event && event.reported !== undefined;

/** When the report was, what was found, and what to do. */
const remarkOf = ({ entry, problem }: Flag): string => `${entry.when.text.slice(0, 10)}: ${inWords(problem)}`;

function flagNow({ entry, problem }: Flag): FlagNow {
  const { code, severity } = problem;
  return { at: entry.when.text, code, severity, words: inWords(problem) };
}

/** A stall stops what is programmed; an alarm after it that makes delivery uncertain outlasts it. */
function deliveryOf(
  therapy: Timeline,
  { life, program }: PumpState,
  running: Segment | undefined,
): OnePump['delivery'] {
  if (running) return running.role === 'bridge' ? 'bridge' : 'running';
  if (program?.mode === 'stopped') return 'stopped';
  const last = therapy.segments.findLast(({ pumpKey }) => pumpKey === life.key);
  const doubts = alarmsStanding(therapy, life.key, therapy.asOf).some(({ delivery }) => delivery === 'uncertain');
  return last?.endReason === 'delivery-stopped-by-alarm' && !doubts ? 'stopped' : 'unknown';
}

/** A calculation that has come down to nothing knows nothing more: it never says that a reservoir holds 0 mL. */
function reservoirOf(therapy: Timeline, pump: PumpState, shown: 'shown' | 'withheld'): OnePump['reservoir'] {
  const asOf = therapy.asOf.toString();
  if (shown === 'withheld') return { method: 'withheld', volumeMl: null, asOf };
  const { volumeMl } = advance(pump.reservoir, therapy.asOf);
  if (pump.life.explanted || volumeMl === undefined || !isMore(volumeMl, ml(0))) {
    return { method: 'unknown', volumeMl: null, asOf };
  }
  return { method: 'calculated', volumeMl: rounded(volumeMl), asOf };
}

function refillOf(therapy: Timeline, pump: PumpState, shown: 'shown' | 'withheld'): OnePump['refill'] {
  const fill = therapy.fills.findLast((record) => record.pumpKey === pump.life.key);
  const lastRefillReported = fill?.entry.when.text ?? null;
  const nothing = { dueBy: null, lowReservoirAlarmDate: null, state: null, lastRefillReported, words: null };
  if (shown === 'withheld') return { method: 'withheld', ...nothing };
  const { forecast, zone } = pump;
  if (!forecast) return { method: 'unknown', ...nothing };
  const state = refillState(forecast, therapy.asOf, zone);
  return {
    method: 'calculated',
    dueBy: forecast.refillDueBy?.toString() ?? null,
    lowReservoirAlarmDate: forecast.alarmDate?.toString() ?? null,
    state,
    lastRefillReported,
    words: state === 'before-due' ? null : lateWords(lastRefillReported, forecast.alarmDate?.toString()),
  };
}

/** Never "empty", never "overdue" as a fact: a refill elsewhere may be missing from what we know. */
function lateWords(lastRefill: string | null, alarmDate: string | undefined): string {
  const since = lastRefill ? `No refill reported since ${lastRefill.slice(0, 10)}.` : 'No refill reported.';
  const when = alarmDate ? ` By calculation the reservoir would reach the alarm volume on ${alarmDate};` : '';
  return `${since}${when} a refill elsewhere may be missing. Check the pump with its programmer.`;
}

const rounded = (volume: Ml): number => toNumber(volume, 2);
