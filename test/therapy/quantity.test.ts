import { describe, expect, it } from 'vitest';
import {
  add,
  after,
  divide,
  elapsed,
  flowOf,
  isMore,
  massOf,
  ml,
  quantity,
  ratio,
  smaller,
  subtract,
  timeToClear,
  toNumber,
  volumeOf,
} from '../../src/therapy/quantity.ts';

const dose = quantity<'ug/d'>(171 as never);
const concentration = quantity<'ug/mL'>(2000 as never);
const drug = quantity<'ug'>(50 as never);

describe('quantities', () => {
  it('compute without the errors of binary fractions', () => {
    expect(toNumber(add(ml(0.1), ml(0.2)), 20)).toBe(0.3);
    expect(toNumber(subtract(ml(18), ml(17.9)), 20)).toBe(0.1);
    expect(toNumber(massOf(ml(1.1), concentration), 20)).toBe(2200);
  });

  it('come to the flow, the volume and the time that a clinic would', () => {
    expect(toNumber(flowOf(dose, concentration), 9)).toBe(0.0855);
    expect(toNumber(volumeOf(drug, concentration), 9)).toBe(0.025);
    expect(toNumber(timeToClear(massOf(ml(0.436), quantity<'ug/mL'>(500 as never)), dose), 3)).toBe(1.275);
  });

  it('have no ratio to zero', () => expect(ratio(ml(1), ml(0))).toBeUndefined());

  it('say how often the whole fits and what is left', () => {
    const [count, rest] = divide(ml(1.25), ml(0.5));
    expect([count, toNumber(rest, 9)]).toEqual([2, 0.25]);
  });

  it('count elapsed time, not calendar days: the night in which clocks go forward has 23 hours', () => {
    const [from, to] = ['2024-03-10T00:00-05:00', '2024-03-11T00:00-04:00'].map((at) => Temporal.Instant.from(at));
    const time = elapsed(from as Temporal.Instant, to as Temporal.Instant);
    expect(toNumber(time, 6)).toBe(0.958333);
    expect(after(from as Temporal.Instant, time)).toEqual(to);
  });
});

/** What must not compile. `tsc` fails here as soon as one of these becomes possible. */
const meaningless = [
  // @ts-expect-error a dose is not a volume
  () => add(drug, ml(1)),
  // @ts-expect-error a daily dose is not a dose
  () => subtract(dose, drug),
  // @ts-expect-error a volume is not more or less than a mass
  () => isMore(ml(1), drug),
  // @ts-expect-error the smaller of a flow and a volume means nothing
  () => smaller(flowOf(dose, concentration), ml(1)),
  // @ts-expect-error flow is dose by concentration, not the other way round
  () => flowOf(concentration, dose),
  // @ts-expect-error a volume does not fit into a dose so many times
  () => divide(drug, ml(1)),
  // @ts-expect-error a bare number has no unit
  () => add(ml(1), 2),
  // @ts-expect-error a quantity is no number: it leaves only through toNumber
  () => ml(1) + ml(2),
];

it('of unlike units do not compile together', () => expect(meaningless.length).toBe(8));
