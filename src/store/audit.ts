import type { CompiledQuery, Insertable } from 'kysely';
import type { AuditTable } from './schema.ts';
import type { Db } from './store.ts';

export interface AuditEntry extends Omit<Insertable<AuditTable>, 'seq' | 'detail'> {
  /** Keyed ids, codes and counts only: never a name, a record number or a serial number. */
  readonly detail: AuditDetail;
}

export type AuditDetail = Readonly<Record<string, string | number | null | readonly string[]>>;

/** Who did what, appended: in the same transaction as what it records, where there is one. */
export async function appendAudit(db: Db, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit')
    .values({ ...entry, detail: JSON.stringify(entry.detail) })
    .execute();
}

export type AuditRow = Required<Omit<Insertable<AuditTable>, 'seq'>>;

/** Appends rows with every request anew: the statement for each number of rows is put together once. */
export function auditWriter(db: Db): (rows: readonly AuditRow[]) => Promise<void> {
  const known = new Map<number, CompiledQuery>();
  return async (rows) => {
    const query = known.get(rows.length) ?? db.insertInto('audit').values(rows.map(inOrder)).compile();
    known.set(rows.length, query);
    await db.executeQuery({ ...query, parameters: rows.flatMap((row) => Object.values(inOrder(row))) });
  };
}

/** The columns of the statement stand in the order of the first row. */
const inOrder = ({ tenant, at, action, actor, outcome, detail }: AuditRow): AuditRow => ({
  ...{ tenant, at, action, actor, outcome, detail },
});
