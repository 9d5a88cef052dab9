import { describe, expect, it } from 'vitest';
import { toNumber } from '../../src/therapy/quantity.ts';
import type { advance } from '../../src/therapy/reservoir.ts';
import { fill, flagged, fold, report, segmentsOf, simple } from './reports.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18, 500), program: simple(85, 500) });
const changed = (id: string, at: string, fields = {}) =>
  report('dose-change', id, at, { program: simple(85), ...fields });
const codesOf = (events: Parameters<typeof fold>[0]) =>
  flagged(
    fold(events),
    'concentration-mismatch',
    'concentration-change-without-bridge',
    'bridge-differs',
    'unreported-program-change',
    'previous-program-differs',
    'order-incomplete',
  );

/** V × C old ÷ dose: 0.436 mL of 500 ug/mL at 85 ug/d clear in 61.55 h. */
const bridge = { volumeMl: 0.436, durationHours: 61.55 };
const bridged = report('refill', 'B', '2024-04-30T09:05:00-04:00', { fill: fill(18), program: simple(85), bridge });

describe('a bridge after a change of concentration', () => {
  it('runs the old drug at the dose, then hands over to the programme', () => {
    expect(segmentsOf(fold([implant, bridged])).slice(1)).toEqual([
      {
        role: 'bridge',
        doseUgPerDay: 85,
        start: '2024-04-30T13:05:00Z',
        end: '2024-05-03T02:38:00Z',
        endReason: 'bridge-ended',
      },
      { role: 'infusion', doseUgPerDay: 85, start: '2024-05-03T02:38:00Z' },
    ]);
  });

  it('takes its volume from the reservoir, then the programme its own', () => {
    const { reservoir } = fold([implant, bridged], '2024-05-04T02:38:00Z').pumps[0] as never as {
      reservoir: Parameters<typeof advance>[0];
    };
    expect(toNumber(reservoir.volumeMl as never, 6)).toBe(18 - 0.436 - 0.0425);
  });

  it('goes on at the new dose where the dose is changed meanwhile: what is left clears faster', () => {
    // After 30.775 h half of the old drug (109 ug) is left: at 170 ug/d it clears in 109 / 170 d = 15.388 h.
    const half = changed('C', '2024-05-01T19:51:30Z', { program: simple(170) });
    expect(segmentsOf(fold([implant, bridged, half])).slice(1)).toEqual([
      {
        role: 'bridge',
        doseUgPerDay: 85,
        start: '2024-04-30T13:05:00Z',
        end: '2024-05-01T19:51:30Z',
        endReason: 'programme-changed',
      },
      {
        role: 'bridge',
        doseUgPerDay: 170,
        start: '2024-05-01T19:51:30Z',
        end: '2024-05-02T11:14:47.647Z',
        endReason: 'bridge-ended',
      },
      { role: 'infusion', doseUgPerDay: 170, start: '2024-05-02T11:14:47.647Z' },
    ]);
  });

  it('ends with a stop, and nothing follows by itself', () => {
    const stop = report('pump-stop', 'C', '2024-05-01T10:00:00Z');
    const therapy = fold([implant, bridged, stop]);
    expect(segmentsOf(therapy).slice(1)).toEqual([
      {
        role: 'bridge',
        doseUgPerDay: 85,
        start: '2024-04-30T13:05:00Z',
        end: '2024-05-01T10:00:00Z',
        endReason: 'pump-stopped',
      },
    ]);
    expect(therapy.nextChangeAt).toBeUndefined();
  });

  it('is what will change next while it runs', () => {
    expect(fold([implant, bridged], '2024-05-01T00:00:00Z').nextChangeAt?.toString()).toBe('2024-05-03T02:38:00Z');
  });

  it('that was not reported is flagged, with the dose that might result for reviewers only', () => {
    const therapy = fold([implant, changed('B', '2024-04-30T09:05:00-04:00')]);
    const flag = therapy.flags.find(({ problem }) => problem.code === 'concentration-change-without-bridge');
    expect(flag?.forReviewers).toMatchObject({ programmedUgPerDay: 85, possibleUgPerDay: 21.25, ratio: 0.25 });
  });

  it('is not missed where the programme only follows what has long run through the tubing', () => {
    const catheter = { manufacturer: 'Medtronic', lotNumber: 'LOT-C1', volumeMl: 0.2 };
    const mixedUp = report('implant', 'A', '2024-03-01T10:00:00-05:00', {
      catheter,
      fill: fill(18, 2000),
      program: simple(85, 500),
    });
    // At 0.17 mL/d the half millilitre of the tubing is passed after three days.
    expect(codesOf([mixedUp, changed('B', '2024-03-03T10:00:00-05:00')])).toEqual([
      'concentration-mismatch',
      'concentration-change-without-bridge',
    ]);
    expect(codesOf([mixedUp, changed('B', '2024-03-05T10:00:00-05:00')])).toEqual(['concentration-mismatch']);
  });

  it('is not asked for where the system was primed anew', () => {
    const restart = report('restart', 'B', '2024-04-30T09:05:00-04:00', {
      program: simple(85),
      prime: { volumeMl: 0.4 },
    });
    expect(codesOf([implant, restart])).toEqual([]);
  });

  it('is missed at a revision too', () => {
    const fields = { component: 'catheter', action: 'repaired', program: simple(85), fill: fill(18) };
    expect(codesOf([implant, report('revision', 'B', '2024-04-30T09:05:00-04:00', fields)])).toEqual([
      'concentration-change-without-bridge',
    ]);
  });
});

describe('a prime', () => {
  it('leaves the reservoir, is not delivered, and is part of the baseline at an implant', () => {
    const primed = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), prime: { volumeMl: 0.485 } });
    const therapy = fold([primed]);
    expect(therapy.primings.map(({ volumeMl }) => toNumber(volumeMl, 6))).toEqual([0.485]);
    const account = therapy.pumps[0]?.reservoir.account;
    expect([account?.primedMl, account?.deliveredMl].map((volume) => toNumber(volume as never, 6))).toEqual([0.485, 0]);
    const read = report('interrogation', 'B', '2024-03-02T10:00:00-05:00', { residual: { measuredMl: 17.5 } });
    const residual = fold([primed, read]).sessions.at(-1)?.residual;
    expect(toNumber(residual?.volumeAtLastFillMl as never, 6)).toBe(17.515);
  });
});

describe('a programme', () => {
  it('reported again unchanged goes on: one segment, however often it is read', () => {
    const read = report('interrogation', 'B', '2024-03-10T10:00:00-04:00', { program: simple(85, 500) });
    expect(segmentsOf(fold([implant, read]))).toEqual([
      { role: 'infusion', doseUgPerDay: 85, start: '2024-03-01T15:00:00Z' },
    ]);
  });

  it('reported again without its concentration keeps the one that is known', () => {
    const program = { mode: 'simple-continuous', doseUgPerDay: 85 };
    const read = report('refill', 'B', '2024-03-10T10:00:00-04:00', { program, fill: fill(18, 500) });
    const therapy = fold([implant, read]);
    expect(therapy.pumps[0]?.program).toMatchObject({ concentrationUgPerMl: 500 });
    expect(therapy.pumps[0]?.reservoir.volumeMl).toBeDefined();
  });

  it('read that nobody reported is taken, and flagged', () => {
    const read = report('interrogation', 'B', '2024-03-10T10:00:00-04:00', { program: simple(90, 500) });
    expect(segmentsOf(fold([implant, read])).map(({ doseUgPerDay }) => doseUgPerDay)).toEqual([85, 90]);
    expect(codesOf([implant, read])).toEqual(['unreported-program-change']);
  });

  it('stated as the previous one is checked, never used', () => {
    const change = changed('B', '2024-03-10T10:00:00-04:00', {
      program: simple(90, 500),
      previousProgram: simple(70, 500),
    });
    expect(segmentsOf(fold([implant, change])).map(({ doseUgPerDay }) => doseUgPerDay)).toEqual([85, 90]);
    expect(codesOf([implant, change])).toEqual(['previous-program-differs']);
  });

  it('of one instant with another leaves no segment of no length', () => {
    const at = '2024-03-10T10:00:00-04:00';
    const two = [1, 2].map((n) => changed(`B${n}`, at, { program: simple(90 + n, 500), sequence: n }));
    expect(segmentsOf(fold([implant, ...two])).map(({ doseUgPerDay }) => doseUgPerDay)).toEqual([85, 92]);
  });

  it('of a single bolus gives the bolus and no infusion after it', () => {
    const program = { mode: 'single-bolus', concentrationUgPerMl: 500, bolus: { doseUg: 25, durationMinutes: 10 } };
    const therapy = fold([implant, changed('B', '2024-03-10T10:00:00-04:00', { program })]);
    expect(segmentsOf(therapy).filter(({ end }) => !end)).toEqual([]);
    expect(therapy.boluses.map(({ doseUg, end }) => [toNumber(doseUg, 3), end.toString()])).toEqual([
      [25, '2024-03-10T14:10:00Z'],
    ]);
    expect(toNumber(therapy.pumps[0]?.reservoir.account.bolusedMl as never, 6)).toBe(0.05);
  });

  it('after the explant is kept and flagged: one of the two reports is wrong', () => {
    const explant = report('explant', 'B', '2024-03-10T10:00:00-04:00');
    expect(
      codesOf([implant, explant, changed('C', '2024-03-11T10:00:00-04:00', { program: simple(90, 500) })]),
    ).toEqual(['order-incomplete']);
  });

  it('that no calendar can hold the end of is no error', () => {
    const slow = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(1e6), program: simple(1e-6) });
    const long = report('bolus', 'B', '2024-03-02T10:00:00-05:00', {
      bolus: { kind: 'single', doseUg: 1, durationMinutes: 1e15 },
    });
    const therapy = fold([slow, long]);
    expect(therapy.pumps[0]?.forecast?.alarmDate).toBeUndefined();
    expect(therapy.boluses[0]?.end.toString()).toBe('9999-12-30T00:00:00Z');
  });
});

describe('a report that names no pump', () => {
  const second = report('implant', 'Z', '2024-03-01T11:00:00-05:00', {
    pump: { manufacturer: 'Medtronic', serialNumber: 'NGP710002H' },
  });
  const stop = report('pump-stop', 'B', '2024-03-10T10:00:00-04:00', { pump: undefined });

  it('is about the only pump implanted', () => {
    expect(segmentsOf(fold([implant, stop])).map(({ endReason }) => endReason)).toEqual(['pump-stopped']);
  });

  it('is held where two are implanted, and what runs from then on is not known', () => {
    const therapy = fold([implant, second, stop]);
    expect(therapy.held.map(({ problem }) => problem.code)).toEqual(['pump-unknown']);
    expect(segmentsOf(therapy)).toEqual([
      {
        role: 'infusion',
        doseUgPerDay: 85,
        start: '2024-03-01T15:00:00Z',
        end: '2024-03-10T14:00:00Z',
        endReason: 'programme-unknown',
      },
    ]);
  });
});
