import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { type Fields, fill, fold, report, simple } from './reports.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00Z', { fill: fill(20, 500), program: simple(100, 500) });
const next = { manufacturer: 'Medtronic', serialNumber: 'NGP710002H' };
const third = { manufacturer: 'Medtronic', serialNumber: 'NGP710003H' };
const at = '2024-04-01T10:00:00Z';
const of = (type: string, fields: Fields = {}, when = at) => report(type, 'B', when, fields);
const second = report('implant', 'Z', '2024-03-02T10:00:00Z', { pump: next });
const explanted = report('explant', 'X', '2024-03-20T10:00:00Z');
const before = 'the previous programme is not the last one known';
const bridge = { volumeMl: 0.4, durationHours: 5 };
const count = { patientBoluses: { delivered: 3 } };

/** What a reader is told of report B, flagged and held alike, of one code. */
function words(events: readonly CanonicalEvent[], code: string): unknown[] {
  const { flags, held, problems } = fold(events);
  const all = [...flags.map(({ problem }) => problem), ...held.map(({ problem }) => problem), ...problems];
  return all
    .filter((found) => found.code === code && found.place?.eventId === 'B')
    .map(({ severity, place, message }) => [severity, place, message]);
}

describe('what a reader is told', () => {
  it.each<[string, readonly CanonicalEvent[], string, string, string?, string?]>([
    [
      'of a refill after the explant',
      [implant, explanted, of('refill', { fill: fill(20, 500) })],
      ...(['order-incomplete', 'the pump had been reported as explanted before'] as const),
    ],
    [
      'of a second pump',
      [implant, of('implant', { pump: next })],
      ...(['order-incomplete', 'another pump had been implanted before, and its explant was not reported'] as const),
    ],
    [
      'of a pump replaced where two were implanted',
      [implant, second, of('revision', { pump: third, component: 'pump', action: 'replaced' })],
      ...(['order-incomplete', 'several pumps were implanted, and which one was replaced is not said'] as const),
    ],
    [
      'of a programme that is not the one reported',
      [implant, of('interrogation', { program: simple(120, 500) })],
      ...(['unreported-program-change', 'the programme read is not the last one reported'] as const),
    ],
    [
      'of a previous programme that is not the one known, at a dose change',
      [implant, of('dose-change', { program: simple(120, 500), previousProgram: simple(90, 500) })],
      ...(['previous-program-differs', before] as const),
    ],
    [
      'of a previous programme that is not the one known, at a refill',
      [implant, of('refill', { fill: fill(20, 500), previousProgram: simple(90, 500) })],
      ...(['previous-program-differs', before] as const),
    ],
    [
      'of a fill of another concentration than is programmed',
      [implant, of('refill', { fill: fill(20), program: simple(100, 500) })],
      ...(['concentration-mismatch', 'concentration filled and concentration programmed differ'] as const),
    ],
    [
      'of a concentration changed without a bridge',
      [implant, of('refill', { fill: fill(20), program: simple(100) })],
      ...([
        'concentration-change-without-bridge',
        'the programmed concentration changed and no bridge was reported',
      ] as const),
    ],
    [
      'of a bridge that is too short',
      [implant, of('refill', { fill: fill(20), program: simple(100), bridge })],
      ...(['bridge-differs', 'the bridge is not what tubing volume, old concentration and dose come to'] as const),
    ],
    [
      'of boluses counted whose dose is not known',
      [implant, of('interrogation', { reported: count })],
      ...([
        'bolus-dose-unknown',
        'boluses were counted whose dose is not known: what is left in the reservoir is not calculated',
      ] as const),
    ],
    [
      'of a report that could be about either of two pumps',
      [implant, second, of('interrogation', { pump: undefined })],
      ...(['pump-unknown', 'no pump is named and not exactly one is implanted', 'error', 'pump'] as const),
    ],
    [
      'of a bridge on a pump of which no programme is known',
      [of('bolus', { bolus: { kind: 'bridge', ...bridge } })],
      ...(['program-incomplete', 'a bridge needs a known programme', 'error', 'bolus'] as const),
    ],
    [
      'of an event that lies after its receipt',
      [of('dose-change', { program: simple(100) }, '2027-04-01T10:00:00Z')],
      ...(['event-in-future', 'the event lies after its receipt', 'error', 'occurredAt'] as const),
    ],
    [
      'of a void that names what was never received',
      [report('void', 'B', at, { voids: 'N', reason: 'wrong' })],
      ...([
        'target-not-found',
        'the event named here has not been received, or what was received under its id states no event',
        'warning',
        'voids',
      ] as const),
    ],
    [
      'of voids that withdraw each other',
      [report('void', 'B', at, { voids: 'C', reason: 'a' }), report('void', 'C', at, { voids: 'B', reason: 'b' })],
      ...(['amendment-cycle', 'it amends itself through others', 'error'] as const),
    ],
  ])('%s', (_, events, code, message, severity = 'warning', field = undefined) => {
    expect(words(events, code)).toEqual([[severity, { ...(field && { field }), eventId: 'B' }, message]]);
  });

  it('of a correction that names what was never received points at what it replaces', () => {
    const event = { type: 'pump-stop', occurredAt: at };
    const lines = words([report('correction', 'B', at, { replaces: 'N', event })], 'target-not-found');
    expect(lines).toMatchObject([['warning', { field: 'replaces', eventId: 'B' }, expect.any(String)]]);
  });

  it('of a bolus, an interrogation or a stop after the explant is what they are about', () => {
    const bolus = { kind: 'single', doseUg: 20, durationMinutes: 5 };
    const codes = (type: string, fields: Fields) => words([implant, explanted, of(type, fields)], 'order-incomplete');
    expect(codes('bolus', { bolus })).toHaveLength(1);
    expect(codes('dose-change', { program: simple(90, 500) })).toHaveLength(1);
    expect(codes('restart', { program: simple(90, 500) })).toHaveLength(1);
    expect(codes('interrogation', {})).toEqual([]);
    expect(codes('pump-stop', {})).toEqual([]);
    expect(codes('alarm', { code: 'low-reservoir' })).toEqual([]);
  });
});
