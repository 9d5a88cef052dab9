import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { report } from '../../therapy/reports.ts';
import { by, implant, statusOf, unknown } from './status-of.ts';

const baseline = (id: string, fields: Readonly<Record<string, unknown>>) =>
  report('baseline', id, '2024-02-01', fields);
const stated = { method: 'reported', ...by('P', '2024-02-01', 'baseline') };

describe('the patient', () => {
  it('is told as reported before therapy, with the age at the asked instant', () => {
    const diagnosis = { system: 'http://snomed.info/sct', code: '48721008', display: 'Tetraplegic cerebral palsy' };
    const fields = { birthDate: '2016-08-30', diagnosis, indication: 'spasticity', origin: 'cerebral' };
    expect(statusOf([baseline('P', fields), implant]).person).toEqual({
      ageYears: {
        ...{ value: 7, method: 'calculated', asOf: '2024-06-01T00:00:00Z' },
        source: { calculation: 'age', inputs: { birthDate: '2016-08-30' } },
      },
      birthDate: { value: '2016-08-30', ...stated },
      diagnosis: { value: diagnosis, ...stated },
      indication: { value: 'spasticity', ...stated },
      origin: { value: 'cerebral', ...stated },
      deathReported: unknown,
    });
  });

  it('of whom nothing was reported is not known', () => {
    const { person } = statusOf([implant]);
    expect(new Set(Object.values(person).map(({ method }) => method))).toEqual(new Set(['unknown']));
  });

  it('without a name of the diagnosis has its code', () => {
    const diagnosis = { system: 'urn:local', code: 'G80' };
    expect(statusOf([baseline('P', { diagnosis }), implant]).person.diagnosis.value).toEqual({
      ...diagnosis,
      display: null,
    });
  });

  it('is told by the newest report of each fact', () => {
    const events = [
      baseline('P', { birthDate: '2016-08-30', origin: 'spinal' }),
      report('baseline', 'Q', '2024-02-02', { origin: 'cerebral' }),
      implant,
    ];
    const { person } = statusOf(events);
    expect([person.birthDate.value, person.origin.value]).toEqual(['2016-08-30', 'cerebral']);
  });

  const ageOf = (birthDate: string, at: string, ...more: CanonicalEvent[]) =>
    statusOf([baseline('P', { birthDate }), implant, ...more], { at }).person.ageYears;

  it.each([
    ['2016-08-30', '2024-08-30T03:59:00Z', 7],
    ['2016-08-30', '2024-08-30T04:00:00Z', 8],
    ['2016-02-29', '2025-02-28T12:00:00Z', 8],
    ['2016-02-29', '2025-03-01T12:00:00Z', 9],
    ['2016', '2024-12-30T12:00:00Z', null],
    ['2016', '2024-12-31T12:00:00Z', 8],
    ['2016-03', '2024-06-01T12:00:00Z', 8],
  ])('born %s is at %s so many years old: %s', (birthDate, at, years) => {
    expect(ageOf(birthDate, at).value).toBe(years);
  });

  it('of whose birth only the year is known may have two ages', () => {
    expect(ageOf('2016', '2024-06-01T00:00:00Z')).toEqual({ ...unknown, words: '7 or 8 years.' });
  });

  it('whose death was reported has no age, and the report stands', () => {
    const death = report('death', 'D', '2024-05-20', {});
    expect(ageOf('2016-08-30', '2024-06-01T00:00:00Z', death)).toEqual(unknown);
    expect(statusOf([implant, death]).person.deathReported).toMatchObject({ value: '2024-05-20', method: 'reported' });
  });

  it('keeps the age where calculated values of the therapy are withheld', () => {
    const events = [baseline('P', { birthDate: '2016-08-30' }), implant];
    expect(statusOf(events, { shown: 'withheld' }).person.ageYears.value).toBe(7);
  });
});
