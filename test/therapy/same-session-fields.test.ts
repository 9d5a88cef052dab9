import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { history } from '../../src/therapy/history.ts';
import { recordedOf, settings } from '../stories/story.ts';
import { type Fields, flagged, fold, pump, report, simple } from './reports.ts';

const clinic = 'urn:oid:2.16.840.1.113883.19.5.1';
const ward = 'urn:oid:2.16.840.1.113883.19.5.2';
const noon = '2024-06-11T12:00:00Z';

const told = (system: string, eventId: string, type: string, fields: Fields, at = noon) =>
  report(type, eventId, at, { source: { system, eventId }, ...fields });

/** The history of one patient, whatever record number each report names. */
const historyOf = (...events: readonly CanonicalEvent[]) =>
  history(
    recordedOf(events).map((record) => ({ ...record, patientId: 'one' })),
    'one',
    settings,
  );

const stands = (...events: readonly CanonicalEvent[]) =>
  historyOf(...events).entries.map(({ source }) => source.rootEventId);

/** The same session twice: the second from another source, with fields of its own. */
const twice = (type: string, first: Fields, second: Fields) =>
  historyOf(told(clinic, 'P', type, first), told(ward, 'E', type, { ...first, ...second }));

const refill = { fill: { volumeMl: 38, concentrationUgPerMl: 2000 } };
const implant = { program: simple(100) };
const change = { program: simple(100) };
const lot = { manufacturer: 'Medtronic', lotNumber: 'LOT-C1' };
const repair = (catheter: Fields) => ({ component: 'catheter', action: 'repaired', catheter: { ...lot, ...catheter } });
const visit = (value: string) => ({ encounter: { identifier: { system: 'urn:x', value } } });

/** What is taken from one source as a whole. */
const wholesOf = ({ source, performer, clinic: place, session, previousProgram, extra }: Fields) => ({
  ...{ source, performer, clinic: place },
  ...{ session, previousProgram, extra },
});

describe('two sources that tell of one session', () => {
  it.each<[string, string, Fields, Fields]>([
    ['when they recorded it', 'refill', refill, { recordedAt: '2024-12-02T00:00:00Z' }],
    ['the zone they write it in', 'refill', refill, { timeZone: 'America/Chicago' }],
    ['the record number of the patient', 'refill', refill, { mrn: 'MRN0711' }],
    [
      'the label of the pump',
      'refill',
      { ...refill, pump: { ...pump, firmware: '1' } },
      { pump: { ...pump, firmware: '2' } },
    ],
    ['who did it', 'refill', { ...refill, performer: { display: 'a nurse' } }, { performer: { display: 'Nurse A' } }],
    ['the number of the visit', 'refill', { ...refill, ...visit('1') }, visit('2')],
    ['the name of the clinic', 'refill', { ...refill, clinic: { display: 'ward 3' } }, { clinic: { display: 'W3' } }],
    ['the programmer’s session', 'refill', { ...refill, session: { reportId: '1' } }, { session: { reportId: '2' } }],
    ['fields of their own', 'refill', { ...refill, extra: { note: 'a' } }, { extra: { note: 'b' } }],
    ['why it was done', 'refill', { ...refill, reason: 'scheduled' }, { reason: 'planned' }],
    ['how the port was found', 'refill', { ...refill, imagingUsed: 'ultrasound' }, { imagingUsed: 'sonography' }],
    ['where it was done', 'refill', { ...refill, setting: 'home' }, { setting: 'elsewhere' }],
    [
      'what the programmer showed',
      'refill',
      { ...refill, reported: { monthsToEri: 40 } },
      { reported: { monthsToEri: 39 } },
    ],
    ['the programme before', 'refill', { ...refill, previousProgram: simple(90) }, { previousProgram: simple(95) }],
    ['the volume expected', 'refill', { ...refill, residual: { expectedMl: 2 } }, { residual: { expectedMl: 3 } }],
    [
      'the difference calculated',
      'refill',
      { ...refill, residual: { differenceMl: 1 } },
      { residual: { differenceMl: 2 } },
    ],
    [
      'the name of the product',
      'refill',
      { fill: { ...refill.fill, productName: 'Lioresal' } },
      { fill: { ...refill.fill, productName: 'baclofen' } },
    ],
    ['the change in percent', 'dose-change', { ...change, changePercent: 10 }, { changePercent: 9.9 }],
    ['the anaesthesia in words', 'implant', { ...implant, anaesthesia: 'general' }, { anaesthesia: 'GA' }],
    [
      'where a history comes from',
      'implant',
      { ...implant, informationSource: 'letter' },
      { informationSource: 'phone' },
    ],
    ['the name of the catheter', 'revision', repair({ deviceName: 'Ascenda' }), repair({ deviceName: 'catheter' })],
    ['its UDI as printed', 'revision', repair({ udi: 'text one' }), repair({ udi: 'text two' })],
    ['its UDI as scanned', 'revision', repair({ udiAidc: 'text one' }), repair({ udiAidc: 'text two' })],
    ['how its UDI was entered', 'revision', repair({ udiEntryType: 'manual' }), repair({ udiEntryType: 'card' })],
    [
      'how surely its length is known',
      'revision',
      repair({ lengthSource: 'assumed' }),
      repair({ lengthSource: 'unknown' }),
    ],
    [
      'how surely its tip is known',
      'revision',
      repair({ tipLevelSource: 'assumed' }),
      repair({ tipLevelSource: 'unknown' }),
    ],
    [
      'how surely its volume is known',
      'revision',
      repair({ volumeSource: 'assumed' }),
      repair({ volumeSource: 'unknown' }),
    ],
  ])('may differ in %s', (_, type, first, second) => {
    const { entries, held } = twice(type, first, second);
    expect(entries.map(({ source }) => source.rootEventId)).toEqual(['P']);
    expect(held).toEqual([]);
  });

  it.each<[string, string, Fields, Fields]>([
    [
      'the lot filled',
      'refill',
      { fill: { ...refill.fill, lotNumber: 'A1' } },
      { fill: { ...refill.fill, lotNumber: 'A2' } },
    ],
    ['the volume of the catheter', 'revision', repair({ volumeMl: 0.2 }), repair({ volumeMl: 0.3 })],
    ['the level of its tip', 'revision', repair({ tipLevel: 'T10' }), repair({ tipLevel: 'T1' })],
    ['whether the catheter was kept', 'implant', { ...implant, catheterKept: true }, { catheterKept: false }],
    ['what a revision did', 'revision', repair({}), { action: 'repositioned' }],
  ])('may not differ in %s', (_, type, first, second) => {
    const { entries, held } = twice(type, first, second);
    expect(entries.map(({ source }) => source.rootEventId)).toEqual(['P']);
    expect(held.map(({ entry }) => entry.source.rootEventId)).toEqual(['E']);
  });

  it('fill the gaps of each other, but the parts of one thing are taken from one source', () => {
    const first = {
      ...refill,
      source: { system: clinic, eventId: 'P' },
      performer: { display: 'a nurse' },
      clinic: { display: 'ward 3' },
      session: { reportId: 'S-1' },
      previousProgram: { mode: 'simple-continuous', doseUgPerDay: 90 },
      extra: { note: 'a' },
    };
    const second = {
      fill: { ...refill.fill, lotNumber: 'LOT-1' },
      source: { system: ward, eventId: 'E', sequence: 4 },
      performer: { identifier: { system: 'urn:x', value: '1' } },
      clinic: { identifier: { system: 'urn:x', value: '3' } },
      session: { programmerModel: 'A810' },
      previousProgram: simple(90),
      extra: { room: 7 },
      pump: { ...pump, firmware: '2.1' },
      rinseVolumeMl: 5,
    };
    const [entry] = historyOf(told(clinic, 'P', 'refill', first), told(ward, 'E', 'refill', second)).entries;
    expect(entry?.event).toMatchObject({ ...first, pump: second.pump, fill: second.fill, rinseVolumeMl: 5 });
    expect(wholesOf(entry?.event as unknown as Fields)).toEqual(wholesOf(first));
  });

  it('say so from the session on, not before it', () => {
    const events = [told(clinic, 'P', 'refill', refill), told(ward, 'E', 'refill', refill)];
    expect(flagged(fold(events, noon), 'reports-merged')).toEqual(['reports-merged']);
    expect(flagged(fold(events, '2024-06-11T11:59:59Z'), 'reports-merged')).toEqual([]);
  });

  it('say so at the report that stands, and at the one that is held', () => {
    const same = twice('refill', refill, {}).flags.map(({ problem }) => problem);
    expect(same.map(({ message, place }) => [message, place])).toEqual([
      [
        'two sources reported this session, and nothing that both state differs: they are kept as one',
        { eventId: 'P' },
      ],
    ]);
    const other = twice('refill', refill, { fill: { volumeMl: 30, concentrationUgPerMl: 2000 } });
    const lines = [...other.flags, ...other.held].map(({ problem: { message, place } }) => [message, place]);
    expect(lines).toEqual([
      ['two sources reported one session with the pump, and they differ', { eventId: 'P' }],
      ['two sources reported one session with the pump, and they differ', { eventId: 'E' }],
    ]);
  });
});

describe('two reports within the hour are two happenings', () => {
  it('where they are of two kinds', () => {
    expect(stands(told(clinic, 'P', 'refill', refill), told(ward, 'E', 'dose-change', change))).toEqual(['P', 'E']);
  });

  it('where several pumps are known and they do not name one of them', () => {
    const other = { ...pump, serialNumber: 'NGP710002H' };
    const seen = told(clinic, 'I', 'interrogation', { pump: other }, '2024-01-01T10:00:00Z');
    expect(stands(seen, told(clinic, 'P', 'refill', refill), told(ward, 'E', 'refill', refill))).toEqual(['I', 'P']);
    const nameless = { ...refill, pump: undefined };
    const alsoSeen = told(clinic, 'J', 'interrogation', {}, '2024-01-02T10:00:00Z');
    const both = [told(clinic, 'P', 'refill', nameless), told(ward, 'E', 'refill', nameless)];
    expect(stands(seen, ...both)).toEqual(['I', 'P']);
    expect(stands(seen, alsoSeen, ...both)).toEqual(['I', 'J', 'P', 'E']);
  });

  it('where one lies on the day after, or before, that of the other', () => {
    const dated = (day: string) =>
      [told(clinic, 'P', 'refill', refill), told(ward, 'E', 'refill', refill, day)] as const;
    expect(stands(...dated('2024-06-11'))).toEqual(['P']);
    expect(stands(...dated('2024-06-10'))).toEqual(['E', 'P']);
    expect(stands(...dated('2024-06-12'))).toEqual(['P', 'E']);
  });

  it('not where one report tells of more that was removed than the other', () => {
    const removed = (...parts: readonly string[]) => ({ removed: parts });
    const { held } = historyOf(
      told(clinic, 'P', 'explant', removed('pump', 'catheter')),
      told(ward, 'E', 'explant', removed('catheter')),
    );
    expect(held.map(({ entry }) => entry.source.rootEventId)).toEqual(['E']);
  });
});
