import type { Bundle, Patient } from '@medplum/fhirtypes';
import { type Problem, problem } from '../event/problem.ts';
import type { Db, Trx } from '../store/store.ts';
import type { Destination } from './destination.ts';
import { isDone, type Reaction, reactionTo, type VendorCodes } from './failure.ts';
import type { FhirClient, FhirRequest } from './fhir-client.ts';
import { unreadable } from './look-up.ts';

export interface PatientIdentifier {
  readonly system: string;
  readonly value: string;
  /** Whose it is: the patient's, or that of one merged into it. */
  readonly patientId: string;
}

/**
 * The destination's own Patient: exactly one has one of our patient's identifiers. A Patient is never created. Those of
 * merged patients are asked for only where the patient's own find nobody: the destination may still hold both, and
 * whether it matched before or after the merge must make no difference.
 */
export async function matchPatient(
  client: FhirClient,
  destination: Destination,
  patientId: string,
  identifiers: readonly PatientIdentifier[],
  vendorCodes: VendorCodes = {},
): Promise<{ serverId: string } | Reaction> {
  const own = identifiers.filter((identifier) => identifier.patientId === patientId);
  const merged = identifiers.filter((identifier) => identifier.patientId !== patientId);
  const found = await patientWith(client, destination, own, vendorCodes);
  const isMissing = 'kind' in found && found.problem.code === 'patient-not-found';
  return isMissing && merged.length > 0 ? patientWith(client, destination, merged, vendorCodes) : found;
}

async function patientWith(
  client: FhirClient,
  destination: Destination,
  identifiers: readonly PatientIdentifier[],
  vendorCodes: VendorCodes,
): Promise<{ serverId: string } | Reaction> {
  const known = identifiers.flatMap(({ system, value }) => {
    const theirs = destination.patientIdentifierSystems[system];
    return theirs ? [{ system: theirs, value }] : [];
  });
  const found = new Set<string>();
  for (const identifier of known) {
    const answer = await client.send(patientSearch(destination, identifier));
    if (answer.kind !== 'answered' || !isDone(answer)) {
      return terminalIfRefused(reactionTo(answer, 'reading', vendorCodes));
    }
    // A login page or a proxy in its place must not count as "not registered".
    if ((answer.body as Bundle | undefined)?.resourceType !== 'Bundle') return unreadable;
    for (const id of patientIds(answer.body, identifier)) found.add(id);
  }
  const [serverId, ...others] = found;
  if (!serverId) return stop(problem('patient-not-found', 'no Patient at the destination has this identifier'));
  if (others.length > 0) return stop(problem('patient-ambiguous', 'several Patients have this identifier'));
  return { serverId };
}

export interface KnownMatch {
  readonly serverId: string;
  /** When a search last told so. */
  readonly matchedAtMs: number;
}

export async function knownMatch(
  db: Db,
  { tenant, name }: Destination,
  patientId: string,
): Promise<KnownMatch | undefined> {
  const row = await db
    .selectFrom('patient_match')
    .select(['server_id', 'matched_at'])
    .where('tenant', '=', tenant)
    .where('destination', '=', name)
    .where('patient_id', '=', patientId)
    .executeTakeFirst();
  return row && { serverId: row.server_id, matchedAtMs: row.matched_at };
}

export async function rememberMatch(
  trx: Trx,
  { tenant, name }: Destination,
  patientId: string,
  serverId: string,
  nowMs: number,
): Promise<void> {
  await trx
    .insertInto('patient_match')
    .values({ tenant, destination: name, patient_id: patientId, server_id: serverId, matched_at: nowMs })
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'destination', 'patient_id']).doUpdateSet({ server_id: serverId, matched_at: nowMs }),
    )
    .execute();
}

/** The Patient is searched anew by the next run. */
export async function forgetMatch(trx: Trx, { tenant, name }: Destination, patientId: string): Promise<void> {
  await trx
    .deleteFrom('patient_match')
    .where('tenant', '=', tenant)
    .where('destination', '=', name)
    .where('patient_id', '=', patientId)
    .execute();
}

/** The record number travels in the body; only where configuration accepts it, in a URL. */
function patientSearch(
  { patientSearch: how }: Destination,
  { system, value }: { readonly system: string; readonly value: string },
): FhirRequest {
  const query = new URLSearchParams({ identifier: `${escapeToken(system)}|${escapeToken(value)}` }).toString();
  return how === 'post'
    ? { method: 'POST', path: 'Patient/_search', body: query }
    : { method: 'GET', path: `Patient?${query}` };
}

/** FHIR R4 search, Escaping Search Parameters. */
export const escapeToken = (text: string): string => text.replace(/[\\$,|]/g, (character) => `\\${character}`);

/** Of those that carry the identifier: a server that does not know the parameter answers with whomever it has. */
function patientIds(body: unknown, { system, value }: { readonly system: string; readonly value: string }): string[] {
  const entries = (body as Bundle<Patient>)?.entry ?? [];
  return entries.flatMap(({ resource }) => {
    if (resource?.resourceType !== 'Patient' || !resource.id) return [];
    return resource.identifier?.some((one) => one.system === system && one.value === value) ? [resource.id] : [];
  });
}

/** A search that is refused as a request cannot be cured by reading again. */
function terminalIfRefused(reaction: Reaction): Reaction {
  return reaction.kind === 'conflict' ? stop(reaction.problem) : reaction;
}

const stop = (found: Problem): Reaction => ({ kind: 'terminal', problem: found });
