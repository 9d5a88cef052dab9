import { OperationOutcomeError } from '@medplum/core';
import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';

type IssueCode = OperationOutcomeIssue['code'];

/** @medplum/core reads the HTTP status of an OperationOutcome from its id; any other id means 400. */
type StatusId = 'bad-request' | 'forbidden' | 'not-found' | 'gone' | 'precondition-failed';

/** Refuses the interaction: the router makes a status and an OperationOutcome of it, an open transaction rolls back. */
export function refuse(id: StatusId, code: IssueCode, text: string): never {
  throw new OperationOutcomeError(outcome(code, text, id));
}

/** An OperationOutcome with one error. */
export function outcome(code: IssueCode, text: string, id?: StatusId): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    ...(id && { id }),
    issue: [{ severity: 'error', code, details: { text } }],
  };
}
