import { type JoinBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { BoardNoteTable, Database, Environment, PatientTable, ReadingTable } from '../../store/schema.ts';
import type { Db } from '../../store/store.ts';
import { survivor } from '../../store/survivor.ts';
import type { BoardDay } from './board-day.ts';
import { isNeverDated, isShown, range, shown, sortedBy, stateIs } from './conditions.ts';
import type { BoardSettings } from './settings.ts';
import type { BoardView, Cursor, State } from './view.ts';

/** Whose board it is. */
export interface Clinic {
  readonly tenant: string;
  readonly environment: Environment;
}

/** What narrows the board and may not stand in an address: a name, a record number. */
export interface Narrowing {
  readonly owner?: string | undefined;
  readonly recordNumber?: string | undefined;
}

/** One patient as the tables tell. */
export interface Entry {
  readonly patientId: string;
  readonly state: State;
  readonly dueOn: string | null;
  readonly dueMethod: Method;
  readonly alarmOn: string | null;
  readonly alarmMethod: Method;
  readonly refilledOn: string | null;
  /** JSON. */
  readonly refilledWhere: string | null;
  readonly heardAtMs: number | null;
  readonly owner: string | null;
  readonly note: string | null;
  readonly bookedFor: string | null;
  /** 0: nothing was noted yet. */
  readonly noteVersion: number;
  readonly noteChangedBy: string | null;
  readonly noteChangedAtMs: number | null;
}

type Method = 'reported' | 'calculated' | null;

export interface Question {
  readonly clinic: Clinic;
  readonly view: BoardView;
  readonly narrowing: Narrowing;
  readonly settings: BoardSettings;
  readonly day: BoardDay;
}

export interface Entries {
  readonly entries: readonly Entry[];
  /** The mark of the last row, where there are more. */
  readonly next: Cursor | undefined;
}

/**
 * One page. Rows with a value in the sorted column come first, then those without, each by an index of its own: a page
 * far behind costs no more than the first.
 */
export async function entriesOf(db: Db, question: Question, limit: number): Promise<Entries> {
  const { view } = question;
  const wanted = limit + 1;
  const isBehindDated = view.after?.[0] === null || isNeverDated(view.sort, view.show);
  const dated = isBehindDated ? [] : await datedRows(db, question, wanted);
  const missing = wanted - dated.length;
  const undated = missing > 0 ? await undatedRows(db, question, missing) : [];
  const found = [...dated, ...undated];
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  const next = found.length > limit && last ? ([last.sortedBy, last.patientId] as const) : undefined;
  return { entries: entries.map(({ sortedBy: _, ...entry }) => entry), next };
}

/** One patient's row, whatever is shown. */
export async function entryOf(
  db: Db,
  question: Omit<Question, 'view' | 'narrowing'>,
  patientId: string,
): Promise<Entry | undefined> {
  const view = { show: 'all', sort: 'due', direction: 'asc' } as const;
  const row = await rows(db, { ...question, view, narrowing: {} }, 'perhaps')
    .where('reading.patient_id', '=', patientId)
    .executeTakeFirst();
  if (!row) return undefined;
  const { sortedBy: _, ...entry } = row;
  return entry;
}

interface Joined extends Database {
  reading: ReadingTable;
  patient: PatientTable;
  /** Where nothing was noted, all of it is null. */
  board_note: BoardNoteTable;
}

type Row = Entry & { readonly sortedBy: string | number | null };
type Rows = SelectQueryBuilder<Joined, 'reading' | 'patient' | 'board_note', Row>;

/** `surely`: something was noted about each. Then the search can begin with the notes, which are few. */
type Noted = 'surely' | 'perhaps';

async function datedRows(db: Db, question: Question, limit: number): Promise<Row[]> {
  const { view, settings } = question;
  const { sort, show, direction, after } = view;
  const column = sortedBy(sort, settings);
  const known = range(sort, show, question);
  const base = rows(db, question, sort === 'booked' ? 'surely' : notedIn(question))
    .where(isShown(show, question))
    .where(sql<SqlBool>`${column} is not null`)
    .$if(known !== undefined, (query) => query.where(known as NonNullable<typeof known>))
    .orderBy(column, direction)
    .orderBy(sort === 'booked' ? 'board_note.patient_id' : 'reading.patient_id', direction)
    .limit(limit);
  const [value, patientId] = after ?? [];
  if (value === undefined || value === null) return base.execute();
  const beyond = direction === 'asc' ? sql`>` : sql`<`;
  return base.where(sql<SqlBool>`(${column}, reading.patient_id) ${beyond} (${value}, ${patientId})`).execute();
}

async function undatedRows(db: Db, question: Question, limit: number): Promise<Row[]> {
  const { show, sort, after } = question.view;
  const base = rows(db, question, notedIn(question))
    .where(isShown(show, question))
    .where(sql<SqlBool>`${sortedBy(sort, question.settings)} is null`)
    .orderBy('reading.patient_id')
    .limit(limit);
  const [value, patientId = ''] = after ?? [];
  return (value === null ? base.where('reading.patient_id', '>', patientId) : base).execute();
}

const notedIn = ({ narrowing, view }: Question): Noted =>
  narrowing.owner !== undefined || view.show === 'booking-past' ? 'surely' : 'perhaps';

function rows(db: Db, question: Question, noted: Noted): Rows {
  const { settings, view, clinic, narrowing } = question;
  const { owner, recordNumber } = narrowing;
  return joined(db, clinic, noted)
    .select([
      'reading.patient_id as patientId',
      stateIs(question).as('state'),
      shown('due', settings).as('dueOn'),
      sql<Method>`case when ${shown('due', settings)} is not null then reading.due_method end`.as('dueMethod'),
      shown('alarm', settings).as('alarmOn'),
      sql<Method>`case when ${shown('alarm', settings)} is not null then reading.alarm_method end`.as('alarmMethod'),
      'reading.refilled_on as refilledOn',
      'reading.refilled_where as refilledWhere',
      'reading.heard_at as heardAtMs',
      'board_note.owner as owner',
      'board_note.note as note',
      'board_note.booked_for as bookedFor',
      sql<number>`coalesce(board_note.version, 0)`.as('noteVersion'),
      'board_note.changed_by as noteChangedBy',
      'board_note.changed_at as noteChangedAtMs',
      sortedBy(view.sort, settings).as('sortedBy'),
    ])
    .$if(owner !== undefined, (query) => query.where('board_note.owner', '=', owner as string))
    .$if(recordNumber !== undefined, (query) =>
      query.where('reading.patient_id', 'in', named(db, clinic, recordNumber as string)),
    );
}

/** Merged patients are on the board as their survivor. */
function joined(db: Db, { tenant, environment }: Clinic, noted: Noted) {
  const base = db
    .selectFrom('reading')
    .innerJoin('patient', (join) =>
      join
        .onRef('patient.id', '=', 'reading.patient_id')
        .onRef('patient.tenant', '=', 'reading.tenant')
        .onRef('patient.environment', '=', 'reading.environment'),
    )
    .where('patient.merged_into', 'is', null);
  // Where the clinic is named decides where a store without statistics begins: with the notes, where they are wanted.
  const withNote =
    noted === 'surely'
      ? base
          .innerJoin('board_note', ofPatient)
          .where('board_note.tenant', '=', tenant)
          .where('board_note.environment', '=', environment)
      : base
          .leftJoin('board_note', ofPatient)
          .where('reading.tenant', '=', tenant)
          .where('reading.environment', '=', environment);
  return withNote as unknown as SelectQueryBuilder<Joined, 'reading' | 'patient' | 'board_note', object>;
}

const ofPatient = (join: JoinBuilder<Database, 'reading' | 'patient' | 'board_note'>) =>
  join
    .onRef('board_note.patient_id', '=', 'reading.patient_id')
    .onRef('board_note.tenant', '=', 'reading.tenant')
    .onRef('board_note.environment', '=', 'reading.environment');

/** Keyed ids of whom senders call by this number, in any of their systems; of a merged patient, the survivor's. */
export const named = (db: Db, { tenant, environment }: Clinic, recordNumber: string) =>
  db
    .selectFrom('patient_identifier as alias')
    .innerJoin('patient', (join) =>
      join
        .onRef('patient.tenant', '=', 'alias.tenant')
        .onRef('patient.environment', '=', 'alias.environment')
        .onRef('patient.id', '=', 'alias.patient_id'),
    )
    .select(survivor.as('id'))
    .where('alias.value', '=', recordNumber)
    .where('alias.tenant', '=', tenant)
    .where('alias.environment', '=', environment);
