/** What a row of the benchmark reports, and the gate it has to pass before it may report anything. */

/** Middle and range of the rounds. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface Figure {
  readonly name: string;
  readonly unit:
    | 'messages/s'
    | 'inputs/s'
    | 'rows/s'
    | 'events/s'
    | 'resources/s'
    | 'requests/s'
    | 'times'
    | 'ms'
    | 's'
    | 'MB'
    | 'kills'
    | 'faults'
    | 'sends';
  readonly ours: Spread;
  /** The same work done another way in alternating rounds; `name` says what it does less or more. */
  readonly baseline?: { readonly name: string; readonly spread: Spread };
  readonly target?: Target;
  /** What stands beside the figure so that it is not read for more than it is. */
  readonly note?: string;
}

export interface Target {
  readonly says: string;
  readonly reached: boolean;
}

export interface RowResult {
  readonly figures: readonly Figure[];
  /** What was found right before anything was timed, or in the timed rounds themselves. */
  readonly gate: string;
}

export interface Row {
  readonly name: string;
  /** Runs only when it is named or with `--long`. */
  readonly long?: true;
  run(place: Workplace): Promise<RowResult>;
}

export interface Workplace {
  /** A fresh folder of its own, removed at the end. */
  readonly folder: string;
  /** A PostgreSQL server on which databases may be created. */
  readonly postgresUrl?: string | undefined;
}

/** The output was wrong: no figure of the row is printed. */
export class GateFailed extends Error {}

export function gate(isRight: boolean, whatIsWrong: string): asserts isRight {
  if (!isRight) throw new GateFailed(whatIsWrong);
}

export const ratioOf = ({ ours, baseline }: Figure): number | undefined =>
  baseline && ours.median / baseline.spread.median;
