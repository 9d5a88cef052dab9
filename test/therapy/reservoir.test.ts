import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { baselineOf } from '../../src/therapy/baseline.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import { type Fields, fill, fold, report, simple } from './reports.ts';

const begin = '2024-03-01T10:00:00Z';
/** 20 mL at 0.1 mL a day. */
const implant = report('implant', 'A', begin, { fill: fill(20), program: simple(200) });
const of = (type: string, at: string, fields: Fields = {}, id = 'B') => report(type, id, at, fields);
const reservoirAt = (at: string, ...events: readonly CanonicalEvent[]) => fold(events, at).pumps[0]?.reservoir;
const accountAt = (at: string, ...events: readonly CanonicalEvent[]) =>
  Object.fromEntries(
    Object.entries(reservoirAt(at, ...events)?.account ?? {}).map(([name, volume]) => [name, toNumber(volume, 6)]),
  );

describe('the account of a reservoir', () => {
  const none = { filledMl: 0, deliveredMl: 0, bolusedMl: 0, primedMl: 0, removedMl: 0 };
  const april = '2024-03-31T10:00:00Z';

  it('begins with nothing', () => {
    expect(accountAt(begin, of('interrogation', begin))).toEqual(none);
  });

  it('goes on over a refill: what came out was removed', () => {
    const refill = of('refill', '2024-03-21T10:00:00Z', { fill: fill(38) });
    expect(accountAt(april, implant, refill)).toEqual({ ...none, filledMl: 58, deliveredMl: 3, removedMl: 18 });
  });

  it('begins again with a fill where the volume was not known before', () => {
    const lost = of('alarm', '2024-03-11T10:00:00Z', { code: 'low-battery-reset' });
    const refill = of('refill', '2024-03-21T10:00:00Z', { fill: fill(38), program: simple(200) }, 'C');
    expect(reservoirAt('2024-03-20T10:00:00Z', implant, lost)?.volumeMl).toBeUndefined();
    expect(accountAt(april, implant, lost, refill)).toEqual({ ...none, filledMl: 38, deliveredMl: 1 });
  });
});

describe('the volume of a reservoir', () => {
  it('is not known after a fill where nothing says what the pump moves', () => {
    const filled = of('refill', begin, { fill: fill(20) });
    expect(toNumber(reservoirAt(begin, filled)?.volumeMl as never, 6)).toBe(20);
    expect(reservoirAt('2024-03-02T10:00:00Z', filled)?.volumeMl).toBeUndefined();
  });

  it('never falls below nothing', () => {
    const account = accountAt('2025-03-01T10:00:00Z', implant);
    expect([account.deliveredMl, toNumber(reservoirAt('2025-03-01T10:00:00Z', implant)?.volumeMl as never, 6)]).toEqual(
      [20, 0],
    );
  });

  it('follows one flow when a bridge is over', () => {
    const bridge = { volumeMl: 0.4, durationHours: 48 };
    const bridged = of('refill', '2024-03-11T10:00:00Z', { fill: fill(20, 500), program: simple(100, 500), bridge });
    const flowsAt = (at: string) => reservoirAt(at, implant, bridged)?.schedule.map(({ from }) => from.toString());
    expect(flowsAt('2024-03-12T10:00:00Z')).toEqual(['2024-03-11T10:00:00Z', '2024-03-13T10:00:00Z']);
    expect(flowsAt('2024-03-14T10:00:00Z')).toEqual(['2024-03-13T10:00:00Z']);
  });

  it('is not drawn from by a bridge of no volume', () => {
    const bridge = { volumeMl: 0, durationHours: 48 };
    const bridged = of('refill', '2024-03-11T10:00:00Z', { fill: fill(20, 500), program: simple(100, 500), bridge });
    const changed = of('dose-change', '2024-03-12T10:00:00Z', { program: simple(200, 500) }, 'C');
    const volumeAt = (at: string) => toNumber(reservoirAt(at, implant, bridged, changed)?.volumeMl as never, 6);
    expect([volumeAt('2024-03-12T10:00:00Z'), volumeAt('2024-03-13T10:00:00Z')]).toEqual([20, 19.6]);
  });
});

describe('what a patient has been reported to be', () => {
  it('stands until it is reported again: a report of one fact does not take back another', () => {
    const first = report('baseline', 'P', '2024-01-01', { birthDate: '2016-04-01', origin: 'cerebral' });
    const second = report('baseline', 'Q', '2024-02-01', { weightKg: 30 });
    const third = report('baseline', 'R', '2024-03-01', { origin: 'spinal' });
    expect(baselineOf(fold([first, second]).entries)).toEqual({ birthDate: '2016-04-01', origin: 'cerebral' });
    expect(baselineOf(fold([first, second, third]).entries)).toEqual({ birthDate: '2016-04-01', origin: 'spinal' });
    expect(baselineOf(fold([implant]).entries)).toEqual({ birthDate: undefined, origin: undefined });
  });
});

describe('a pump that counts on all allotted boluses', () => {
  const prometra = { manufacturer: 'Flowonix', model: 'Prometra II 20 mL', serialNumber: 'P1' };
  const endOf = (program: object) =>
    fold([
      report('implant', 'A', begin, { pump: prometra, fill: fill(20), program }),
    ]).pumps[0]?.forecast?.endAt?.toString();

  it('is forecast with them, and without any where its programme allots none', () => {
    const bolus = { doseUg: 50, lockoutMinutes: 60 };
    expect(endOf(simple(200))).toBe('2024-09-17T10:00:00Z');
    expect(endOf({ ...simple(200), patientBolus: bolus })).toBe('2024-09-17T10:00:00Z');
    expect(endOf({ ...simple(200), patientBolus: { ...bolus, maxPerDay: 4 } })).toBe('2024-06-09T10:00:00Z');
  });
});
