import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { history } from '../../src/therapy/history.ts';
import { patientOf, recordedOf, settings } from '../stories/story.ts';
import { type Fields, flagged, fold, pump, report, segmentsOf, simple } from './reports.ts';

const clinic = 'urn:oid:2.16.840.1.113883.19.5.1';
const ward = 'urn:oid:2.16.840.1.113883.19.5.2';
const hospital = 'urn:oid:2.16.840.1.113883.19.5.3';
const from = (system: string, eventId: string) => ({ source: { system, eventId } });

/** Without lot and expiry: one source may know them and the other not. */
const fill = (volumeMl: number, concentrationUgPerMl = 2000) => ({ volumeMl, concentrationUgPerMl });
const nine = '2024-06-11T09:00:00Z';
const refill = (id: string, at: string, fields: Fields = {}, system = clinic) =>
  report('refill', id, at, { fill: fill(38), ...from(system, id), ...fields });

function historyOf(events: readonly CanonicalEvent[], own: Partial<typeof settings> = {}) {
  const past = history(recordedOf(events), patientOf(events[0] as CanonicalEvent), { ...settings, ...own });
  return {
    stand: past.entries.map(({ source }) => source.rootEventId),
    held: past.held.map(({ entry, problem: { code, severity } }) => [entry.source.rootEventId, code, severity]),
    flags: past.flags.map(({ entry, problem: { code, severity } }) => [entry.source.rootEventId, code, severity]),
    entries: past.entries,
  };
}

const merged = (id: string) => ({ stand: [id], held: [], flags: [[id, 'reports-merged', 'information']] });
const apart = (...ids: readonly string[]) => ({ stand: ids, held: [], flags: [] });
const disagree = (stands: string, held: string) => ({
  stand: [stands],
  held: [[held, 'reports-disagree', 'error']],
  flags: [[stands, 'reports-disagree', 'warning']],
});

describe('one session that two sources report', () => {
  const programmer = refill('P', nine, {
    residual: { measuredMl: 22.4 },
    program: simple(200),
    performer: { display: 'a physician' },
    session: { reportId: 'S-1' },
  });
  const record = refill(
    'E',
    '2024-06-11T09:20:00Z',
    {
      fill: { ...fill(38), lotNumber: 'LOTV1', expirationDate: '2025-10-31' },
      residual: { expectedMl: 22, measuredMl: null },
      performer: { identifier: { system: 'urn:x', value: '1' } },
      reason: 'scheduled',
      reported: { monthsToEri: 40 },
    },
    ward,
  );

  it('is one entry: the first stands, what only the other states fills its gaps', () => {
    const { entries, ...rest } = historyOf([programmer, record]);
    expect(rest).toEqual(merged('P'));
    const [entry] = entries;
    expect(entry?.event).toMatchObject({
      occurredAt: nine,
      fill: { volumeMl: 38, concentrationUgPerMl: 2000, lotNumber: 'LOTV1', expirationDate: '2025-10-31' },
      residual: { expectedMl: 22, measuredMl: 22.4 },
      program: simple(200),
      performer: { display: 'a physician' },
      session: { reportId: 'S-1' },
      reason: 'scheduled',
      reported: { monthsToEri: 40 },
    });
    expect(entry?.event.performer).toEqual({ display: 'a physician' });
    expect(entry?.source).toEqual({ system: clinic, rootEventId: 'P', reportEventId: 'P' });
    expect(entry?.alsoReportedBy).toEqual([{ system: ward, rootEventId: 'E', reportEventId: 'E' }]);
  });

  it('is filled once: the reservoir is not emptied and filled a second time', () => {
    const implant = report('implant', 'A', '2024-01-10T10:00:00Z', { fill: fill(38), program: simple(200) });
    const therapy = fold([implant, programmer, record]);
    expect(therapy.fills.map(({ entry }) => entry.source.rootEventId)).toEqual(['A', 'P']);
    expect(flagged(therapy, 'reports-merged')).toEqual(['reports-merged']);
  });

  it.each([
    ['another residual volume', { residual: { measuredMl: 21 } }],
    ['another fill', { fill: fill(36) }],
    ['another concentration', { fill: fill(38, 500) }],
    ['another programme', { program: simple(210) }],
  ])('is held where it states %s; the first stands and says so', (_, fields) => {
    expect(historyOf([programmer, refill('E', '2024-06-11T09:20:00Z', fields, ward)])).toMatchObject(
      disagree('P', 'E'),
    );
  });

  it('does not make the programme unknown where the two differ: the first stands', () => {
    const implant = report('implant', 'A', '2024-01-10T10:00:00Z', { fill: fill(38), program: simple(200) });
    const therapy = fold([implant, programmer, refill('E', '2024-06-11T09:20:00Z', { program: simple(210) }, ward)]);
    expect(segmentsOf(therapy)).toEqual([{ role: 'infusion', doseUgPerDay: 200, start: '2024-01-10T10:00:00Z' }]);
    expect(therapy.held).toHaveLength(1);
    expect(therapy.flags.find(({ problem }) => problem.code === 'reports-disagree')?.pumpKey).toBe(
      'pump|MEDTRONIC|NGP710001H',
    );
  });

  it.each([
    ['words of its own', { reason: 'late', clinic: { display: 'ward 3' } }],
    ['what it calculated itself', { residual: { expectedMl: 3, differenceMl: 19.4, measuredMl: 22.4 } }],
    ['what the programmer showed', { reported: { monthsToEri: 39 } }],
    ['another spelling', { fill: { ...fill(38), lotNumber: 'lotv1' } }],
  ])('may differ in %s', (_, fields) => {
    const told = refill('P', nine, {
      fill: { ...fill(38), lotNumber: 'LOT-V1' },
      residual: { expectedMl: 22, measuredMl: 22.4 },
      reason: 'scheduled',
      reported: { monthsToEri: 40 },
    });
    expect(historyOf([told, refill('E', nine, fields, ward)])).toMatchObject(merged('P'));
  });

  it.each([
    [119, merged('P')],
    [120, merged('P')],
    [121, apart('P', 'E')],
  ])('is taken for one up to two hours apart: %i minutes', (minutes, expected) => {
    const at = Temporal.Instant.from(nine).add({ minutes }).toString();
    expect(historyOf([refill('P', nine), refill('E', at, {}, ward)])).toMatchObject(expected);
  });

  it('is never looked for where the site has switched it off', () => {
    const events = [refill('P', nine), refill('E', nine, {}, ward)];
    expect(historyOf(events, { mergeWindowMinutes: 0 })).toMatchObject(apart('P', 'E'));
  });

  it('is never made of two reports of one source', () => {
    expect(historyOf([refill('P', nine), refill('Q', '2024-06-11T09:20:00Z')])).toMatchObject(apart('P', 'Q'));
    const both = [
      refill('P', nine),
      refill('Q', '2024-06-11T09:20:00Z'),
      refill('E', '2024-06-11T09:10:00Z', {}, ward),
    ];
    expect(historyOf(both)).toMatchObject({ stand: ['P', 'Q'], held: [] });
  });

  it('may be told by three', () => {
    const events = [refill('P', nine), refill('E', nine, {}, ward), refill('H', nine, {}, hospital)];
    expect(historyOf(events)).toMatchObject(merged('P'));
    const other = [refill('P', nine), refill('E', nine, {}, ward), refill('H', nine, { fill: fill(30) }, hospital)];
    expect(historyOf(other)).toMatchObject({ stand: ['P'], held: [['H', 'reports-disagree', 'error']] });
  });

  it('joins the session with which it agrees, also where another is nearer', () => {
    const events = [
      refill('P', nine, { fill: fill(30) }),
      refill('Q', '2024-06-11T10:00:00Z', { fill: fill(38) }),
      refill('E', '2024-06-11T09:10:00Z', { fill: fill(38) }, ward),
    ];
    expect(historyOf(events).entries.map(({ event }) => (event as { fill: object }).fill)).toEqual([
      { volumeMl: 30, concentrationUgPerMl: 2000 },
      { volumeMl: 38, concentrationUgPerMl: 2000 },
    ]);
    expect(historyOf(events).held).toEqual([]);
  });

  it('keeps its instant where one source knows only the day', () => {
    expect(historyOf([refill('P', '2024-06-11'), refill('E', nine, {}, ward)])).toMatchObject(merged('E'));
  });

  it('is not guessed where one source knows only the month', () => {
    expect(historyOf([refill('P', '2024-06'), refill('E', nine, {}, ward)]).held).toEqual([]);
    expect(historyOf([refill('P', '2024-06'), refill('E', nine, {}, ward)]).stand).toEqual(['P', 'E']);
  });
});

describe('the pump of a session', () => {
  const other = { ...pump, serialNumber: 'NGP710002H' };

  it('is another where the serial number is: then there are two sessions', () => {
    expect(historyOf([refill('P', nine), refill('E', nine, { pump: other }, ward)])).toMatchObject(apart('P', 'E'));
  });

  it('may be left out where the history knows one pump only', () => {
    expect(historyOf([refill('P', nine), refill('E', nine, { pump: undefined }, ward)])).toMatchObject(merged('P'));
    const third = report('interrogation', 'I', '2024-01-01T10:00:00Z', { pump: other });
    const events = [third, refill('P', nine), refill('E', nine, { pump: undefined }, ward)];
    expect(historyOf(events)).toMatchObject(apart('I', 'P', 'E'));
  });
});

describe('other sessions', () => {
  const told = (type: string, id: string, fields: Fields, system = clinic) =>
    report(type, id, nine, { ...from(system, id), ...fields });

  it('an explant, an implant and a revision are one where nothing differs', () => {
    for (const [type, fields, gap] of [
      ['explant', { removed: ['pump'] }, { cause: 'battery' }],
      ['implant', { program: simple(100) }, { fill: fill(18) }],
      ['revision', { component: 'catheter', action: 'repaired' }, { prime: { volumeMl: 0.2 } }],
    ] as const) {
      const result = historyOf([told(type, 'P', fields), told(type, 'E', { ...fields, ...gap }, ward)]);
      expect(result).toMatchObject(merged('P'));
      expect(result.entries[0]?.event).toMatchObject(gap);
    }
  });

  it('an explant for another cause is held', () => {
    const events = [told('explant', 'P', { cause: 'battery' }), told('explant', 'E', { cause: 'infection' }, ward)];
    expect(historyOf(events)).toMatchObject(disagree('P', 'E'));
  });

  it('the pump removed and the catheter removed are two happenings, as are a revision of each', () => {
    const removed = (part: string, id: string, system?: string) => told('explant', id, { removed: [part] }, system);
    expect(historyOf([removed('pump', 'P'), removed('catheter', 'E', ward)])).toMatchObject(apart('P', 'E'));
    expect(historyOf([told('explant', 'P', {}), removed('catheter', 'E', ward)])).toMatchObject(apart('P', 'E'));
    const both = told('explant', 'E', { removed: ['pump', 'catheter'] }, ward);
    expect(historyOf([removed('catheter', 'P'), both])).toMatchObject(disagree('P', 'E'));
    const revised = (component: string, id: string, system?: string) =>
      told('revision', id, { component, action: 'repaired' }, system);
    expect(historyOf([revised('pump', 'P'), revised('catheter', 'E', ward)])).toMatchObject(apart('P', 'E'));
  });

  it('a dose change is one where the programme is the same, else there were two', () => {
    const one = [
      told('dose-change', 'P', { program: simple(100) }),
      told('dose-change', 'E', { program: simple(100) }, ward),
    ];
    expect(historyOf(one)).toMatchObject(merged('P'));
    const two = [
      told('dose-change', 'P', { program: simple(100) }),
      told('dose-change', 'E', { program: simple(110) }, ward),
    ];
    expect(historyOf(two)).toMatchObject(apart('P', 'E'));
    const bridge = (durationHours: number) => ({ program: simple(100), bridge: { volumeMl: 0.4, durationHours } });
    const bridges = [told('dose-change', 'P', bridge(10)), told('dose-change', 'E', bridge(20), ward)];
    expect(historyOf(bridges)).toMatchObject(disagree('P', 'E'));
  });

  it('boluses, stops and readings are never joined', () => {
    for (const [type, fields] of [
      ['bolus', { bolus: { kind: 'single', doseUg: 20, durationMinutes: 5 } }],
      ['pump-stop', {}],
      ['interrogation', {}],
    ] as const) {
      expect(historyOf([told(type, 'P', fields), told(type, 'E', fields, ward)])).toMatchObject(apart('P', 'E'));
    }
  });

  it('what was joined comes apart when one of the two is voided', () => {
    const withdrawn = report('void', 'V', '2024-06-12T09:00:00Z', { voids: 'P', reason: 'wrong' });
    expect(historyOf([refill('P', nine), refill('E', nine, {}, ward), withdrawn])).toMatchObject(apart('E'));
  });
});
