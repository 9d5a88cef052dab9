import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import type { PumpModel } from '../../src/therapy/settings.ts';
import { type Fields, fill, fold, report, segmentsOf } from './reports.ts';

/** A constant-flow pump: what is filled decides the dose. */
const label = { manufacturer: 'Codman', serialNumber: 'C1', kind: 'constant-flow-pump', flowMlPerDay: 0.5 };
const at = (type: string, id: string, when: string, fields: Fields = {}) =>
  report(type, id, when, { pump: label, ...fields });
const filled = (id: string, when: string, concentrationUgPerMl: number, fields: Fields = {}) =>
  at('refill', id, when, { fill: fill(16, concentrationUgPerMl), ...fields });

const volumeOf = (when: string, ...events: readonly CanonicalEvent[]) => {
  const volumeMl = fold(events, when).pumps[0]?.reservoir.volumeMl;
  return volumeMl && toNumber(volumeMl, 6);
};
const programOf = (...events: readonly CanonicalEvent[]) => fold(events).pumps[0]?.program;

const first = filled('A', '2024-01-01T10:00:00Z', 400);
const begun = { role: 'infusion', doseUgPerDay: 200, start: '2024-01-01T10:00:00Z' };

describe('a constant-flow pump', () => {
  it('gives its flow times the concentration filled, without any programme', () => {
    expect(segmentsOf(fold([first]))).toEqual([begun]);
    expect(programOf(first)).toEqual({
      mode: 'simple-continuous',
      concentrationUgPerMl: 400,
      doseUgPerDay: 200,
      rateMlPerDay: 0.5,
    });
    expect(volumeOf('2024-01-11T10:00:00Z', first)).toBe(11);
  });

  it('changes its dose with the concentration of a fill, and goes on where that stays', () => {
    const events = [first, filled('B', '2024-01-29T10:00:00Z', 440), filled('C', '2024-02-26T10:00:00Z', 440)];
    expect(segmentsOf(fold(events))).toEqual([
      { ...begun, end: '2024-01-29T10:00:00Z', endReason: 'programme-changed' },
      { role: 'infusion', doseUgPerDay: 220, start: '2024-01-29T10:00:00Z' },
    ]);
  });

  it('moves its own flow, whatever dose is stated for it', () => {
    const program = { mode: 'simple-continuous', concentrationUgPerMl: 400, doseUgPerDay: 100 };
    expect(volumeOf('2024-01-11T10:00:00Z', filled('A', '2024-01-01T10:00:00Z', 400, { program }))).toBe(11);
  });

  it('flows on where a stop is reported: it cannot be stopped; an explant ends it', () => {
    expect(volumeOf('2024-01-11T10:00:00Z', first, at('pump-stop', 'B', '2024-01-03T10:00:00Z'))).toBe(11);
    expect(volumeOf('2024-01-11T10:00:00Z', first, at('explant', 'B', '2024-01-03T10:00:00Z'))).toBe(15);
  });

  it('begins at its implant or at a revision with the fill', () => {
    const implant = at('implant', 'A', '2024-01-01T10:00:00Z', { fill: fill(16, 400) });
    const revision = at('revision', 'B', '2024-02-01T10:00:00Z', {
      component: 'pump',
      action: 'repaired',
      fill: fill(16, 500),
    });
    expect(segmentsOf(fold([implant, revision])).map(({ doseUgPerDay, start }) => [doseUgPerDay, start])).toEqual([
      [200, '2024-01-01T10:00:00Z'],
      [250, '2024-02-01T10:00:00Z'],
    ]);
  });

  it('is known by its model; what a label states stands before it', () => {
    const models: PumpModel[] = [
      { manufacturer: 'Codman', models: ['X-1'], family: 'X', kind: 'constant-flow-pump', flowMlPerDay: 1 },
    ];
    const ofModel = { manufacturer: 'Codman', model: 'X-1', serialNumber: 'C1' };
    const dose = (pump: object) => {
      const event = report('refill', 'A', '2024-01-01T10:00:00Z', { pump, fill: fill(16, 400) });
      return segmentsOf(fold([event], undefined, { models })).map(({ doseUgPerDay }) => doseUgPerDay);
    };
    expect(dose(ofModel)).toEqual([400]);
    expect(dose({ ...ofModel, flowMlPerDay: 0.25 })).toEqual([100]);
    expect(dose({ ...ofModel, kind: 'programmable-pump' })).toEqual([]);
  });

  it('is known to flow as its last programme said, where no label and no model says it', () => {
    const bare = { manufacturer: 'Codman', serialNumber: 'C1', kind: 'constant-flow-pump' };
    const doses = (program: object | undefined) =>
      segmentsOf(
        fold([
          report('refill', 'A', '2024-01-01T10:00:00Z', { pump: bare, fill: fill(16, 400), program }),
          report('refill', 'B', '2024-02-01T10:00:00Z', { pump: bare, fill: fill(16, 500) }),
        ]),
      ).map(({ doseUgPerDay }) => doseUgPerDay);
    const program = { mode: 'simple-continuous', concentrationUgPerMl: 400, doseUgPerDay: 200 };
    expect(doses(program)).toEqual([200, 250]);
    expect(doses({ ...program, rateMlPerDay: 0.6 })).toEqual([200, 300]);
    expect(doses(undefined)).toEqual([]);
  });

  it('is not a programmable pump: that keeps its programme whatever is filled', () => {
    const events = [
      report('implant', 'A', '2024-01-01T10:00:00Z', {
        fill: fill(16, 400),
        program: { mode: 'simple-continuous', concentrationUgPerMl: 400, doseUgPerDay: 200 },
      }),
      report('refill', 'B', '2024-02-01T10:00:00Z', { fill: fill(16, 500) }),
    ];
    expect(segmentsOf(fold(events))).toEqual([begun]);
  });
});
