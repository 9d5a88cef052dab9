import { clockMinutes, flexStepMinutes, type Program } from '../event/program.ts';
import {
  add,
  after,
  days,
  divide,
  elapsed,
  endOfCount,
  flowOf,
  flowOver,
  isMore,
  type Ml,
  type MlPerDay,
  minutesAsDays,
  noVolume,
  quantity,
  smaller,
  subtract,
  times,
  timeToMove,
  volumeMoved,
  volumeOf,
} from './quantity.ts';
import { isBefore } from './when.ts';

/** The volume that a pump is programmed to move. `unknown`: the programme does not say (no concentration, no dose). */
export type Flow =
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'constant'; readonly rate: MlPerDay }
  | { readonly kind: 'daily-pattern'; readonly steps: readonly FlowStep[]; readonly offsetMs: number };

interface FlowStep {
  /** Minutes after midnight on the pump clock. */
  readonly startMinute: number;
  readonly minutes: number;
  readonly rate: MlPerDay;
}

const millisecondsPerDay = 86_400_000;

/**
 * The flow of a programme. Flex steps run on the pump clock, which keeps the offset of its last programming: it knows
 * no daylight saving time.
 */
export function flowOfProgram(program: Program, offsetMs: number): Flow {
  if (program.mode === 'stopped' || program.mode === 'single-bolus') return { kind: 'none' };
  if (program.concentrationUgPerMl === undefined || program.doseUgPerDay === undefined) return { kind: 'unknown' };
  const concentration = quantity(program.concentrationUgPerMl);
  if (program.mode !== 'flex') return { kind: 'constant', rate: flowOf(quantity(program.doseUgPerDay), concentration) };
  const steps = program.flexSteps.map((step) => {
    const minutes = flexStepMinutes(step);
    const rate = flowOver(volumeOf(quantity(step.doseUg), concentration), minutesAsDays(minutes));
    return { startMinute: clockMinutes(step.start), minutes, rate };
  });
  return { kind: 'daily-pattern', steps: splitAtMidnight(steps), offsetMs };
}

/** The volume moved between two instants; undefined where the flow is unknown. */
export function moved(flow: Flow, from: Temporal.Instant, to: Temporal.Instant): Ml | undefined {
  switch (flow.kind) {
    case 'none':
      return noVolume;
    case 'unknown':
      return undefined;
    case 'constant':
      return volumeMoved(flow.rate, elapsed(from, to));
    case 'daily-pattern': {
      const [startDay, startVolume] = sinceEpoch(flow, from);
      const [endDay, endVolume] = sinceEpoch(flow, to);
      return add(times(dayVolume(flow), endDay - startDay), subtract(endVolume, startVolume));
    }
  }
}

/** When the flow has moved a volume; undefined where it never does, not in this era, or is unknown. */
export function reachedAt(flow: Flow, from: Temporal.Instant, volume: Ml): Temporal.Instant | undefined {
  if (flow.kind === 'none' || flow.kind === 'unknown') return undefined;
  if (flow.kind === 'constant') {
    const time = timeToMove(volume, flow.rate);
    const at = time && after(from, time);
    return at && isBefore(at, endOfCount) ? at : undefined;
  }
  const [startDay, startVolume] = sinceEpoch(flow, from);
  const [wholeDays, rest] = divide(add(startVolume, volume), dayVolume(flow));
  if ((startDay + wholeDays) * millisecondsPerDay > endOfCount.epochMilliseconds) return undefined;
  const midnight = Temporal.Instant.fromEpochMilliseconds((startDay + wholeDays) * millisecondsPerDay - flow.offsetMs);
  return atVolumeOfDay(flow, midnight, rest);
}

type Pattern = Extract<Flow, { kind: 'daily-pattern' }>;

/** Days of the pump clock since 1970, and the volume moved since its midnight. */
function sinceEpoch(flow: Pattern, at: Temporal.Instant): [number, Ml] {
  const clockMs = at.epochMilliseconds + flow.offsetMs;
  const day = Math.floor(clockMs / millisecondsPerDay);
  const time = days((clockMs - day * millisecondsPerDay) / millisecondsPerDay);
  const volume = flow.steps.reduce((sum, step) => {
    const start = minutesAsDays(step.startMinute);
    if (!isMore(time, start)) return sum;
    return add(sum, volumeMoved(step.rate, smaller(subtract(time, start), minutesAsDays(step.minutes))));
  }, noVolume);
  return [day, volume];
}

function atVolumeOfDay(flow: Pattern, midnight: Temporal.Instant, volume: Ml): Temporal.Instant {
  let left = volume;
  for (const step of flow.steps) {
    const inStep = stepVolume(step);
    if (!isMore(left, inStep)) {
      const time = timeToMove(left, step.rate) ?? days(0);
      return after(midnight, add(minutesAsDays(step.startMinute), time));
    }
    left = subtract(left, inStep);
  }
  return after(midnight, days(1));
}

const stepVolume = (step: FlowStep): Ml => volumeMoved(step.rate, minutesAsDays(step.minutes));

const dayVolume = (flow: Pattern): Ml => flow.steps.reduce((sum, step) => add(sum, stepVolume(step)), noVolume);

/** Cuts the step that passes midnight in two and orders the steps by the clock. */
function splitAtMidnight(steps: readonly FlowStep[]): FlowStep[] {
  const minutesPerDay = 1440;
  return steps
    .flatMap((step) => {
      const past = step.startMinute + step.minutes - minutesPerDay;
      if (past <= 0) return [step];
      return [
        { ...step, minutes: step.minutes - past },
        { ...step, startMinute: 0, minutes: past },
      ];
    })
    .toSorted((a, b) => a.startMinute - b.startMinute);
}
