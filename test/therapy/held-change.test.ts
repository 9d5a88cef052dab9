import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import { type Fields, fill, fold, report, segmentsOf, simple } from './reports.ts';

const other = { manufacturer: 'Medtronic', serialNumber: 'NGP710002H' };
const begin = '2024-03-01T10:00:00Z';
const first = report('implant', 'A', begin, { fill: fill(20), program: simple(200) });
const second = report('implant', 'B', begin, { pump: other, fill: fill(20), program: simple(100) });
const at = '2024-03-11T10:00:00Z';
const nameless = (type: string, fields: Fields = {}) => report(type, 'H', at, { pump: undefined, ...fields });

/** Of each pump: when its segment ended and why, and what is left by calculation. */
function pumpsAfter(held: CanonicalEvent, ...more: readonly CanonicalEvent[]) {
  const therapy = fold([first, second, held, ...more], '2024-03-11T10:00:00Z');
  return therapy.pumps.map(({ life, reservoir, program }) => ({
    ended: segmentsOf({ ...therapy, segments: therapy.segments.filter(({ pumpKey }) => pumpKey === life.key) }).at(-1)
      ?.endReason,
    program: program?.mode,
    volumeMl: reservoir.volumeMl && toNumber(reservoir.volumeMl, 6),
  }));
}

const unknown = (volumeMl: number) => ({ ended: 'programme-unknown', program: undefined, volumeMl });
const goesOn = (volumeMl: number | undefined) => ({ ended: undefined, program: 'simple-continuous', volumeMl });

describe('a report that is held because it could mean either of two pumps', () => {
  it.each([
    ['a dose change', nameless('dose-change', { program: simple(300) })],
    ['a restart', nameless('restart', { program: simple(200) })],
    ['a stop', nameless('pump-stop')],
    ['an explant', nameless('explant')],
    ['a refill with a programme', nameless('refill', { fill: fill(20), program: simple(300) })],
    ['a programme read that neither was known to run', nameless('interrogation', { program: simple(300) })],
    ['a bridge', nameless('bolus', { bolus: { kind: 'bridge', volumeMl: 0.4, durationHours: 10 } })],
    ['a pump replaced', nameless('revision', { component: 'pump', action: 'replaced' })],
    ['an implant that names nothing', nameless('implant', { program: simple(100) })],
  ])('leaves the programme of both unknown from its time on: %s', (_, held) => {
    expect(pumpsAfter(held)).toEqual([unknown(19), unknown(19.5)]);
    const later = fold([first, second, held], '2024-03-12T10:00:00Z');
    expect(later.pumps.map(({ reservoir }) => reservoir.volumeMl)).toEqual([undefined, undefined]);
    expect(later.held.map(({ problem: { code, place } }) => [code, place])).toEqual([
      ['pump-unknown', { field: 'pump', eventId: 'H' }],
    ]);
  });

  it.each([
    ['a refill', nameless('refill', { fill: fill(20) })],
    ['an emptied reservoir', nameless('reservoir-emptied')],
    ['a bolus', nameless('bolus', { bolus: { kind: 'single', doseUg: 20, durationMinutes: 5 } })],
    [
      'a repair with a prime',
      nameless('revision', { component: 'pump', action: 'repaired', prime: { volumeMl: 0.2 } }),
    ],
  ])('leaves the volume of both unknown, and both run on: %s', (_, held) => {
    expect(pumpsAfter(held)).toEqual([goesOn(undefined), goesOn(undefined)]);
  });

  it.each([
    ['a catheter removed', nameless('explant', { removed: ['catheter'] })],
    ['a pump read without its programme', nameless('interrogation', { reported: { monthsToEri: 12 } })],
    ['an alarm that says nothing of delivery', nameless('alarm', { code: 'low-reservoir' })],
  ])('changes nothing that could not change by it: %s', (_, held) => {
    expect(pumpsAfter(held)).toEqual([goesOn(19), goesOn(19.5)]);
  });

  it('leaves no doubt about the pump that runs what was read', () => {
    expect(pumpsAfter(nameless('interrogation', { program: simple(100) }))).toEqual([unknown(19), goesOn(19.5)]);
  });

  it('leaves no doubt once a programme is reported for a pump', () => {
    const told = report('dose-change', 'P', at, { program: simple(250), sequence: 1 });
    expect(pumpsAfter(nameless('pump-stop'), told)).toEqual([goesOn(19), unknown(19.5)]);
  });

  it('does not touch a pump that was explanted before', () => {
    const gone = report('explant', 'X', '2024-03-06T10:00:00Z', { pump: other });
    const third = report('implant', 'C', '2024-03-06T11:00:00Z', {
      pump: { ...other, serialNumber: 'NGP710003H' },
      program: simple(50),
    });
    expect(pumpsAfter(nameless('pump-stop'), gone, third).map(({ ended }) => ended)).toEqual([
      'programme-unknown',
      'pump-explanted',
      'programme-unknown',
    ]);
  });
});

describe('a report that is held because it lies in the future of its receipt', () => {
  const future = (type: string, fields: Fields) => report(type, 'H', '2027-01-01T00:00:00Z', fields);
  const change = future('dose-change', { program: simple(300) });

  it('ends what is known of the programme at its own time, which is when the therapy next changes', () => {
    const before = fold([first, change]);
    expect(segmentsOf(before)).toEqual([{ role: 'infusion', doseUgPerDay: 200, start: begin }]);
    expect(before.nextChangeAt?.toString()).toBe('2027-01-01T00:00:00Z');
    const then = fold([first, change], '2027-01-01T00:00:00Z');
    expect(segmentsOf(then)).toEqual([
      {
        role: 'infusion',
        doseUgPerDay: 200,
        start: begin,
        end: '2027-01-01T00:00:00Z',
        endReason: 'programme-unknown',
      },
    ]);
    expect(then.held.map(({ problem }) => problem.code)).toEqual(['event-in-future']);
    expect(then.sessions).toHaveLength(1);
  });

  it('is felt only by the pump that it names', () => {
    const therapy = fold([first, second, change], '2027-01-02T00:00:00Z');
    expect(therapy.segments.map(({ endReason }) => endReason)).toEqual(['programme-unknown', undefined]);
  });

  it('is not felt where it says nothing of the programme', () => {
    const therapy = fold([first, future('refill', { fill: fill(20) })], '2027-01-02T00:00:00Z');
    expect(therapy.segments.map(({ endReason }) => endReason)).toEqual([undefined]);
    expect(therapy.entries).toHaveLength(1);
  });
});
