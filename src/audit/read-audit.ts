import type { Db } from '../store/store.ts';
import type { AuditRow } from './audit-event.ts';

export interface AuditFilter {
  readonly tenant: string;
  /** Epoch milliseconds, the first included, the last not. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly destination?: string | undefined;
  /** Keyed id. */
  readonly patient?: string | undefined;
}

const pageSize = 1_000;

/** Rows in the order in which they were written. SQL never looks into the detail, so who and where are chosen here. */
export async function* readAudit(db: Db, filter: AuditFilter): AsyncGenerator<AuditRow> {
  const { tenant, sinceMs, untilMs } = filter;
  let afterSeq = 0;
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .select(['seq', 'at', 'action', 'actor', 'outcome', 'detail'])
      .where('tenant', '=', tenant)
      .where('seq', '>', afterSeq)
      .$if(sinceMs !== undefined, (query) => query.where('at', '>=', sinceMs as number))
      .$if(untilMs !== undefined, (query) => query.where('at', '<', untilMs as number))
      .orderBy('seq')
      .limit(pageSize)
      .execute();
    for (const row of rows) {
      const read: AuditRow = { ...row, detail: JSON.parse(row.detail) as AuditRow['detail'] };
      if (isMeant(read, filter)) yield read;
    }
    if (rows.length < pageSize) return;
    afterSeq = rows.at(-1)?.seq ?? afterSeq;
  }
}

const isMeant = ({ detail }: AuditRow, { destination, patient }: AuditFilter): boolean =>
  (destination === undefined || detail.destination === destination) &&
  (patient === undefined || detail.patient === patient || isAmong(patient, detail.patients));

const isAmong = (patient: string, named: unknown): boolean => Array.isArray(named) && named.includes(patient);
