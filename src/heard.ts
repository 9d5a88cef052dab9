import { type Problem, problem } from './event/problem.ts';
import type { Heard } from './store/destination-state.ts';
import type { Answer } from './sync/fhir-client.ts';

/** What a destination was last heard to say, gathered between writes to the store. */
export interface Hearing {
  note(answer: Answer): void;
  /** What is new, and worth a write by now; undefined: nothing, or the last write was just now. */
  news(moment: 'now-and-then' | 'at-the-end'): Heard | undefined;
  answersInLastMinute(): number;
}

/** A busy destination answers a hundred times a second; operators look every few seconds. */
const betweenWritesMs = 5_000;

/** `clock`: milliseconds since the epoch. */
export function hearing(clock: () => number = nowMs): Hearing {
  const answers = lastMinute();
  let gathered: Heard = {};
  let takenAtMs = Number.NEGATIVE_INFINITY;
  return {
    note(answer) {
      const atMs = clock();
      if (answer.kind === 'answered') answers.count(atMs);
      const trouble = troubleIn(answer);
      gathered = {
        ...gathered,
        ...(answer.kind === 'answered' && { answeredAtMs: atMs }),
        ...(trouble && { problem: trouble, problemAtMs: atMs }),
      };
    },
    news(moment) {
      const isSoon = clock() - takenAtMs < betweenWritesMs;
      if (Object.keys(gathered).length === 0 || (moment === 'now-and-then' && isSoon)) return undefined;
      const news = gathered;
      gathered = {};
      takenAtMs = clock();
      return news;
    },
    answersInLastMinute: () => answers.total(clock()),
  };
}

/** Counted second by second, so that it takes the same room however many there are. */
function lastMinute() {
  const perSecond = new Map<number, number>();
  const secondOf = (atMs: number) => Math.floor(atMs / 1000);
  return {
    count(atMs: number) {
      const second = secondOf(atMs);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
      for (const old of perSecond.keys()) if (old <= second - 60) perSecond.delete(old);
    },
    total(atMs: number): number {
      const recent = [...perSecond].filter(([second]) => second > secondOf(atMs) - 60);
      return recent.reduce((sum, [, count]) => sum + count, 0);
    },
  };
}

/** What concerns the destination as a whole. What it says of one resource is told where that resource is. */
function troubleIn(answer: Answer): Problem | undefined {
  if (answer.kind !== 'answered') return answer.problem;
  const { status } = answer;
  const answered = `the destination answered ${status}`;
  if (status === 401) return problem('destination-unauthorized', answered);
  if (status === 403) return problem('destination-forbidden', answered);
  return status === 429 || status >= 500 ? problem('destination-unavailable', answered) : undefined;
}

const nowMs = (): number => Temporal.Now.instant().epochMilliseconds;
