import { type Problem, problem } from '../event/problem.ts';

/** Why a destination's SMART endpoints gave us nothing, as a value. `retryAfterMs` is set only when the server stated it. */
export interface Failure {
  readonly problem: Problem;
  readonly retryAfterMs?: number;
}

/** The destination may answer later: network, time-out, busy. */
export function unavailable(message: string, retryAfterMs?: number): Failure {
  return {
    problem: problem('destination-unavailable', message),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Asking again changes nothing: somebody has to correct the registration, the key, the scopes or the address. */
export function unauthorized(message: string): Failure {
  return { problem: problem('destination-unauthorized', message) };
}

export function failed(result: object): result is Failure {
  return 'problem' in result;
}
