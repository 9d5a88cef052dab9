import { describe, expect, it } from 'vitest';
import { type Fields, fill, pump, report, simple } from './reports.ts';
import { told } from './told.ts';

const at = '2024-04-01T10:00:00-04:00';
const implausible = (field: string) => `B value-implausible warning ${field}: the value is outside what is plausible`;
const about = (lines: readonly string[]) => lines.filter((line) => line.includes('value-implausible'));
const toldOf = (type: string, fields: Fields) => about(told([report(type, 'B', at, fields)]));

const change = (program: Fields, rest: Fields = {}) => toldOf('dose-change', { program, ...rest });
const catheter = (fields: Fields) => ({ catheter: { manufacturer: 'Medtronic', lotNumber: 'LOT-C', ...fields } });
const reported = (fields: Fields) => toldOf('interrogation', { reported: fields });

describe('a value', () => {
  it.each([
    ['program.doseUgPerDay', (value: number) => change(simple(value)), [10, 2000], [9.9, 2000.1]],
    [
      'previousProgram.doseUgPerDay',
      (value: number) => change(simple(200), { previousProgram: simple(value) }),
      ...[
        [10, 2000],
        [9.9, 2000.1],
      ],
    ],
    ['program.concentrationUgPerMl', (value: number) => change(simple(200, value)), [50, 4000], [49, 4001]],
    [
      'previousProgram.concentrationUgPerMl',
      (value: number) => change(simple(200), { previousProgram: simple(200, value) }),
      ...[
        [50, 4000],
        [49, 4001],
      ],
    ],
    [
      'fill.concentrationUgPerMl',
      (value: number) => toldOf('refill', { fill: fill(18, value) }),
      [50, 4000],
      [49, 4001],
    ],
    [
      'program.rateMlPerDay',
      (value: number) => change({ ...simple(200), rateMlPerDay: value }),
      ...[
        [0.006, 24],
        [0.005, 24.1],
      ],
    ],
    [
      'previousProgram.rateMlPerDay',
      (value: number) => change(simple(200), { previousProgram: { ...simple(200), rateMlPerDay: value } }),
      ...[
        [0.006, 24],
        [0.005, 24.1],
      ],
    ],
    [
      'catheter.implantedLengthCm',
      (value: number) => toldOf('implant', catheter({ implantedLengthCm: value })),
      ...[
        [20, 110],
        [19, 111],
      ],
    ],
    [
      'catheter.volumeMl',
      (value: number) => toldOf('implant', catheter({ volumeMl: value })),
      [0.05, 0.4],
      [0.04, 0.41],
    ],
    [
      'pump.tubingMl',
      (value: number) => toldOf('implant', { pump: { ...pump, tubingMl: value } }),
      ...[
        [0.05, 0.4],
        [0.04, 0.41],
      ],
    ],
    [
      'reported.lowReservoirAlarmMl',
      (value: number) => reported({ lowReservoirAlarmMl: value }),
      ...[
        [0.5, 5],
        [0.4, 5.1],
      ],
    ],
    ['reported.refillIntervalDays', (value: number) => reported({ refillIntervalDays: value }), [7, 400], [6, 401]],
    ['reported.monthsToEri', (value: number) => reported({ monthsToEri: value }), [0, 96], [97]],
    [
      'pump.reservoirMl',
      (value: number) => toldOf('implant', { pump: { ...pump, model: 'unknown', reservoirMl: value } }),
      ...[
        [10, 16, 18, 20, 30, 35, 40, 50, 60],
        [19, 400],
      ],
    ],
  ] as [string, (value: number) => string[], number[], number[]][])(
    '%s outside what is plausible is told, and kept',
    (field, found, plausible, not) => {
      for (const value of plausible) expect(found(value)).toEqual([]);
      for (const value of not) expect(found(value)).toEqual([implausible(field)]);
    },
  );

  it('outside what is plausible stays in the therapy', () => {
    const events = [report('dose-change', 'B', at, { program: simple(5000) })];
    expect(about(told(events))).toEqual([implausible('program.doseUgPerDay')]);
  });

  it('is not judged where the site switched that off', () => {
    expect(about(told([report('dose-change', 'B', at, { program: simple(5000) })], { plausible: [] }))).toEqual([]);
  });
});
