import type { Flow } from './flow.ts';
import { fromText, noVolume, toText } from './quantity.ts';
import type { Reservoir, TimedFlow } from './reservoir.ts';

/**
 * What is needed to bring a calculated reservoir to a later instant, as JSON that can be kept: no digit is lost. Where
 * the volume went before is left out.
 */
export interface ReservoirText {
  readonly at: string;
  /** mL; null: not known. */
  readonly volumeMl: string | null;
  readonly schedule: readonly { readonly from: string; readonly flow: FlowText }[];
}

/** Rates in mL/d. */
type FlowText =
  | { readonly kind: 'none' | 'unknown' }
  | { readonly kind: 'constant'; readonly rate: string }
  | { readonly kind: 'pattern'; readonly days: readonly StepText[][]; readonly offsetMs: number };

/** Start and length in minutes, rate in mL/d. */
type StepText = readonly [startMinute: number, minutes: number, rate: string];

export function reservoirText({ at, volumeMl, schedule }: Reservoir): ReservoirText {
  return {
    at: at.toString(),
    volumeMl: volumeMl === undefined ? null : toText(volumeMl),
    schedule: schedule.map(({ from, flow }) => ({ from: from.toString(), flow: flowText(flow) })),
  };
}

/** Throws on what `reservoirText` did not write. */
export function reservoirOfText({ at, volumeMl, schedule }: ReservoirText): Reservoir {
  return {
    at: Temporal.Instant.from(at),
    volumeMl: volumeMl === null ? undefined : fromText(volumeMl),
    schedule: schedule.map(({ from, flow }): TimedFlow => ({ from: Temporal.Instant.from(from), flow: flowOf(flow) })),
    account: {
      filledMl: noVolume,
      deliveredMl: noVolume,
      bolusedMl: noVolume,
      primedMl: noVolume,
      removedMl: noVolume,
    },
  };
}

function flowText(flow: Flow): FlowText {
  switch (flow.kind) {
    case 'none':
    case 'unknown':
      return { kind: flow.kind };
    case 'constant':
      return { kind: 'constant', rate: toText(flow.rate) };
    case 'pattern': {
      const days = flow.days.map((day) =>
        day.map(({ startMinute, minutes, rate }): StepText => [startMinute, minutes, toText(rate)]),
      );
      return { kind: 'pattern', days, offsetMs: flow.offsetMs };
    }
  }
}

function flowOf(flow: FlowText): Flow {
  switch (flow.kind) {
    case 'none':
    case 'unknown':
      return { kind: flow.kind };
    case 'constant':
      return { kind: 'constant', rate: fromText(flow.rate) };
    case 'pattern': {
      const days = flow.days.map((day) =>
        day.map(([startMinute, minutes, rate]) => ({ startMinute, minutes, rate: fromText<'mL/d'>(rate) })),
      );
      return { kind: 'pattern', days, offsetMs: flow.offsetMs };
    }
  }
}
