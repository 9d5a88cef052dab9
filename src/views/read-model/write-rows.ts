import type { Patient } from '@medplum/fhirtypes';
import { inChunks } from '../../store/in-chunks.ts';
import type { ResourceTable } from '../../store/schema.ts';
import type { Trx } from '../../store/store.ts';
import { partVersions } from './parted-versions.ts';
import type { Row, RowScope } from './rows.ts';
import { contentHash, contentOf, foundHash, type Served } from './served.ts';
import { type Found, foundBy } from './values.ts';

/** A resource that is in no row yet. */
export type New = Served;

/** What a row should say. `deleted`: what it said last is kept, and nobody finds it. */
export type Change =
  | { readonly row: Row; readonly state: 'live' | 'withdrawn'; readonly served: Served }
  | { readonly row: Row; readonly state: 'deleted' };

interface Target extends RowScope {
  readonly patientId: string;
  readonly atMs: number;
}

/** Another process put one of these resources in while this one was about to: what was decided is out of date. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

export async function addRows(trx: Trx, target: Target, fresh: readonly New[]): Promise<void> {
  const { tenant, environment, patientId, atMs } = target;
  const found = new Map(fresh.map((one) => [one.id, foundBy(one.resource)]));
  const rows = fresh.map((one) => {
    const { type, id } = one;
    const by = found.get(id) as Found;
    return {
      ...{
        tenant,
        environment,
        type,
        id,
        patient_id: patientId,
        version: 1,
        last_updated: atMs,
        state: 'live' as const,
      },
      ...{ date_from: by.fromMs, date_to: by.toMs },
      ...{ content_hash: contentHash(one), found_hash: foundHash(by), content: contentOf(one, 1, atMs) },
    };
  });
  const added = await inChunks(rows, (chunk) =>
    trx
      .insertInto('resource')
      .values([...chunk])
      .onConflict((conflict) => conflict.doNothing())
      .returning(['seq', 'type', 'id'])
      .execute(),
  );
  if (added.length < rows.length) throw new Overtaken();
  await addValues(
    trx,
    target,
    added.map(({ seq, type, id }) => ({ seq, type, found: found.get(id) as Found })),
  );
}

/** Rows that say what they should already are left alone, but for what they are found by and whose they are. */
export async function changeRows(trx: Trx, target: Target, changes: readonly Change[]): Promise<void> {
  const described = changes.map(describe);
  const news = described.filter(({ isNews }) => isNews);
  await keepVersions(
    trx,
    news.map(({ change: { row } }) => row.seq),
  );
  for (const { change } of news) {
    if (change.state !== 'deleted' && isTheirOwn(change.row, target)) {
      await partVersions(trx, target, change.served.resource as Patient);
    }
  }
  for (const one of news) await writeVersion(trx, target, one);
  const others = described.filter(({ isNews, change: { row } }) => !isNews && row.patientId !== target.patientId);
  const handed = others.map(({ change: { row } }) => row);
  await inChunks(handed, (chunk) => handOver(trx, target.patientId, chunk));
  await findAgain(
    trx,
    target,
    described.filter(({ change, hashes }) => hashes.found !== change.row.foundHash),
  );
}

const isTheirOwn = ({ type, id }: Row, { patientId }: Target): boolean => type === 'Patient' && id === patientId;

interface Described {
  readonly change: Change;
  readonly found: Found;
  readonly hashes: { readonly content: string; readonly found: string };
  /** It says something else than the row: a version of its own. */
  readonly isNews: boolean;
}

const nowhere: Found = { values: [], fromMs: null, toMs: null };

function describe(change: Change): Described {
  const { row, state } = change;
  const found = change.state === 'deleted' ? nowhere : foundBy(change.served.resource);
  const content = change.state === 'deleted' ? row.contentHash : contentHash(change.served);
  const isNews = state !== row.state || content !== row.contentHash;
  return { change, found, hashes: { content, found: foundHash(found) }, isNews };
}

/** What the rows say now becomes history. */
const keepVersions = (trx: Trx, seqs: readonly number[]) =>
  inChunks(seqs, (chunk) =>
    trx
      .insertInto('resource_version')
      .columns([...versionColumns])
      .expression(trx.selectFrom('resource').select(versionColumns).where('seq', 'in', chunk))
      .execute(),
  );

const versionColumns = [
  ...(['tenant', 'environment', 'type', 'id', 'version'] as const),
  ...(['patient_id', 'last_updated', 'state', 'content'] as const),
] as const;

async function writeVersion(trx: Trx, target: Target, { change, hashes }: Described): Promise<void> {
  const version = change.row.version + 1;
  await trx
    .updateTable('resource')
    .set({
      ...{ patient_id: target.patientId, version, last_updated: target.atMs, state: change.state satisfies State },
      content_hash: hashes.content,
      ...(change.state !== 'deleted' && { content: contentOf(change.served, version, target.atMs) }),
    })
    .where('seq', '=', change.row.seq)
    .execute();
}

type State = ResourceTable['state'];

const handOver = (trx: Trx, patientId: string, rows: readonly Row[]) =>
  trx
    .updateTable('resource')
    .set({ patient_id: patientId })
    .where(
      'seq',
      'in',
      rows.map(({ seq }) => seq),
    )
    .execute();

async function findAgain(trx: Trx, target: Target, rows: readonly Described[]): Promise<void> {
  for (const { change, found, hashes } of rows) {
    await trx
      .updateTable('resource')
      .set({ found_hash: hashes.found, date_from: found.fromMs, date_to: found.toMs })
      .where('seq', '=', change.row.seq)
      .execute();
  }
  await inChunks(rows, (chunk) =>
    trx
      .deleteFrom('resource_value')
      .where(
        'seq',
        'in',
        chunk.map(({ change: { row } }) => row.seq),
      )
      .execute(),
  );
  await addValues(
    trx,
    target,
    rows.map(({ change: { row }, found }) => ({ seq: row.seq, type: row.type, found })),
  );
}

interface FoundRow {
  readonly seq: number;
  readonly type: string;
  readonly found: Found;
}

async function addValues(trx: Trx, { tenant, environment }: RowScope, rows: readonly FoundRow[]): Promise<void> {
  const values = rows.flatMap(({ seq, type, found }) =>
    found.values.map((value) => ({ tenant, environment, type, seq, ...value })),
  );
  await inChunks(values, (chunk) =>
    trx
      .insertInto('resource_value')
      .values([...chunk])
      .execute(),
  );
}
