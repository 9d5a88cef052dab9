import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import { inWords, type Place, type Problem, type ProblemCode } from '../event/problem.ts';
import { itb } from './systems.ts';

/** An OperationOutcome holds at least one issue (FHIR R4). */
export function operationOutcome(
  issues: readonly [OperationOutcomeIssue, ...OperationOutcomeIssue[]],
): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: [...issues] };
}

/** Problems as a FHIR client reads them; without any problem, FHIR's own way to say that all is well. */
export function outcomeOfProblems(problems: readonly Problem[]): OperationOutcome {
  const [first, ...others] = problems.map(issueOf);
  return operationOutcome(first ? [first, ...others] : [allOk]);
}

const allOk: OperationOutcomeIssue = { severity: 'information', code: 'informational', diagnostics: 'All OK' };

function issueOf(found: Problem): OperationOutcomeIssue {
  const { severity, code, place } = found;
  return {
    severity,
    code: issueTypes[code] ?? 'processing',
    details: { coding: [{ system: itb.problem, code }] },
    diagnostics: [position(place), inWords(found)].filter((text) => text !== '').join(' '),
    ...(place?.field !== undefined && { expression: [place.field] }),
  };
}

/** A row or segment has no FHIRPath, so it is said in words. */
function position(place: Place | undefined): string {
  if (place?.row !== undefined) return `Row ${place.row}:`;
  return place?.segment === undefined ? '' : `Segment ${place.segment}:`;
}

/** The codes of FHIR's required issue-type binding that say more than `processing`. */
const issueTypes: Partial<Record<ProblemCode, OperationOutcomeIssue['code']>> = {
  'body-not-json': 'structure',
  'body-too-large': 'too-long',
  'body-too-deep': 'structure',
  'body-empty': 'required',
  'media-type-unsupported': 'not-supported',
  'too-many-events': 'too-long',
  'event-not-object': 'structure',
  'event-type-unknown': 'not-supported',
  'event-version-unknown': 'not-supported',
  'field-missing': 'required',
  'field-unknown': 'structure',
  'field-type': 'structure',
  'field-value': 'value',
  'field-range': 'value',
  'field-format': 'value',
  'time-offset-missing': 'value',
  'program-incomplete': 'required',
  'sender-not-permitted': 'forbidden',
  'idempotency-key-invalid': 'value',
  'idempotency-key-reused': 'conflict',
  'idempotency-key-under-way': 'conflict',
  'too-many-requests': 'throttled',
  'too-busy': 'transient',
  'reader-failed': 'exception',
  'event-conflict': 'conflict',
  'target-not-found': 'not-found',
  'code-unmapped': 'code-invalid',
  'resource-invalid': 'invariant',
  'patient-not-found': 'not-found',
  'patient-ambiguous': 'multiple-matches',
  'destination-forbidden': 'forbidden',
  'destination-unauthorized': 'login',
  'destination-unavailable': 'transient',
  'destination-conflict': 'conflict',
  'identity-ambiguous': 'multiple-matches',
};
