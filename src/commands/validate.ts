import { join } from 'node:path';
import type { Bundle, OperationOutcomeIssue } from '@medplum/fhirtypes';
import { operationOutcome } from '../fhir/outcome.ts';
import { type Finding, loadDefinitions, validate, validateBundle } from '../fhir/validate.ts';
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
      const findings = findingsOf(document);
      checked++;
      process.stdout.write(`${JSON.stringify(outcomeOf(findings))}\n`);
      if (findings.length === 0) continue;
      invalid++;
      console.error(`${file}${documents.length > 1 ? `, row ${n + 1}` : ''}: invalid (${findings.length} issues)`);
    }
  }
  console.error(`${checked} checked, ${invalid} invalid.`);
  return invalid > 0 ? 1 : 0;
}

function findingsOf(document: string): Finding[] {
  let value: unknown;
  try {
    value = JSON.parse(document);
  } catch {
    return [{ code: 'structure', expression: '$this', message: 'not valid JSON' }];
  }
  return isBundle(value) ? validateBundle(value) : validate(value);
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

function outcomeOf(findings: readonly Finding[]) {
  const issues = findings.map(
    ({ code, expression, message }): OperationOutcomeIssue => ({
      severity: 'error',
      code: issueTypes[code],
      diagnostics: message,
      expression: [expression],
    }),
  );
  const [first, ...others] = issues;
  return operationOutcome(
    first ? [first, ...others] : [{ severity: 'information', code: 'informational', diagnostics: 'valid' }],
  );
}
