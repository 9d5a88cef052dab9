import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../../src/store/store.ts';
import { boardDay } from '../../../src/views/board/board-day.ts';
import { countsOf, ownersOf } from '../../../src/views/board/counts.ts';
import { type Entry, entriesOf, entryOf, type Question } from '../../../src/views/board/entries.ts';
import { type BoardView, type Cursor, type Show, shows, sorts } from '../../../src/views/board/view.ts';

/** What the board asks of the tables, the same on every store. */
export function describeEntries(
  name: string,
  start: () => Promise<{ readonly url: string; stop(): Promise<void> }>,
): void {
  describe(`the rows of the board on ${name}`, () => {
    let running: Awaited<ReturnType<typeof start>>;
    let store: Store;
    beforeAll(async () => {
      running = await start();
      store = await openStore(running.url);
      await fill(store);
    });
    afterAll(async () => {
      await store.close();
      await running.stop();
    });

    const all = async (view: BoardView, over: Partial<Question>, size: number) => {
      const found: Entry[] = [];
      let after: Cursor | undefined;
      do {
        const { entries, next } = await entriesOf(store.db, { ...question, ...over, view: { ...view, after } }, size);
        expect(entries.length).toBeLessThanOrEqual(size);
        found.push(...entries);
        after = next;
      } while (after);
      return found;
    };

    it.each(sorts)('are each on one page, however long the pages are, in the order of %s', async (sort) => {
      const value = (entry: Entry) => columnOf[sort](entry);
      for (const direction of ['asc', 'desc'] as const) {
        const whole = await all({ show: 'all', sort, direction }, {}, 1_000);
        for (const size of [1, 7]) {
          expect(await all({ show: 'all', sort, direction }, {}, size)).toEqual(whole);
        }
        expect(new Set(whole.map(({ patientId }) => patientId)).size).toBe(withPump);
        const values = whole.map(value);
        const firstNull = values.indexOf(null);
        const dated = firstNull < 0 ? values : values.slice(0, firstNull);
        expect(values.slice(dated.length).every((one) => one === null)).toBe(true);
        expect(dated.length).toBeGreaterThan(3);
        const ascending = direction === 'asc' ? dated : dated.toReversed();
        expect(ascending).toEqual(dated.toSorted((a, b) => ((a as string) < (b as string) ? -1 : Number(a !== b))));
      }
    });

    it('are as many for each choice as are counted, however they are sorted', async () => {
      const counts = await countsOf(store.db, question);
      for (const show of shows) {
        for (const sort of sorts) {
          for (const direction of ['asc', 'desc'] as const) {
            const found = await all({ show, sort, direction }, {}, 50);
            expect([show, sort, direction, found.length]).toEqual([show, sort, direction, counts[show]]);
          }
        }
      }
      expect(counts).toEqual(countedByHand());
    });

    it('are those of one owner, or of one record number', async () => {
      const view = { show: 'all', sort: 'due', direction: 'asc' } as const;
      expect(await ownersOf(store.db, clinic)).toEqual(['Nora', 'Otto']);
      const ofOwner = { narrowing: { owner: 'Nora' } };
      expect((await all(view, ofOwner, 3)).map(({ owner }) => owner)).toEqual(Array(6).fill('Nora'));
      expect((await countsOf(store.db, { ...question, ...ofOwner })).all).toBe(6);
      const ofNumber = { narrowing: { recordNumber: 'M7' } };
      expect((await all(view, ofNumber, 3)).map(({ patientId }) => patientId)).toEqual([id(7)]);
      const ofMerged = { narrowing: { recordNumber: 'MERGED' } };
      expect((await all(view, ofMerged, 3)).map(({ patientId }) => patientId)).toEqual([id(1)]);
      expect((await countsOf(store.db, { ...question, ...ofMerged })).all).toBe(1);
      expect(await all(view, { narrowing: { recordNumber: 'M' } }, 3)).toEqual([]);
    });

    it('are nobody else’s', async () => {
      const view = { show: 'all', sort: 'due', direction: 'asc' } as const;
      for (const other of [
        { ...clinic, tenant: 'other' },
        { ...clinic, environment: 'test' as const },
      ]) {
        expect(await all(view, { clinic: other }, 50)).toEqual([]);
        expect(await ownersOf(store.db, other)).toEqual([]);
        expect(await entryOf(store.db, { ...question, clinic: other }, id(1))).toBeUndefined();
        expect((await countsOf(store.db, { ...question, clinic: other })).all).toBe(0);
      }
      expect((await entryOf(store.db, question, id(1)))?.patientId).toBe(id(1));
    });

    it('tell no calculated date where those are withheld, and stand where the reported ones put them', async () => {
      const settings = { ...question.settings, calculatedValues: 'withheld' } as const;
      const found = await all({ show: 'all', sort: 'due', direction: 'asc' }, { settings }, 5);
      expect(found.filter(({ dueOn }) => dueOn !== null).every(({ dueMethod }) => dueMethod === 'reported')).toBe(true);
      expect(found.filter(({ dueOn }) => dueOn === null).every(({ dueMethod }) => dueMethod === null)).toBe(true);
      expect(found.some(({ dueOn }) => dueOn !== null)).toBe(true);
      const counts = await countsOf(store.db, { ...question, settings });
      expect(counts).toMatchObject({ all: withPump, unknown: 30 });
    });
  });
}

const columnOf = {
  due: ({ dueOn }: Entry) => dueOn,
  alarm: ({ alarmOn }: Entry) => alarmOn,
  refilled: ({ refilledOn }: Entry) => refilledOn,
  heard: ({ heardAtMs }: Entry) => (heardAtMs === null ? null : String(heardAtMs).padStart(16, '0')),
  booked: ({ bookedFor }: Entry) => bookedFor,
};

const clinic = { tenant: 'default', environment: 'live' } as const;
const settings = { dueWithinDays: 7, notHeardDays: 180, timeZone: 'UTC', calculatedValues: 'shown' } as const;
const day = boardDay(settings, Temporal.Instant.from('2024-11-20T12:00:00Z'));
const question = { clinic, narrowing: {}, settings, day };
const patients = 42;
const withPump = 39;
const id = (n: number): string => `patient-${String(n).padStart(3, '0')}`;

interface Row {
  readonly dueOn: string | null;
  readonly alarmOn: string | null;
  readonly method: 'reported' | 'calculated' | null;
  readonly refilledOn: string | null;
  readonly heardAtMs: number | null;
  readonly hasPump: boolean;
  readonly note?: { readonly owner: string; readonly bookedFor: string | null };
}

const on = (days: number): string => Temporal.PlainDate.from(day.today).add({ days }).toString();

/** Dates around the day, every seventh without, every fourth reported; the last three have no pump. */
const rows: readonly Row[] = Array.from({ length: patients }, (_, n) => {
  const isDated = n % 7 !== 6;
  return {
    dueOn: isDated ? on(((n * 5) % 37) - 12) : null,
    alarmOn: isDated ? on(((n * 5) % 37) - 7) : null,
    method: isDated ? (n % 4 === 0 ? 'reported' : 'calculated') : null,
    refilledOn: n % 5 === 0 ? null : on(-n),
    heardAtMs: n % 11 === 0 ? null : day.at.epochMilliseconds - n * 5 * 86_400_000,
    hasPump: n < withPump,
    ...(n % 3 === 0 && { note: { owner: n % 2 ? 'Nora' : 'Otto', bookedFor: n % 9 === 0 ? null : on(n - 20) } }),
  };
});

/** Without SQL: by the words of the choices. The alarm is five days after the due date here. */
function countedByHand(): Readonly<Record<Show, number>> {
  const inUse = rows.filter(({ hasPump }) => hasPump);
  const count = (isMeant: (row: Row) => boolean) => inUse.filter(isMeant).length;
  const daysToDue = ({ dueOn }: Row) => Temporal.PlainDate.from(day.today).until(dueOn as string).days;
  const dueBetween = (from: number, to: number) =>
    count((row) => row.dueOn !== null && daysToDue(row) >= from && daysToDue(row) <= to);
  return {
    all: inUse.length,
    'past-alarm-date': dueBetween(-999, -5),
    'past-due-date': dueBetween(-4, -1),
    'due-soon': dueBetween(0, 7),
    'before-due': dueBetween(8, 999),
    unknown: count(({ dueOn }) => dueOn === null),
    'no-pump': rows.length - inUse.length,
    'not-heard-of': count(
      ({ heardAtMs }) => heardAtMs === null || heardAtMs < day.at.epochMilliseconds - 180 * 86_400_000,
    ),
    'booking-past': count(({ note, refilledOn }) => {
      const booked = note?.bookedFor ?? null;
      return booked !== null && booked < day.today && (refilledOn === null || refilledOn < booked);
    }),
  };
}

/** One more was merged into the second. */
async function fill({ db }: Store): Promise<void> {
  await db.insertInto('population').values(clinic).execute();
  for (const [n, row] of rows.entries()) await addPatient(db, n, row);
  const merged = { ...clinic, id: id(99), merged_into: id(1), revision: 1, created_at: 0 };
  await db.insertInto('patient').values(merged).execute();
  await named(db, 99, 'MERGED');
  await db
    .insertInto('reading')
    .values({ ...clinic, patient_id: id(99) })
    .execute();
}

async function addPatient(db: Store['db'], n: number, row: Row): Promise<void> {
  const { dueOn, alarmOn, method, refilledOn, heardAtMs, hasPump, note } = row;
  const patient_id = id(n);
  const patient = { ...clinic, id: patient_id, merged_into: null, revision: 1, created_at: 0 };
  await db.insertInto('patient').values(patient).execute();
  await named(db, n, `M${n}`);
  const dates = { due_on: dueOn, due_method: method, alarm_on: alarmOn, alarm_method: method, refilled_on: refilledOn };
  const reading = { ...clinic, patient_id, ...dates, has_pump: Number(hasPump), heard_at: heardAtMs };
  await db.insertInto('reading').values(reading).execute();
  if (!note) return;
  const noted = { owner: note.owner, note: null, booked_for: note.bookedFor, version: 1 };
  await db
    .insertInto('board_note')
    .values({ ...clinic, patient_id, ...noted, changed_by: 'Nora', changed_at: 0 })
    .execute();
}

const named = (db: Store['db'], n: number, value: string) =>
  db
    .insertInto('patient_identifier')
    .values({ ...clinic, system: 'urn:mrn', value, patient_id: id(n) })
    .execute();
