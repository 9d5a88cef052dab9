import type { CanonicalEvent } from '../../src/event/event.ts';
import type { AlarmFacts } from '../../src/therapy/settings.ts';
import type { Timeline } from '../../src/therapy/timeline.ts';
import { type Fields, fill, fold, report, simple } from './reports.ts';

/** Short ways to tell of a pump that stalls and turns again, with a table of alarms of its own. */
const facts = (code: string, delivery: AlarmFacts['delivery'], alsoWritten: readonly string[] = []): AlarmFacts => ({
  code,
  criticality: delivery === 'continues' ? 'non-critical' : 'critical',
  delivery,
  inWords: code,
  alsoWritten,
});

const alarms = [
  facts('low-reservoir', 'continues'),
  facts('motor-stall', 'stopped', ['pump stalled']),
  facts('motor-stall-recovered', 'recovered'),
  facts('low-battery-reset', 'uncertain'),
];

export const told = (...events: readonly CanonicalEvent[]): Timeline => fold(events, undefined, { alarms });
export const toldAt = (at: string, ...events: readonly CanonicalEvent[]): Timeline => fold(events, at, { alarms });

/** 20 mL at 0.1 mL a day: what is left tells for how long nothing ran. */
export const implant = report('implant', 'A', '2024-03-01T10:00:00Z', { fill: fill(20), program: simple(200) });
export const alarm = (id: string, code: string, at: string, fields: Fields = {}) =>
  report('alarm', id, at, { code, ...fields });
export const stall = (id: string, at: string, fields: Fields = {}) => alarm(id, 'motor-stall', at, fields);
export const recovery = (id: string, at: string) => alarm(id, 'motor-stall-recovered', at);
export const read = (id: string, at: string, fields: Fields = {}) => report('interrogation', id, at, fields);
export const line = (code: string, at: string, clearedAt?: string) => ({ code, at, ...(clearedAt && { clearedAt }) });

export const first = { role: 'infusion', doseUgPerDay: 200, start: '2024-03-01T10:00:00Z' };
export const stalled = { ...first, end: '2024-03-11T10:00:00Z', endReason: 'delivery-stopped-by-alarm' };
export const again = (start: string, doseUgPerDay = 200) => ({ role: 'infusion', doseUgPerDay, start });
export const stallAt = '2024-03-11T10:00:00Z';
export const recoveredAt = '2024-03-12T10:00:00Z';
