import { type Flow, increased, moved, reachedAt } from './flow.ts';
import { add, isMore, type Ml, type MlPerDay, noVolume, smaller, subtract } from './quantity.ts';
import { isBefore } from './when.ts';

/**
 * The reservoir by calculation: what was filled, less what the programme moved. The pump does not measure it. The
 * volume is undefined until a fill is known and whenever the programme does not say how fast it runs.
 */
export interface Reservoir {
  readonly at: Temporal.Instant;
  readonly volumeMl: Ml | undefined;
  /** Flows in order of their start; the first covers `at`. */
  readonly schedule: readonly TimedFlow[];
  readonly account: Account;
}

export interface TimedFlow {
  readonly from: Temporal.Instant;
  readonly flow: Flow;
}

/** Where the volume went since the calculation began: filled = delivered + bolused + primed + removed + what is left. */
export interface Account {
  readonly filledMl: Ml;
  readonly deliveredMl: Ml;
  readonly bolusedMl: Ml;
  readonly primedMl: Ml;
  readonly removedMl: Ml;
}

const emptyAccount: Account = {
  filledMl: noVolume,
  deliveredMl: noVolume,
  bolusedMl: noVolume,
  primedMl: noVolume,
  removedMl: noVolume,
};

/** A pump of which no programme is known: nothing says what it moves, nor that it rests. */
export function unknownReservoir(at: Temporal.Instant): Reservoir {
  return { at, volumeMl: undefined, schedule: [{ from: at, flow: { kind: 'unknown' } }], account: emptyAccount };
}

/** The reservoir at a later instant. It never falls below zero, however long the programme runs on. */
export function advance(reservoir: Reservoir, to: Temporal.Instant): Reservoir {
  if (!isBefore(reservoir.at, to)) return reservoir;
  let volumeMl = reservoir.volumeMl;
  let deliveredMl = reservoir.account.deliveredMl;
  for (const { flow, start, end } of pieces(reservoir, to)) {
    const programmed = moved(flow, start, end);
    if (volumeMl === undefined || programmed === undefined) {
      volumeMl = undefined;
      continue;
    }
    const delivered = smaller(programmed, volumeMl);
    volumeMl = subtract(volumeMl, delivered);
    deliveredMl = add(deliveredMl, delivered);
  }
  const current = reservoir.schedule.findLastIndex((timed) => !isBefore(to, timed.from));
  return {
    at: to,
    volumeMl,
    schedule: reservoir.schedule.slice(Math.max(current, 0)),
    account: { ...reservoir.account, deliveredMl },
  };
}

/** Emptied and filled: the volume afterwards is what was filled. */
export function fillTo(reservoir: Reservoir, volumeMl: Ml): Reservoir {
  const before = reservoir.volumeMl;
  const account = before === undefined ? emptyAccount : reservoir.account;
  return {
    ...reservoir,
    volumeMl,
    account: {
      ...account,
      filledMl: add(account.filledMl, volumeMl),
      removedMl: add(account.removedMl, before ?? noVolume),
    },
  };
}

/** Takes a bolus or a prime out at once. */
export function take(reservoir: Reservoir, volumeMl: Ml, purpose: 'bolusedMl' | 'primedMl'): Reservoir {
  if (reservoir.volumeMl === undefined) return reservoir;
  const taken = smaller(volumeMl, reservoir.volumeMl);
  return {
    ...reservoir,
    volumeMl: subtract(reservoir.volumeMl, taken),
    account: { ...reservoir.account, [purpose]: add(reservoir.account[purpose], taken) },
  };
}

export function programmed(reservoir: Reservoir, schedule: readonly TimedFlow[]): Reservoir {
  return { ...reservoir, schedule };
}

/** The same reservoir as if its programmes drew so much more a day. */
export function drawnFaster(reservoir: Reservoir, rate: MlPerDay): Reservoir {
  const schedule = reservoir.schedule.map(({ from, flow }) => ({ from, flow: increased(flow, rate) }));
  return { ...reservoir, schedule };
}

export function volumeLost(reservoir: Reservoir): Reservoir {
  return { ...reservoir, volumeMl: undefined };
}

/** When the calculated volume falls to a level; undefined where it never does or is not known. */
export function fallsTo(reservoir: Reservoir, levelMl: Ml): Temporal.Instant | undefined {
  let state: Reservoir = reservoir;
  for (const [n, { flow }] of reservoir.schedule.entries()) {
    if (state.volumeMl === undefined) return undefined;
    if (!isMore(state.volumeMl, levelMl)) return state.at;
    const end = reservoir.schedule[n + 1]?.from;
    const reached = reachedAt(flow, state.at, subtract(state.volumeMl, levelMl));
    if (reached && (!end || isBefore(reached, end))) return reached;
    if (!end) return undefined;
    state = advance(state, end);
  }
  return undefined;
}

function pieces({ at, schedule }: Reservoir, to: Temporal.Instant) {
  return schedule.flatMap(({ from, flow }, n) => {
    const start = isBefore(from, at) ? at : from;
    const next = schedule[n + 1]?.from;
    const end = next && isBefore(next, to) ? next : to;
    return isBefore(start, end) ? [{ flow, start, end }] : [];
  });
}
