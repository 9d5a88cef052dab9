import { type Problem, problem } from '../event/problem.ts';
import type { Answer } from './fhir-client.ts';

/** What to do about an answer that is not a success. */
export type Reaction =
  /** Try later; the server's own timing wins. */
  | { readonly kind: 'retry'; readonly problem: Problem; readonly retryAfterMs?: number | undefined }
  /** Somebody else was faster: read again, plan again. */
  | { readonly kind: 'conflict'; readonly problem: Problem }
  /** It may have been applied: look before repeating. */
  | { readonly kind: 'unknown'; readonly problem: Problem }
  /** A human has to act. */
  | { readonly kind: 'terminal'; readonly problem: Problem };

/** Statuses that say «later» (RFC 9110, RFC 6585); every 5xx does too. */
const laterStatuses: ReadonlySet<number> = new Set([408, 425, 429]);
/** 412 is R4's answer to a stale version, 409 what some servers give instead. */
const conflictStatuses: ReadonlySet<number> = new Set([409, 412]);

export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** The failure table. `writing`: a time-out or a 5xx may have been applied all the same. */
export function reactionTo(answer: Answer, purpose: 'reading' | 'writing'): Reaction {
  if (answer.kind === 'not-sent') {
    return answer.problem.code === 'destination-unauthorized'
      ? { kind: 'terminal', problem: answer.problem }
      : { kind: 'retry', problem: answer.problem, retryAfterMs: answer.retryAfterMs };
  }
  if (answer.kind === 'unknown') {
    return { kind: purpose === 'writing' ? 'unknown' : 'retry', problem: answer.problem };
  }
  return reactionToStatus(answer.status, answer.retryAfterMs);
}

/** Also for the statuses inside a Bundle. A 400 may be a lost race of a conditional write: it is read again once. */
export function reactionToStatus(status: number, retryAfterMs?: number): Reaction {
  if (conflictStatuses.has(status)) return { kind: 'conflict', problem: refused('destination-conflict', status) };
  if (laterStatuses.has(status) || status >= 500) {
    return { kind: 'retry', problem: refused('destination-unavailable', status), retryAfterMs };
  }
  if (status === 400 || status === 404 || status === 410) {
    return { kind: 'conflict', problem: refused('destination-refused', status) };
  }
  if (status === 401) return { kind: 'terminal', problem: refused('destination-unauthorized', status) };
  if (status === 403) return { kind: 'terminal', problem: refused('destination-forbidden', status) };
  return { kind: 'terminal', problem: refused('destination-refused', status) };
}

function refused(code: Parameters<typeof problem>[0], status: number): Problem {
  return problem(code, `the destination answered ${status}`);
}
