import { describe, expect, it } from 'vitest';
import { advance, type Reservoir } from '../../src/therapy/reservoir.ts';
import { reservoirOfText, reservoirText } from '../../src/therapy/reservoir-text.ts';
import { fill, fold, report, simple } from './reports.ts';

const at = '2024-06-01T00:00:00Z';

const reservoirOf = (program: object | undefined, fields: object = { fill: fill(18) }): Reservoir => {
  const implant = report('implant', 'A', '2024-05-01T10:00:00-04:00', { ...(program && { program }), ...fields });
  return fold([implant], at).pumps[0]?.reservoir as Reservoir;
};

const flex = {
  mode: 'flex',
  concentrationUgPerMl: 2000,
  doseUgPerDay: 70,
  flexSteps: [
    { start: '00:00', end: '06:00', doseUg: 10 },
    { start: '06:00', end: '00:00', doseUg: 60 },
  ],
};

/** As it is kept: through JSON. */
const kept = (reservoir: Reservoir) => JSON.parse(JSON.stringify(reservoirText(reservoir)));

describe('a reservoir that is kept as text', () => {
  it('is written with all its digits', () => {
    expect(reservoirText(reservoirOf(simple(100, 1500)))).toEqual({
      at: '2024-06-01T00:00:00Z',
      volumeMl: '15.972222222222222222',
      schedule: [{ from: '2024-05-01T14:00:00Z', flow: { kind: 'constant', rate: '0.066666666666666666667' } }],
    });
  });

  it('writes a pattern as its steps and the clock of the pump', () => {
    expect(reservoirText(reservoirOf(flex)).schedule).toEqual([
      {
        from: '2024-05-01T14:00:00Z',
        flow: {
          kind: 'pattern',
          days: [
            [
              [0, 360, '0.02'],
              [360, 1080, '0.04'],
            ],
          ],
          offsetMs: -14_400_000,
        },
      },
    ]);
  });

  it('writes what is not known as not known, and what stands still as that', () => {
    expect(reservoirText(reservoirOf(undefined, {}))).toMatchObject({
      volumeMl: null,
      schedule: [{ flow: { kind: 'unknown' } }],
    });
    expect(reservoirText(reservoirOf({ mode: 'stopped' })).schedule).toMatchObject([{ flow: { kind: 'none' } }]);
  });

  it.each([
    ['a constant programme', simple(100, 1500)],
    ['a pattern', flex],
    ['a stopped pump', { mode: 'stopped' }],
    ['no programme', undefined],
  ])('with %s is brought to a later instant as the one that was written', (_, program) => {
    const reservoir = reservoirOf(program);
    const later = Temporal.Instant.from('2024-06-20T17:23:45Z');
    const { volumeMl, schedule, at: reached } = advance(reservoirOfText(kept(reservoir)), later);
    const expected = advance(reservoir, later);
    expect([volumeMl, schedule, reached.toString()]).toEqual([
      expected.volumeMl,
      expected.schedule,
      expected.at.toString(),
    ]);
  });

  it('keeps a bridge and what follows it', () => {
    const change = report('dose-change', 'B', '2024-05-31T10:00:00-04:00', {
      program: simple(100, 500),
      bridge: { volumeMl: 0.4, durationHours: 48 },
    });
    const implant = report('implant', 'A', '2024-05-01T10:00:00-04:00', { fill: fill(18), program: simple(100) });
    const reservoir = fold([implant, change], at).pumps[0]?.reservoir as Reservoir;
    const later = Temporal.Instant.from('2024-06-05T00:00:00Z');
    expect(reservoirText(reservoir).schedule).toEqual([
      { from: '2024-05-31T14:00:00Z', flow: { kind: 'constant', rate: '0.2' } },
      { from: '2024-06-02T14:00:00Z', flow: { kind: 'constant', rate: '0.2' } },
    ]);
    expect(advance(reservoirOfText(kept(reservoir)), later).volumeMl).toEqual(advance(reservoir, later).volumeMl);
  });

  it('counts anew where the volume goes', () => {
    const { account } = advance(
      reservoirOfText(kept(reservoirOf(simple(100)))),
      Temporal.Instant.from('2024-06-03T00:00:00Z'),
    );
    expect(JSON.parse(JSON.stringify(account))).toEqual({
      ...{ filledMl: '0', deliveredMl: '0.1', bolusedMl: '0', primedMl: '0', removedMl: '0' },
    });
  });
});
