import type { Destination } from './destination.ts';
import { canSearchDevices, knownDevices, type OwnDevices, rememberDevices, searchDevices } from './device-match.ts';
import type { PatientIdentifier } from './match-patient.ts';
import { knownMatch, matchPatient, rememberMatch } from './match-patient.ts';
import type { Routes, Tier } from './routes.ts';
import type { RunContext, Therapy } from './run.ts';
import type { RunMemory } from './run-memory.ts';
import type { Findings } from './run-result.ts';

/** Who our patient is at a destination, and which of its devices are theirs. */

/** Whether anything of this therapy is, or has been, in FHIR there: else its Patient need not be known. */
export function isInFhir({ wanted }: Therapy, { byType, report }: Routes, memory: RunMemory): boolean {
  const travels = (tier: Tier | undefined) => tier !== 'hl7v2' && tier !== 'worklist';
  const held = [...memory.links.values(), ...memory.pending.values()];
  if (held.some(({ resourceType }) => resourceType !== 'Binary' && resourceType !== 'Task')) return true;
  return wanted.some(({ resource }) => travels(byType.get(resource.resourceType)?.tier ?? report));
}

/** The destination's own Patient: known, or searched and remembered. */
export async function patientThere(
  { store, destination, capabilities }: RunContext,
  { patientId, identifiers }: Therapy,
  memory: RunMemory,
  findings: Findings,
): Promise<string> {
  const known = await knownMatch(store.db, destination, patientId);
  if (known) return known;
  const { vendorCodes } = capabilities;
  const found = await matchPatient(memory.client, destination, patientId, identifiers, vendorCodes);
  if (!('serverId' in found)) return findings.end(found);
  await memory.write((trx, nowMs) => rememberMatch(trx, destination, patientId, found.serverId, nowMs));
  return found.serverId;
}

/** The destination's own Devices that are ours, where it takes none from us. Looked for until each is found. */
export async function devicesThere(
  { store, routes }: RunContext,
  { patientId, family, wanted }: Therapy,
  patientServerId: string,
  memory: RunMemory,
  findings: Findings,
): Promise<OwnDevices> {
  const devices = wanted.filter(({ resource }) => resource.resourceType === 'Device');
  const tier = routes.byType.get('Device')?.tier;
  if (devices.length === 0 || tier === 'graph' || tier === 'discrete') return new Map();
  const known = await knownDevices(store.db, memory.owner, family);
  const unmatched = devices.filter(({ identity }) => !known.has(identity));
  if (unmatched.length === 0 || !canSearchDevices(memory.asking.capabilities)) return known;
  const found = await searchDevices(memory.asking, unmatched, patientServerId);
  // Without them it says less, and still says what happened.
  if ('kind' in found) return found.kind === 'retry' || found.kind === 'pause' ? findings.end(found) : known;
  if (found.size > 0) {
    await memory.write((trx, nowMs) => rememberDevices(trx, memory.owner, patientId, found as OwnDevices, nowMs));
  }
  return new Map([...known, ...(found as OwnDevices)]);
}

/** As the destination names them. */
export const identifiersThere = (
  { patientIdentifierSystems }: Destination,
  identifiers: readonly PatientIdentifier[],
): readonly PatientIdentifier[] =>
  identifiers.flatMap((identifier) => {
    const system = patientIdentifierSystems[identifier.system];
    return system ? [{ ...identifier, system }] : [];
  });
