import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { alarmsStanding } from '../../src/therapy/alarms-standing.ts';
import { runningSegment } from '../../src/therapy/timeline.ts';
import { type Fields, fill, flagged, fold, pump, report, segmentsOf, simple } from './reports.ts';

const begin = '2024-03-01T10:00:00Z';
const at = '2024-04-01T10:00:00Z';
const other = { manufacturer: 'Medtronic', serialNumber: 'NGP710002H' };
const keys = ['pump|MEDTRONIC|NGP710001H', 'pump|MEDTRONIC|NGP710002H'] as const;
const lot = (lotNumber: string) => ({ manufacturer: 'Medtronic', lotNumber });
const implant = (fields: Fields = {}) =>
  report('implant', 'A', begin, { catheter: lot('LOT-1'), fill: fill(20), program: simple(200), ...fields });
const second = report('implant', 'Z', begin, {
  pump: other,
  catheter: lot('LOT-2'),
  fill: fill(20),
  program: simple(100),
});
const of = (type: string, fields: Fields = {}, when = at) => report(type, 'B', when, fields);
const unnamed = { pump: undefined };
const heldOf = (...events: readonly CanonicalEvent[]) => fold(events).held.map(({ problem }) => problem.code);
const removedOf = (...events: readonly CanonicalEvent[]) =>
  fold(events).catheters.map(({ label, explanted }) => [label.lotNumber, explanted?.text]);

describe('a report that names no pump where one is implanted', () => {
  it('may tell of its catheter, or that it was moved', () => {
    const revised = (component: string, action: string, fields: Fields = {}) =>
      of('revision', { ...unnamed, component, action, ...fields });
    expect(heldOf(implant(), revised('catheter', 'replaced', { catheter: lot('LOT-3') }))).toEqual([]);
    expect(heldOf(implant(), revised('pump', 'repositioned'))).toEqual([]);
    expect(heldOf(implant(), revised('pump', 'replaced'))).toEqual(['pump-unknown']);
  });

  it('may not be an implant: the new pump has to be named', () => {
    const therapy = fold([implant(), of('implant', { ...unnamed, program: simple(100) })]);
    expect(therapy.held.map(({ problem }) => problem.code)).toEqual(['pump-unknown']);
    expect(therapy.pumps[0]?.life.implanted?.text).toBe(begin);
  });

  it('may be an explant of pump and catheter', () => {
    const both = of('explant', { ...unnamed, removed: ['pump', 'catheter'] });
    const therapy = fold([implant(), both]);
    expect([therapy.pumps[0]?.life.explanted?.text, therapy.catheters[0]?.explanted?.text]).toEqual([at, at]);
  });
});

describe('a catheter that is removed', () => {
  it('is that of the pump that the report names', () => {
    const first = of('explant', { removed: ['catheter'] });
    expect(removedOf(implant(), second, first)).toEqual([
      ['LOT-1', at],
      ['LOT-2', undefined],
    ]);
    expect(removedOf(implant(), second, of('explant', { pump: other, removed: ['catheter'] }))).toEqual([
      ['LOT-1', undefined],
      ['LOT-2', at],
    ]);
  });

  it('is the one that is still there', () => {
    const events = [
      implant({ catheter: undefined }),
      report('implant', 'Y', begin, { ...unnamed, catheter: lot('LOT-1') }),
      report('explant', 'X', '2024-03-20T10:00:00Z', { ...unnamed, removed: ['catheter'], catheter: lot('LOT-1') }),
      report('implant', 'W', '2024-03-21T10:00:00Z', { ...unnamed, catheter: lot('LOT-2') }),
    ];
    expect(removedOf(...events, of('explant', { removed: ['catheter'] }))).toEqual([
      ['LOT-1', '2024-03-20T10:00:00Z'],
      ['LOT-2', at],
    ]);
  });
});

describe('a pump that is replaced in one report', () => {
  it('hands over the catheter that hung on it, and no other', () => {
    const events = [
      implant({ catheter: lot('LOT-0') }),
      report('revision', 'R', '2024-03-10T10:00:00Z', {
        component: 'catheter',
        action: 'replaced',
        catheter: lot('LOT-1'),
      }),
      report('implant', 'Y', '2024-03-11T10:00:00Z', { ...unnamed, catheter: lot('LOT-2') }),
      of('revision', { pump: other, component: 'pump', action: 'replaced' }),
    ];
    const therapy = fold(events);
    expect(flagged(therapy, 'order-incomplete')).toEqual([]);
    expect(therapy.catheters.map(({ label, pumpKey }) => [label.lotNumber, pumpKey])).toEqual([
      ['LOT-0', keys[0]],
      ['LOT-1', keys[1]],
      ['LOT-2', undefined],
    ]);
  });
});

describe('a catheter that a session names', () => {
  it('hangs on the pump of that session where it hung on none', () => {
    const bare = implant({ catheter: undefined });
    const loose = report('implant', 'Y', begin, { ...unnamed, catheter: lot('LOT-3') });
    const seen = of('interrogation', { catheter: lot('LOT-3') });
    expect(fold([bare, loose, seen]).catheters.map(({ pumpKey }) => pumpKey)).toEqual([keys[0]]);
    const ofOther = of('interrogation', { catheter: lot('LOT-2') });
    expect(fold([implant(), second, ofOther]).catheters.map(({ pumpKey }) => pumpKey)).toEqual([...keys]);
  });
});

describe('what stands of one pump', () => {
  it('is no complication where none was reported', () => {
    expect(fold([implant()]).complications).toEqual([]);
    expect(fold([implant(), of('complication', { code: 'catheter-kink' })]).complications).toHaveLength(1);
  });

  it('is its own running segment, or that of any where none is named', () => {
    const therapy = fold([implant(), second, of('pump-stop', { pump })]);
    expect(runningSegment(therapy, keys[0])).toBeUndefined();
    expect(runningSegment(therapy, keys[1])?.pumpKey).toBe(keys[1]);
    expect(runningSegment(therapy)?.pumpKey).toBe(keys[1]);
    const both = fold([implant(), second]);
    expect(runningSegment(both, keys[0])?.pumpKey).toBe(keys[0]);
    expect(segmentsOf(both)).toHaveLength(2);
  });

  it('is its own alarms: neither the explant nor a programme of another pump answers them', () => {
    const now = Temporal.Instant.from('2024-04-10T10:00:00Z');
    const explant = report('explant', 'X', '2024-03-20T10:00:00Z');
    const stall = of('alarm', { pump: other, code: 'motor-stall' });
    const change = report('dose-change', 'C', '2024-04-02T10:00:00Z', { program: simple(210) });
    const codesOf = (...events: readonly CanonicalEvent[]) =>
      keys.map((key) => alarmsStanding(fold(events), key, now).map(({ code }) => code));
    expect(codesOf(implant(), second, explant, stall)).toEqual([[], ['motor-stall']]);
    expect(codesOf(implant(), second, stall, change)).toEqual([[], ['motor-stall']]);
    expect(alarmsStanding(fold([implant(), stall]), 'pump|NOBODY|1', now)).toEqual([]);
  });

  it('is a battery that only an alarm of the battery says to be near its end', () => {
    const statusAfter = (code: string) => fold([implant(), of('alarm', { code })]).pumps[0]?.battery?.status;
    expect([statusAfter('eri'), statusAfter('eos'), statusAfter('low-reservoir')]).toEqual(['eri', 'eos', undefined]);
  });

  it('is no forecast after the death of the patient, whatever is read from the pump', () => {
    const death = report('death', 'D', '2024-03-20T10:00:00Z', { pump: undefined });
    expect(fold([implant(), death, of('interrogation')]).pumps[0]?.forecast).toBeUndefined();
  });
});
