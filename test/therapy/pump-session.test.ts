import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import { type Fields, fill, flagged, fold, report, segmentsOf, simple } from './reports.ts';

const begin = '2024-03-01T10:00:00Z';
const at = '2024-04-01T10:00:00Z';
const implant = report('implant', 'A', begin, { fill: fill(20), program: simple(200) });
const of = (type: string, fields: Fields = {}, when = at) => report(type, 'B', when, fields);
const reviewed = (...events: readonly CanonicalEvent[]) => {
  const flag = fold(events).flags.find(({ problem }) => problem.code === 'concentration-mismatch');
  return flag && [flag.forReviewers?.possibleUgPerDay, flag.forReviewers?.from?.toString()];
};
const lowest = { mode: 'minimum-rate' };

describe('a fill', () => {
  it('known by its month is not taken for one of the first day of that month', () => {
    const second = report('refill', 'C', '2024-06-01T10:00:00-04:00', { fill: fill(20) });
    const again = (when: string) =>
      flagged(fold([implant, of('refill', { fill: fill(20) }, when), second]), 'refill-repeated');
    expect(again('2024-06-01')).toEqual(['refill-repeated']);
    expect(again('2024-06')).toEqual([]);
    const january = report('refill', 'C', '2024-01-01T10:00:00-05:00', { fill: fill(20) });
    const old = report('refill', 'B', '2024', { fill: fill(20), sequence: 1 });
    expect(flagged(fold([old, january]), 'refill-repeated')).toEqual([]);
  });

  it('known by its month keeps its volume as the baseline, also after a prime', () => {
    const primed = report('implant', 'A', '2024-03', { fill: fill(18), prime: { volumeMl: 0.5 } });
    const read = of('interrogation', { residual: { measuredMl: 17 } });
    const { residual } = fold([primed, read]).sessions.at(-1) ?? {};
    expect(toNumber(residual?.volumeAtLastFillMl as never, 6)).toBe(18);
    expect(residual?.expectedMl).toBeUndefined();
  });

  it('of another concentration than programmed: the dose that might result is told where there is one', () => {
    const mixed = of('refill', { fill: fill(20, 500) });
    expect(reviewed(implant, mixed)).toEqual([50, undefined]);
    const stopped = report('pump-stop', 'S', '2024-03-20T10:00:00Z');
    expect(reviewed(implant, stopped, mixed)).toEqual([undefined, undefined]);
    const undosed = report('implant', 'A', begin, {
      fill: fill(20),
      program: { ...lowest, concentrationUgPerMl: 2000 },
    });
    expect(reviewed(undosed, mixed)).toEqual([undefined, undefined]);
    const unstated = report('implant', 'A', begin, {
      fill: fill(20),
      program: { mode: 'simple-continuous', doseUgPerDay: 200 },
    });
    expect(reviewed(unstated, mixed)).toBeUndefined();
  });

  it('of another concentration reaches the patient once it has passed the tubing, where the flow is even', () => {
    const catheter = { manufacturer: 'Medtronic', lotNumber: 'LOT-C1', volumeMl: 0.2 };
    const known = report('implant', 'A', begin, { catheter, fill: fill(20), program: simple(200) });
    // 0.3 mL of pump tubing and 0.2 mL of catheter at 0.1 mL a day are five days.
    expect(reviewed(known, of('refill', { fill: fill(20, 500) }))).toEqual([50, '2024-04-06T10:00:00Z']);
    const flexSteps = [
      { start: '00:00', end: '12:00', doseUg: 50 },
      { start: '12:00', end: '24:00', doseUg: 150 },
    ];
    const flex = { mode: 'flex', concentrationUgPerMl: 2000, doseUgPerDay: 200, flexSteps };
    const uneven = report('implant', 'A', begin, { catheter, fill: fill(20), program: flex });
    expect(reviewed(uneven, of('refill', { fill: fill(20, 500) }))).toEqual([50, undefined]);
  });

  it('forecasts nothing where the volume is not known, and the alarm at once where little was filled', () => {
    expect(fold([of('interrogation', { program: simple(200) })]).pumps[0]?.forecast).toBeUndefined();
    const little = report('implant', 'A', begin, { fill: fill(1), program: simple(200) });
    const { forecast } = fold([little]).sessions[0] ?? {};
    expect([forecast?.alarmAt?.toString(), forecast?.alarmDate?.toString()]).toEqual([begin, '2024-03-01']);
  });
});

describe('a concentration that changes', () => {
  it('behind a bridge is not told as one without', () => {
    const bridge = { volumeMl: 0.4, durationHours: 96 };
    const strong = of('refill', { fill: fill(20, 500), program: simple(200, 500), bridge });
    expect(flagged(fold([implant, strong]), 'concentration-change-without-bridge')).toEqual([]);
  });

  it('is none where no programme had been known', () => {
    const first = of('refill', { fill: fill(20), program: simple(100, 500) });
    expect(flagged(fold([first]), 'concentration-change-without-bridge', 'concentration-mismatch')).toEqual([
      'concentration-mismatch',
    ]);
  });
});

describe('a programme that is read', () => {
  it('where none was known runs from then on, and nothing is told', () => {
    const therapy = fold([of('interrogation', { program: simple(200) })]);
    expect(segmentsOf(therapy)).toEqual([{ role: 'infusion', doseUgPerDay: 200, start: at }]);
    expect(flagged(therapy, 'unreported-program-change')).toEqual([]);
  });

  it('unchanged does not set the clock of the pump', () => {
    const flexSteps = [
      { start: '00:00', end: '12:00', doseUg: 50 },
      { start: '12:00', end: '24:00', doseUg: 150 },
    ];
    const program = { mode: 'flex', concentrationUgPerMl: 2000, doseUgPerDay: 200, flexSteps };
    const winter = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(20), program });
    const offsetOf = (...events: readonly CanonicalEvent[]) =>
      fold(events).pumps[0]?.reservoir.schedule.map(({ flow }) => 'offsetMs' in flow && flow.offsetMs / 3_600_000);
    expect(offsetOf(winter, of('interrogation', { program }))).toEqual([-5]);
    expect(offsetOf(winter, of('refill', { program, fill: fill(20) }))).toEqual([-4]);
  });
});

describe('a dose', () => {
  it('that one of two programmes does not state has not changed by any percentage', () => {
    const changeTo = (program: object) =>
      fold([implant, of('dose-change', { program })]).sessions.at(-1)?.changePercent;
    expect(changeTo(simple(250))).toBe(25);
    expect(changeTo({ ...lowest, concentrationUgPerMl: 2000 })).toBeUndefined();
    expect(changeTo({ mode: 'stopped' })).toBeUndefined();
  });
});

describe('a bolus that only primes', () => {
  it('leaves the reservoir and is not given to the patient', () => {
    const therapy = fold(
      [implant, of('bolus', { bolus: { kind: 'priming', volumeMl: 0.3 } }, '2024-03-11T10:00:00Z')],
      at,
    );
    expect(therapy.boluses).toEqual([]);
    expect(therapy.primings.map(({ volumeMl }) => toNumber(volumeMl, 6))).toEqual([0.3]);
    expect(toNumber(therapy.pumps[0]?.reservoir.account.primedMl as never, 6)).toBe(0.3);
  });
});

describe('a constant-flow pump', () => {
  const pump = { manufacturer: 'Codman', serialNumber: 'C1', kind: 'constant-flow-pump', flowMlPerDay: 0.5 };
  const first = report('implant', 'A', begin, { pump, fill: fill(16, 400), program: simple(100, 400) });

  it('keeps the dose that was stated for it, while the concentration of its fills stays', () => {
    const same = of('refill', { pump, fill: fill(16, 400) });
    expect(segmentsOf(fold([first, same]))).toEqual([{ role: 'infusion', doseUgPerDay: 100, start: begin }]);
    const stopped = report('pump-stop', 'S', '2024-03-20T10:00:00Z', { pump });
    expect(segmentsOf(fold([first, stopped, same])).at(-1)).toEqual({ role: 'infusion', doseUgPerDay: 200, start: at });
  });

  it('of which neither flow nor dose is known has no dose after a fill', () => {
    const bare = { manufacturer: 'Codman', serialNumber: 'C1', kind: 'constant-flow-pump' };
    const dosesOf = (program: object) => {
      const begun = report('implant', 'A', begin, { pump: bare, fill: fill(16, 400), program });
      return segmentsOf(fold([begun, of('refill', { pump: bare, fill: fill(16, 500) })])).map(
        ({ doseUgPerDay }) => doseUgPerDay,
      );
    };
    expect(dosesOf({ ...lowest, concentrationUgPerMl: 400 })).toEqual([undefined]);
    expect(dosesOf({ mode: 'simple-continuous', doseUgPerDay: 100 })).toEqual([100]);
    expect(dosesOf(simple(200, 400))).toEqual([200, 250]);
  });
});
