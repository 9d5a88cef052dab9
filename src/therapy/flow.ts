import type { Program } from '../event/program.ts';
import { cycleOf, cycleVolume, type DayPattern, patternReachedAt, volumeSinceEpoch } from './pattern.ts';
import {
  add,
  after,
  elapsed,
  endOfCount,
  flowOf,
  type Ml,
  type MlPerDay,
  noVolume,
  quantity,
  subtract,
  times,
  timeToMove,
  volumeMoved,
} from './quantity.ts';
import { isBefore } from './when.ts';

/** The volume that a pump is programmed to move. `unknown`: the programme does not say (no concentration, no dose). */
export type Flow =
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'constant'; readonly rate: MlPerDay }
  | {
      readonly kind: 'pattern';
      /** One day that repeats, or the seven of a week from Monday. */
      readonly days: readonly DayPattern[];
      readonly offsetMs: number;
    };

/**
 * The flow of a programme. Patterns run on the pump clock, which keeps the offset of its last programming: it knows no
 * daylight saving time. A constant-flow pump moves its fixed rate whatever is prescribed; it cannot be stopped.
 */
export function flowOfProgram(program: Program, offsetMs: number, fixedRate?: MlPerDay): Flow {
  if (fixedRate) return { kind: 'constant', rate: fixedRate };
  if (program.mode === 'stopped' || program.mode === 'single-bolus') return { kind: 'none' };
  const { concentrationUgPerMl, doseUgPerDay, rateMlPerDay } = program;
  if (concentrationUgPerMl === undefined || doseUgPerDay === undefined) {
    return rateMlPerDay === undefined ? { kind: 'unknown' } : { kind: 'constant', rate: quantity(rateMlPerDay) };
  }
  const concentration = quantity(concentrationUgPerMl);
  if (program.mode === 'flex') return { kind: 'pattern', days: cycleOf(program, concentration), offsetMs };
  return { kind: 'constant', rate: flowOf(quantity(doseUgPerDay), concentration) };
}

/** A flow with a constant rate on top of it. What does not flow stays so: a stopped pump gives no boluses either. */
export function increased(flow: Flow, rate: MlPerDay): Flow {
  switch (flow.kind) {
    case 'none':
    case 'unknown':
      return flow;
    case 'constant':
      return { kind: 'constant', rate: add(flow.rate, rate) };
    case 'pattern': {
      const days = flow.days.map((day) => day.map((step) => ({ ...step, rate: add(step.rate, rate) })));
      return { ...flow, days };
    }
  }
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
    case 'pattern': {
      const start = volumeSinceEpoch(flow, from);
      const end = volumeSinceEpoch(flow, to);
      const cycles = times(cycleVolume(flow.days), end.cycle - start.cycle);
      return add(cycles, subtract(end.volume, start.volume));
    }
  }
}

/** When the flow has moved a volume; undefined where it never does, not in this era, or is unknown. */
export function reachedAt(flow: Flow, from: Temporal.Instant, volume: Ml): Temporal.Instant | undefined {
  if (flow.kind === 'none' || flow.kind === 'unknown') return undefined;
  if (flow.kind === 'pattern') return patternReachedAt(flow, from, volume);
  const time = timeToMove(volume, flow.rate);
  const at = time && after(from, time);
  return at && isBefore(at, endOfCount) ? at : undefined;
}
