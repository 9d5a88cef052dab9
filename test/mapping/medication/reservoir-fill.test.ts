import type { Medication, MedicationAdministration } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { patientOf } from '../../stories/story.ts';
import { report, simple } from '../../therapy/reports.ts';
import { codesOf, made, referenceTo } from '../made.ts';

const at = '2024-05-01T10:00:00-04:00';
const dated = { lotNumber: 'LOTB7741', expirationDate: '2026-03-31' };
const filled = (more: object, fields: object = {}) =>
  report('refill', 'A', at, { fill: { volumeMl: 18, concentrationUgPerMl: 2000, ...dated, ...more }, ...fields });
const drugOf = (more: object) => made([filled(more)]).by<Medication>('medication', 'A');
const ug = (value: number) => ({
  numerator: { value, unit: 'ug', system: 'http://unitsofmeasure.org', code: 'ug' },
  denominator: { value: 1, unit: 'mL', system: 'http://unitsofmeasure.org', code: 'mL' },
});
const baclofen = ['H789N3FKE8', 'baclofen'];

describe('the drug of a fill', () => {
  it('is baclofen at its concentration, with lot and expiry', () => {
    const { meta: _, identifier: __, code, ingredient, ...rest } = drugOf({});
    expect(rest).toEqual({
      resourceType: 'Medication',
      status: 'active',
      form: { text: 'solution for intrathecal infusion' },
      batch: dated,
    });
    expect([codesOf(code), code?.text]).toEqual([baclofen, 'Baclofen for intrathecal use']);
    expect(ingredient).toEqual([{ itemCodeableConcept: code, isActive: true, strength: ug(2000) }]);
  });

  it.each([
    [{ lotNumber: 'L', expirationDate: undefined }, { lotNumber: 'L' }],
    [{ lotNumber: undefined, expirationDate: '2026-03-31' }, { expirationDate: '2026-03-31' }],
    [{ lotNumber: undefined, expirationDate: undefined }, undefined],
  ])('of which %j is stated has the batch %j', (stated, batch) => {
    expect(drugOf(stated).batch).toEqual(batch);
  });

  it('is named by its product', () => {
    expect(drugOf({ productName: 'Gablofen' }).code?.text).toBe('Gablofen');
  });

  it.each([
    ['25021-679-20', ['25021-679-20', '1666613']],
    ['25021067920', ['25021-679-20', '1666613']],
    [' 25021-0679-20 ', ['25021-679-20', '1666613']],
    ['66794-157-02', ['66794-157-02', '1666613']],
    ['66794-151-01', ['66794-151-01', '1047437']],
    ['70511-121-80', ['70511-121-80', '1047437']],
    ['72888-146-36', ['72888-146-36', '1300890']],
    ['70121-2503-01', ['70121-2503-01', '1666613']],
    ['70121-2504-2', ['70121-2504-2']],
    ['66794-157-01', ['66794-157-01']],
    ['72888-145-36', ['72888-145-36']],
    ['70121-2502-02', ['70121-2502-02']],
  ])('with the National Drug Code %s is the product %j', (ndc, product) => {
    const { code, ingredient } = drugOf({ ndc });
    expect(codesOf(code)).toEqual([...baclofen, ...product]);
    expect(made([filled({ ndc })]).told.filter(([told]) => told === 'code-unmapped')).toEqual([]);
    expect(codesOf(ingredient?.[0]?.itemCodeableConcept)).toEqual(baclofen);
  });

  it.each([
    '00000-000-00',
    '2502167920',
    '250210679200',
    '25021-679',
    '250211-679-20',
    '25021-67900-20',
    '25021-679-200',
    '25021-679-2O',
    'x25021067920',
  ])('with the National Drug Code %s, which no table knows, is written without it, and said so', (ndc) => {
    const all = made([filled({ ndc })]);
    expect(codesOf(all.by<Medication>('medication', 'A').code)).toEqual(baclofen);
    expect(all.told).toContainEqual(['code-unmapped', false, 'fill.ndc']);
    const remark = all.result.remarks.find(({ problem }) => problem.code === 'code-unmapped');
    expect([remark?.problem.severity, remark?.entry?.source.reportEventId]).toEqual(['warning', 'A']);
    expect(remark?.problem.message).toBe('the National Drug Code is not in the table of products');
    expect(JSON.stringify(remark?.problem)).not.toContain(ndc);
  });

  it('without a National Drug Code tells nothing of one', () => {
    expect(made([filled({})]).told.filter(([code]) => code === 'code-unmapped')).toEqual([]);
  });

  it('of a mixture names every drug; the product is that of the baclofen in it', () => {
    const { code, ingredient } = drugOf({
      ndc: '25021-679-20',
      productName: 'Baclofen injection',
      additionalDrugs: [{ name: 'clonidine', concentrationUgPerMl: 150 }, { name: 'bupivacaine' }],
    });
    expect([codesOf(code), code?.text]).toEqual([
      baclofen,
      'Baclofen for intrathecal use, with clonidine 150 ug/mL, bupivacaine in the same reservoir',
    ]);
    expect(codesOf(ingredient?.[0]?.itemCodeableConcept)).toEqual([...baclofen, '25021-679-20', '1666613']);
    expect(ingredient?.[0]?.itemCodeableConcept?.text).toBe('Baclofen injection');
    expect(ingredient?.slice(1)).toEqual([
      { itemCodeableConcept: { text: 'clonidine' }, isActive: true, strength: ug(150) },
      { itemCodeableConcept: { text: 'bupivacaine' }, isActive: true },
    ]);
  });
});

describe('a fill', () => {
  it('is a volume in the reservoir, by who filled it, and no dose', () => {
    const all = made([
      filled(
        { additionalDrugs: [{ name: 'clonidine' }] },
        {
          performer: { display: 'N. Urse' },
          encounter: { identifier: { system: 'urn:oid:2.16.840.1.113883.19.5.9', value: 'CSN1' } },
        },
      ),
    ]);
    const { meta: _, identifier: __, ...given } = all.by<MedicationAdministration>('reservoirFill', 'A');
    const coded = (code: string, display: string) => ({
      coding: [{ system: 'https://w3id.org/itb-fhir/CodeSystem/itb-administration', code, display }],
      text: display,
    });
    expect(given).toEqual({
      resourceType: 'MedicationAdministration',
      partOf: [{ reference: referenceTo(all, 'procedure', 'A') }],
      status: 'completed',
      medicationReference: { reference: referenceTo(all, 'medication', 'A') },
      subject: { reference: `Patient/${patientOf(filled({}))}` },
      context: {
        type: 'Encounter',
        identifier: { system: 'urn:oid:2.16.840.1.113883.19.5.9', value: 'CSN1' },
      },
      effectiveDateTime: at,
      performer: [
        {
          function: {
            coding: [
              {
                system: 'https://w3id.org/itb-fhir/CodeSystem/itb-performer-function',
                code: 'refiller',
                display: 'Refiller',
              },
            ],
            text: 'Refiller',
          },
          actor: { display: 'N. Urse' },
        },
      ],
      device: [{ reference: referenceTo(all, 'pump', 'A') }],
      dosage: {
        text:
          'RESERVOIR FILL, 18 mL of 2000 ug/mL, with clonidine in the same reservoir, placed in the pump reservoir. ' +
          'Not a patient dose.',
        site: coded('pump-reservoir', 'Pump reservoir'),
        method: coded('reservoir-fill', 'Reservoir fill (not a patient dose)'),
        dose: { value: 18, unit: 'mL', system: 'http://unitsofmeasure.org', code: 'mL' },
      },
    });
  });

  it('says beside it that its lot had expired, and where filled and programmed concentration differ', () => {
    const notes = (more: object, fields: object = {}) =>
      made([filled(more, fields)])
        .by<MedicationAdministration>('reservoirFill', 'A')
        .note?.map(({ text }) => text);
    expect(notes({ expirationDate: '2024-04-30' })).toEqual([expect.stringMatching(/expir/i)]);
    expect(notes({}, { program: simple(100, 500) })).toEqual([
      expect.stringMatching(/^Concentration filled and concentration programmed differ/),
    ]);
    expect(notes({})).toBeUndefined();
    const expired = filled({ expirationDate: '2024-04-30' });
    const next = report('refill', 'B', '2024-06-01T10:00:00-04:00', {
      fill: { volumeMl: 18, concentrationUgPerMl: 2000 },
    });
    expect(made([expired, next]).by<MedicationAdministration>('reservoirFill', 'B')).not.toHaveProperty('note');
  });

  it('of baclofen alone says so without a word of other drugs', () => {
    const { dosage } = made([filled({})]).by<MedicationAdministration>('reservoirFill', 'A');
    expect(dosage?.text).toBe('RESERVOIR FILL, 18 mL of 2000 ug/mL placed in the pump reservoir. Not a patient dose.');
  });
});
