import { describe, expect, it } from 'vitest';
import { alarmsOf } from '../../../src/views/app/page/alarms-told.ts';
import { reservoirName } from '../../../src/views/app/page/course-words.ts';
import { allotment, doseOf, isDosedByWeekday, otherDrug } from '../../../src/views/app/page/programme-words.ts';
import { nameAmong } from '../../../src/views/app/page/pump-name.ts';
import { standingDate } from '../../../src/views/app/page/standing-date.ts';
import type { Fact } from '../../../src/views/pump-status/fact-schema.ts';
import type { OnePump } from '../../../src/views/pump-status/pump-schema.ts';

const asOf = '2024-06-04';
const known = <Value>(value: Value, words?: string): Fact<Value> => ({
  ...{ value, method: 'reported', asOf, source: null },
  ...(words !== undefined && { words }),
});
const calculated = <Value>(value: Value): Fact<Value> => ({ value, method: 'calculated', asOf, source: null });
const none = <Value>(words?: string): Fact<Value> => ({
  ...{ value: null, method: 'unknown', asOf: null, source: null },
  ...(words !== undefined && { words }),
});

type Programme = OnePump['programme'];

const programme = (over: Partial<Programme> = {}): Programme => ({
  ...{ delivery: known('running'), mode: known('simple-continuous'), drug: known('baclofen') },
  ...{ concentrationUgPerMl: known(2000), additionalDrugs: none(), doseUgPerDay: known(180), weekdayDoses: none() },
  ...{ flexSteps: none(), bolus: none(), runningSince: known(asOf), lastChange: none(), lastChangePercent: none() },
  ...{ patientBolus: none(), patientBolusCount: none() },
  bridge: { since: none(), endsAt: none(), concentrationUgPerMl: none() },
  ...over,
});

describe('a date that the programmer showed', () => {
  it('counts before ours while nothing changed it', () => {
    const dates = { reported: known('2024-09-01'), calculated: calculated('2024-09-05') };
    expect(standingDate(dates)).toEqual({ standing: dates.reported, outdated: null });
  });

  it('gives way to ours where something reported since made it outdated, and is told all the same', () => {
    const dates = { reported: known('2024-09-01', 'Shown before.'), calculated: calculated('2024-12-05') };
    expect(standingDate(dates)).toEqual({ standing: dates.calculated, outdated: dates.reported });
  });

  it('that there is not leaves ours', () => {
    const dates = { reported: none<string>(), calculated: calculated('2024-12-05') };
    expect(standingDate(dates)).toEqual({ standing: dates.calculated, outdated: null });
  });
});

describe('the daily dose', () => {
  it('of a stopped pump says that it was stopped, and since when that is known', () => {
    const stopped = { delivery: known('stopped' as const), doseUgPerDay: none<number>() };
    expect(doseOf(stopped)).toEqual(none('Stopped, reported 4 Jun 2024.'));
    const byDeath = { ...stopped, delivery: known('stopped' as const, 'The pump may run on.') };
    expect(doseOf(byDeath).words).toBe('Stopped, reported 4 Jun 2024. The pump may run on.');
  });

  it('says what delivery says where neither is known', () => {
    const delivery = none<'running'>('What the pump delivers is not known.');
    expect(doseOf({ delivery, doseUgPerDay: none() })).toEqual(none('What the pump delivers is not known.'));
    expect(doseOf({ delivery: none(), doseUgPerDay: none() })).toEqual(none());
  });

  it('is by weekday only where every day has its own', () => {
    const weekdayDoses = known([{ days: ['monday' as const], doseUgPerDay: 100, flexSteps: [] }]);
    const asked = [
      {},
      { weekdayDoses },
      { weekdayDoses, doseUgPerDay: none<number>() },
      { doseUgPerDay: none<number>() },
    ];
    expect(asked.map((over) => isDosedByWeekday(programme(over)))).toEqual([false, false, true, false]);
  });

  it('that is known stands as it is', () => {
    expect(doseOf(programme({ delivery: known('running', 'As programmed.') }))).toEqual(known(180));
  });
});

describe('what else a programme holds', () => {
  it('is other drugs with their strength, or that it was not reported', () => {
    expect(otherDrug({ name: 'morphine', concentrationUgPerMl: 1000 })).toBe('morphine 1,000\u00a0mcg/mL');
    expect(otherDrug({ name: 'morphine', concentrationUgPerMl: null })).toBe('morphine, concentration not reported');
  });

  it('is what the patient may request, with what was not recorded of it', () => {
    const bolus = { doseUg: 10, durationMinutes: null, lockoutMinutes: 120, maxPerDay: 4 };
    expect(allotment(bolus)).toBe('10\u00a0mcg, at least 120\u00a0min apart, at most 4 a day');
    expect(allotment({ ...bolus, lockoutMinutes: null, maxPerDay: null })).toBe(
      '10\u00a0mcg, interval not recorded, number a day not recorded',
    );
  });
});

describe('several pumps', () => {
  const pump = (device: string, over: object = {}) =>
    ({
      ...{ device, manufacturer: known('Medtronic'), model: known('8637-40'), serialNumber: known(`S-${device}`) },
      ...{ state: known('active'), alarms: { standing: [], words: `None of ${device}.` } },
      ...over,
    }) as unknown as OnePump;

  it('are told from each other by place, model and serial number; one alone has no name', () => {
    const [a, b] = [pump('a'), pump('b', { serialNumber: none() })];
    expect([nameAmong([a], a), nameAmong([a, b], a), nameAmong([a, b], b)]).toEqual([
      null,
      '1 of 2 (Medtronic 8637-40, serial number S-a)',
      '2 of 2 (Medtronic 8637-40)',
    ]);
  });

  it('have their alarms told one by one, those taken out only where an alarm stands', () => {
    const standing = [{ code: 'low-reservoir' }];
    const out = { state: known('explanted') };
    const told = alarmsOf([pump('a'), pump('b', { alarms: { standing, words: null } }), pump('c', out)]);
    expect(told).toEqual([
      { name: '1 of 2 (Medtronic 8637-40, serial number S-a)', standing: [], words: 'None of a.' },
      { name: '2 of 2 (Medtronic 8637-40, serial number S-b)', standing, words: 'No alarm reported.' },
    ]);
    expect(alarmsOf([pump('c', { ...out, alarms: { standing, words: null } })]).map(({ name }) => name)).toEqual([
      null,
    ]);
  });

  it('have a chart each that says of which pump it is', () => {
    const reservoir = (device: string) => ({
      ...{ device, method: 'unknown' as const, alarmVolumeMl: null, endAt: null, points: [] },
    });
    const life = {
      ...{ device: 'b', kind: 'pump' as const, manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'S-b' },
      ...{ implanted: null, firstReported: asOf, explanted: null },
    };
    const both = [reservoir('a'), reservoir('b')];
    expect([reservoirName(both, [life], 0), reservoirName(both, [life], 1)]).toEqual([
      '1 of 2 (model not recorded)',
      '2 of 2 (Medtronic 8637-40, serial number S-b)',
    ]);
  });
});
