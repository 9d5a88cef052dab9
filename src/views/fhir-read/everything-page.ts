import { type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from '../../store/schema.ts';
import type { Asked } from './asked.ts';
import type { Portion } from './everything-portion.ts';
import type { EverythingQuestion } from './everything-question.ts';
import type { FhirReadOptions } from './options.ts';
import type { StoredResource } from './stored.ts';

export interface EverythingRow {
  readonly type: string;
  readonly id: string;
  /** As served, JSON text. */
  readonly content: string;
}

export interface EverythingPage {
  readonly rows: readonly EverythingRow[];
  /** On all pages. */
  readonly total: number;
  readonly hasMore: boolean;
}

type Wanted = EverythingQuestion & { readonly portion: Portion; readonly patient: StoredResource };

/** One page: the Patient, then the rest in the order of first appearance. Undefined: there is no such page. */
export async function everythingPage(
  asked: Asked,
  options: FhirReadOptions,
  wanted: Wanted,
): Promise<EverythingPage | undefined> {
  const { after, count, patient, portion } = wanted;
  const last = after === undefined || after === patient.id ? 0 : await placeOf(after, asked, options, patient);
  if (last === undefined) return undefined;
  const first = portion.whole.includes('Patient') ? [{ ...patient, type: asked.type }] : [];
  const shown = after === undefined ? first : [];
  const all = selection(asked, options, wanted);
  const [rest, { total }] = await Promise.all([
    all
      .select(['resource.type', 'resource.id', 'resource.content'])
      .where('resource.seq', '>', last)
      .orderBy('resource.seq')
      .limit(count - shown.length + 1)
      .execute(),
    all.select((eb) => eb.fn.countAll().as('total')).executeTakeFirstOrThrow(),
  ]);
  const rows = [...shown, ...rest];
  return { rows: rows.slice(0, count), total: first.length + Number(total), hasMore: rows.length > count };
}

/** Where the page before ended. */
async function placeOf(id: string, { caller }: Asked, { db }: FhirReadOptions, { patient_id }: StoredResource) {
  const { seq } = await db
    .selectFrom('resource')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .where('id', '=', id)
    .where('patient_id', '=', patient_id)
    .where('tenant', '=', caller.reader.tenant)
    .where('environment', '=', caller.reader.environment)
    .executeTakeFirstOrThrow();
  return seq === null ? undefined : Number(seq);
}

function selection({ caller }: Asked, { db }: FhirReadOptions, { portion, sinceMs, patient, ...dates }: Wanted) {
  return (
    db
      .selectFrom('resource')
      .where('resource.patient_id', '=', patient.patient_id)
      // A caller who names the patient by an id that was merged away is told of one Patient under that name, not of two.
      .where('resource.id', 'not in', [patient.id, caller.principal.patientThere ?? patient.id])
      .where('resource.tenant', '=', caller.reader.tenant)
      .where('resource.environment', '=', caller.reader.environment)
      .where('resource.state', '!=', 'deleted')
      .where((eb) => permitted(eb, portion))
      .$if(sinceMs !== undefined, (query) => query.where('resource.last_updated', '>=', sinceMs as number))
      .where((eb) => ofDates(eb, dates))
  );
}

type Rows = ExpressionBuilder<Database, 'resource'>;

function permitted(eb: Rows, { whole, part }: Portion) {
  const parts = part
    .filter(({ ids }) => ids.length > 0)
    .map(({ type, ids }) => eb.and([eb('resource.type', '=', type), eb('resource.id', 'in', [...ids])]));
  return eb.or([whole.length > 0 ? eb('resource.type', 'in', [...whole]) : sql<SqlBool>`1 = 0`, ...parts]);
}

/** What has no date of its own is always in; a Provenance is, where something is that it speaks of. */
function ofDates(eb: Rows, { fromMs, toMs }: Pick<EverythingQuestion, 'fromMs' | 'toMs'>) {
  if (fromMs === undefined && toMs === undefined) return sql<SqlBool>`1 = 1`;
  const spans = (table: 'resource' | 'target') => sql<SqlBool>`(${sql.ref(`${table}.date_from`)} is null or (
    ${toMs === undefined ? sql`1 = 1` : sql`${sql.ref(`${table}.date_from`)} <= ${toMs}`} and
    ${fromMs === undefined ? sql`1 = 1` : sql`(${sql.ref(`${table}.date_to`)} is null or ${sql.ref(`${table}.date_to`)} >= ${fromMs})`}))`;
  const concerned = eb
    .selectFrom('resource_value as value')
    .innerJoin('resource as target', (join) =>
      join
        .onRef('target.id', '=', 'value.value')
        .onRef('target.type', '=', 'value.system')
        .onRef('target.tenant', '=', 'resource.tenant')
        .onRef('target.environment', '=', 'resource.environment'),
    )
    .select('value.seq')
    .whereRef('value.seq', '=', 'resource.seq')
    .where('value.parameter', '=', 'target')
    .where('target.date_from', 'is not', null)
    .where(spans('target'));
  return eb.or([
    eb.and([eb('resource.type', '!=', 'Provenance'), spans('resource')]),
    eb.and([eb('resource.type', '=', 'Provenance'), eb.exists(concerned)]),
  ]);
}
