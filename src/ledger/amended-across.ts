import { inChunks } from '../store/in-chunks.ts';
import type { Db } from '../store/store.ts';
import { amending, type ChainRow, connectedEvents } from './chains.ts';
import type { Scope } from './patient-key.ts';

/** An event of the patients in question, as far as amendments go. */
export interface OwnEvent {
  readonly system: string;
  readonly eventId: string;
  readonly target: string | null;
}

/**
 * The chains of amendments that lead from these events, all events of some patients, to events of others. Amendments
 * rarely cross patients: unless one points out, or is pointed at from outside, this is one query a source system.
 */
export async function amendedAcross(
  db: Db,
  scope: Scope,
  memberIds: readonly string[],
  own: readonly OwnEvent[],
): Promise<readonly ChainRow[]> {
  const rows: ChainRow[] = [];
  for (const [system, ofSystem] of Map.groupBy(own, (event) => event.system)) {
    const ids = ofSystem.map((event) => event.eventId);
    const foreign = await inChunks(ids, (chunk) =>
      amending(db, scope, system, chunk).where('patient_id', 'not in', memberIds).execute(),
    );
    const known = new Set(ids);
    const pointedOut = ofSystem.flatMap(({ target }) => (target !== null && !known.has(target) ? [target] : []));
    const seeds = [...pointedOut, ...foreign.map((row) => row.eventId)];
    rows.push(...(await connectedEvents(db, scope, system, seeds)));
  }
  return rows;
}
