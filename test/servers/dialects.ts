import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';

/** Why a server refuses. What our adapter should never run into counts as a violation: see `isViolation`. */
export type Refusal =
  | 'type-not-held'
  | 'interaction-not-offered'
  | 'parameter-not-offered'
  | 'patient-not-named'
  | 'bundle-not-offered'
  | 'condition-not-offered'
  | 'version-not-named'
  | 'element-not-taken'
  | 'coding-not-taken'
  | 'resource-invalid'
  | 'reference-unknown'
  | 'scope-missing'
  | 'duplicate'
  | 'version-stale'
  | 'several-match'
  | 'not-found'
  | 'gone';

/** Somebody else was faster, or what is asked for is not there: that happens to the best of clients. */
const innocent: ReadonlySet<Refusal> = new Set(['version-stale', 'several-match', 'not-found', 'gone', 'duplicate']);

export const isViolation = (refusal: Refusal): boolean => !innocent.has(refusal);

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** Default: application/fhir+json where there is a body. */
  readonly contentType?: string;
  readonly headers?: { readonly ETag?: string; readonly Location?: string };
}

/** How one vendor words its refusals. */
export type Dialect = (refusal: Refusal) => Reply;

/** The statuses that R4 gives. */
const r4: Readonly<Record<Refusal, readonly [number, OperationOutcomeIssue['code']]>> = {
  'type-not-held': [404, 'not-supported'],
  'interaction-not-offered': [405, 'not-supported'],
  'parameter-not-offered': [400, 'not-supported'],
  'patient-not-named': [400, 'required'],
  'bundle-not-offered': [405, 'not-supported'],
  'condition-not-offered': [412, 'not-supported'],
  'version-not-named': [412, 'required'],
  'element-not-taken': [422, 'not-supported'],
  'coding-not-taken': [422, 'business-rule'],
  'resource-invalid': [400, 'invalid'],
  'reference-unknown': [400, 'not-found'],
  'scope-missing': [403, 'forbidden'],
  duplicate: [409, 'duplicate'],
  'version-stale': [412, 'conflict'],
  'several-match': [412, 'multiple-matches'],
  'not-found': [404, 'not-found'],
  gone: [410, 'deleted'],
};

/** A server that speaks R4 and adds nothing. Its diagnostics hold what must not reach a log. */
export const plain: Dialect = (refusal) => {
  const [status, code] = r4[refusal];
  return { status, body: outcomeOf({ severity: 'error', code, diagnostics: 'seen while working on Doe, Jane' }) };
};

const epicSystem = 'urn:oid:1.2.840.114350.1.13.0.1.7.2.657369';

/** Numbers of the vendor's own beside R4's codes. Where the sources name none, only the R4 code stands. */
const epicCodes: Readonly<Partial<Record<Refusal, readonly [number, string]>>> = {
  'type-not-held': [404, '4115'],
  'interaction-not-offered': [405, '4115'],
  'patient-not-named': [400, '4111'],
  'element-not-taken': [400, '59144'],
  'resource-invalid': [400, '59144'],
  'reference-unknown': [400, '59144'],
  'coding-not-taken': [400, '59159'],
  'scope-missing': [403, '4118'],
  duplicate: [400, '59141'],
  'not-found': [404, '4102'],
};

export const epic: Dialect = (refusal) => {
  const [defaultStatus, code] = r4[refusal];
  const [status, own] = epicCodes[refusal] ?? [defaultStatus, undefined];
  return { status, body: outcomeOf(epicIssue(own, 'fatal', code)) };
};

/** An issue with the vendor's number, as it stands in a refusal and beside the matches of a search. */
export function epicIssue(
  number: string | undefined,
  severity: OperationOutcomeIssue['severity'],
  code: OperationOutcomeIssue['code'],
): OperationOutcomeIssue {
  const details = number === undefined ? {} : { details: { coding: [{ system: epicSystem, code: number }] } };
  return { severity, code, ...details, diagnostics: 'seen while working on Doe, Jane' };
}

/** 422 for what it does not take, 409 for a stale version, and for a type or method it does not have a body of nothing. */
export const oracle: Dialect = (refusal) => {
  const own: Readonly<Partial<Record<Refusal, number>>> = {
    'element-not-taken': 422,
    'coding-not-taken': 422,
    'resource-invalid': 422,
    'reference-unknown': 422,
    'version-stale': 409,
    'version-not-named': 400,
    'bundle-not-offered': 422,
  };
  if (refusal === 'type-not-held' || refusal === 'interaction-not-offered') return { status: r4[refusal][0] };
  const [status, code] = r4[refusal];
  return {
    status: own[refusal] ?? status,
    body: outcomeOf({ severity: 'error', code, details: { text: 'Unprocessable entity' } }),
  };
};

/** A gateway in front of the server answers what it does not know with a page for people. */
export const gatewayPage: Dialect = (refusal) => {
  const [status] = r4[refusal];
  const isKnown = refusal !== 'type-not-held' && refusal !== 'interaction-not-offered';
  return isKnown
    ? plain(refusal)
    : { status, contentType: 'text/html', body: `<html><body><h1>${status}</h1>Doe, Jane</body></html>` };
};

export const outcomeOf = (...issue: OperationOutcomeIssue[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue,
});
