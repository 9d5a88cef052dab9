import type { Observation } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { eventOf } from '../../stories/story.ts';
import { fill, pump, report, simple } from '../../therapy/reports.ts';
import { made, referenceTo } from '../made.ts';
import { ours, readings } from './panel.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(100) });
const alarm = (id: string, code: string, fields: object = {}, at = '2024-05-01T10:00:00-04:00') =>
  report('alarm', id, at, { code, ...fields });
const reading = (id: string, at: string, pumpLog: object[], fields: object = {}) =>
  report('interrogation', id, at, { pumpLog, ...fields });
const alarmsOf = (...events: readonly CanonicalEvent[]) => made([implant, ...events]).of<Observation>('alarm');
const notice = {
  text: 'Not an alarm or monitoring system: alarms are learned late, often only when the pump is read.',
};

describe('an alarm that somebody heard', () => {
  const heard = alarm('B', 'motor stall', {
    criticality: 'critical',
    learnedAt: '2024-05-03T09:00:00-04:00',
    clearedAt: '2024-05-01T10:40-04:00',
    tone: 'two-tone',
    note: 'during magnetic resonance imaging',
    encounter: { identifier: { system: 'urn:visit', value: 'V1' } },
    performer: { display: 'Nurse B' },
    clinic: { display: 'pump clinic' },
  });
  const told = () => made([implant, heard]);

  it('says which, when it was and when it was learned, its end and its tone, and what it means for delivery', () => {
    const result = told();
    const [resource] = result.of<Observation>('alarm');
    const { meta: _meta, identifier = [], encounter: _encounter, ...rest } = resource as Observation;
    expect(rest).toEqual({
      resourceType: 'Observation',
      status: 'final',
      code: ours('itb-observation', 'pump-alarm', 'Pump alarm'),
      subject: { reference: `Patient/${result.context.patientId}` },
      focus: [{ reference: referenceTo(result, 'pump', 'A') }],
      effectiveDateTime: '2024-05-01T10:00:00-04:00',
      issued: '2024-05-03T09:00:00-04:00',
      performer: [{ display: 'Nurse B' }, { display: 'pump clinic' }],
      device: { reference: referenceTo(result, 'pump', 'A') },
      valueCodeableConcept: ours('itb-alarm', 'motor-stall', 'Motor stall'),
      note: [notice, { text: 'during magnetic resonance imaging' }],
      component: [
        { code: ours('itb-observation', 'alarm-critical', 'Critical alarm'), valueBoolean: true },
        {
          code: ours('itb-observation', 'alarm-cleared', 'End of the alarm'),
          valueDateTime: '2024-05-01T10:40:00-04:00',
        },
        { code: ours('itb-observation', 'alarm-tone', 'Tone of the alarm'), valueString: 'two-tone' },
        {
          code: ours('itb-observation', 'alarm-delivery', 'Meaning for delivery'),
          valueCodeableConcept: ours(
            'itb-alarm-delivery',
            'stopped',
            'Nothing is delivered',
            'The motor does not turn. Nothing is delivered until it turns again.',
          ),
        },
      ],
    });
    expect(identifier[1]).toEqual({ system: 'urn:oid:2.16.840.1.113883.19.5.1', value: 'B' });
  });

  it('holds nothing back', () => {
    const result = told();
    expect(result.told.filter(([, held]) => held)).toEqual([]);
  });
});

it('an alarm whose criticality is not reported has that of the table; without a time of learning, that of its record', () => {
  const [resource] = alarmsOf(alarm('B', 'eri'));
  expect(resource?.issued).toBe('2024-12-01T00:00:00Z');
  expect(readings(resource as Observation)).toEqual(['alarm-critical: false', 'alarm-delivery: continues']);
});

it('an alarm of which only the month is known stays a month', () => {
  const [resource] = alarmsOf(alarm('B', 'eri', {}, '2024-05'));
  expect([resource?.effectiveDateTime, resource?.extension?.[0]?.valueCode]).toEqual(['2024-05', 'month']);
});

describe('an alarm of the log', () => {
  const line = { code: 'low-reservoir', at: '2024-04-20T07:30:00Z' };
  const first = reading('B', '2024-05-01T10:00:00-04:00', [line]);
  const again = reading('C', '2024-06-01T10:00:00-04:00', [line]);
  const told = alarm('D', 'LOWRES', { tone: 'single beep', note: 'heard at night' }, '2024-04-20T03:30:00-04:00');

  it('that is read twice, and told by a family, is one resource, learned when it was learned first', () => {
    const all = alarmsOf(first, again, told);
    expect(all.map(({ issued, effectiveDateTime }) => [issued, effectiveDateTime])).toEqual([
      ['2024-05-01T10:00:00-04:00', '2024-04-20T07:30:00Z'],
    ]);
    expect(readings(all[0] as Observation)).toContain('alarm-tone: single beep');
    expect(all[0]?.note).toEqual([notice, { text: 'heard at night' }]);
  });

  it('keeps its identity whichever report told it', () => {
    const identityIn = (...events: CanonicalEvent[]) => alarmsOf(...events).map(({ identifier }) => identifier?.[0]);
    const alone = identityIn(first);
    expect(alone).toHaveLength(1);
    expect(identityIn(again)).toEqual(alone);
    expect(identityIn(told)).toEqual(alone);
    expect(identityIn(first, told)).toEqual(alone);
  });

  it.each([
    ['another code', { ...line, code: 'empty-reservoir' }],
    ['another instant', { ...line, at: '2024-04-20T07:30:01Z' }],
  ])('is another one with %s', (_what, other) => {
    const ids = alarmsOf(reading('B', '2024-05-01T10:00:00-04:00', [line, other])).map(
      (it) => it.identifier?.[0]?.value,
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('of another pump is another one', () => {
    const second = { ...pump, serialNumber: 'NGP710002H' };
    const [ofFirst] = alarmsOf(first);
    const [ofSecond] = made([
      report('interrogation', 'B', '2024-05-01T10:00:00-04:00', { pump: second, pumpLog: [line] }),
    ]).of<Observation>('alarm');
    expect(ofSecond?.identifier?.[0]).not.toEqual(ofFirst?.identifier?.[0]);
  });

  it('is named by the Provenance of the interrogation that read it', () => {
    const result = made([implant, first]);
    const identity = result.result.resources.find(({ resource }) =>
      resource.meta?.profile?.[0]?.endsWith('/itb-alarm'),
    )?.identity;
    const provenance = result.result.resources.find(
      ({ resource, entry }) => resource.resourceType === 'Provenance' && entry.source.reportEventId === 'B',
    )?.resource;
    expect(JSON.stringify(provenance)).toContain(`urn:uuid:${identity}`);
  });
});

describe('an alarm that no table knows', () => {
  it('is held, and the rest of its report is not', () => {
    const result = made([implant, alarm('B', 'HUMMING')]);
    expect(result.of('alarm')).toEqual([]);
    expect(result.told.filter(([code]) => code === 'code-unmapped')).toEqual([['code-unmapped', true, 'code']]);
    expect(result.result.remarks.map(({ problem }) => problem.message)).toContain('the code of the alarm is not known');
  });

  it('in a log is named by the log', () => {
    const result = made([
      implant,
      reading('B', '2024-05-01T10:00:00-04:00', [{ code: 'HUMMING', at: '2024-04-01T00:00:00Z' }]),
    ]);
    expect(result.told.filter(([code]) => code === 'code-unmapped')).toEqual([['code-unmapped', true, 'pumpLog']]);
    expect(result.of('procedure')).toHaveLength(2);
  });
});

it('without a row in the table of alarms nobody says what it means for delivery, or how critical it is', () => {
  const [resource] = made([implant, alarm('B', 'eri')], { settings: { alarms: [] } }).of<Observation>('alarm');
  expect(resource?.valueCodeableConcept?.coding?.[0]?.code).toBe('eri');
  expect(resource).not.toHaveProperty('component');
});

it('an alarm that this model is not known to have says so beside what was noted', () => {
  const constantFlow = { manufacturer: 'Codman', model: 'Codman 3000', serialNumber: 'C1' };
  const [resource] = made([
    report('alarm', 'B', '2024-05-01T10:00:00-04:00', { pump: constantFlow, code: 'eri', note: 'heard at home' }),
  ]).of<Observation>('alarm');
  expect(resource?.note).toEqual([
    notice,
    { text: 'heard at home' },
    { text: 'This model of pump is not known to have this alarm. Check the alarm and the model.' },
  ]);
});

it('an alarm that two people heard has the tone that each of them told, once', () => {
  const heard = (id: string, tone: string) => alarm(id, 'eri', { tone });
  const [resource] = alarmsOf(heard('B', 'two-tone'), heard('C', 'single beep'), heard('D', 'two-tone'));
  expect(readings(resource as Observation)).toContain('alarm-tone: two-tone; single beep');
});

it('an alarm that a correction moved to another patient is another resource there', () => {
  const wrong = alarm('B', 'eri');
  const correction = eventOf({
    schemaVersion: 1,
    type: 'correction',
    source: { system: 'urn:oid:2.16.840.1.113883.19.5.1', eventId: 'C' },
    occurredAt: '2024-06-01T10:00:00-04:00',
    patient: { identifier: { system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN0711' } },
    test: true,
    replaces: 'B',
    event: {
      type: 'alarm',
      occurredAt: '2024-05-01T10:00:00-04:00',
      timeZone: 'America/New_York',
      patient: { identifier: { system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN0711' } },
      pump,
      code: 'eri',
    },
  });
  const [before] = made([wrong]).of<Observation>('alarm');
  const [after] = made([correction, wrong]).of<Observation>('alarm');
  expect(after?.valueCodeableConcept).toEqual(before?.valueCodeableConcept);
  expect(after?.identifier?.[0]).not.toEqual(before?.identifier?.[0]);
});
