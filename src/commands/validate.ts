import { join } from 'node:path';
import type { Bundle, OperationOutcomeIssue } from '@medplum/fhirtypes';
import { operationOutcome } from '../fhir/outcome.ts';
import { type Finding, loadDefinitions, uncheckedClaims, validate, validateBundle } from '../fhir/validate.ts';
import { isNdjson, readAll } from './read-input.ts';

/** One OperationOutcome line for each resource or Bundle. */
export async function validateFiles(files: readonly string[]): Promise<number> {
  loadDefinitions(join(import.meta.dirname, '..', '..', 'profiles'));
  let invalid = 0;
  let checked = 0;
  for (const file of files) {
    const text = await readAll(file);
    const documents = isNdjson(file, text) ? text.split('\n') : [text];
    for (const [n, document] of documents.entries()) {
      if (document.trim() === '' && documents.length > 1) continue;
      const { findings, unchecked } = examine(document);
      checked++;
      process.stdout.write(`${JSON.stringify(outcomeOf(findings, unchecked))}\n`);
      if (findings.length === 0) continue;
      invalid++;
      console.error(`${file}${documents.length > 1 ? `, row ${n + 1}` : ''}: invalid (${findings.length} issues)`);
    }
  }
  console.error(`${checked} checked, ${invalid} invalid.`);
  return invalid > 0 ? 1 : 0;
}

interface Examined {
  readonly findings: readonly Finding[];
  /** Places of claimed profiles that are not at hand. */
  readonly unchecked: readonly string[];
}

function examine(document: string): Examined {
  let value: unknown;
  try {
    value = JSON.parse(document);
  } catch {
    return { findings: [{ code: 'structure', expression: '$this', message: 'not valid JSON' }], unchecked: [] };
  }
  const findings = isBundle(value) ? validateBundle(value) : validate(value);
  return { findings, unchecked: uncheckedClaims(value) };
}

const isBundle = (value: unknown): value is Bundle =>
  typeof value === 'object' && value !== null && 'resourceType' in value && value.resourceType === 'Bundle';

const issueTypes: Record<Finding['code'], OperationOutcomeIssue['code']> = {
  structure: 'structure',
  profile: 'structure',
  invariant: 'invariant',
  binding: 'code-invalid',
  order: 'business-rule',
  unit: 'value',
};

function outcomeOf(findings: readonly Finding[], unchecked: readonly string[]) {
  const errors = findings.map(
    ({ code, expression, message }): OperationOutcomeIssue => ({
      severity: 'error',
      code: issueTypes[code],
      diagnostics: message,
      expression: [expression],
    }),
  );
  const remarks = unchecked.map(
    (expression): OperationOutcomeIssue => ({
      severity: 'information',
      code: 'not-supported',
      diagnostics: 'This profile is not at hand: nothing was checked against it',
      expression: [expression],
    }),
  );
  const [first = valid, ...others] = errors;
  return operationOutcome([first, ...others, ...remarks]);
}

const valid: OperationOutcomeIssue = { severity: 'information', code: 'informational', diagnostics: 'valid' };
