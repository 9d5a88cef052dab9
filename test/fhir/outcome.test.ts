import { describe, expect, test } from 'vitest';
import { problem } from '../../src/event/problem.ts';
import { operationOutcome, outcomeOfProblems } from '../../src/fhir/outcome.ts';

describe('problems as an OperationOutcome', () => {
  test('keep code, place, words and remedy', () => {
    const missing = problem('field-missing', 'The residual volume is missing.', { field: 'residual.measuredMl' });
    expect(outcomeOfProblems([missing])).toEqual({
      resourceType: 'OperationOutcome',
      issue: [
        {
          severity: 'error',
          code: 'required',
          details: {
            coding: [{ system: 'https://w3id.org/itb-fhir/CodeSystem/itb-problem', code: 'field-missing' }],
          },
          diagnostics: 'The residual volume is missing. Add the field; it is required.',
          expression: ['residual.measuredMl'],
        },
      ],
    });
  });

  test('say the row of a file or the segment of a message, which have no FHIRPath', () => {
    const inRow = problem('field-value', 'The mode is unknown.', { row: 12 });
    const inSegment = problem('field-value', 'The mode is unknown.', { segment: 'OBX[3]' });
    const { issue } = outcomeOfProblems([inRow, inSegment]);
    expect(issue.map((one) => one.diagnostics)).toEqual([
      'Row 12: The mode is unknown. Send one of the values that the schema allows.',
      'Segment OBX[3]: The mode is unknown. Send one of the values that the schema allows.',
    ]);
    expect(issue.map((one) => one.expression)).toEqual([undefined, undefined]);
  });

  test('keep their severity, and an unlisted code is FHIR `processing`', () => {
    const { issue } = outcomeOfProblems([problem('kept-in-ledger', 'Kept.', undefined, 'information')]);
    expect(issue.map(({ severity, code }) => ({ severity, code }))).toEqual([
      { severity: 'information', code: 'processing' },
    ]);
  });

  test('that do not exist still make a valid outcome: at least one issue', () => {
    expect(outcomeOfProblems([])).toEqual(
      operationOutcome([{ severity: 'information', code: 'informational', diagnostics: 'All OK' }]),
    );
  });
});
