import type { Observation } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { fill, report, simple } from '../../therapy/reports.ts';
import { made, referenceTo } from '../made.ts';
import { ours } from './panel.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(100) });
const change = (id: string, program: object, at = '2024-05-01T10:00:00-04:00', fields: object = {}) =>
  report('dose-change', id, at, { program, ...fields });
const alarm = (id: string, code: string, at: string, fields: object = {}) =>
  report('alarm', id, at, { code, ...fields });

/** Each dose as `time: value, note`, in order of time. */
const dosesOf = (...events: readonly CanonicalEvent[]) =>
  made(events)
    .of<Observation>('dailyDose')
    .map(({ effectiveDateTime, valueQuantity, dataAbsentReason, note }) => [
      effectiveDateTime,
      valueQuantity?.value ?? dataAbsentReason?.coding?.[0]?.code,
      ...(note ?? []).map(({ text }) => text),
    ])
    .toSorted(([a], [b]) => Date.parse(String(a)) - Date.parse(String(b)));

describe('the programmed daily dose', () => {
  it('names the pump, the infusion that gives it, who programmed it and when it was recorded', () => {
    const event = change('B', simple(120), undefined, { performer: { display: 'Dr. A' } });
    const result = made([implant, event]);
    const { identifier: _ids, meta: _meta, ...rest } = result.by<Observation>('dailyDose', 'B');
    expect(rest).toEqual({
      resourceType: 'Observation',
      status: 'final',
      partOf: [{ reference: referenceTo(result, 'infusion', 'B') }],
      category: [
        {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/observation-category',
              code: 'therapy',
              display: 'Therapy',
            },
          ],
        },
      ],
      code: {
        coding: [
          {
            system: 'https://w3id.org/itb-fhir/CodeSystem/itb-observation',
            code: 'programmed-daily-dose',
            display: 'Programmed daily dose',
          },
          { system: 'urn:iso:std:iso:11073:10101', code: '157924', display: 'MDC_RATE_DOSE' },
        ],
        text: 'Programmed daily dose',
      },
      subject: { reference: `Patient/${result.context.patientId}` },
      focus: [{ reference: referenceTo(result, 'pump', 'A') }],
      effectiveDateTime: '2024-05-01T10:00:00-04:00',
      issued: '2024-12-01T00:00:00Z',
      performer: [{ display: 'Dr. A' }],
      valueQuantity: { value: 120, unit: 'ug/d', system: 'http://unitsofmeasure.org', code: 'ug/d' },
      device: { reference: referenceTo(result, 'pump', 'A') },
    });
  });

  it('stands without its infusion where that is held', () => {
    const program = { mode: 'minimum-rate', concentrationUgPerMl: 2000 };
    const resource = made([implant, change('B', program)]).by<Observation>('dailyDose', 'B');
    expect(resource.dataAbsentReason?.coding?.[0]?.code).toBe('unknown');
    expect(resource).not.toHaveProperty('partOf');
  });

  it('is 0 from a stop on, and says why', () => {
    expect(dosesOf(implant, report('pump-stop', 'B', '2024-05-01T10:00:00-04:00'))).toEqual([
      ['2024-03-01T10:00:00-05:00', 100],
      ['2024-05-01T10:00:00-04:00', 0, 'Pump stopped.'],
    ]);
  });

  it('is 0 while the motor is stalled, and the same again from its recovery on', () => {
    const stall = alarm('B', 'motor-stall', '2024-05-01T10:00:00-04:00');
    const recovery = alarm('C', 'motor-stall-recovered', '2024-05-01T11:00:00-04:00');
    expect(dosesOf(implant, stall, recovery)).toEqual([
      ['2024-03-01T10:00:00-05:00', 100],
      ['2024-05-01T10:00:00-04:00', 0, 'Delivery stopped, by an alarm.'],
      ['2024-05-01T11:00:00-04:00', 100],
    ]);
  });

  it('is the same again from the time at which the stall was cleared', () => {
    const stall = alarm('B', 'motor-stall', '2024-05-01T10:00:00-04:00', { clearedAt: '2024-05-01T11:00:00-04:00' });
    expect(dosesOf(implant, stall).at(-1)).toEqual(['2024-05-01T11:00:00-04:00', 100]);
  });

  it('is unknown from an alarm on that makes the delivery uncertain', () => {
    expect(dosesOf(implant, alarm('B', 'low-battery-reset', '2024-05-01T10:00:00-04:00')).at(-1)).toEqual([
      '2024-05-01T10:00:00-04:00',
      'unknown',
      'Delivery uncertain.',
    ]);
  });

  it('is unknown, and no longer 0, where the pump resets itself during a stall', () => {
    const stall = alarm('B', 'motor-stall', '2024-05-01T10:00:00-04:00');
    const reset = alarm('C', 'low-battery-reset', '2024-05-02T10:00:00-04:00');
    expect(dosesOf(implant, stall, reset)).toEqual([
      ['2024-03-01T10:00:00-05:00', 100],
      ['2024-05-01T10:00:00-04:00', 0, 'Delivery stopped, by an alarm.'],
      ['2024-05-02T10:00:00-04:00', 'unknown', 'Delivery uncertain.'],
    ]);
  });

  it('is told once of an alarm that ends what ran again after a stall', () => {
    const stall = alarm('B', 'motor-stall', '2024-05-01T10:00:00-04:00');
    const recovery = alarm('C', 'motor-stall-recovered', '2024-05-01T11:00:00-04:00');
    const reset = alarm('D', 'low-battery-reset', '2024-05-02T10:00:00-04:00');
    expect(dosesOf(implant, stall, recovery, reset)).toEqual([
      ['2024-03-01T10:00:00-05:00', 100],
      ['2024-05-01T10:00:00-04:00', 0, 'Delivery stopped, by an alarm.'],
      ['2024-05-01T11:00:00-04:00', 100],
      ['2024-05-02T10:00:00-04:00', 'unknown', 'Delivery uncertain.'],
    ]);
  });

  it('that was unknown already is not told again by the next alarm', () => {
    const reset = alarm('B', 'low-battery-reset', '2024-05-01T10:00:00-04:00');
    const next = alarm('C', 'eri', '2024-05-02T10:00:00-04:00');
    expect(dosesOf(implant, reset, next).map(([, dose]) => dose)).toEqual([100, 'unknown']);
  });

  it('of a pump that was never programmed is not told by its alarm while another pump stalls', () => {
    const other = { pump: { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP720002H' } };
    const stall = alarm('B', 'motor-stall', '2024-05-01T10:00:00-04:00');
    const reset = alarm('C', 'low-battery-reset', '2024-05-02T10:00:00-04:00', other);
    expect(dosesOf(implant, stall, reset).map(([, dose]) => dose)).toEqual([100, 0]);
  });

  it('names the infusion only where there is one, and stands without it', () => {
    const result = made([implant, report('pump-stop', 'B', '2024-05-01T10:00:00-04:00')]);
    const optionalOf = (id: string) =>
      result.result.resources.find(
        ({ resource, entry }) => resource === result.by('dailyDose', id) && entry.source.reportEventId === id,
      )?.optional;
    expect(optionalOf('A')?.map((identity) => `urn:uuid:${identity}`)).toEqual([referenceTo(result, 'infusion', 'A')]);
    expect(optionalOf('B')).toEqual([]);
  });

  it('is told once of an alarm that is told twice', () => {
    const stall = alarm('B', 'motor-stall', '2024-05-01T10:00:00-04:00');
    const reset = { code: 'low-battery-reset', at: '2024-05-02T10:00:00-04:00' };
    const read = (id: string, at: string) => report('interrogation', id, at, { pumpLog: [reset] });
    const told = dosesOf(
      implant,
      stall,
      read('C', '2024-05-03T10:00:00-04:00'),
      read('D', '2024-05-04T10:00:00-04:00'),
    );
    expect(told.map(([, dose]) => dose)).toEqual([100, 0, 'unknown']);
  });

  it('is not told by an alarm before anything was programmed, whatever stalls later', () => {
    const early = alarm('B', 'low-battery-reset', '2024-02-01T10:00:00-05:00');
    const stall = alarm('C', 'motor-stall', '2024-05-01T10:00:00-04:00');
    expect(dosesOf(early, implant, stall).map(([, dose]) => dose)).toEqual([100, 0]);
  });

  it('is not in doubt by an alarm after a stop that was reported, nor after a recovery, nor of another pump', () => {
    const eri = (fields: object = {}) => alarm('Z', 'eri', '2024-05-03T10:00:00-04:00', fields);
    const stall = alarm('B', 'motor-stall', '2024-05-01T10:00:00-04:00');
    const recovery = alarm('C', 'motor-stall-recovered', '2024-05-01T11:00:00-04:00');
    const other = { pump: { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP720002H' } };
    const second = report('implant', 'Y', '2024-03-02T10:00:00-05:00', { ...other, program: simple(100) });
    const valuesOf = (...events: CanonicalEvent[]) => dosesOf(...events).map(([, value]) => value);
    expect(valuesOf(implant, report('pump-stop', 'B', '2024-05-01T10:00:00-04:00'), eri())).toEqual([100, 0]);
    expect(valuesOf(implant, stall, recovery, eri())).toEqual([100, 0, 100]);
    expect(valuesOf(implant, second, stall, eri(other))).toEqual([100, 100, 0]);
  });

  it('is unknown where only the day of the recovery is known', () => {
    const stall = alarm('B', 'motor-stall', '2024-05-01T10:00:00-04:00');
    const recovery = alarm('C', 'motor-stall-recovered', '2024-05-02');
    expect(dosesOf(implant, stall, recovery).at(-1)).toEqual(['2024-05-02', 'unknown', 'Delivery uncertain.']);
  });

  it('is not told by an alarm that leaves delivery as it is', () => {
    expect(dosesOf(implant, alarm('B', 'eri', '2024-05-01T10:00:00-04:00'))).toHaveLength(1);
  });

  it('is not told by an alarm of a pump of which no programme is known', () => {
    expect(dosesOf(alarm('B', 'motor-stall', '2024-05-01T10:00:00-04:00'))).toEqual([]);
  });

  it('during a bridge is the dose that the bridge gives, once', () => {
    const bridged = change('B', simple(90, 500), undefined, { bridge: { volumeMl: 0.5, durationHours: 60 } });
    expect(dosesOf(implant, bridged).slice(1)).toEqual([['2024-05-01T10:00:00-04:00', 90]]);
  });

  it('of a constant-flow pump is its flow times the concentration that was filled', () => {
    const pump = {
      manufacturer: 'Codman',
      model: '3000',
      serialNumber: 'C1',
      kind: 'constant-flow-pump',
      flowMlPerDay: 1,
    };
    const first = report('implant', 'A', '2024-03-01T10:00:00-05:00', { pump, fill: fill(30, 100) });
    const second = report('refill', 'B', '2024-03-20T10:00:00-04:00', { pump, fill: fill(30, 150) });
    expect(dosesOf(first, second).at(-1)).toEqual(['2024-03-20T10:00:00-04:00', 150]);
  });
});

describe('a programme whose weekdays differ', () => {
  const pattern = (days: string[], doseUg: number) => ({
    days,
    doseUgPerDay: doseUg,
    flexSteps: [{ start: '00:00', end: '24:00', doseUg }],
  });
  const flex = (...weekdayPatterns: object[]) => ({
    mode: 'flex',
    concentrationUgPerMl: 2000,
    doseUgPerDay: 200,
    flexSteps: [{ start: '00:00', end: '24:00', doseUg: 200 }],
    weekdayPatterns,
  });
  const weekday = (days: string, value: number) => ({
    code: ours(
      'itb-observation',
      'weekday-dose',
      'Programmed daily dose of weekdays',
      `Programmed daily dose on ${days}`,
    ),
    valueQuantity: { value, unit: 'ug/d', system: 'http://unitsofmeasure.org', code: 'ug/d' },
  });
  const workdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];

  it('states the dose of all other days as the value and each pattern beside it, never an average', () => {
    const program = flex(pattern(['saturday', 'sunday'], 160), pattern(['friday'], 220));
    const resource = made([implant, change('B', program)]).by<Observation>('dailyDose', 'B');
    expect(resource.valueQuantity?.value).toBe(200);
    expect(resource.component).toEqual([weekday('Saturday, Sunday', 160), weekday('Friday', 220)]);
  });

  it('has no single value where every weekday has its own', () => {
    const program = flex(pattern(['saturday', 'sunday'], 160), pattern(workdays, 220));
    const resource = made([implant, change('B', program)]).by<Observation>('dailyDose', 'B');
    expect(resource).not.toHaveProperty('valueQuantity');
    expect(resource.dataAbsentReason).toEqual({
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
          code: 'not-applicable',
          display: 'Not Applicable',
        },
      ],
      text: 'Not Applicable',
    });
    expect(resource.component).toEqual([
      weekday('Saturday, Sunday', 160),
      weekday('Monday, Tuesday, Wednesday, Thursday, Friday', 220),
    ]);
  });
});
