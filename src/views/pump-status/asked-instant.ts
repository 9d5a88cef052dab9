import { type Problem, problem } from '../../event/problem.ts';
import { instant } from '../../event/time.ts';
import { outcomeOfProblems } from '../../fhir/outcome.ts';
import { isBefore } from '../../therapy/when.ts';
import { type Answer, outcomeAnswer } from '../fhir-read/answer.ts';

/** `at`: an instant with its offset, at most so many days ahead; without it, now. Nothing else may stand in the query. */
export function instantAsked(
  query: Readonly<Record<string, unknown>>,
  now: Temporal.Instant,
  projectionDays: number,
): { instant: Temporal.Instant } | Answer {
  const others = Object.keys(query).filter((name) => name !== 'at');
  if (others.length > 0) return refused(problem('field-unknown', 'the address has another parameter than `at`'));
  const { at } = query;
  if (at === undefined) return { instant: now };
  const stated = instant.safeParse(at);
  if (!stated.success) return refused(problem('field-format', 'not an instant with its offset', { field: 'at' }));
  const asked = Temporal.Instant.from(stated.data);
  if (isBefore(now.add({ hours: 24 * projectionDays }), asked)) {
    return refused(problem('field-range', 'further ahead than a status is told for', { field: 'at' }));
  }
  return { instant: asked };
}

const refused = (found: Problem): Answer => outcomeAnswer(400, outcomeOfProblems([found]));
