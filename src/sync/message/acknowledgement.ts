import { problem } from '../../event/problem.ts';
import { connectionFailure } from '../../outgoing/connection-failure.ts';
import type { Reaction } from '../failure.ts';
import { fieldOf } from './er7.ts';

/**
 * What came of a message. `unknown`: it may have arrived; sending it again is safe, because it carries the same control
 * id. `retry`: it was certainly not taken.
 */
export type MessageAnswer = { readonly kind: 'accepted' } | NotAccepted;

export type NotAccepted = Extract<Reaction, { kind: 'retry' | 'unknown' | 'terminal' }>;

/** The text of an acknowledgement, or why there is none. */
export type Exchanged = { readonly acknowledgement: string } | NotAccepted;

export const unreachable = (): NotAccepted => ({
  kind: 'retry',
  problem: problem('destination-unavailable', 'the interface engine could not be reached'),
});

export const unanswered = (): NotAccepted => ({
  kind: 'unknown',
  problem: problem('destination-unavailable', 'the interface engine gave no acknowledgement'),
});

/** An exchange that ended with an error. */
export function failedBy(error: unknown): NotAccepted {
  const { problem: found, sent } = connectionFailure(error);
  return { kind: sent === 'no' ? 'retry' : 'unknown', problem: found };
}

/** MSA-1 of the acknowledgement of this message (table 0008). Another message's acknowledgement says nothing. */
export function verdictOf(acknowledgement: string, controlId: string | undefined): MessageAnswer {
  if (fieldOf(acknowledgement, 'MSA', 2) !== controlId) return unanswered();
  const code = fieldOf(acknowledgement, 'MSA', 1) ?? '';
  if (accepting.has(code)) return { kind: 'accepted' };
  if (!refusing.has(code)) return unanswered();
  return refused(code);
}

/** `how`: an acknowledgement code or an HTTP status. */
export const refused = (how: string): NotAccepted => ({
  kind: 'terminal',
  about: 'data',
  problem: problem('message-refused', `the interface engine answered ${how}`),
});

const accepting = new Set(['AA', 'CA']);
const refusing = new Set(['AE', 'CE', 'AR', 'CR']);
