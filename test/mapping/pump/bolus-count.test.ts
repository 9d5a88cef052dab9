import type { Observation } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { desired } from '../../../src/mapping/desired.ts';
import { fill, report, simple } from '../../therapy/reports.ts';
import { made, referenceTo } from '../made.ts';
import { readings } from './panel.ts';

const program = { ...simple(100), patientBolus: { doseUg: 10, durationMinutes: 5, lockoutMinutes: 240, maxPerDay: 4 } };
const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program });
const counted = (patientBoluses: object, at = '2024-05-01T10:00:00-04:00') =>
  report('interrogation', 'B', at, { reported: { patientBoluses } });

describe('boluses that the pump counted', () => {
  const seen = () => made([implant, counted({ delivered: 12, denied: 3, since: '2024-04-01T08:00:00Z' })]);

  it('are a number over the span of the count', () => {
    const result = seen();
    const resource = result.by<Observation>('bolusCount', 'B');
    const { meta: _meta, identifier: _ids, component: _component, category: _category, code, ...rest } = resource;
    expect(code.coding?.[0]?.code).toBe('patient-boluses-delivered');
    expect(rest).toEqual({
      resourceType: 'Observation',
      status: 'final',
      subject: { reference: `Patient/${result.context.patientId}` },
      focus: [{ reference: referenceTo(result, 'pump', 'A') }],
      effectivePeriod: { start: '2024-04-01T04:00:00-04:00', end: '2024-05-01T10:00:00-04:00' },
      issued: '2024-12-01T00:00:00Z',
      device: { reference: referenceTo(result, 'pump', 'A') },
      valueInteger: 12,
    });
    expect(resource.category?.[0]?.coding?.[0]?.code).toBe('therapy');
  });

  it('say how many were denied, and what those delivered came to', () => {
    const result = seen();
    const resource = result.by<Observation>('bolusCount', 'B');
    expect(readings(resource)).toEqual(['patient-boluses-denied: 3', 'patient-boluses-total: 120 ug']);
  });

  it('are no administrations', () => {
    const result = seen();
    expect(result.of('bolus')).toEqual([]);
  });

  it('stand in the panel as they were read', () => {
    const result = seen();
    expect(readings(result.by<Observation>('pumpStatus', 'B'))).toEqual(
      expect.arrayContaining([
        'patient-boluses-delivered: 12',
        'patient-boluses-denied: 3',
        'patient-boluses-since: 2024-04-01T08:00:00Z',
      ]),
    );
  });

  it('without a clinical owner have no total', () => {
    const result = seen();
    const resource = result.by<Observation>('bolusCount', 'B');
    const { resources } = desired(result.therapy, { ...result.context, calculatedValues: 'withheld' });
    const found = resources.find(({ identity }) => identity === resource.identifier?.[0]?.value)?.resource;
    expect(readings(found as Observation)).toEqual(['patient-boluses-denied: 3']);
  });
});

it('a count of none is 0, and has no component where nothing else is known', () => {
  const first = report('interrogation', 'B', '2024-05-01T10:00:00-04:00', {
    reported: { patientBoluses: { delivered: 0 } },
  });
  const resource = made([first]).by<Observation>('bolusCount', 'B');
  expect(resource).toMatchObject({ valueInteger: 0, effectiveDateTime: '2024-05-01T10:00:00-04:00' });
  expect(resource).not.toHaveProperty('component');
});

it('a count that was read in a month that is all we know has no span', () => {
  const resource = made([implant, counted({ delivered: 2, since: '2024-04-01T08:00:00Z' }, '2024-05')]).by<Observation>(
    'bolusCount',
    'B',
  );
  expect(resource.effectiveDateTime).toBe('2024-05');
  expect(resource).not.toHaveProperty('effectivePeriod');
});

it('a count that starts after it was read is told by the time of the reading', () => {
  const resource = made([implant, counted({ delivered: 2, since: '2024-05-02T08:00:00Z' })]).by<Observation>(
    'bolusCount',
    'B',
  );
  expect(resource.effectiveDateTime).toBe('2024-05-01T10:00:00-04:00');
});
