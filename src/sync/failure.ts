import type { CodeableConcept, OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import { type Problem, problem } from '../event/problem.ts';
import type { VendorMeaning } from './facts.ts';
import type { Answer } from './fhir-client.ts';

/** What to do about an answer that is not a success. */
export type Reaction =
  /** Try later; the server's own timing wins. */
  | { readonly kind: 'retry'; readonly problem: Problem; readonly retryAfterMs?: number | undefined }
  /** The whole destination takes nothing more for now, whatever patient it is for. */
  | { readonly kind: 'pause'; readonly problem: Problem; readonly pauseMs: number }
  /** Somebody else was faster: read again, plan again. */
  | { readonly kind: 'conflict'; readonly problem: Problem }
  /** What was to be created is there: search it. */
  | { readonly kind: 'already-there'; readonly problem: Problem }
  /** A search that does not show all: what it shows is there, what it does not show may be. */
  | { readonly kind: 'partial'; readonly problem: Problem }
  /** It may have been applied: look before repeating. */
  | { readonly kind: 'unknown'; readonly problem: Problem }
  /** The server took it and will apply it some time: it is there when a search finds it. */
  | { readonly kind: 'queued'; readonly problem: Problem }
  /** A human has to act. `data`: about what was sent; anything else may still be taken. Else nothing of this patient is. */
  | {
      readonly kind: 'terminal';
      readonly problem: Problem;
      readonly about?: 'data' | 'auth' | 'access' | 'identity' | undefined;
    };

/** `creating`: a create that was to happen only if nothing has its identity. */
export type Purpose = 'reading' | 'writing' | 'creating';

export type VendorCodes = Readonly<Record<string, VendorMeaning>>;

/** Statuses that say that nothing was done. Of a 404 only where the server itself speaks. */
const refusedStatuses: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 410, 413, 415, 422, 428, 429]);
/** Statuses that say «later» (RFC 9110, RFC 6585); every 5xx does too. */
const laterStatuses: ReadonlySet<number> = new Set([408, 425, 429]);
/** 412 is R4's answer to a stale version, 409 what some servers give instead. */
const conflictStatuses: ReadonlySet<number> = new Set([409, 412]);
/** R4 issue-type: something that passes. Whatever the status is, the same request may succeed later. */
const passingIssues: ReadonlySet<string> = new Set([
  'transient',
  'lock-error',
  'no-store',
  'exception',
  'timeout',
  'incomplete',
  'throttled',
]);
/** Who we are, and which version we know, are told by the status alone. */
const decidedByStatus: ReadonlySet<number> = new Set([401, 409, 412]);
/** "Until tomorrow" in a time zone that no server states. */
const dayMs = 24 * 60 * 60 * 1000;

export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Whether an answer says that it was done: a success without errors in its body. */
export function isDone({ status, body }: { readonly status: number; readonly body: unknown }): boolean {
  return isSuccess(status) && errorsIn(body).length === 0 && !isForeign({ status, body });
}

/**
 * A text in place of an answer: the page of a proxy while the server behind it is away, of a login. It says neither that
 * something was done nor that something is not there. A server of FHIR answers in JSON, in its own XML, or with nothing.
 */
export const isForeign = ({ status, body }: { readonly status: number; readonly body?: unknown }): boolean =>
  (isSuccess(status) || status === 404) &&
  typeof body === 'string' &&
  body.trim() !== '' &&
  !body.includes('http://hl7.org/fhir');

/** Whether the server certainly did nothing. Everything else may have been applied. */
export function isUnapplied(
  answer: Pick<Answer, 'kind'> & { readonly status?: number; readonly body?: unknown },
): boolean {
  if (answer.kind !== 'answered') return answer.kind === 'not-sent';
  const { status = 0, body } = answer;
  return refusedStatuses.has(status) && !isForeign({ status, body });
}

/** The failure table. `writing`: a time-out or a 5xx may have been applied all the same. */
export function reactionTo(answer: Answer, purpose: Purpose, vendorCodes: VendorCodes = {}): Reaction {
  if (answer.kind === 'not-sent') {
    return answer.problem.code === 'destination-unauthorized'
      ? { kind: 'terminal', about: 'auth', problem: answer.problem }
      : { kind: 'retry', problem: answer.problem, retryAfterMs: answer.retryAfterMs };
  }
  if (answer.kind === 'unknown') {
    return { kind: purpose === 'reading' ? 'retry' : 'unknown', problem: answer.problem };
  }
  return reactionToStatus(answer, purpose, vendorCodes);
}

/**
 * One row of the table; also for the entries of a Bundle. What the server says in words is never kept: it may be about
 * the patient. A 400 may be a lost race of a conditional write: it is read again once.
 */
export function reactionToStatus(
  {
    status,
    body,
    retryAfterMs,
  }: { readonly status: number; readonly body?: unknown; readonly retryAfterMs?: number | undefined },
  purpose: Purpose,
  vendorCodes: VendorCodes = {},
): Reaction {
  if (isForeign({ status, body })) {
    const problem = refused('destination-unavailable', status);
    return purpose === 'reading' || status === 404
      ? { kind: 'retry', problem, retryAfterMs }
      : { kind: 'unknown', problem };
  }
  const issues = errorsIn(body);
  const meaning = vendorMeaning(issues, vendorCodes);
  if (meaning) return reactionToMeaning(meaning, status, retryAfterMs);
  const codes = issues.map(({ code }) => code);
  if (isAmbiguous(status, codes, purpose)) return severalThere;
  if (codes.some((code) => passingIssues.has(code ?? '')) && !decidedByStatus.has(status))
    return later(status, retryAfterMs);
  if (status === 202) return { kind: 'queued', problem: refused('destination-unavailable', status) };
  if (conflictStatuses.has(status)) return { kind: 'conflict', problem: refused('destination-conflict', status) };
  if (laterStatuses.has(status) || status >= 500) return later(status, retryAfterMs);
  if (status === 400 || status === 404 || status === 410) {
    return { kind: 'conflict', problem: refused('destination-refused', status) };
  }
  if (status === 401) return { kind: 'terminal', about: 'auth', problem: refused('destination-unauthorized', status) };
  if (status === 403) return { kind: 'terminal', about: 'auth', problem: refused('destination-forbidden', status) };
  return { kind: 'terminal', about: 'data', problem: refused('destination-refused', status) };
}

/** What a code of the server's own means, wherever in a body it stands: in an outcome, or in one beside what was found. */
export function vendorMeaning(
  issues: readonly OperationOutcomeIssue[],
  vendorCodes: VendorCodes,
): VendorMeaning | undefined {
  const codes = issues.flatMap(({ details }) => (details as CodeableConcept | undefined)?.coding ?? []);
  return codes.flatMap(({ code }) => vendorCodes[code ?? ''] ?? [])[0];
}

/** Of a body that is an OperationOutcome; whatever else a server sends, HTML or nothing, has none. */
export function issuesIn(body: unknown): readonly OperationOutcomeIssue[] {
  const outcome = body as OperationOutcome | undefined;
  return outcome?.resourceType === 'OperationOutcome' && Array.isArray(outcome.issue)
    ? outcome.issue.filter((issue) => typeof issue === 'object' && issue !== null)
    : [];
}

const errorsIn = (body: unknown): readonly OperationOutcomeIssue[] =>
  issuesIn(body).filter(({ severity }) => severity === 'error' || severity === 'fatal');

/** R4 "conditional create": 412 says that several resources match, which a version cannot. */
const isAmbiguous = (status: number, codes: readonly unknown[], purpose: Purpose): boolean =>
  (purpose === 'creating' && status === 412) || (purpose !== 'reading' && codes.includes('multiple-matches'));

function reactionToMeaning(meaning: VendorMeaning, status: number, retryAfterMs: number | undefined): Reaction {
  switch (meaning) {
    case 'retry':
      return later(status, retryAfterMs);
    case 'pause-until-tomorrow': {
      const paused = problem('destination-paused', 'the destination takes nothing more until tomorrow');
      return { kind: 'pause', problem: paused, pauseMs: dayMs };
    }
    case 'already-there':
      return { kind: 'already-there', problem: refused('destination-conflict', status) };
    case 'terminal-data':
      return { kind: 'terminal', about: 'data', problem: refused('destination-refused', status) };
    case 'terminal-access': {
      const restricted = problem('access-restricted', 'the destination restricts access to this record');
      return { kind: 'terminal', about: 'access', problem: restricted };
    }
    case 'partial':
      return { kind: 'partial', problem: refused('destination-refused', status) };
  }
}

const later = (status: number, retryAfterMs: number | undefined): Reaction => ({
  kind: 'retry',
  problem: refused('destination-unavailable', status),
  retryAfterMs,
});

const severalThere: Reaction = {
  kind: 'terminal',
  about: 'identity',
  problem: problem('identity-ambiguous', 'several resources there carry one identity'),
};

function refused(code: Parameters<typeof problem>[0], status: number): Problem {
  return problem(code, `the destination answered ${status}`);
}
