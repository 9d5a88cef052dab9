import { describe, expect, it } from 'vitest';
import { type Program, program } from '../../src/event/program.ts';
import { sameProgram } from '../../src/therapy/same-program.ts';

const of = (fields: object): Program => program.parse({ mode: 'simple-continuous', doseUgPerDay: 210, ...fields });
const full = of({ concentrationUgPerMl: 2000, drug: 'baclofen' });

describe('two reports state one programme', () => {
  it.each([
    ['that agree', of({ concentrationUgPerMl: 2000 }), true],
    ['one of which leaves the concentration out', of({}), true],
    ['of another dose', of({ concentrationUgPerMl: 2000, doseUgPerDay: 211 }), false],
    ['of another concentration', of({ concentrationUgPerMl: 500 }), false],
    ['of another mode', of({ mode: 'minimum-rate', concentrationUgPerMl: 2000 }), false],
    ['one of which allows the patient a bolus', of({ concentrationUgPerMl: 2000, patientBolus: { doseUg: 5 } }), false],
  ])('%s', (_says, other, same) => {
    expect([sameProgram(full, other), sameProgram(other, full)]).toEqual([same, same]);
  });
});
