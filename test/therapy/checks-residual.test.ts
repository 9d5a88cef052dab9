import { describe, expect, it } from 'vitest';
import { settings } from '../stories/story.ts';
import { type Fields, fill, pump, report, simple } from './reports.ts';
import { told } from './told.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(200) });

/** By calculation 9 mL are left. */
const refill = (residual: Fields, rest: Fields = {}) =>
  report('refill', 'B', '2024-05-30T11:00:00-04:00', { fill: fill(18), residual, ...rest });

const toldOf = (residual: Fields) => told([implant, refill(residual)]);

describe('a residual volume that cannot be', () => {
  const overFill =
    'B residual-implausible warning residual.measuredMl: the volume measured is larger than the last fill';
  const overPump =
    'B residual-implausible warning residual.measuredMl: the volume measured is larger than the reservoir';
  const more = 'B residual-discrepancy warning residual.measuredMl: more was left in the reservoir than calculated';

  it('is larger than the last fill by more than a syringe is off', () => {
    expect(toldOf({ measuredMl: 18.5 })).toEqual([more]);
    expect(toldOf({ measuredMl: 18.6 })).toEqual([more, overFill]);
  });

  it('is larger than the reservoir of the model', () => {
    expect(toldOf({ measuredMl: 40 })).toEqual([more, overFill]);
    expect(toldOf({ measuredMl: 40.1 })).toEqual([more, overPump]);
  });

  it('is larger than the reservoir on the label', () => {
    const label = { pump: { ...pump, model: undefined, reservoirMl: 20 } };
    const first = (measuredMl: number) => told([refill({ measuredMl }, label)]);
    expect(first(20)).toEqual([]);
    expect(first(20.1)).toEqual([overPump]);
  });

  it('is not judged where neither fill nor reservoir is known', () => {
    expect(told([refill({ measuredMl: 99 }, { pump: { ...pump, model: undefined } })])).toEqual([]);
  });
});

describe("the source's own comparison", () => {
  const wrongDifference =
    'B sender-arithmetic-differs warning residual.differenceMl: the difference stated is not measured less expected';
  const otherExpectation =
    'B reported-differs-from-calculated information residual.expectedMl: the source expected another residual volume than is calculated here';
  const bySource =
    'B residual-discrepancy warning residual.measuredMl: the volume measured and the volume that the source expected differ';

  it('is measured less expected, to a tenth of a millilitre', () => {
    const states = (differenceMl: number) => toldOf({ expectedMl: 9, measuredMl: 9.4, differenceMl });
    expect(states(0.5)).toEqual([]);
    expect(states(0.3)).toEqual([]);
    expect(states(0.51)).toEqual([wrongDifference]);
    expect(states(-0.4)).toEqual([wrongDifference]);
  });

  it('expects what is calculated here, within a millilitre', () => {
    const expects = (expectedMl: number) => toldOf({ expectedMl, measuredMl: 9 });
    expect(expects(10)).toEqual([]);
    expect(expects(8)).toEqual([]);
    expect(expects(10.1)).toEqual([otherExpectation]);
    expect(expects(7.9)).toEqual([otherExpectation]);
  });

  it('is compared without a measurement too', () => {
    expect(toldOf({ expectedMl: 9.5 })).toEqual([]);
    expect(toldOf({ expectedMl: 12 })).toEqual([otherExpectation]);
    expect(toldOf({ expectedMl: 12, measuredMl: null })).toEqual([otherExpectation]);
    expect(toldOf({ expectedMl: null, measuredMl: null })).toEqual([]);
  });

  it('tells of a difference where none can be calculated here', () => {
    const first = (measuredMl: number) => told([refill({ expectedMl: 5, measuredMl })]);
    expect(first(6)).toEqual([]);
    expect(first(6.1)).toEqual([bySource]);
    expect(first(3.9)).toEqual([bySource]);
    const unknownModel = { pump: { ...pump, model: undefined } };
    expect(told([refill({ expectedMl: 5, measuredMl: 6.1 }, unknownModel)])).toEqual([bySource]);
  });

  it('is not told beside a comparison of ours', () => {
    expect(toldOf({ expectedMl: 9.8, measuredMl: 8.5 })).toEqual([]);
  });

  it('is checked wherever a residual volume is stated', () => {
    const read = report('interrogation', 'B', '2024-05-30T11:00:00-04:00', {
      residual: { measuredMl: 9, expectedMl: 9, differenceMl: 3 },
    });
    expect(told([implant, read])).toEqual([wrongDifference]);
  });

  it('may be farther off where the site says so', () => {
    const checks = { ...settings.checks, expectedResidualMl: 2 };
    expect(told([implant, refill({ expectedMl: 11, measuredMl: 9 })], { checks })).toEqual([]);
  });
});
