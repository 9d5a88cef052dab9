import { inChunks } from '../store/in-chunks.ts';
import type { Db } from '../store/store.ts';
import type { Scope } from './patient-key.ts';

/** One event as a link of chains: what it is about and which event it amends. */
export interface ChainRow {
  readonly seq: number;
  readonly type: string;
  readonly eventId: string;
  readonly target: string | null;
  readonly patientId: string;
  readonly mergedPatientId: string | null;
}

/**
 * Every event of one source system that corrections, voids and unmerges connect with these event ids, in both
 * directions, to a fixpoint. The ids themselves need not be in the ledger: two corrections of an event that has not
 * arrived are connected through it.
 */
export async function connectedEvents(
  db: Db,
  scope: Scope,
  system: string,
  eventIds: Iterable<string>,
): Promise<readonly ChainRow[]> {
  const seen = new Set(eventIds);
  const found = new Map<number, ChainRow>();
  let frontier = [...seen];
  while (frontier.length > 0) {
    const rows = await inChunks(frontier, (chunk) => neighbours(db, scope, system, chunk));
    for (const row of rows) found.set(row.seq, row);
    frontier = [...new Set(rows.flatMap(endsOf))].filter((id) => !seen.has(id));
    for (const id of frontier) seen.add(id);
  }
  return [...found.values()];
}

/** Groups connected rows: the chain of each event id, by event id. */
export function chainsOf(rows: readonly ChainRow[]): ReadonlyMap<string, readonly ChainRow[]> {
  const chainOf = new Map<string, Set<ChainRow>>();
  for (const row of rows) {
    const chains = endsOf(row).map((id) => chainOf.get(id));
    const joined = new Set([row, ...chains.flatMap((chain) => [...(chain ?? [])])]);
    for (const member of joined) {
      for (const id of endsOf(member)) chainOf.set(id, joined);
    }
  }
  return new Map([...chainOf].map(([id, chain]) => [id, [...chain]]));
}

const endsOf = (row: ChainRow): string[] => (row.target === null ? [row.eventId] : [row.eventId, row.target]);

/** Two queries united, not one with OR: each half has its own index. */
const neighbours = (db: Db, scope: Scope, system: string, ids: readonly string[]) =>
  chainRows(db, scope, system)
    .where('event_id', 'in', ids)
    .union(amending(db, scope, system, ids))
    .execute();

/** The events that amend one of these. */
export const amending = (db: Db, scope: Scope, system: string, ids: readonly string[]) =>
  chainRows(db, scope, system).where('target_event_id', 'in', ids);

const chainRows = (db: Db, { tenant, environment }: Scope, system: string) =>
  db
    .selectFrom('event')
    .select([
      'seq',
      'type',
      'event_id as eventId',
      'target_event_id as target',
      'patient_id as patientId',
      'merged_patient_id as mergedPatientId',
    ])
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('source_system', '=', system);
