import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { history } from '../../src/therapy/history.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import { timeline } from '../../src/therapy/timeline.ts';
import { asOf, settings } from '../stories/story.ts';
import { type Fields, fill, flagged, fold, pump, report, segmentsOf, simple } from './reports.ts';

const begin = '2024-03-01T10:00:00Z';
const at = '2024-04-01T10:00:00Z';
const other = { manufacturer: 'Medtronic', serialNumber: 'NGP710002H' };
const implant = report('implant', 'A', begin, { fill: fill(20), program: simple(200) });
const second = report('implant', 'Z', begin, { pump: other, fill: fill(20), program: simple(100) });
const of = (type: string, fields: Fields = {}, id = 'B') => report(type, id, at, fields);
const nameless = (type: string, fields: Fields = {}, id = 'B') => of(type, { pump: undefined, ...fields }, id);
const reasons = (...events: readonly CanonicalEvent[]) => segmentsOf(fold(events)).map(({ endReason }) => endReason);

describe('a report that lay in the future of its receipt', () => {
  const foldedEarly = (event: CanonicalEvent) => {
    const receivedAt = Temporal.Instant.from('2024-03-02T00:00:00Z');
    const recorded = [implant, event].map((each) => ({ patientId: 'one', event: each, receivedAt }));
    return timeline(history(recorded, 'one', settings), asOf, settings);
  };

  it.each<[string, string, Fields]>([
    ['a stop', 'pump-stop', {}],
    ['an explant', 'explant', {}],
    ['a pump replaced', 'revision', { component: 'pump', action: 'replaced' }],
    ['a bridge', 'bolus', { bolus: { kind: 'bridge', volumeMl: 0.4, durationHours: 10 } }],
    ['a restart', 'restart', { program: simple(100) }],
  ])('leaves the programme unknown from its time on: %s', (_, type, fields) => {
    const therapy = foldedEarly(of(type, fields));
    expect(therapy.segments.map(({ endReason }) => endReason)).toEqual(['programme-unknown']);
    expect(therapy.pumps[0]?.program).toBeUndefined();
  });

  it.each<[string, string, Fields]>([
    ['a catheter removed', 'explant', { removed: ['catheter'] }],
    ['a catheter replaced', 'revision', { component: 'catheter', action: 'replaced' }],
    ['a bolus', 'bolus', { bolus: { kind: 'single', doseUg: 20, durationMinutes: 5 } }],
    ['a refill', 'refill', { fill: fill(20) }],
    ['an alarm', 'alarm', { code: 'motor-stall' }],
  ])('leaves the programme as it is known: %s', (_, type, fields) => {
    expect(foldedEarly(of(type, fields)).segments.map(({ endReason }) => endReason)).toEqual([undefined]);
  });
});

describe('a report that could be about either of two pumps', () => {
  it('of the catheter of one leaves the programme of both', () => {
    const revised = nameless('revision', { component: 'catheter', action: 'repaired', prime: { volumeMl: 0.2 } });
    expect(reasons(implant, second, revised)).toEqual([undefined, undefined]);
  });

  it('of a stall or a reset leaves delivery of both uncertain, until a refill says that one runs', () => {
    for (const code of ['motor-stall', 'low-battery-reset']) {
      const alarm = nameless('alarm', { code });
      expect(reasons(implant, second, alarm)).toEqual(['delivery-uncertain', 'delivery-uncertain']);
      const refill = report('refill', 'R', '2024-04-02T10:00:00Z', { fill: fill(20) });
      expect(reasons(implant, second, alarm, refill)).toEqual(['delivery-uncertain', 'delivery-uncertain', undefined]);
    }
    expect(reasons(implant, second, nameless('alarm', { code: 'never heard of' }))).toEqual([undefined, undefined]);
    expect(reasons(implant, second, nameless('alarm', { code: 'low-reservoir' }))).toEqual([undefined, undefined]);
  });

  it('of a programme leaves the one that runs it already', () => {
    expect(reasons(implant, second, nameless('dose-change', { program: simple(200) }))).toEqual([
      undefined,
      'programme-unknown',
    ]);
    const unprogrammed = report('implant', 'Z', begin, { pump: other, fill: fill(20) });
    expect(reasons(implant, unprogrammed, nameless('dose-change', { program: simple(200) }))).toEqual([undefined]);
  });

  it('is one item to decide, however much it tells of; two reports are two', () => {
    const heldOf = (...events: readonly CanonicalEvent[]) =>
      fold([implant, second, ...events]).held.map(({ entry }) => [entry.source.system, entry.source.rootEventId]);
    const pumpLog = ['eri', 'low-reservoir'].map((code) => ({ code, at: '2024-03-20T10:00:00Z' }));
    const clinic = 'urn:oid:2.16.840.1.113883.19.5.1';
    expect(heldOf(nameless('interrogation', { pumpLog }))).toEqual([[clinic, 'B']]);
    expect(heldOf(nameless('pump-stop'), nameless('interrogation', {}, 'C'))).toEqual([
      [clinic, 'C'],
      [clinic, 'B'],
    ]);
    const ward = { source: { system: 'urn:x', eventId: 'B' } };
    expect(heldOf(nameless('interrogation'), nameless('interrogation', ward))).toEqual([
      [clinic, 'B'],
      ['urn:x', 'B'],
    ]);
  });
});

describe('a device', () => {
  const lot = (lotNumber: string, fields: Fields = {}) => ({ manufacturer: 'Medtronic', lotNumber, ...fields });

  it('is a pump or a catheter, and has a key of its own lot', () => {
    const replaced = of('revision', { component: 'catheter', action: 'replaced', catheter: lot('LOT-2') });
    const again = { component: 'catheter', action: 'replaced', catheter: lot('LOT-1') };
    const first = report('implant', 'A', begin, { catheter: lot('LOT-1'), program: simple(200) });
    const third = report('revision', 'C', '2024-05-01T10:00:00Z', again);
    const { pumps, catheters } = fold([first, replaced, third]);
    expect(pumps.map(({ life }) => [life.kind, life.key])).toEqual([['pump', 'pump|MEDTRONIC|NGP710001H']]);
    expect(catheters.map(({ kind, key }) => [kind, key])).toEqual([
      ['catheter', 'catheter|MEDTRONIC|lot|LOT-1||0'],
      ['catheter', 'catheter|MEDTRONIC|lot|LOT-2||0'],
      ['catheter', 'catheter|MEDTRONIC|lot|LOT-1||1'],
    ]);
  });

  it('has the volume of its own tubing: of the catheter that hangs on it now', () => {
    const bridge = { volumeMl: 0.5, durationHours: 60 };
    const weak = (catheter: object, label: object = pump) =>
      report('implant', 'A', begin, { pump: label, catheter, fill: fill(20, 500), program: simple(100, 500) });
    const bridged = (label: object = pump) =>
      of('refill', { pump: label, fill: fill(20), program: simple(100), bridge }, 'R');
    const differs = (...events: readonly CanonicalEvent[]) => flagged(fold(events), 'bridge-differs').length;
    // 0.3 mL of the pump and 0.2 mL of the catheter.
    expect(differs(weak(lot('LOT-1', { volumeMl: 0.2 })), bridged())).toBe(0);
    expect(differs(weak(lot('LOT-1', { volumeMl: 0.6 })), bridged())).toBe(1);
    const beside = report('implant', 'Z', begin, { pump: other, catheter: lot('LOT-2', { volumeMl: 0.6 }) });
    expect(differs(weak(lot('LOT-1', { volumeMl: 0.2 })), beside, bridged())).toBe(0);
    const removed = report('explant', 'X', '2024-03-20T10:00:00Z', { removed: ['catheter'] });
    expect(differs(weak(lot('LOT-1', { volumeMl: 0.6 })), removed, bridged())).toBe(0);
    const unknown = { manufacturer: 'Nobody', serialNumber: 'N1' };
    expect(differs(weak(lot('LOT-1', { volumeMl: 0.6 }), unknown), bridged(unknown))).toBe(0);
  });
});

describe('what will change by itself', () => {
  it('is nothing once the bolus is over', () => {
    const bolus = { kind: 'single', doseUg: 20, durationMinutes: 30 };
    const nextAt = (when: string) => fold([implant, of('bolus', { bolus })], when).nextChangeAt?.toString();
    expect(nextAt('2024-04-01T10:29:59Z')).toBe('2024-04-01T10:30:00Z');
    expect(nextAt('2024-04-01T10:30:00Z')).toBeUndefined();
    expect(nextAt('2024-04-01T09:00:00Z')).toBe(at);
  });

  it('leaves a reservoir that is nearly used up at nothing', () => {
    const little = report('implant', 'A', begin, { fill: fill(0.1), program: simple(200) });
    expect(toNumber(fold([little], at).pumps[0]?.reservoir.volumeMl as never, 6)).toBe(0);
  });
});
