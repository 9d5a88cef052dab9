import type { MedicationAdministration } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { patientOf } from '../../stories/story.ts';
import { fill, report, simple } from '../../therapy/reports.ts';
import { codesOf, made, referenceTo } from '../made.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', {
  fill: fill(18),
  program: { ...simple(100), patientBolus: { doseUg: 25, durationMinutes: 10 } },
  prime: { volumeMl: 0.485, durationMinutes: 20 },
  performer: { display: 'N. Urse' },
});
const at = '2024-05-01T10:00:00-04:00';
const bolus = (kind: string, fields: object = {}, when = at) =>
  report('bolus', 'B', when, { bolus: { kind, doseUg: 25, durationMinutes: 10 }, ...fields });
const bolusIn = (...events: Parameters<typeof made>[0]) => made(events).by<MedicationAdministration>('bolus', 'B');

describe('a bolus', () => {
  it('is part of the infusion that ran meanwhile, and names who programmed it', () => {
    const all = made([implant, bolus('single', { performer: { display: 'N. Urse' } })]);
    const given = all.by<MedicationAdministration>('bolus', 'B');
    expect(given.partOf).toEqual([{ reference: referenceTo(all, 'infusion', 'A') }]);
    expect(given.performer).toMatchObject([{ function: { text: 'Programmer' }, actor: { display: 'N. Urse' } }]);
    expect(given).not.toHaveProperty('request');
    expect(given.dosage?.text).toBe('Single bolus, 25 ug, intrathecal; concentration 2000 ug/mL');
    expect(given.dosage).toMatchObject({ dose: { value: 25, code: 'ug' } });
  });

  it('that the patient requested was given by the patient, under the programme that allows it', () => {
    const all = made([implant, bolus('patient-activated', { performer: { display: 'N. Urse' } })]);
    const given = all.by<MedicationAdministration>('bolus', 'B');
    expect(given.performer).toEqual([{ actor: { reference: `Patient/${patientOf(implant)}` } }]);
    expect(given.request).toEqual({ reference: referenceTo(all, 'regimen', 'A') });
    expect(codesOf(given.dosage?.method)).toEqual(['patient-activated-bolus']);
  });

  it.each([
    ['before the infusion began', '2024-03-01T09:59:59-05:00', false],
    ['at the instant at which it began', '2024-03-01T10:00:00-05:00', true],
    ['at the last instant before it ended', '2024-05-31T09:59:59-04:00', true],
    ['at the instant at which it ended', '2024-05-31T10:00:00-04:00', false],
    ['in a month that is all that is known', '2024-05', false],
  ])('%s is part of it: %s %s', (_says, when, isPart) => {
    const stop = report('pump-stop', 'C', '2024-05-31T10:00:00-04:00');
    const [given] = made([implant, stop, bolus('single', {}, when)]).of<MedicationAdministration>('bolus');
    expect(given?.partOf !== undefined).toBe(isPart);
  });

  it('is not part of the infusion of another pump', () => {
    const other = { manufacturer: 'Medtronic', serialNumber: 'OTHER' };
    expect(bolusIn(implant, bolus('single', { pump: other }))).not.toHaveProperty('partOf');
  });

  it('stands where the infusion beside it is held', () => {
    const incomplete = report('dose-change', 'C', '2024-04-30T10:00:00-04:00', {
      program: { mode: 'minimum-rate', concentrationUgPerMl: 2000 },
    });
    expect(bolusIn(implant, incomplete, bolus('single'))).not.toHaveProperty('partOf');
  });
});

describe('a prime', () => {
  it('names who programmed it and how long it took, and is no dose', () => {
    const all = made([implant]);
    const {
      meta: _,
      identifier: __,
      medicationCodeableConcept: ___,
      ...primed
    } = all.by<MedicationAdministration>('primingBolus', 'A');
    expect(primed).toEqual({
      resourceType: 'MedicationAdministration',
      partOf: [{ reference: referenceTo(all, 'procedure', 'A') }],
      status: 'completed',
      subject: { reference: `Patient/${patientOf(implant)}` },
      effectiveDateTime: '2024-03-01T10:00:00-05:00',
      performer: [
        {
          function: {
            coding: [
              {
                system: 'https://w3id.org/itb-fhir/CodeSystem/itb-performer-function',
                code: 'programmer',
                display: 'Programmer',
              },
            ],
            text: 'Programmer',
          },
          actor: { display: 'N. Urse' },
        },
      ],
      device: [{ reference: referenceTo(all, 'pump', 'A') }],
      dosage: {
        text: 'PRIMING, 0.485 mL fills tubing in 20 min. Not a patient dose.',
        method: {
          coding: [
            {
              system: 'https://w3id.org/itb-fhir/CodeSystem/itb-administration',
              code: 'priming-bolus',
              display: 'Priming bolus (not a patient dose)',
            },
          ],
          text: 'Priming bolus (not a patient dose)',
        },
        dose: { value: 0.485, unit: 'mL', system: 'http://unitsofmeasure.org', code: 'mL' },
      },
    });
  });

  it.each([
    [{ kind: 'priming', volumeMl: 0.3, durationMinutes: 15 }, ' in 15 min'],
    [{ kind: 'priming', volumeMl: 0.3 }, ''],
  ])('reported by itself (%j) is part of its own procedure', (given, took) => {
    const all = made([implant, report('bolus', 'B', at, { bolus: given })]);
    const primed = all.by<MedicationAdministration>('primingBolus', 'B');
    expect(primed.partOf).toEqual([{ reference: referenceTo(all, 'procedure', 'B') }]);
    expect(primed.dosage?.text).toBe(`PRIMING, 0.3 mL fills tubing${took}. Not a patient dose.`);
    expect(all.of('bolus')).toEqual([]);
  });
});
