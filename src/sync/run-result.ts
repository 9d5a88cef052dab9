import type { Problem } from '../event/problem.ts';
import type { Reaction } from './failure.ts';

/** How a run ended. `problems`: everything about this patient there that a human should see; `problem` is one of them. */
export type RunResult =
  | { readonly kind: 'in-step'; readonly written: number; readonly problems: readonly Problem[] }
  /** In step but for what another patient still holds there: to be looked at again. */
  | {
      readonly kind: 'held-back';
      readonly written: number;
      readonly problem: Problem;
      readonly problems: readonly Problem[];
    }
  | {
      readonly kind: 'retry';
      readonly problem: Problem;
      readonly retryAfterMs?: number | undefined;
      readonly problems: readonly Problem[];
    }
  /** The whole destination takes nothing for so long: none of its patients need be tried before. */
  | {
      readonly kind: 'pause';
      readonly problem: Problem;
      readonly pauseMs: number;
      readonly problems: readonly Problem[];
    }
  /** A human has to act. What else there was to send was sent. */
  | {
      readonly kind: 'parked';
      readonly written: number;
      readonly problem: Problem;
      readonly problems: readonly Problem[];
    }
  | { readonly kind: 'lease-lost' };

/** Unwinds a run from any depth with its result. Only `bringInStep` catches it. */
export class RunEnded extends Error {
  readonly result: RunResult;
  constructor(result: RunResult) {
    super(result.kind);
    this.result = result;
  }
}

/** How a run ends by an answer that is not a success. */
export function endedBy(reaction: Reaction, written = 0, problems: readonly Problem[] = [reaction.problem]): RunResult {
  const { problem } = reaction;
  switch (reaction.kind) {
    case 'terminal':
      return { kind: 'parked', written, problem, problems };
    case 'pause':
      return { kind: 'pause', problem, pauseMs: reaction.pauseMs, problems };
    case 'retry':
      return { kind: 'retry', problem, retryAfterMs: reaction.retryAfterMs, problems };
    default:
      return { kind: 'retry', problem, problems };
  }
}

/** What a run has met so far. */
export class Findings {
  written = 0;
  /** What a human has to act on before the rest of this patient goes on. */
  readonly parking: Problem[] = [];
  /** What a human should know. */
  readonly notes: Problem[] = [];
  /** Ours is held by another patient there. */
  heldBack: Problem | undefined;
  /** The destination took something that has not been seen there yet. */
  waiting: Problem | undefined;
  /** For so long there is no need to look whether it has. */
  waitingMs: number | undefined;

  /** How the run ends when there is nothing left to do. */
  result(): RunResult {
    const { written, heldBack, waiting, waitingMs } = this;
    const problems = this.problems();
    if (waiting) return { kind: 'retry', problem: waiting, retryAfterMs: waitingMs, problems };
    if (heldBack) return { kind: 'held-back', written, problem: heldBack, problems };
    const [problem] = this.parking;
    return problem ? { kind: 'parked', written, problem, problems } : { kind: 'in-step', written, problems };
  }

  /** Ends the run now, by an answer that nothing more can be done about. */
  end(reaction: Reaction): never {
    if (reaction.kind === 'terminal') this.parking.unshift(reaction.problem);
    throw new RunEnded(endedBy(reaction, this.written, this.problems()));
  }

  /** Each once: what several resources have in common is one thing to decide. */
  private problems(): readonly Problem[] {
    const all = [...this.parking, ...(this.heldBack ? [this.heldBack] : []), ...this.notes];
    return [...new Map(all.map((each) => [`${each.code} ${each.message}`, each])).values()];
  }
}
