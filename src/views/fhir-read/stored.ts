import type { Allowance } from '../../auth/reach.ts';
import type { ReadPatient } from '../read-model/reading.ts';
import type { Asked } from './asked.ts';
import type { FhirReadOptions } from './options.ts';
import { search } from './search.ts';

export interface StoredResource {
  readonly id: string;
  readonly patient_id: string;
  readonly version: number;
  readonly last_updated: number;
  readonly state: 'live' | 'withdrawn' | 'deleted';
  readonly content: string;
}

/** For how long a request across patients waits for what was reported last. */
export const catchUpMs = 250;

/**
 * The resource that a request names, as new as the ledger; undefined where there is none or it is out of reach. Both
 * cost the same queries, so that the time tells nothing either.
 */
export async function stored(asked: Asked, options: FhirReadOptions): Promise<StoredResource | undefined> {
  const { caller, type, id } = asked;
  const reach = caller.reachOf(type, 'read');
  if (reach.every(({ patient }) => patient !== undefined && patient === caller.principal.patient)) {
    if (caller.patient) await options.reading.refresh(caller.patient);
    return within(asked, options);
  }
  const before = type === 'Patient' ? await options.reading.find(caller.reader, id) : await ownerOf(asked, options);
  if (before) await options.reading.refresh(before);
  else await options.reading.catchUp(caller.reader, catchUpMs);
  return within(asked, options);
}

async function ownerOf(asked: Asked, options: FhirReadOptions): Promise<ReadPatient | undefined> {
  const found = await within(asked, options);
  return found && { ...asked.caller.reader, patientId: found.patient_id };
}

/** As it is in the table now, if some allowance lets it in. */
async function within(asked: Asked, options: FhirReadOptions): Promise<StoredResource | undefined> {
  const reach = asked.caller.reachOf(asked.type, 'read');
  const whole = reach.filter(({ query }) => query === undefined);
  const found = whole.length > 0 ? await selected(asked, options, whole) : undefined;
  if (found || whole.length === reach.length) return found;
  return (await matches(asked, options)) ? selected(asked, options, reach) : undefined;
}

function selected({ caller, type, id }: Asked, { db }: FhirReadOptions, reach: readonly Allowance[]) {
  const { tenant, environment } = caller.reader;
  const patients = reach.flatMap(({ patient }) => patient ?? []);
  return db
    .selectFrom('resource')
    .select(['id', 'patient_id', 'version', 'last_updated', 'state', 'content'])
    .where('id', '=', id)
    .where('type', '=', type)
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .$if(patients.length === reach.length, (query) => query.where('patient_id', 'in', patients))
    .executeTakeFirst();
}

/** Whether what a scope asks for holds of it: the search says so, which knows the scope already. */
async function matches({ caller, type, id }: Asked, options: FhirReadOptions): Promise<boolean> {
  const question = searchQuestion(caller, options, 'strict');
  const asRead = { ...question, reachOf: () => caller.reachOf(type, 'read') };
  const answer = await search(options.db, asRead, type, [['_id', id]]);
  return answer.kind === 'found' && (JSON.parse(answer.bundle).entry ?? []).length > 0;
}

/** What the search engine has to know about who asks. */
export function searchQuestion(
  { principal, reader, reachOf, ours }: Asked['caller'],
  { base, pageKey, now }: FhirReadOptions,
  handling: Asked['handling'],
) {
  const { issuer, clientId, subject, patient } = principal;
  const caller = JSON.stringify([issuer, clientId, subject, patient]);
  return { ...{ reader, base, reachOf, ours, caller, handling }, key: pageKey, now: now() };
}
