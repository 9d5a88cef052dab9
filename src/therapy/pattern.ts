import { clockMinutes, type FlexStep, flexStepMinutes, type Weekday, weekdays } from '../event/program.ts';
import {
  add,
  after,
  days,
  divide,
  endOfCount,
  flowOver,
  isMore,
  type Ml,
  type MlPerDay,
  minutesAsDays,
  noVolume,
  quantity,
  smaller,
  subtract,
  timeToMove,
  type UgPerMl,
  volumeMoved,
  volumeOf,
} from './quantity.ts';

/** A day of the pump clock: steps in the order of the clock, from midnight to midnight. */
export type DayPattern = readonly PatternStep[];

interface PatternStep {
  /** Minutes after midnight on the pump clock. */
  readonly startMinute: number;
  readonly minutes: number;
  readonly rate: MlPerDay;
}

/** Days that repeat (one, or the seven of a week from Monday), and how far the pump clock is ahead of UTC. */
interface Cycle {
  readonly days: readonly DayPattern[];
  readonly offsetMs: number;
}

interface FlexProgram {
  readonly flexSteps: readonly FlexStep[];
  readonly weekdayPatterns?:
    | readonly { readonly days: readonly Weekday[]; readonly flexSteps: readonly FlexStep[] }[]
    | undefined;
}

const minutesPerDay = 1440;
const millisecondsPerDay = 86_400_000;
/** The clock's first day, 1970-01-01, was a Thursday. */
const weekdayOfEpoch = 3;

/** One day where every day is alike, else the week. A step that passes midnight belongs to one day at both its ends. */
export function cycleOf({ flexSteps, weekdayPatterns = [] }: FlexProgram, concentration: UgPerMl): DayPattern[] {
  const everyDay = dayOf(flexSteps, concentration);
  if (weekdayPatterns.length === 0) return [everyDay];
  return weekdays.map((weekday) => {
    const own = weekdayPatterns.find((pattern) => pattern.days.includes(weekday));
    return own ? dayOf(own.flexSteps, concentration) : everyDay;
  });
}

function dayOf(steps: readonly FlexStep[], concentration: UgPerMl): DayPattern {
  const flows = steps.map((step) => {
    const minutes = flexStepMinutes(step);
    const rate = flowOver(volumeOf(quantity(step.doseUg), concentration), minutesAsDays(minutes));
    return { startMinute: clockMinutes(step.start), minutes, rate };
  });
  return splitAtMidnight(flows);
}

/** Cuts the step that passes midnight in two and orders the steps by the clock. */
function splitAtMidnight(steps: readonly PatternStep[]): PatternStep[] {
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

export const cycleVolume = (pattern: readonly DayPattern[]): Ml => total(pattern.map(dayVolume));

/** Whole cycles of the pump clock since it began, and the volume moved since the beginning of the running one. */
export function volumeSinceEpoch(flow: Cycle, at: Temporal.Instant): { cycle: number; volume: Ml } {
  const clockMs = at.epochMilliseconds + flow.offsetMs;
  const day = Math.floor(clockMs / millisecondsPerDay);
  const { cycle, dayOfCycle } = placeInCycle(flow.days.length, day);
  const time = days((clockMs - day * millisecondsPerDay) / millisecondsPerDay);
  const before = total(flow.days.slice(0, dayOfCycle).map(dayVolume));
  return { cycle, volume: add(before, volumeOfDayUntil(flow.days[dayOfCycle] as DayPattern, time)) };
}

/** When the pattern has moved a volume; undefined where that is not in this era. */
export function patternReachedAt(flow: Cycle, from: Temporal.Instant, volume: Ml): Temporal.Instant | undefined {
  const start = volumeSinceEpoch(flow, from);
  const [wholeCycles, rest] = divide(add(start.volume, volume), cycleVolume(flow.days));
  const firstDay = dayOfCycleStart(flow.days.length, start.cycle + wholeCycles);
  const [daysOn, left] = daysWithin(flow.days, rest);
  const midnightMs = (firstDay + daysOn) * millisecondsPerDay - flow.offsetMs;
  if (midnightMs > endOfCount.epochMilliseconds) return undefined;
  const midnight = Temporal.Instant.fromEpochMilliseconds(midnightMs);
  return atVolumeOfDay(flow.days[daysOn] as DayPattern, midnight, left);
}

/** A week begins on its Monday: three days before the clock's first. */
const lead = (length: number): number => (length === 1 ? 0 : weekdayOfEpoch);

function placeInCycle(length: number, day: number): { cycle: number; dayOfCycle: number } {
  const cycle = Math.floor((day + lead(length)) / length);
  return { cycle, dayOfCycle: day + lead(length) - cycle * length };
}

const dayOfCycleStart = (length: number, cycle: number): number => cycle * length - lead(length);

/** On which day of the cycle a volume is reached, and how much of it is left to that day. */
function daysWithin(pattern: readonly DayPattern[], volume: Ml): [number, Ml] {
  let left = volume;
  for (const [n, day] of pattern.entries()) {
    if (n === pattern.length - 1 || !isMore(left, dayVolume(day))) return [n, left];
    left = subtract(left, dayVolume(day));
  }
  return [0, left];
}

function volumeOfDayUntil(day: DayPattern, time: ReturnType<typeof days>): Ml {
  return total(
    day.map((step) => {
      const start = minutesAsDays(step.startMinute);
      if (!isMore(time, start)) return noVolume;
      return volumeMoved(step.rate, smaller(subtract(time, start), minutesAsDays(step.minutes)));
    }),
  );
}

function atVolumeOfDay(day: DayPattern, midnight: Temporal.Instant, volume: Ml): Temporal.Instant {
  let left = volume;
  for (const step of day) {
    const inStep = stepVolume(step);
    if (!isMore(left, inStep)) {
      const time = timeToMove(left, step.rate) ?? days(0);
      return after(midnight, add(minutesAsDays(step.startMinute), time));
    }
    left = subtract(left, inStep);
  }
  return after(midnight, days(1));
}

const stepVolume = (step: PatternStep): Ml => volumeMoved(step.rate, minutesAsDays(step.minutes));

const dayVolume = (day: DayPattern): Ml => total(day.map(stepVolume));

const total = (volumes: readonly Ml[]): Ml => volumes.reduce((all, volume) => add(all, volume), noVolume);
