import type { Observation } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { fill, pump, report, simple } from '../therapy/reports.ts';
import { made } from './made.ts';

const refill = { fill: fill(18), program: simple(100) };
const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', refill);
const correction = report('correction', 'C', '2024-03-02T10:00:00-05:00', {
  replaces: 'A',
  event: { type: 'implant', occurredAt: '2024-03-01T10:00:00-05:00', pump, ...refill, program: simple(90) },
});
const statuses = (...events: Parameters<typeof made>[0]) => {
  const { of } = made(events);
  return [...of<Observation>('pumpStatus'), ...of<Observation>('dailyDose')].map(({ status, valueQuantity }) =>
    valueQuantity ? `${status}, ${valueQuantity.value} ug/d` : status,
  );
};

it('what was observed is final, and corrected once the source corrected its report', () => {
  expect(statuses(implant)).toEqual(['final', 'final, 100 ug/d']);
  expect(statuses(implant, correction)).toEqual(['corrected', 'corrected, 90 ug/d']);
});

it('what a later report says stays final beside a corrected one', () => {
  const change = report('dose-change', 'B', '2024-04-01T10:00:00-04:00', { program: simple(110) });
  expect(statuses(implant, change, correction)).toEqual([
    'corrected',
    'final',
    'corrected, 90 ug/d',
    'final, 110 ug/d',
  ]);
});

it('of a correction that was withdrawn the first report is final again', () => {
  const withdrawn = report('void', 'V', '2024-03-03T10:00:00-05:00', { voids: 'C', reason: 'was right at first' });
  expect(statuses(implant, correction, withdrawn)).toEqual(['final', 'final, 100 ug/d']);
});
