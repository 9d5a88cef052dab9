import type { Resource } from '@medplum/fhirtypes';
import { withoutReferences } from '../../fhir/references.ts';
import type { Environment } from '../../store/schema.ts';
import type { Trx } from '../../store/store.ts';
import { dependentsOf } from './dependents.ts';
import { contentsOf, type Row, rowsByIds, rowsOf } from './rows.ts';
import { isServed } from './search-parameters.ts';
import { served, withdrawnFrom } from './served.ts';
import { addRows, type Change, changeRows, type New } from './write-rows.ts';

/** A resource that readers should find, by its identity; references to others are `urn:uuid:<identity>`. */
export interface Wanted {
  readonly identity: string;
  readonly resource: Resource;
  /** Identities that it names where they are there. */
  readonly optional?: readonly string[] | undefined;
}

export interface Projected {
  readonly tenant: string;
  readonly environment: Environment;
  /** The surviving patient. */
  readonly patientId: string;
  /** The ids of that patient and of everyone merged into it. */
  readonly family: readonly string[];
  /** When what is wanted was known, epoch milliseconds. */
  readonly atMs: number;
  /** Patients whom this one was merged into and is no longer: what they hold of what is wanted is this one's again. */
  readonly formerly: ReadonlySet<string>;
  /** `somebody`: a merge into this patient was taken back. */
  readonly left: 'nobody' | 'somebody';
}

export interface Projection {
  /** Patients outside the family who hold something of what is wanted, live. */
  readonly contestedBy: readonly string[];
  /** What was not written, because it or what it needs is another patient's. */
  readonly withheld: ReadonlySet<string>;
}

/**
 * Brings the rows of one patient to what is wanted. What is the same stays untouched; what changed is its next version,
 * the one before is kept; what is wanted no longer says that it was entered in error. What another patient holds is
 * never taken: `stop` then writes nothing at all, `withhold` keeps it back with everything that needs it.
 */
export async function project(
  trx: Trx,
  target: Projected,
  wanted: readonly Wanted[],
  whereContested: 'stop' | 'withhold',
): Promise<Projection> {
  const servable = wanted.filter(({ resource }) => isServed(resource.resourceType));
  const own = await rowsOf(trx, target, target.family);
  const known = new Map(own.map((row) => [row.id, row]));
  const unknown = servable.flatMap(({ identity }) => (known.has(identity) ? [] : [identity]));
  const elsewhere = await rowsByIds(trx, target, unknown);
  // The Patient of who was merged and is no longer is theirs again.
  const contested = elsewhere.filter(
    ({ state, type, patientId }) => state === 'live' && type !== 'Patient' && !target.formerly.has(patientId),
  );
  const contestedBy = [...new Set(contested.map(({ patientId }) => patientId))];
  const withheld = dependentsOf(new Set(contested.map(({ id }) => id)), servable);
  if (contested.length > 0 && whereContested === 'stop') return { contestedBy, withheld };
  for (const row of elsewhere) known.set(row.id, row);
  await write(trx, target, known, servable, withheld);
  return { contestedBy, withheld };
}

async function write(
  trx: Trx,
  target: Projected,
  known: ReadonlyMap<string, Row>,
  wanted: readonly Wanted[],
  withheld: ReadonlySet<string>,
): Promise<void> {
  const types = new Map(wanted.map(({ identity, resource }) => [identity, resource.resourceType]));
  const fresh: New[] = [];
  const changes: Change[] = [];
  for (const { identity, resource } of wanted) {
    if (withheld.has(identity)) continue;
    const one = served(identity, withheld.size > 0 ? withoutReferences(resource, withheld) : resource, types);
    const row = known.get(identity);
    if (row) changes.push({ row, state: 'live', served: one });
    else fresh.push(one);
  }
  const gone = [...known.values()].filter((row) => !types.has(row.id) && row.type !== 'Patient');
  await addRows(trx, target, fresh);
  await changeRows(trx, target, [...changes, ...(await withdrawals(trx, target, gone))]);
}

/**
 * What is gone already stays as it is, but under the name of a survivor. Where a merge was taken back, what nobody wants any
 * more may tell of the other person: it is not shown as this one's mistake.
 */
async function withdrawals(trx: Trx, { patientId, left }: Projected, gone: readonly Row[]): Promise<Change[]> {
  const going = gone.filter((row) => row.state === 'live' || row.patientId !== patientId);
  const contents = await contentsOf(
    trx,
    going.map(({ seq }) => seq),
  );
  return going.map((row): Change => {
    if (left === 'somebody') return { row, state: 'deleted' };
    const { type, id } = row;
    const resource = withdrawnFrom(contents.get(row.seq) as string, patientId);
    return resource ? { row, state: 'withdrawn', served: { type, id, resource } } : { row, state: 'deleted' };
  });
}
