import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import { type Fields, fill, flagged, fold, report, simple } from './reports.ts';

/** 20 mL of 2000 ug/mL at 200 ug/d: 0.1 mL a day; a bolus of 20 ug is 0.01 mL. */
const withBolus = (doseUg = 20) => ({ ...simple(200), patientBolus: { doseUg, lockoutMinutes: 120, maxPerDay: 4 } });
const implant = report('implant', 'A', '2024-03-01T10:00:00Z', { fill: fill(20), program: withBolus() });
const counted = (id: string, at: string, delivered: number, fields: Fields = {}, more: Fields = {}) =>
  report('interrogation', id, at, { reported: { patientBoluses: { delivered, ...fields } }, ...more });
const one = (id: string, at: string) =>
  report('bolus', id, at, { bolus: { kind: 'patient-activated', doseUg: 20, durationMinutes: 2 } });

const tenDays = '2024-03-11T10:00:00Z';
const twentyDays = '2024-03-21T10:00:00Z';
const volumesOf = (...events: readonly CanonicalEvent[]) =>
  fold(events).sessions.map(({ reservoirMl }) => reservoirMl && toNumber(reservoirMl, 6));
const countsOf = (...events: readonly CanonicalEvent[]) =>
  fold(events).bolusCounts.map(({ delivered, denied, since, doseUg, entry }) => ({
    delivered,
    denied,
    since: since?.toString(),
    doseUg: doseUg && toNumber(doseUg, 6),
    of: entry.source.rootEventId,
  }));

describe('patient-activated boluses that the pump counted', () => {
  it('have left the reservoir when the count is read, and are kept as one summary', () => {
    const events = [implant, counted('B', tenDays, 12, { denied: 3 })];
    expect(volumesOf(...events)).toEqual([20, 18.88]);
    expect(countsOf(...events)).toEqual([
      { delivered: 12, denied: 3, since: '2024-03-01T10:00:00Z', doseUg: 240, of: 'B' },
    ]);
    expect(toNumber(fold(events, tenDays).pumps[0]?.reservoir.account.bolusedMl as never, 6)).toBe(0.12);
  });

  it('are out before the residual volume is compared', () => {
    const fields = { fill: fill(20), residual: { measuredMl: 18.9 }, reported: { patientBoluses: { delivered: 12 } } };
    const { residual } = fold([implant, report('refill', 'B', tenDays, fields)]).sessions[1] ?? {};
    expect(residual?.expectedMl && toNumber(residual.expectedMl, 6)).toBe(18.88);
  });

  it('are counted from the session before where the report does not say since when', () => {
    const events = [implant, counted('B', tenDays, 12), counted('C', twentyDays, 5)];
    expect(volumesOf(...events)).toEqual([20, 18.88, 17.83]);
    expect(countsOf(...events)[1]).toMatchObject({ since: tenDays, doseUg: 100 });
  });

  it('are not counted again by a total that goes back before the last count', () => {
    const total = counted('C', twentyDays, 17, { since: '2024-03-01T10:00:00Z' });
    expect(volumesOf(implant, counted('B', tenDays, 12), total)).toEqual([20, 18.88, 17.83]);
  });

  it('include those that were reported one by one in the span', () => {
    const singles = [one('S1', '2024-03-05T10:00:00Z'), one('S2', '2024-03-06T10:00:00Z')];
    expect(volumesOf(implant, ...singles, counted('B', tenDays, 12)).at(-1)).toBe(18.88);
    expect(volumesOf(implant, ...singles, counted('B', tenDays, 1)).at(-1)).toBe(18.98);
  });

  it('include a single one once, also where a later total counts it again', () => {
    const total = counted('C', twentyDays, 14, { since: '2024-03-01T10:00:00Z' });
    const events = [
      implant,
      one('S1', '2024-03-05T10:00:00Z'),
      counted('B', tenDays, 12),
      one('S2', '2024-03-15T10:00:00Z'),
      one('S3', '2024-03-16T10:00:00Z'),
      total,
    ];
    // 2 mL of infusion and 14 boluses: 12 of the first count and the two single ones after it.
    expect(volumesOf(...events).at(-1)).toBe(17.86);
  });

  it('do not include one that was reported before the span', () => {
    const since = { since: '2024-03-06T10:00:00Z' };
    expect(volumesOf(implant, one('S1', '2024-03-05T10:00:00Z'), counted('B', tenDays, 2, since)).at(-1)).toBe(18.97);
  });

  it('an alarm or a single bolus is no session from which to count', () => {
    const heard = report('alarm', 'L', '2024-03-05T10:00:00Z', { code: 'low-reservoir' });
    expect(countsOf(implant, heard, one('S', '2024-03-06T10:00:00Z'), counted('B', tenDays, 12))).toMatchObject([
      { since: '2024-03-01T10:00:00Z' },
    ]);
  });

  it('none delivered takes nothing, and is told all the same', () => {
    expect(volumesOf(implant, counted('B', tenDays, 0, { denied: 4 }))).toEqual([20, 19]);
    expect(countsOf(implant, counted('B', tenDays, 0, { denied: 4 }))).toMatchObject([{ delivered: 0, doseUg: 0 }]);
  });

  it.each([
    [
      'no programme names it',
      report('implant', 'A', '2024-03-01T10:00:00Z', { fill: fill(20), program: simple(200) }),
      [],
    ],
    [
      'it was changed in the span',
      implant,
      [report('dose-change', 'X', '2024-03-05T10:00:00Z', { program: withBolus(30) })],
    ],
  ])('whose dose is not known leave the volume unknown: %s', (_, begin, changes) => {
    const events = [begin, ...changes, counted('B', tenDays, 12, { since: '2024-03-01T10:00:00Z' })];
    expect(volumesOf(...events).at(-1)).toBeUndefined();
    expect(countsOf(...events)).toMatchObject([{ delivered: 12, doseUg: undefined }]);
    expect(flagged(fold(events), 'bolus-dose-unknown')).toEqual(['bolus-dose-unknown']);
  });

  it('have the dose of the programme that ran when they were given, not of the one set at the session', () => {
    const read = counted('B', tenDays, 12);
    const change = report('dose-change', 'C', tenDays, { program: withBolus(40) });
    expect(volumesOf(implant, read, change)).toEqual([20, 18.88, 18.88]);
    const next = counted('D', twentyDays, 5, { since: tenDays });
    expect(volumesOf(implant, read, change, next).at(-1)).toBe(17.78);
  });

  it('during a bridge are drawn at the old concentration', () => {
    const weak = report('implant', 'A', '2024-03-01T10:00:00Z', {
      fill: fill(20, 500),
      program: { ...withBolus(), concentrationUgPerMl: 500 },
    });
    const bridge = { volumeMl: 0.4, durationHours: 24 };
    const strong = report('refill', 'B', tenDays, { fill: fill(20), program: withBolus(), bridge });
    const read = counted('C', '2024-03-11T22:00:00Z', 5);
    expect(volumesOf(weak, strong, read).at(-1)).toBe(19.6);
  });

  it('none delivered leaves the volume known, whatever the dose of one', () => {
    const plain = report('implant', 'A', '2024-03-01T10:00:00Z', { fill: fill(20), program: simple(200) });
    const events = [plain, counted('B', tenDays, 0)];
    expect(volumesOf(...events)).toEqual([20, 19]);
    expect(flagged(fold(events), 'bolus-dose-unknown')).toEqual([]);
  });

  it('of another pump are its own', () => {
    const other = { pump: { manufacturer: 'Flowonix', serialNumber: 'FX2' } };
    const second = report('implant', 'Z', '2024-03-05T10:00:00Z', { ...other, fill: fill(20), program: withBolus(40) });
    const theirs = counted('T', '2024-03-06T10:00:00Z', 3, {}, other);
    const single = report('bolus', 'S', '2024-03-07T10:00:00Z', {
      ...other,
      bolus: { kind: 'patient-activated', doseUg: 40, durationMinutes: 2 },
    });
    const events = [implant, second, theirs, single, counted('B', tenDays, 12)];
    expect(volumesOf(...events).at(-1)).toBe(18.88);
    expect(countsOf(...events)).toMatchObject([
      { delivered: 3, since: '2024-03-05T10:00:00Z', doseUg: 120 },
      { delivered: 12, since: '2024-03-01T10:00:00Z', doseUg: 240 },
    ]);
  });

  it('do not include a single bolus that the clinic gave', () => {
    const given = report('bolus', 'S', '2024-03-05T10:00:00Z', {
      bolus: { kind: 'single', doseUg: 20, durationMinutes: 2 },
    });
    expect(volumesOf(implant, given, counted('B', tenDays, 12)).at(-1)).toBe(18.87);
  });

  it('read before anything else is known have no beginning', () => {
    expect(countsOf(counted('B', tenDays, 12))).toEqual([
      { delivered: 12, denied: undefined, since: undefined, doseUg: undefined, of: 'B' },
    ]);
  });
});

describe('a count of boluses', () => {
  it('that is the first that is known of a pump is not part of the next', () => {
    const bare = report('interrogation', 'A', '2024-03-01T10:00:00Z', {
      program: withBolus(),
      reported: { patientBoluses: { delivered: 2 } },
    });
    expect(countsOf(bare, counted('B', tenDays, 3)).map(({ since, delivered }) => [since, delivered])).toEqual([
      [undefined, 2],
      ['2024-03-01T10:00:00Z', 3],
    ]);
  });

  it('that goes back before the last one takes what neither it nor single reports told of', () => {
    const start = { since: '2024-03-01T10:00:00Z' };
    const events = [implant, one('X', '2024-03-05T10:00:00Z'), counted('B', tenDays, 1, start)];
    // 20 mL less ten days of 0.1 mL, and one bolus of 0.01 mL that was reported and then counted.
    expect(volumesOf(...events).at(-1)).toBe(18.99);
    // A second bolus by the total of twenty days; a third that was reported after the first count is the second.
    expect(volumesOf(...events, counted('C', twentyDays, 2, start)).at(-1)).toBe(17.98);
    const single = one('Y', '2024-03-15T10:00:00Z');
    expect(volumesOf(...events, single, counted('C', twentyDays, 2, start)).at(-1)).toBe(17.98);
    expect(volumesOf(...events, single, counted('C', twentyDays, 3, start)).at(-1)).toBe(17.97);
  });

  it('while the motor stalls takes the dose that the programme read then sets', () => {
    const stall = report('alarm', 'S', '2024-03-05T10:00:00Z', { code: 'motor-stall' });
    const read = report('interrogation', 'R', '2024-03-06T10:00:00Z', { program: withBolus(30) });
    expect(countsOf(implant, stall, read, counted('B', tenDays, 2)).map(({ doseUg }) => doseUg)).toEqual([60]);
  });
});
