import type { Insertable } from 'kysely';
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
