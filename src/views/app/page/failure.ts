/** Why nothing can be shown, for the reader. `expired`: signing in again helps. */
export class ReadingFailure extends Error {
  readonly kind: 'expired' | 'refused' | 'unreachable';

  constructor(kind: ReadingFailure['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** An answer that is no success, as a failure. */
export function failureOf(status: number, what: string): ReadingFailure {
  if (status === 401) return new ReadingFailure('expired', 'The sign-in has expired.');
  if (status === 403 || status === 404)
    return new ReadingFailure('refused', `${what} does not show this patient to this sign-in.`);
  return new ReadingFailure('unreachable', `${what} did not answer as it should (${status}).`);
}
