import type { Annotation } from '@medplum/fhirtypes';
import { inWords, type ProblemCode } from '../event/problem.ts';
import type { Flag } from '../therapy/records.ts';

/** What a reader of a dose should know beside what was programmed. */
export const ofDelivery: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'concentration-mismatch',
  'concentration-change-without-bridge',
  'bridge-differs',
  'previous-program-differs',
  'unreported-program-change',
  'rate-contradicts-dose',
  'dose-contradicts-flow',
  'flow-outside-model',
  'flex-steps-over-model',
  'dose-change-beyond-limits',
  'dose-outside-usual-range',
  'reports-disagree',
]);

/** What a reader of a fill should know beside what was filled. */
export const ofFill: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'concentration-mismatch',
  'fill-over-capacity',
  'fill-volume-differs',
  'lot-expired',
  'product-contradicts-concentration',
  'refill-repeated',
  'reports-disagree',
]);

/** Flags as notes, each said once: in words, never with the dose that might result, which is for reviewers. */
export function flagNotes(flags: readonly Flag[], about: ReadonlySet<ProblemCode>): { note?: Annotation[] } {
  const texts = new Set(flags.filter(({ problem }) => about.has(problem.code)).map(({ problem }) => inWords(problem)));
  return texts.size > 0 ? { note: [...texts].map((text) => ({ text })) } : {};
}
