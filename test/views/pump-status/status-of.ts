import { join, resolve } from 'node:path';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { statusRules } from '../../../src/status-rules.ts';
import type { Timeline } from '../../../src/therapy/timeline.ts';
import { statusFacts } from '../../../src/views/pump-status/facts.ts';
import type { FactsContext } from '../../../src/views/pump-status/facts-context.ts';
import type { OnePump } from '../../../src/views/pump-status/pump-schema.ts';
import { type StatusViewOf, statusAt } from '../../../src/views/pump-status/status.ts';
import { type PumpStatus, pumpStatus } from '../../../src/views/pump-status/status-schema.ts';
import { fill, fold, report, simple } from '../../therapy/reports.ts';

/** What the status says of one therapy; how it is asked for is in routes.flow.test.ts. */

const mappings = resolve(import.meta.dirname, '../../../mappings');

export const shippedRules = statusRules(join(mappings, 'status.json'), { banner: {}, projectionDays: 400 });

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

/** By whom and when: what a fact says that comes from one of these reports. */
export const by = (eventId: string, asOf: string, display: string) => ({
  asOf,
  source: { system: 'urn:oid:2.16.840.1.113883.19.5.1', eventId, display },
});

export const unknown = { value: null, method: 'unknown', asOf: null, source: null };
export const withheld = { value: null, method: 'withheld', asOf: null, source: null };

export const context: FactsContext = {
  patientId: 'patient',
  environment: 'test',
  lastReceivedAt: Temporal.Instant.from('2024-05-20T00:00:00Z'),
  identityOf: ({ kind, label }) => `${kind}-${label.serialNumber ?? label.lotNumber}`,
  complicationOf: (word) => (word === 'baclofen withdrawal' ? 'withdrawal' : undefined),
  stabilityDays: 180,
};

interface Asked extends Partial<StatusViewOf> {
  readonly at?: string;
  readonly shown?: 'shown' | 'withheld';
}

export function statusOf(events: readonly CanonicalEvent[], asked: Asked = {}): PumpStatus {
  const { at = '2024-06-01T00:00:00Z' } = asked;
  return statusIn(fold(events, at), at, asked);
}

/** Through the JSON that is stored; every answer is checked against its schema. */
export function statusIn(therapy: Timeline, at: string, asked: Asked = {}): PumpStatus {
  const { shown = 'shown', ...view } = asked;
  const facts = JSON.parse(JSON.stringify(statusFacts(therapy, context)));
  const instant = Temporal.Instant.from(at);
  const status = statusAt(facts, instant, {
    now: instant,
    held: { count: 0, sinceMs: null },
    calculatedValues: shown,
    parts: 'whole',
    rules: shippedRules,
    ...view,
  });
  return pumpStatus.parse(status);
}

export const pumpOf = (events: readonly CanonicalEvent[], asked?: Asked): OnePump =>
  statusOf(events, asked).pumps[0] as OnePump;
