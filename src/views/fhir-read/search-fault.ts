import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { SearchRefused } from './search.ts';

/** Why a parameter is not applied. It names the parameter and never its value. */
export interface Fault {
  readonly fault: 'not-supported' | 'value' | 'too-costly';
  readonly text: string;
}

export const isFault = (value: object): value is Fault => 'fault' in value;

/** What a lenient caller lets us ignore, as long as we say so. */
export const notSupported = (text: string): Fault => ({ fault: 'not-supported', text });

export const unreadable = (text: string): Fault => ({ fault: 'value', text });

export const tooCostly = (text: string): Fault => ({ fault: 'too-costly', text });

/** The name as it was written, where it looks like one: it may be anything, also something that is nobody's business. */
export const named = (name: string): string =>
  /^[A-Za-z_][\w.:*-]{0,80}$/.test(name) ? `Search parameter "${name}"` : 'A search parameter';

export function refused(faults: readonly Fault[]): SearchRefused {
  const [first, ...others] = faults.map((fault) => issueOf(fault, 'error'));
  if (!first) throw new Error('A refusal without a reason');
  return { kind: 'refused', status: 400, outcome: operationOutcome([first, ...others]) };
}

export const outOfReach: SearchRefused = {
  kind: 'refused',
  status: 403,
  outcome: operationOutcome([
    { severity: 'error', code: 'forbidden', diagnostics: 'The token gives no search of this type.' },
  ]),
};

/** One answer for a link that was altered, is another caller's or has run out. */
export const pageGone: SearchRefused = {
  kind: 'refused',
  status: 410,
  outcome: operationOutcome([
    { severity: 'error', code: 'expired', diagnostics: 'This page link cannot be followed. Search again.' },
  ]),
};

/** That parameters were ignored, as an entry of the Bundle says it. */
export function outcomeOfIgnored(faults: readonly Fault[]): OperationOutcome | undefined {
  const [first, ...others] = faults.map((fault) => issueOf(fault, 'warning'));
  return first && operationOutcome([first, ...others]);
}

function issueOf({ fault, text }: Fault, severity: 'error' | 'warning'): OperationOutcomeIssue {
  return { severity, code: fault, diagnostics: severity === 'warning' ? `${text} It was ignored.` : text };
}
