import { describe, expect, it } from 'vitest';
import { isImplanted } from '../../src/therapy/device-life.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import { type Fields, fill, flagged, fold, report, simple } from './reports.ts';

const begin = '2024-03-01T10:00:00Z';
const at = '2024-06-01T10:00:00Z';
const numbered = (n: number) => ({ manufacturer: 'Medtronic', serialNumber: `NGP71000${n}H` });
const keyOf = (n: number) => `pump|MEDTRONIC|NGP71000${n}H`;
const lot = (lotNumber: string) => ({ manufacturer: 'Medtronic', lotNumber });
const implantOf = (n: number, when: string, fields: Fields = {}) =>
  report('implant', `I${n}`, when, { pump: numbered(n), ...fields });
const volumeOf = (therapy: ReturnType<typeof fold>) => {
  const volumeMl = therapy.pumps[0]?.reservoir.volumeMl;
  return volumeMl && toNumber(volumeMl, 6);
};

describe('a pump that is named before its implant is reported', () => {
  const filled = report('refill', 'R', '2024-02-01T10:00:00Z', { fill: fill(18), program: simple(200) });

  it('keeps what was filled into it', () => {
    expect(volumeOf(fold([filled, report('implant', 'A', begin, { program: simple(100) })], begin))).toBe(15.1);
  });

  it('compares the next residual with the fill, not with what a prime alone left', () => {
    const primed = report('implant', 'A', begin, { prime: { volumeMl: 0.5 } });
    const read = report('interrogation', 'B', at, { residual: { measuredMl: 17.5 } });
    const { residual } = fold([filled, primed, read]).sessions.at(-1) ?? {};
    expect(toNumber(residual?.volumeAtLastFillMl as never, 6)).toBe(18);
  });
});

describe('a bridge that is reported without the programme that follows it', () => {
  const bridge = { volumeMl: 0.4, durationHours: 48 };
  const alone = { code: 'program-incomplete', message: 'a bridge was reported without the programme that follows it' };
  const flagsOf = (...events: Parameters<typeof fold>[0]) =>
    fold(events).flags.map(({ problem: { code, message } }) => ({ code, message }));

  it('is told of an implant, a refill and a revision', () => {
    expect(flagsOf(implantOf(1, begin, { bridge }))).toContainEqual(alone);
    expect(flagsOf(implantOf(1, begin))).not.toContainEqual(alone);
    const refill = (fields: Fields) => report('refill', 'R', at, { pump: numbered(1), fill: fill(18), ...fields });
    expect(flagsOf(refill({ bridge }))).toContainEqual(alone);
    expect(flagsOf(refill({}))).not.toContainEqual(alone);
    const revision = { pump: numbered(1), component: 'pump', action: 'repositioned' };
    const first = implantOf(1, begin, { fill: fill(18), program: simple(200) });
    expect(flagsOf(first, report('revision', 'B', at, { ...revision, bridge }))).toContainEqual(alone);
    expect(flagsOf(first, report('revision', 'B', at, revision))).not.toContainEqual(alone);
    expect(flagsOf(first)).not.toContainEqual(alone);
  });
});

describe('a catheter that is removed', () => {
  it('is that of the pump which the report names, where its label fits several', () => {
    const first = implantOf(1, begin, { catheter: lot('LOT-1') });
    const second = implantOf(2, begin, { catheter: lot('LOT-2') });
    const removed = report('explant', 'X', at, {
      pump: numbered(2),
      removed: ['catheter'],
      catheter: { manufacturer: 'Medtronic' },
    });
    const { catheters } = fold([first, second, removed]);
    expect(catheters.map(({ label, explanted }) => [label.lotNumber, explanted?.text])).toEqual([
      ['LOT-1', undefined],
      ['LOT-2', at],
    ]);
  });

  it('and is implanted again after it had been left in the body, is in use', () => {
    const named = { manufacturer: 'Medtronic', serialNumber: 'CAT1' };
    const left = report('explant', 'X', at, { pump: numbered(1), catheterAbandoned: true });
    const next = implantOf(2, '2024-07-01T10:00:00Z', { catheter: named });
    const of = (...events: Parameters<typeof fold>[0]) => fold(events).catheters.map(isImplanted);
    const first = implantOf(1, begin, { catheter: named });
    expect(of(first)).toEqual([true]);
    expect(of(first, left)).toEqual([false]);
    expect(of(first, left, next)).toEqual([true]);
  });
});

describe('a catheter that is kept', () => {
  it('is known by the explant of the pump alone, where that is the first to name it', () => {
    const removed = report('explant', 'X', at, { pump: numbered(1), removed: ['pump'], catheter: lot('LOT-1') });
    const { catheters } = fold([implantOf(1, begin), removed]);
    expect(catheters.map(({ label, explanted }) => [label.lotNumber, explanted])).toEqual([['LOT-1', undefined]]);
  });

  it('is not taken for that of a new pump where nobody says that it was kept', () => {
    const loose = report('implant', 'Z', begin, { pump: undefined, catheter: lot('LOT-1') });
    expect(fold([loose, implantOf(2, at)]).catheters.map(({ pumpKey }) => pumpKey)).toEqual([undefined]);
    const kept = implantOf(2, at, { catheterKept: true });
    expect(fold([loose, kept]).catheters.map(({ pumpKey }) => pumpKey)).toEqual([keyOf(2)]);
  });

  it('is that of the pump removed, where another system is implanted beside it', () => {
    const events = [
      implantOf(1, begin, { catheter: lot('LOT-1') }),
      implantOf(2, begin, { catheter: lot('LOT-2') }),
      report('explant', 'X', '2024-05-31T10:00:00Z', { pump: numbered(1) }),
      implantOf(3, at, { catheterKept: true }),
    ];
    const therapy = fold(events);
    expect(therapy.catheters.map(({ pumpKey }) => pumpKey)).toEqual([keyOf(3), keyOf(2)]);
    expect(therapy.catheters.map(({ implanted }) => implanted?.text)).toEqual([begin, begin]);
  });

  it('is the only one implanted where the pump before it was not reported as removed', () => {
    const events = [
      implantOf(1, begin, { catheter: lot('LOT-0') }),
      report('explant', 'X', '2024-04-01T10:00:00Z', { pump: numbered(1), removed: ['catheter'] }),
      report('revision', 'R', '2024-04-02T10:00:00Z', {
        pump: numbered(1),
        component: 'catheter',
        action: 'replaced',
        catheter: lot('LOT-1'),
      }),
      implantOf(2, at, { catheterKept: true }),
    ];
    const therapy = fold(events);
    expect(therapy.catheters.map(({ label, pumpKey }) => [label.lotNumber, pumpKey])).toEqual([
      ['LOT-0', keyOf(1)],
      ['LOT-1', keyOf(2)],
    ]);
    expect(flagged(therapy, 'order-incomplete')).toEqual(['order-incomplete']);
  });

  it('is not guessed between that of the pump itself, implanted again, and another', () => {
    const events = [
      implantOf(1, begin, { catheter: lot('LOT-1') }),
      report('implant', 'Z', begin, { pump: undefined, catheter: lot('LOT-2') }),
      report('implant', 'J', at, { pump: numbered(1), catheterKept: true }),
    ];
    const therapy = fold(events);
    expect(therapy.catheters.map(({ pumpKey }) => pumpKey)).toEqual([keyOf(1), undefined]);
    expect(therapy.flags.map(({ problem: { code, message } }) => [code, message])).toContainEqual([
      'order-incomplete',
      'several catheters are implanted, and which one was kept is not said',
    ]);
  });
});

describe('a revision', () => {
  const implant = report('implant', 'A', begin, { catheter: lot('LOT-1'), fill: fill(20), program: simple(200) });
  const revised = (component: string, action: string, fields: Fields = {}) =>
    report('revision', 'B', at, { component, action, ...fields });

  it.each([
    ['catheter', 'repaired'],
    ['catheter', 'replaced'],
    ['pump', 'repositioned'],
  ])('of the %s, %s, leaves the pump implanted when it was', (component, action) => {
    const therapy = fold([implant, revised(component, action)]);
    expect(therapy.pumps.map(({ life }) => [life.implanted?.text, life.explanted])).toEqual([[begin, undefined]]);
  });

  it('without a residual compares none; with one, what was calculated until then', () => {
    const residualOf = (fields: Fields) =>
      fold([implant, revised('catheter', 'repaired', fields)]).sessions.at(-1)?.residual;
    expect(residualOf({})).toBeUndefined();
    expect(residualOf({ residual: { measuredMl: 11 } })?.grade).toBeDefined();
    const filled = residualOf({ residual: { measuredMl: 11 }, fill: fill(20) });
    expect(toNumber(filled?.volumeAtLastFillMl as never, 6)).toBe(20);
    expect(toNumber(filled?.expectedMl as never, 6)).toBe(10.8);
  });

  it('with a prime alone does not move the baseline of the next residual', () => {
    const read = report('interrogation', 'C', at, { residual: { measuredMl: 10 } });
    const primed = revised('catheter', 'repaired', { prime: { volumeMl: 0.5 } });
    const { residual } = fold([implant, primed, read]).sessions.at(-1) ?? {};
    expect(toNumber(residual?.volumeAtLastFillMl as never, 6)).toBe(20);
  });

  it('that fills another concentration than is programmed is flagged', () => {
    const filled = revised('catheter', 'repaired', { fill: fill(20, 500) });
    expect(flagged(fold([implant, filled]), 'concentration-mismatch')).toEqual(['concentration-mismatch']);
    const same = revised('catheter', 'repaired', { fill: fill(20) });
    expect(flagged(fold([implant, same]), 'concentration-mismatch')).toEqual([]);
  });

  it('that replaces the catheter of a lot names which one was removed', () => {
    const second = report('implant', 'Z', begin, { pump: undefined, catheter: lot('LOT-2') });
    const replaced = revised('catheter', 'replaced', { removedCatheter: lot('LOT-2'), catheter: lot('LOT-3') });
    const therapy = fold([implant, second, replaced]);
    expect(
      therapy.catheters.map(({ label, explanted, pumpKey }) => [label.lotNumber, explanted?.text, pumpKey]),
    ).toEqual([
      ['LOT-1', undefined, 'pump|MEDTRONIC|NGP710001H'],
      ['LOT-2', at, undefined],
      ['LOT-3', undefined, 'pump|MEDTRONIC|NGP710001H'],
    ]);
  });
});
