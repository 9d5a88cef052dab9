import type { Db } from '../../store/store.ts';
import type { Reading } from '../read-model/reading.ts';
import { type Entries, type Entry, entriesOf, type Question } from './entries.ts';
import { type BoardLine, boardLine, recordNumbersOf } from './line.ts';
import type { Cursor } from './view.ts';

export interface Lines {
  readonly lines: readonly BoardLine[];
  readonly next: Cursor | undefined;
}

interface Sources {
  readonly db: Db;
  readonly reading: Pick<Reading, 'statusAt'>;
}

/** One page of the board. */
export async function linesOf(sources: Sources, question: Question, limit: number): Promise<Lines> {
  const { entries, next }: Entries = await entriesOf(sources.db, question, limit);
  return { lines: await completed(sources, question, entries), next };
}

/** Rows with what only the status and the ledger's aliases tell, of the same instant. */
export async function completed(
  { db, reading }: Sources,
  { clinic, day }: Pick<Question, 'clinic' | 'day'>,
  entries: readonly Entry[],
): Promise<readonly BoardLine[]> {
  const ids = entries.map(({ patientId }) => patientId);
  const numbers = await recordNumbersOf(db, clinic, ids);
  const lines: BoardLine[] = [];
  for (const entry of entries) {
    const status = await reading.statusAt({ ...clinic, patientId: entry.patientId }, day.at, 'without-care-plan');
    lines.push(boardLine(entry, status, numbers.get(entry.patientId) ?? [], day));
  }
  return lines;
}
