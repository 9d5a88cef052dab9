import { describe, expect, it } from 'vitest';
import { toNumber } from '../../src/therapy/quantity.ts';
import { fill, flagged, fold, report, segmentsOf, simple } from './reports.ts';

/** 0.3 mL of pump tubing and 0.1 mL of catheter: 200 ug of the old drug, 48 h at 100 ug/d. */
const catheter = { manufacturer: 'Medtronic', lotNumber: 'LOT-C1', volumeMl: 0.1 };
const implantWith = (fields = {}) =>
  report('implant', 'A', '2024-03-01T10:00:00Z', {
    catheter,
    fill: fill(20, 500),
    program: simple(100, 500),
    ...fields,
  });
const implant = implantWith();
const at = '2024-04-01T10:00:00Z';
const strong = (bridge?: object, fields = {}) =>
  report('refill', 'B', at, { fill: fill(20), program: simple(100), ...(bridge && { bridge }), ...fields });
const stated = { volumeMl: 0.4, durationHours: 48 };
const change = (id: string, when: string, dose: number, fields = {}) =>
  report('dose-change', id, when, { program: simple(dose), ...fields });
const volumeAt = (when: string, ...events: Parameters<typeof fold>[0]) => {
  const volumeMl = fold(events, when).pumps[0]?.reservoir.volumeMl;
  return volumeMl && toNumber(volumeMl, 6);
};
const bridgeFlags = (...events: Parameters<typeof fold>[0]) => flagged(fold(events), 'bridge-differs');

describe('a bridge as stated', () => {
  it('is what tubing volume, old concentration and dose come to: nothing is flagged', () => {
    expect(bridgeFlags(implant, strong(stated))).toEqual([]);
  });

  it.each([
    ['a tenth longer', { volumeMl: 0.4, durationHours: 52.8 }, []],
    ['more than a tenth longer', { volumeMl: 0.4, durationHours: 52.9 }, ['bridge-differs']],
    ['a tenth shorter', { volumeMl: 0.4, durationHours: 43.2 }, []],
    ['more than a tenth shorter', { volumeMl: 0.4, durationHours: 43.1 }, ['bridge-differs']],
    ['of a tenth more volume', { volumeMl: 0.44, durationHours: 48 }, []],
    ['of more volume than that', { volumeMl: 0.441, durationHours: 48 }, ['bridge-differs']],
    ['of a tenth less volume', { volumeMl: 0.36, durationHours: 48 }, []],
    ['of less volume than that', { volumeMl: 0.359, durationHours: 48 }, ['bridge-differs']],
  ])('%s', (_, bridge, flags) => {
    expect(bridgeFlags(implant, strong(bridge))).toEqual(flags);
  });

  it('is checked by what it states itself where the volume of the tubing is not known', () => {
    const unknown = implantWith({ catheter: undefined });
    expect(bridgeFlags(unknown, strong({ volumeMl: 0.6, durationHours: 72 }))).toEqual([]);
    expect(bridgeFlags(unknown, strong({ volumeMl: 0.6, durationHours: 100 }))).toEqual(['bridge-differs']);
  });

  it('is compared as closely as the site wants', () => {
    const longer = strong({ volumeMl: 0.4, durationHours: 50 });
    expect(flagged(fold([implant, longer], undefined, { bridgeToleranceShare: 0.01 }), 'bridge-differs')).toHaveLength(
      1,
    );
  });

  it('delivers drug of the old concentration, and of none that is known where it was never reported', () => {
    const unknown = implantWith({ fill: undefined, program: undefined });
    const concentrations = (...events: Parameters<typeof fold>[0]) =>
      fold(events).segments.map(({ role, concentrationUgPerMl: drug }) => [role, drug && toNumber(drug, 3)]);
    expect(concentrations(implant, strong(stated)).slice(1)).toEqual([
      ['bridge', 500],
      ['infusion', 2000],
    ]);
    expect(concentrations(unknown, strong(stated))).toEqual([
      ['bridge', undefined],
      ['infusion', 2000],
    ]);
  });

  it('is not judged where the old concentration was never reported', () => {
    const bare = report('dose-change', 'B', at, { program: simple(100), bridge: { volumeMl: 0.4, durationHours: 5 } });
    expect(bridgeFlags(implantWith({ fill: undefined, program: undefined }), bare)).toEqual([]);
  });

  it('programmed as a bolus of its own is checked too', () => {
    const bolus = report('bolus', 'C', '2024-04-01T10:05:00Z', {
      bolus: { kind: 'bridge', volumeMl: 0.4, durationHours: 5 },
    });
    expect(bridgeFlags(implant, strong(), bolus)).toEqual(['bridge-differs']);
  });
});

describe('while a bridge runs', () => {
  const bridged = strong(stated);

  it('a second change of dose clears what is left by then at its own dose', () => {
    // 0.4 mL in 48 h; after 24 h 0.2 mL at 200 ug/d: 12 h; after 6 h of these 0.1 mL at 50 ug/d: 24 h.
    const events = [bridged, change('C', '2024-04-02T10:00:00Z', 200), change('D', '2024-04-02T16:00:00Z', 50)];
    expect(segmentsOf(fold([implant, ...events])).slice(1)).toEqual([
      {
        role: 'bridge',
        doseUgPerDay: 100,
        start: '2024-04-01T10:00:00Z',
        end: '2024-04-02T10:00:00Z',
        endReason: 'programme-changed',
      },
      {
        role: 'bridge',
        doseUgPerDay: 200,
        start: '2024-04-02T10:00:00Z',
        end: '2024-04-02T16:00:00Z',
        endReason: 'programme-changed',
      },
      {
        role: 'bridge',
        doseUgPerDay: 50,
        start: '2024-04-02T16:00:00Z',
        end: '2024-04-03T16:00:00Z',
        endReason: 'bridge-ended',
      },
      { role: 'infusion', doseUgPerDay: 50, start: '2024-04-03T16:00:00Z' },
    ]);
    expect(volumeAt('2024-04-03T16:00:00Z', implant, ...events)).toBe(19.6);
  });

  it('a change at the instant at which it ends finds nothing left of it', () => {
    const events = [implant, bridged, change('C', '2024-04-03T10:00:00Z', 200)];
    expect(segmentsOf(fold(events)).map(({ role }) => role)).toEqual(['infusion', 'bridge', 'infusion']);
  });

  it('a bolus leaves the reservoir at the old concentration, which is in the tubing', () => {
    const bolus = report('bolus', 'C', '2024-04-02T10:00:00Z', {
      bolus: { kind: 'single', doseUg: 50, durationMinutes: 5 },
    });
    expect(volumeAt('2024-04-02T10:00:00Z', implant, bridged, bolus)).toBe(19.7);
    const after = report('bolus', 'C', '2024-04-03T10:00:00Z', {
      bolus: { kind: 'single', doseUg: 50, durationMinutes: 5 },
    });
    expect(volumeAt('2024-04-03T10:00:00Z', implant, bridged, after)).toBe(19.575);
  });

  it('a refill with the same programme does not begin it again', () => {
    const again = report('refill', 'C', '2024-04-02T10:00:00Z', { fill: fill(20), program: simple(100) });
    expect(segmentsOf(fold([implant, bridged, again])).slice(1)).toEqual([
      {
        role: 'bridge',
        doseUgPerDay: 100,
        start: '2024-04-01T10:00:00Z',
        end: '2024-04-03T10:00:00Z',
        endReason: 'bridge-ended',
      },
      { role: 'infusion', doseUgPerDay: 100, start: '2024-04-03T10:00:00Z' },
    ]);
    expect(volumeAt('2024-04-03T10:00:00Z', implant, bridged, again)).toBe(19.8);
  });

  it('another bridge clears the drug that is still in the tubing, not the one behind it', () => {
    const other = change('C', '2024-04-02T10:00:00Z', 200, { bridge: { volumeMl: 0.4, durationHours: 24 } });
    const [, , second] = fold([implant, bridged, other]).segments;
    expect(second?.role).toBe('bridge');
    expect(second?.concentrationUgPerMl && toNumber(second.concentrationUgPerMl, 3)).toBe(500);
    expect(bridgeFlags(implant, bridged, other)).toEqual([]);
  });

  it('a programme without a daily dose ends it', () => {
    const slow = report('dose-change', 'C', '2024-04-02T10:00:00Z', {
      program: { mode: 'minimum-rate', concentrationUgPerMl: 2000 },
    });
    expect(segmentsOf(fold([implant, bridged, slow])).map(({ role }) => role)).toEqual([
      'infusion',
      'bridge',
      'infusion',
    ]);
  });

  it('a pattern over the day waits behind it, and runs from its end on', () => {
    const flexSteps = [
      { start: '00:00', end: '12:00', doseUg: 80 },
      { start: '12:00', end: '24:00', doseUg: 20 },
    ];
    const program = { mode: 'flex', concentrationUgPerMl: 2000, doseUgPerDay: 100, flexSteps };
    const events = [implant, strong(stated, { program, timeZone: 'UTC' })];
    expect(volumeAt('2024-04-03T10:00:00Z', ...events)).toBe(19.6);
    // Two hours at 80 ug and twelve at 20 ug in twelve hours each.
    expect(volumeAt('2024-04-04T00:00:00Z', ...events)).toBe(19.583333);
  });
});

describe('a concentration that changes without a bridge', () => {
  const possible = (...events: Parameters<typeof fold>[0]) =>
    fold(events).flags.find(({ problem }) => problem.code === 'concentration-change-without-bridge')?.forReviewers;

  it('may give a quarter of the dose until the new drug has passed the tubing at the new rate', () => {
    // 0.4 mL at 0.05 mL a day: 8 days.
    const found = possible(implant, strong());
    expect({ ...found, from: found?.from?.toString(), until: found?.until?.toString() }).toEqual({
      programmedUgPerDay: 100,
      possibleUgPerDay: 25,
      ratio: 0.25,
      from: '2024-04-01T10:00:00Z',
      until: '2024-04-09T10:00:00Z',
    });
  });

  it('may give four times the dose where the new drug is the weaker', () => {
    const weak = report('refill', 'B', at, { fill: fill(20, 500), program: simple(100, 500) });
    const found = possible(implantWith({ fill: fill(20), program: simple(100) }), weak);
    expect(found).toMatchObject({ possibleUgPerDay: 400, ratio: 4 });
    expect(found?.until?.toString()).toBe('2024-04-03T10:00:00Z');
  });

  it('does so until nobody knows when where the volumes are not known', () => {
    expect(possible(implantWith({ catheter: undefined }), strong())?.until).toBeUndefined();
  });

  it('has no dose to tell of where the programme states none', () => {
    const slow = strong(undefined, { program: { mode: 'minimum-rate', concentrationUgPerMl: 2000 } });
    expect(possible(implant, slow)).toBeUndefined();
    expect(flagged(fold([implant, slow]), 'concentration-change-without-bridge')).toHaveLength(1);
  });

  it('is not flagged at an implant or a revision that primes the system, nor where the revision states a bridge', () => {
    const revised = (fields: object) =>
      report('revision', 'B', at, {
        component: 'catheter',
        action: 'repaired',
        fill: fill(20),
        program: simple(100),
        ...fields,
      });
    expect(
      flagged(fold([implant, revised({ prime: { volumeMl: 0.4 } })]), 'concentration-change-without-bridge'),
    ).toEqual([]);
    const bridged = fold([implant, revised({ bridge: stated })]);
    expect(flagged(bridged, 'concentration-change-without-bridge', 'bridge-differs')).toEqual([]);
    expect(segmentsOf(bridged).map(({ role }) => role)).toEqual(['infusion', 'bridge', 'infusion']);
  });
});

/** 0.4 mL over 48 h: half of it, 0.2 mL, is cleared after a day. */
describe('a bridge that a stop cuts off', () => {
  const stop = report('pump-stop', 'S', '2024-04-02T10:00:00Z');
  const again = (fields = {}) => report('restart', 'R', '2024-04-03T10:00:00Z', { program: simple(100), ...fields });
  const doubts = (...events: Parameters<typeof fold>[0]) =>
    fold([implant, strong(stated), stop, ...events]).flags.filter(
      ({ problem }) => problem.code === 'concentration-change-without-bridge',
    );

  it('leaves old drug in the tubing, and a restart without a bridge says so', () => {
    const [doubt, ...others] = doubts(again());
    expect(others).toEqual([]);
    expect(doubt?.entry.source.reportEventId).toBe('R');
    // 0.2 mL at 0.05 mL/d.
    expect(JSON.parse(JSON.stringify(doubt?.forReviewers))).toEqual({
      programmedUgPerDay: 100,
      possibleUgPerDay: 25,
      ratio: 0.25,
      from: '2024-04-03T10:00:00Z',
      until: '2024-04-07T10:00:00Z',
    });
  });

  it('is nothing to say where the rest is bridged or the system is primed', () => {
    const rest = again({ bridge: { volumeMl: 0.2, durationHours: 24 } });
    expect(doubts(rest)).toEqual([]);
    expect(bridgeFlags(implant, strong(stated), stop, rest)).toEqual([]);
    expect(doubts(again({ prime: { volumeMl: 0.4 } }))).toEqual([]);
  });

  it('is said once', () => {
    const later = report('dose-change', 'D', '2024-04-20T10:00:00Z', { program: simple(110) });
    expect(doubts(again(), later)).toHaveLength(1);
  });
});
