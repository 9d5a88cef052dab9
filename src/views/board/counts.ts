import { sql } from 'kysely';
import type { Db } from '../../store/store.ts';
import { isBookingPast, isUnheard, stateIs } from './conditions.ts';
import { type Clinic, named, type Question } from './entries.ts';
import type { Show, State } from './view.ts';

/** How many patients there are of each state, of whom nothing was heard, and whose booked day went by. */
export async function countsOf(db: Db, question: Omit<Question, 'view'>): Promise<Readonly<Record<Show, number>>> {
  const states = await stateCounts(db, question);
  const of = (state: State) => Number(states.find((one) => one.state === state)?.patients ?? 0);
  const withPump = states.filter(({ state }) => state !== 'no-pump');
  const sum = (name: 'patients' | 'unheard') => withPump.reduce((total, one) => total + Number(one[name]), 0);
  return {
    all: sum('patients'),
    'past-alarm-date': of('past-alarm-date'),
    'past-due-date': of('past-due-date'),
    'due-soon': of('due-soon'),
    unknown: of('unknown'),
    'before-due': of('before-due'),
    'no-pump': of('no-pump'),
    'not-heard-of': sum('unheard'),
    'booking-past': await bookingsPast(db, question),
  };
}

/** Who looks after a patient of this clinic, by name. */
export async function ownersOf(db: Db, { tenant, environment }: Clinic): Promise<readonly string[]> {
  const found = await db
    .selectFrom('board_note')
    .select('owner')
    .distinct()
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('owner', 'is not', null)
    .orderBy('owner')
    .limit(mostOwners)
    .execute();
  return found.map(({ owner }) => owner as string);
}

const mostOwners = 500;

/** Over an index that holds all it asks for, where nothing narrows it. */
function stateCounts(db: Db, question: Omit<Question, 'view'>) {
  return counted(db, question)
    .select((columns) => [
      stateIs(question).as('state'),
      columns.fn.countAll<number>().as('patients'),
      sql<number>`sum(case when ${isUnheard(question.day)} then 1 else 0 end)`.as('unheard'),
    ])
    .groupBy(stateIs(question))
    .execute();
}

async function bookingsPast(db: Db, question: Omit<Question, 'view'>): Promise<number> {
  const found = await counted(db, question)
    .innerJoin('board_note', (join) =>
      join
        .onRef('board_note.patient_id', '=', 'reading.patient_id')
        .onRef('board_note.tenant', '=', 'reading.tenant')
        .onRef('board_note.environment', '=', 'reading.environment'),
    )
    .select((columns) => columns.fn.countAll<number>().as('patients'))
    .where(isBookingPast(question.day))
    .where(sql<boolean>`coalesce(reading.has_pump, 1) <> 0`)
    .executeTakeFirstOrThrow();
  return Number(found.patients);
}

function counted(db: Db, { clinic, narrowing }: Omit<Question, 'view'>) {
  const { tenant, environment } = clinic;
  const { owner, recordNumber } = narrowing;
  return db
    .selectFrom('reading')
    .where('reading.tenant', '=', tenant)
    .where('reading.environment', '=', environment)
    .where(isCounted)
    .$if(recordNumber !== undefined, (query) =>
      query.where('reading.patient_id', 'in', named(db, clinic, recordNumber as string)),
    )
    .$if(owner !== undefined, (query) =>
      query.where('reading.patient_id', 'in', (columns) =>
        columns
          .selectFrom('board_note as owned')
          .select('owned.patient_id')
          .where('owned.tenant', '=', tenant)
          .where('owned.environment', '=', environment)
          .where('owned.owner', '=', owner as string),
      ),
    );
}

/** A merged patient has nothing computed, as has a new one: only of those it is looked up which they are. */
const isCounted = sql<boolean>`(reading.has_pump is not null or exists (
  select 1 from patient where patient.id = reading.patient_id and patient.tenant = reading.tenant
  and patient.environment = reading.environment and patient.merged_into is null))`;
