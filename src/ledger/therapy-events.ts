import type { CanonicalEvent } from '../event/event.ts';
import { inChunks } from '../store/in-chunks.ts';
import type { Db } from '../store/store.ts';
import { amendedAcross } from './amended-across.ts';
import { membersOf } from './members.ts';
import type { PatientKey, Scope } from './patient-key.ts';
import { survivorsOf } from './revisions.ts';
import { storedEvent } from './stored-event.ts';

export interface StoredEvent {
  /** Order of receipt. */
  readonly seq: number;
  /** The surviving patient. */
  readonly patientId: string;
  readonly event: CanonicalEvent;
  readonly receivedAtMs: number;
}

/**
 * Everything that the history of a surviving patient needs, in order of receipt: the events of the patient and of all
 * merged into it, and every event of other patients that corrections and voids connect with those.
 */
export async function therapyEvents(db: Db, key: PatientKey): Promise<readonly StoredEvent[]> {
  const members = await membersOf(db, key);
  const own = await inChunks(members, (chunk) => rowsOf(db, key).where('patient_id', 'in', chunk).execute());
  const foreign = await foreignRows(db, key, members, own);
  const survivors = await survivorsOf(
    db,
    key,
    foreign.map((row) => row.patientId),
  );
  return [...own, ...foreign]
    .sort((a, b) => a.seq - b.seq)
    .map((row) => ({
      seq: row.seq,
      patientId: survivors.get(row.patientId) ?? key.patientId,
      event: storedEvent(row.payload),
      receivedAtMs: row.receivedAtMs,
    }));
}

type Row = Awaited<ReturnType<ReturnType<typeof rowsOf>['execute']>>[number];

const rowsOf = (db: Db, { tenant, environment }: Scope) =>
  db
    .selectFrom('event')
    .select([
      'seq',
      'source_system as system',
      'event_id as eventId',
      'target_event_id as target',
      'patient_id as patientId',
      'payload',
      'received_at as receivedAtMs',
    ])
    .where('tenant', '=', tenant)
    .where('environment', '=', environment);

async function foreignRows(
  db: Db,
  key: PatientKey,
  members: readonly string[],
  own: readonly Row[],
): Promise<readonly Row[]> {
  const ownSeqs = new Set(own.map((row) => row.seq));
  const across = await amendedAcross(db, key, members, own);
  const seqs = across.map((row) => row.seq).filter((seq) => !ownSeqs.has(seq));
  return inChunks(seqs, (chunk) => rowsOf(db, key).where('seq', 'in', chunk).execute());
}
