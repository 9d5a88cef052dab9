import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import type { Response } from 'express';
import { type Problem, problem } from '../event/problem.ts';
import { outcomeOfProblems } from '../fhir/outcome.ts';
import type { Unused } from '../intake/item.ts';
import type { MessageReceipt } from '../intake/message-receipt.ts';
import type { Receipt } from '../intake/receipt.ts';
import type { Received } from './receive.ts';

/** How what became of a whole is answered over HTTP. `receiptsUrl`: where receipts are looked up. */
export function answer(response: Response, received: Received, receiptsUrl: string): void {
  switch (received.kind) {
    case 'done':
      return answerReceipt(response, received.receipt);
    case 'waiting': {
      const { receiptId } = received;
      response
        .status(202)
        .set({ Location: `${receiptsUrl}/${receiptId}`, 'Preference-Applied': 'respond-async' })
        .json({ receiptId, state: 'waiting' });
      return;
    }
    case 'unreadable':
      return refuseWith(response, statusOfUnreadable(received.problem), [received.problem]);
    case 'reused':
      return refuseWith(response, 422, [
        problem('idempotency-key-reused', 'this key came before with another body; nothing of this one was taken'),
      ]);
  }
}

/** Everything in the ledger, or left alone on purpose: 200. Else why not, and what of it is kept all the same. */
function answerReceipt(response: Response, receipt: MessageReceipt): void {
  response.set('X-Receipt-Id', receipt.receiptId);
  const refused = receipt.events.filter(({ outcome }) => outcome === 'refused');
  if (refused.length === 0) {
    const { receiptId, received, accepted, duplicates, leftAlone, unused } = receipt;
    const events = receipt.events.map(answeredEvent);
    const counts = { received, accepted, duplicates, refused: 0, leftAlone };
    response.status(200).json({ receiptId, ...counts, events, unused });
    return;
  }
  const problems = refused.flatMap((one) => one.problems);
  const outcome = outcomeOfProblems(problems);
  const kept = receipt.events.filter((one) => one.outcome !== 'refused').map(keptIssue);
  const issue = [...outcome.issue, ...kept, ...receipt.unused.map(unusedIssue)];
  response
    .status(statusOf(problems))
    .type('application/fhir+json')
    .send(JSON.stringify({ ...outcome, id: receipt.receiptId, issue } satisfies OperationOutcome));
}

/** What stands beside an event that was taken is told with it. */
const answeredEvent = ({ outcome, eventId, patient, problems }: Receipt) => ({
  ...{ outcome, eventId, patient },
  ...(problems.length > 0 && { problems }),
});

/** In a mixed batch the valid events are kept, and the answer says which they are. */
function keptIssue({ outcome, eventId, place }: Receipt): OperationOutcomeIssue {
  return {
    severity: 'information',
    code: 'informational',
    diagnostics: outcome === 'left-alone' ? 'left alone on purpose' : `event ${eventId} is kept (${outcome})`,
    ...(place.field && { expression: [place.field] }),
  };
}

function unusedIssue({ path, count, decision, reason }: Unused): OperationOutcomeIssue {
  const times = count === 1 ? 'once' : `${count} times`;
  const why = { kept: 'kept as it is', ignored: 'ignored by decision', unknown: 'nobody decided what it means' };
  const diagnostics = `not used: ${path} (${times}; ${reason ?? why[decision]})`;
  return { severity: 'information', code: 'informational', diagnostics };
}

/** 400: not JSON; 409: nothing but conflicts; 422: understood, but not usable. */
function statusOf(problems: readonly Problem[]): number {
  if (problems.every(({ code }) => code === 'body-not-json')) return 400;
  return problems.every(({ code }) => code === 'event-conflict') ? 409 : 422;
}

function statusOfUnreadable({ code }: Problem): number {
  return code === 'too-many-events' || code === 'body-too-large' ? 413 : 400;
}

export function refuseWith(response: Response, status: number, problems: readonly Problem[]): void {
  response
    .status(status)
    .type('application/fhir+json')
    .send(JSON.stringify(outcomeOfProblems(problems)));
}
