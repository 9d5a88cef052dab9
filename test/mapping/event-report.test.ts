import { expect, it } from 'vitest';
import { eventReports } from '../../src/mapping/event-report.ts';
import { report } from '../therapy/reports.ts';
import { made } from './made.ts';

it('every event that stands is a report of its own, in the order of the history, a line of a log among them', () => {
  const read = report('interrogation', 'B', '2024-05-03T10:00-04:00', {
    pumpLog: [{ code: 'low-reservoir', at: '2024-05-02T10:00:00-04:00' }],
  });
  const implant = report('implant', 'A', '2024-03', { recordedAt: '2024-03-05T08:00:00-05:00' });
  const { therapy, context } = made([read, implant]);
  const reports = eventReports(therapy, context);
  const { system } = implant.source;
  const identities = [
    ['event', system, 'A', 'report', 0],
    ['event', system, 'B', 'report', 0, therapy.entries[1]?.source.part],
    ['event', system, 'B', 'report', 0],
  ].map((name) => context.identities.identify(JSON.stringify(name)));
  expect(reports).toEqual([
    {
      group: 0,
      identity: identities[0],
      kind: 'implant',
      occurredAt: '2024-03',
      recordedAt: '2024-03-05T13:00:00Z',
    },
    {
      group: 1,
      identity: identities[1],
      kind: 'alarm',
      occurredAt: '2024-05-02T10:00:00-04:00',
      recordedAt: '2024-12-01T00:00:00Z',
    },
    {
      group: 2,
      identity: identities[2],
      kind: 'interrogation',
      occurredAt: '2024-05-03T10:00:00-04:00',
      recordedAt: '2024-12-01T00:00:00Z',
    },
  ]);
});
