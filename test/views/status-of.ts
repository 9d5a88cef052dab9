import type { CanonicalEvent } from '../../src/event/event.ts';
import { type PumpStatus, pumpStatus } from '../../src/views/pump-status/status.ts';
import { fill, fold, report, simple } from '../therapy/reports.ts';

/** What the status says of one therapy; how it is asked for is in pump-status.flow.test.ts. */

export const catheter = {
  manufacturer: 'Medtronic',
  model: '8780',
  lotNumber: 'L1',
  tipLevel: 'T10',
  tipLevelSource: 'assumed',
};

export const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', {
  catheter,
  fill: fill(18),
  program: simple(100),
});

export const read = (fields: object, at = '2024-05-01T10:00:00-04:00', id = 'B') =>
  report('interrogation', id, at, { ...fields });

interface Asked {
  readonly at?: string;
  readonly shown?: 'shown' | 'withheld';
}

export function statusOf(events: readonly CanonicalEvent[], asked: Asked = {}): PumpStatus {
  const { at = '2024-06-01T00:00:00Z', shown = 'shown' } = asked;
  return pumpStatus('patient', fold(events, at), { count: 0, sinceMs: null }, shown);
}

type OnePump = PumpStatus['pumps'][number];

export const pumpOf = (events: readonly CanonicalEvent[], asked?: Asked): OnePump =>
  statusOf(events, asked).pumps[0] as OnePump;
