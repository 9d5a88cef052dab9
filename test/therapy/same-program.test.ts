import { describe, expect, it } from 'vitest';
import { type Program, program } from '../../src/event/program.ts';
import { sameProgram } from '../../src/therapy/same-program.ts';

const of = (fields: object): Program => program.parse({ mode: 'simple-continuous', doseUgPerDay: 210, ...fields });
const full = of({ concentrationUgPerMl: 2000, drug: 'baclofen' });

it('is not one programme where both state the flow, or the second drug, and differ', () => {
  const slow = of({ rateMlPerDay: 0.105 });
  expect(sameProgram(slow, of({ rateMlPerDay: 0.11 }))).toBe(false);
  expect(sameProgram(slow, of({ rateMlPerDay: 0.105 }))).toBe(true);
  const mixed = (name: string) => of({ additionalDrugs: [{ name }] });
  expect(sameProgram(mixed('morphine'), mixed('ziconotide'))).toBe(false);
});

describe('two reports state one programme', () => {
  it.each([
    ['that agree', of({ concentrationUgPerMl: 2000 }), true],
    ['one of which leaves the concentration out', of({}), true],
    ['one of which leaves the drug out', of({ concentrationUgPerMl: 2000, drug: undefined }), true],
    ['one of which states the flow as well', of({ concentrationUgPerMl: 2000, rateMlPerDay: 0.105 }), true],
    [
      'one of which names a second drug',
      of({ concentrationUgPerMl: 2000, additionalDrugs: [{ name: 'morphine' }] }),
      true,
    ],
    ['of another dose', of({ concentrationUgPerMl: 2000, doseUgPerDay: 211 }), false],
    ['of another concentration', of({ concentrationUgPerMl: 500 }), false],
    ['of another mode', of({ mode: 'minimum-rate', concentrationUgPerMl: 2000 }), false],
    ['one of which allows the patient a bolus', of({ concentrationUgPerMl: 2000, patientBolus: { doseUg: 5 } }), false],
  ])('%s', (_says, other, same) => {
    expect([sameProgram(full, other), sameProgram(other, full)]).toEqual([same, same]);
  });
});
