import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isBelowAge } from '../../src/therapy/baseline.ts';
import type { TitrationLimits } from '../../src/therapy/settings.ts';
import { readTitrationLimits } from '../../src/titration-limits.ts';
import { storiesDir } from '../stories/story.ts';
import { type Fields, fill, report, simple } from './reports.ts';
import { told } from './told.ts';

const published = readTitrationLimits(join(storiesDir, '../../mappings/titration.json'));

const about = (events: Parameters<typeof told>[0], titration: TitrationLimits | undefined = published) =>
  told(events, { ...(titration && { titration }), plausible: [] }).filter(
    (line) => !line.includes('flow-outside-model'),
  );

const baseline = (fields: Fields, occurredAt = '2024-02') => report('baseline', 'P', occurredAt, fields);
const implant = (doseUgPerDay = 200) =>
  report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(doseUgPerDay) });
const change = (doseUgPerDay: number, rest: Fields = {}, occurredAt = '2024-04-01T10:00:00-04:00', eventId = 'B') =>
  report('dose-change', eventId, occurredAt, { program: simple(doseUgPerDay), ...rest });
const refill = (doseUgPerDay: number) =>
  report('refill', 'B', '2024-04-01T10:00:00-04:00', { fill: fill(18), program: simple(doseUgPerDay) });

const line = (words: string, eventId = 'B') =>
  `${eventId} dose-change-beyond-limits warning program.doseUgPerDay: the dose was ${words}`;
const raised = line('raised by more than the limits name');
const lowered = line('lowered by more than the limits name');

describe('a change of dose', () => {
  it('is judged by nobody until the site names its limits', () => {
    expect(told([implant(), change(1900)])).toEqual([]);
  });

  it.each([
    ['spinal', 280, 282],
    ['cerebral', 240, 242],
  ])('at %s origin is limited at refills, and where no phase is stated', (origin, allowed, beyond) => {
    expect(about([baseline({ origin }), implant(), change(allowed)])).toEqual([]);
    expect(about([baseline({ origin }), implant(), refill(allowed)])).toEqual([]);
    expect(about([baseline({ origin }), implant(), change(beyond)])).toEqual([raised]);
    expect(about([baseline({ origin }), implant(), refill(beyond)])).toEqual([raised]);
    expect(about([baseline({ origin }), implant(), refill(160)])).toEqual([]);
    expect(about([baseline({ origin }), implant(), refill(158)])).toEqual([lowered]);
  });

  it.each([
    ['spinal', 260, 262],
    ['cerebral', 230, 232],
  ])(
    'at %s origin is limited more while the dose is being found, and then may be lowered',
    (origin, allowed, beyond) => {
      const phase = { phase: 'titration' };
      expect(about([baseline({ origin }), implant(), change(allowed, phase)])).toEqual([]);
      expect(about([baseline({ origin }), implant(), change(beyond, phase)])).toEqual([raised]);
      expect(about([baseline({ origin }), implant(), change(100, phase)])).toEqual([]);
    },
  );

  it('of unknown origin is told only beyond the limits for every origin', () => {
    expect(about([implant(), change(270)])).toEqual([]);
    expect(about([implant(), change(282)])).toEqual([raised]);
  });

  it('in a child is limited as at cerebral origin, whatever the origin', () => {
    const child = (birthDate: string) => baseline({ origin: 'spinal', birthDate });
    expect(about([child('2006-04-02'), implant(), change(270)])).toEqual([raised]);
    expect(about([child('2006-04-01'), implant(), change(270)])).toEqual([]);
  });

  it('is limited by what was last reported of the patient, though it was reported later', () => {
    const later = report('baseline', 'Q', '2024-08', { origin: 'cerebral' });
    expect(about([baseline({ origin: 'spinal', birthDate: '1980' }), implant(), change(270), later])).toEqual([raised]);
  });

  it('above the upper limit is told where the dose was raised', () => {
    const above = line('raised above the upper limit');
    expect(about([implant(900), change(1000)])).toEqual([]);
    expect(about([implant(900), change(1001)])).toEqual([above]);
    expect(about([implant(1300), change(1200)])).toEqual([]);
  });

  it('that raises the dose waits 24 h after the implant', () => {
    const soon = line('raised in the first hours after the implant');
    expect(about([implant(), change(210, {}, '2024-03-02T09:59:59-05:00')])).toEqual([soon]);
    expect(about([implant(), change(210, {}, '2024-03-02T10:00:00-05:00')])).toEqual([]);
    expect(about([implant(), change(190, {}, '2024-03-01T12:00:00-05:00')])).toEqual([]);
  });

  it('that raises the dose waits 24 h after the increase before', () => {
    const twice = line('raised twice within the time that the limits name', 'C');
    const first = change(220);
    expect(about([implant(), first, change(240, {}, '2024-04-02T09:59:59-04:00', 'C')])).toEqual([twice]);
    expect(about([implant(), first, change(240, {}, '2024-04-02T10:00:00-04:00', 'C')])).toEqual([]);
    expect(about([implant(), change(180), change(190, {}, '2024-04-01T12:00:00-04:00', 'C')])).toEqual([]);
    expect(
      about([implant(), change(220, {}, '2024-04-01'), change(240, {}, '2024-04-01T12:00:00-04:00', 'C')]),
    ).toEqual([]);
  });

  it('that raises the dose is not judged by an increase of another pump', () => {
    const other = { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP720002H' };
    const second = report('implant', 'X', '2024-03-02T10:00:00-05:00', { pump: other, program: simple(200) });
    const elsewhere = change(220, { pump: other }, '2024-04-01T08:00:00-04:00', 'Y');
    expect(about([implant(), second, elsewhere, change(220)])).not.toContain(
      line('raised twice within the time that the limits name'),
    );
  });

  it('that raises the dose of a pump whose implant nobody reported is judged without it', () => {
    const first = change(200, {}, '2024-03-01T10:00:00-05:00', 'A');
    expect(about([first, change(282)])).toEqual([raised]);
    expect(about([first, change(220)])).toEqual([]);
  });

  it('at a fill of a reservoir of which nothing was known is judged', () => {
    const first = change(200, {}, '2024-03-01T10:00:00-05:00', 'A');
    expect(about([first, refill(282)])).toEqual([raised]);
  });

  it('that raises the dose waits for no session at which the dose stayed', () => {
    expect(about([implant(), change(200), change(220, {}, '2024-04-01T12:00:00-04:00', 'C')])).toEqual([]);
  });

  it('is not judged as a first programme, a restart, a taper or in an emergency', () => {
    expect(about([change(900)])).toEqual([]);
    expect(about([change(900, { phase: 'maintenance' })])).toEqual([]);
    expect(about([implant(), change(50, { phase: 'taper' })])).toEqual([]);
    expect(about([implant(), change(20, { phase: 'emergency' })])).toEqual([]);
    expect(about([implant(), report('restart', 'B', '2024-04-01T10:00:00-04:00', { program: simple(50) })])).toEqual(
      [],
    );
    const stopped = report('pump-stop', 'S', '2024-03-31T10:00:00-04:00');
    expect(about([implant(), stopped, change(900)])).toEqual([]);
  });

  it('that undoes the one before, within 24 h, is not judged', () => {
    const wrong = change(800);
    expect(about([implant(), wrong, change(200, {}, '2024-04-02T09:59:59-04:00', 'C')])).toEqual([raised]);
    expect(about([implant(), wrong, change(200, {}, '2024-04-02T10:00:00-04:00', 'C')])).toEqual([
      raised,
      line('lowered by more than the limits name', 'C'),
    ]);
    expect(about([implant(), wrong, change(210, {}, '2024-04-01T11:00:00-04:00', 'C')])).toEqual([
      raised,
      line('lowered by more than the limits name', 'C'),
    ]);
  });

  it('undoes the last change, though the pump was read between', () => {
    const read = report('interrogation', 'R', '2024-04-01T10:30:00-04:00');
    const back = change(200, {}, '2024-04-01T11:00:00-04:00', 'C');
    expect(about([implant(), change(800), read, back])).toEqual([raised]);
  });

  it('undoes the last change, though an alarm made delivery uncertain between', () => {
    const reset = report('alarm', 'R', '2024-04-01T10:30:00-04:00', { code: 'low-battery-reset' });
    const back = change(200, {}, '2024-04-01T11:00:00-04:00', 'C');
    expect(about([implant(), change(800), reset, back])).toEqual([raised]);
  });

  it('after the fill of a reservoir that had run out by calculation is a restart', () => {
    // 18 mL at 0.1 mL/d are gone after 180 d.
    const late = report('refill', 'R', '2024-09-15T10:00:00-04:00', { fill: fill(18), program: simple(200) });
    expect(about([implant(), late, change(100, {}, '2024-09-15T10:20:00-04:00')])).toEqual([]);
    expect(about([implant(), late, change(100, {}, '2024-09-17T10:20:00-04:00')])).toEqual([lowered]);
    const reprogrammed = report('refill', 'B', '2024-09-15T10:00:00-04:00', { fill: fill(18), program: simple(100) });
    expect(about([implant(), reprogrammed])).toEqual([]);
    const inTime = report('refill', 'R', '2024-08-15T10:00:00-04:00', { fill: fill(18), program: simple(200) });
    expect(about([implant(), inTime, change(100, {}, '2024-08-15T10:20:00-04:00')])).toEqual([lowered]);
  });

  it("is judged by the site's own limits", () => {
    const own = { ...published, spinal: { titration: {}, periodic: { increasePercent: 5 } } };
    expect(about([baseline({ origin: 'spinal' }), implant(), change(211)], own)).toEqual([raised]);
    expect(about([baseline({ origin: 'spinal' }), implant(), change(20)], own)).toEqual([]);
    expect(about([baseline({ origin: 'spinal' }), implant(1500), change(1510)], own)).toEqual([]);
  });
});

describe('a maintenance dose', () => {
  const outside =
    'B dose-outside-usual-range information program.doseUgPerDay: the maintenance dose is outside the usual range';
  const maintained = (doseUgPerDay: number, facts: Fields) =>
    about([baseline(facts), implant(doseUgPerDay), change(doseUgPerDay, { phase: 'maintenance' })]);

  it.each([
    [{ origin: 'spinal' }, 300, 800],
    [{ origin: 'cerebral' }, 90, 703],
    [{ indication: 'spasticity' }, 90, 800],
    [{ origin: 'spinal', birthDate: '2014' }, 24, 1199],
    [{ origin: 'spinal', birthDate: '2010' }, 90, 703],
  ])('of %j is usual in a range, and told outside it for information', (facts, from, to) => {
    expect(maintained(from, facts)).toEqual([]);
    expect(maintained(to, facts)).toEqual([]);
    expect(maintained(from - 1, facts)).toEqual([outside]);
    expect(maintained(to + 1, facts)).toEqual([outside]);
  });

  it('is named as such by the report, else nothing is said of it', () => {
    expect(about([implant(20), change(21)])).toEqual([]);
  });

  it('has no usual range where the site names none', () => {
    const { usualUgPerDay: _, ...spinal } = published.spinal;
    const events = [baseline({ origin: 'spinal' }), implant(20), change(20, { phase: 'maintenance' })];
    expect(about(events, { ...published, spinal })).toEqual([]);
  });
});

describe('an age', () => {
  const on = Temporal.PlainDate.from('2024-06-15');

  it.each([
    ['2006-06-16', true],
    ['2006-06-15', false],
    ['2006-07', true],
    ['2006-06', false],
    ['2007', true],
    ['2006', false],
    [undefined, false],
  ])('of one born %s is below 18 for sure: %s', (birthDate, below) => {
    expect(isBelowAge({ birthDate }, 18, on)).toBe(below);
  });
});
