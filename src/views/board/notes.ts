import { z } from 'zod';
import { appendAudit } from '../../store/audit.ts';
import type { Store, Trx } from '../../store/store.ts';
import type { Clinic } from './entries.ts';

/** What a clinic writes beside a patient. Health information: it stands in its table and nowhere else. */
export interface Note {
  readonly owner: string | null;
  readonly note: string | null;
  /** ISO date. */
  readonly bookedFor: string | null;
}

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .transform((text) => (text === '' ? null : text))
    .nullable()
    .default(null);

/** As a form sends it: what was left out is null. `version` is that of the note that the writer had before them. */
export const noteForm = z.object({
  owner: line(120),
  note: line(2000),
  bookedFor: z
    .union([z.iso.date(), z.literal('').transform(() => null)])
    .nullable()
    .default(null),
  version: z.coerce.number().int().nonnegative(),
});

export interface NoteChange extends Clinic {
  readonly patientId: string;
  readonly note: Note;
  /** 0: the writer saw none. */
  readonly seenVersion: number;
  readonly by: { readonly name: string; readonly subject: string };
  readonly atMs: number;
}

/** `stale`: somebody else changed it since it was read; nothing was written. Recorded in the same transaction. */
export function changeNote(store: Store, change: NoteChange): Promise<'done' | 'stale'> {
  return store.transaction(async (trx) => {
    const isWritten = change.seenVersion === 0 ? await isAdded(trx, change) : await isReplaced(trx, change);
    const { tenant, environment, patientId, by, atMs, seenVersion, note } = change;
    await appendAudit(trx, {
      ...{ tenant, at: atMs, action: 'board-note', actor: by.subject },
      outcome: isWritten ? 'done' : 'stale',
      detail: {
        ...{ environment, patient: patientId, version: isWritten ? seenVersion + 1 : seenVersion },
        // What was written is health information; which fields hold something is not.
        holds: Object.entries(note).flatMap(([name, value]) => (value === null ? [] : [name])),
      },
    });
    return isWritten ? 'done' : 'stale';
  });
}

async function isAdded(trx: Trx, { tenant, environment, patientId, note, by, atMs }: NoteChange): Promise<boolean> {
  const added = await trx
    .insertInto('board_note')
    .values({
      ...{ tenant, environment, patient_id: patientId, owner: note.owner, note: note.note },
      ...{ booked_for: note.bookedFor, version: 1, changed_by: by.name, changed_at: atMs },
    })
    .onConflict((conflict) => conflict.columns(['patient_id', 'tenant', 'environment']).doNothing())
    .executeTakeFirst();
  return added.numInsertedOrUpdatedRows === 1n;
}

async function isReplaced(trx: Trx, change: NoteChange): Promise<boolean> {
  const { tenant, environment, patientId, note, by, atMs, seenVersion } = change;
  const replaced = await trx
    .updateTable('board_note')
    .set({
      ...{ owner: note.owner, note: note.note, booked_for: note.bookedFor },
      ...{ version: seenVersion + 1, changed_by: by.name, changed_at: atMs },
    })
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('patient_id', '=', patientId)
    .where('version', '=', seenVersion)
    .executeTakeFirst();
  return replaced.numUpdatedRows === 1n;
}
