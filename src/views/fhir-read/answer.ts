import type { OperationOutcome, OperationOutcomeIssue, Resource } from '@medplum/fhirtypes';
import { type Denial, wwwAuthenticate } from '../../auth/denial.ts';
import { operationOutcome } from '../../fhir/outcome.ts';

/** What a request is answered with, before it is written to anybody. Ids of patients in it are ours. */
export interface Answer {
  readonly status: number;
  /** A resource, JSON text. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a single resource: what a client may ask not to get again. */
  readonly version?: { readonly number: number; readonly lastUpdatedMs: number };
  /** Whose data are in it. */
  readonly patients?: readonly string[];
}

export const answerWith = (resource: Resource, rest: Omit<Answer, 'status' | 'body'> = {}): Answer => ({
  status: 200,
  body: JSON.stringify(resource),
  ...rest,
});

export const outcomeAnswer = (status: number, outcome: OperationOutcome, headers?: Answer['headers']): Answer => ({
  status,
  body: JSON.stringify(outcome),
  ...(headers && { headers }),
});

/** A refusal in one sentence. It repeats nothing of the request. */
export const refusal = (status: number, code: OperationOutcomeIssue['code'], diagnostics: string): Answer =>
  outcomeAnswer(status, operationOutcome([{ severity: 'error', code, diagnostics }]));

/** The same for what does not exist and for what the caller may not know of. */
export const notFound = refusal(404, 'not-found', 'There is no such resource.');

export const gone = refusal(410, 'deleted', 'The resource was withdrawn.');

export const unknownType = refusal(404, 'not-supported', 'This server has no resources of this type.');

const issueType = { 401: 'login', 403: 'forbidden', 503: 'transient' } as const;

/** A denial as FHIR clients expect it: status, challenge, OperationOutcome. */
export function denialAnswer(denial: Denial): Answer {
  const { status, description } = denial;
  const outcome = operationOutcome([{ severity: 'error', code: issueType[status], diagnostics: description }]);
  const header: Record<string, string> =
    status === 503 ? { 'Retry-After': '30' } : { 'WWW-Authenticate': wwwAuthenticate(denial) };
  return outcomeAnswer(status, outcome, header);
}
