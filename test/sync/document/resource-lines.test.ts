import type { Device, Medication, Procedure, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { resourceLines } from '../../../src/sync/document/resource-lines.ts';
import { identityOf } from '../therapy-resources.ts';

describe('the lines of a resource', () => {
  const devices = new Map([[identityOf(1), 'Medtronic SynchroMed II, serial number NGP1']]);
  const lines = (resource: object) => resourceLines(resource as Resource, devices);

  it('name a device by maker, name, model and serial number, and read its label', () => {
    const device = {
      resourceType: 'Device',
      identifier: [{ system: 's', value: identityOf(1) }],
      udiCarrier: [{ carrierHRF: '(01)0952', deviceIdentifier: '0952' }, { deviceIdentifier: '0953' }],
      manufacturer: 'Medtronic',
      serialNumber: 'NGP1',
      modelNumber: '8637-40',
      deviceName: [{ name: 'SynchroMed II', type: 'user-friendly-name' }],
      lotNumber: 'L1',
      property: [
        { type: { text: 'Reservoir capacity' }, valueQuantity: [{ value: 40, code: 'mL' }] },
        { type: { text: 'Source' }, valueCode: [{ text: 'stated' }, { text: 'read' }] },
      ],
      patient: { reference: 'Patient/x' },
    } as Device;
    expect(lines(device)).toEqual([
      'Device: Medtronic SynchroMed II, model 8637-40, serial number NGP1',
      '  UDI: (01)0952',
      '  UDI: 0953',
      '  Lot number: L1',
      '  Reservoir capacity: 40 mL',
      '  Source: stated, read',
    ]);
  });

  it.each([
    [{ manufacturer: 'M', modelNumber: '8780', deviceName: [{ name: '8780' }], lotNumber: 'C1' }, 'M 8780, lot C1'],
    [{ modelNumber: 'P2' }, 'model P2'],
    [{}, 'device without a name'],
  ])('name a device by what is known: %j', (device, name) => {
    expect(lines({ resourceType: 'Device', ...device })[0]).toBe(`Device: ${name}`);
  });

  it('tell a procedure with its devices, its session report, and nothing that systems alone know', () => {
    const procedure = {
      resourceType: 'Procedure',
      id: '7',
      meta: { tag: [{ code: 't' }] },
      extension: [
        { url: 'https://x/time-precision', valueCode: 'minute' },
        { url: 'https://x/infusion-mode', valueCode: 'flex' },
      ],
      identifier: [
        { system: 's', value: 'i' },
        { type: { text: 'Session report of the programmer' }, value: 'SR-1' },
      ],
      status: 'completed',
      code: { coding: [{ code: 'c', display: 'Refill' }] },
      subject: { reference: 'Patient/x' },
      performedPeriod: { end: '2024-06-25' },
      partOf: [{ reference: 'urn:uuid:unknown' }],
      reasonCode: [{ text: 'low\nvolume' }],
      performer: [{ function: { text: 'nurse' }, actor: { identifier: { value: '148' } } }],
      focalDevice: [
        { action: { text: 'manipulated' }, manipulated: { reference: `urn:uuid:${identityOf(1)}` } },
        { manipulated: { display: 'catheter' } },
      ],
      note: [{ text: 'easy' }],
    } as Procedure;
    expect(lines(procedure)).toEqual([
      'Procedure: Refill',
      '  Infusion mode: flex',
      '  Session report of the programmer: SR-1',
      '  Status: completed',
      '  Performed: to 2024-06-25',
      '  Reason: low / volume',
      '  Performer:',
      '    Function: nurse',
      '    Actor: 148',
      '  Device manipulated: Medtronic SynchroMed II, serial number NGP1',
      '  Device concerned: catheter',
      '  Note: easy',
    ]);
  });

  it('tell every kind of value, and why one is missing', () => {
    const component = (text: string, value: object) => ({ code: { text }, ...value });
    const panel = {
      resourceType: 'Observation',
      code: { text: 'Panel' },
      component: [
        component('bound', { valueQuantity: { value: 1.5, comparator: '>=', code: '1' } }),
        component('ratio', {
          valueRatio: { numerator: { value: 7, code: 'ug' }, denominator: { value: 7, code: 'd' } },
        }),
        component('part', { valueRatio: { numerator: { value: 7, code: 'ug' } } }),
        component('range', { valueRange: { low: { value: 1, unit: 'mL' } } }),
        component('period', { valuePeriod: { start: '2024', end: '2025' } }),
        component('yes', { valueBoolean: true }),
        component('no', { valueBoolean: false }),
        component('count', { valueInteger: 0 }),
        component('absent', { dataAbsentReason: { coding: [{ system: 's', code: 'unknown' }] } }),
        component('time', { valueDateTime: '2024-06-25T10:00:00Z' }),
      ],
    };
    expect(lines(panel)).toEqual([
      'Observation: Panel',
      '  bound: >=1.5',
      '  ratio: 7 ug in 7 d',
      '  part: 7 ug',
      '  range: 1 mL to …',
      '  period: 2024 to 2025',
      '  yes: yes',
      '  no: no',
      '  count: 0',
      '  absent: not stated (unknown)',
      '  time: 2024-06-25 10:00 UTC',
    ]);
  });

  it('tell a medication with what is in it', () => {
    const medication = {
      resourceType: 'Medication',
      code: { text: 'Baclofen' },
      ingredient: [
        {
          itemCodeableConcept: { text: 'Baclofen' },
          isActive: true,
          strength: { numerator: { value: 2000, code: 'ug' }, denominator: { value: 1, code: 'mL' } },
        },
        { itemCodeableConcept: { text: 'Clonidine' } },
      ],
      batch: { lotNumber: 'LOTB', expirationDate: '2026-03-31' },
    } as Medication;
    expect(lines(medication)).toEqual([
      'Medication: Baclofen',
      '  Ingredient: Baclofen, 2000 ug in 1 mL',
      '  Ingredient: Clonidine',
      '  Batch:',
      '    Lot number: LOTB',
      '    Expiration date: 2026-03-31',
    ]);
  });

  it('tell what kind of thing it is, where nothing names it', () => {
    expect(lines({ resourceType: 'MedicationRequest', intent: 'order', status: 'active' })).toEqual([
      'Programmed regimen',
      '  Status: active',
    ]);
    expect(lines({ resourceType: 'AdverseEvent', actuality: 'actual', event: { text: 'Kink' }, date: '2024' })).toEqual(
      ['Adverse event: Kink', '  Date: 2024'],
    );
    expect(lines({ resourceType: 'MedicationStatement', medicationCodeableConcept: { text: 'diazepam' } })).toEqual([
      'Medication Statement',
      '  Medication: diazepam',
    ]);
  });
});
