import type { Timeline } from '../therapy/timeline.ts';
import type { Remark } from './built.ts';

/** What the timeline itself has to tell a human: what it holds and what it flags. */
export function remarks(therapy: Timeline): Remark[] {
  return [
    ...therapy.held.map(({ entry, problem: found }) => ({ problem: found, held: true, entry })),
    ...therapy.flags.map(({ entry, problem: found, forReviewers }) => ({
      problem: found,
      held: false,
      entry,
      forReviewers,
    })),
    ...therapy.problems.map((found) => ({ problem: found, held: false })),
  ];
}
