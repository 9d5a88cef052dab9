import { problem } from '../event/problem.ts';
import type { Destination } from './destination.ts';
import { canSearchDevices, knownDevices, type OwnDevices, rememberDevices, searchDevices } from './device-match.ts';
import { isGone, isReadable } from './look-up.ts';
import type { PatientIdentifier } from './match-patient.ts';
import { forgetMatch, knownMatch, matchPatient, rememberMatch } from './match-patient.ts';
import type { Routes, Tier } from './routes.ts';
import type { RunContext, Therapy } from './run.ts';
import type { RunMemory } from './run-memory.ts';
import type { Findings, RunResult } from './run-result.ts';

/** Who our patient is at a destination, and which of its devices are theirs. */

/** Whether anything of this therapy is, or has been, in FHIR there: else its Patient need not be known. */
export function isInFhir({ wanted }: Therapy, { byType, report }: Routes, memory: RunMemory): boolean {
  const travels = (tier: Tier | undefined) => tier !== 'hl7v2' && tier !== 'worklist';
  const held = [...memory.links.values(), ...memory.pending.values()];
  if (held.some(({ resourceType }) => resourceType !== 'Binary' && resourceType !== 'Task')) return true;
  return wanted.some(({ resource }) => travels(byType.get(resource.resourceType)?.tier ?? report));
}

/** A record number may be given to another Patient there: a match is believed for so long. */
const matchForMs = 24 * 60 * 60 * 1000;

/**
 * The destination's own Patient: known, or searched and remembered. Where the search now tells of another one, nothing is
 * written until a human has looked: what is there may stand with the wrong person.
 */
export async function patientThere(
  { store, destination, capabilities }: RunContext,
  { patientId, identifiers }: Therapy,
  memory: RunMemory,
  findings: Findings,
): Promise<string> {
  const known = await knownMatch(store.db, destination, patientId);
  memory.rememberedPatient = known?.serverId;
  if (known && (await store.nowMs()) - known.matchedAtMs < matchForMs) return known.serverId;
  const { vendorCodes } = capabilities;
  const found = await matchPatient(memory.client, destination, patientId, identifiers, vendorCodes);
  if (!('serverId' in found)) return findings.end(found);
  if (known && known.serverId !== found.serverId && !(await isPatientGone(known.serverId, memory))) {
    return findings.end({ kind: 'terminal', problem: patientDiffers });
  }
  await memory.write((trx, nowMs) => rememberMatch(trx, destination, patientId, found.serverId, nowMs));
  return found.serverId;
}

/**
 * A hospital that merged two of its Patients refuses what is about the one that is gone: the next run looks for the
 * other.
 */
export async function withoutPatient(
  { destination }: RunContext,
  { patientId }: Therapy,
  memory: RunMemory,
  result: RunResult,
): Promise<RunResult> {
  const serverId = memory.rememberedPatient;
  if (result.kind !== 'parked' || serverId === undefined) return result;
  if (!result.problems.some(({ code }) => code === 'destination-refused')) return result;
  if (!(await isPatientGone(serverId, memory))) return result;
  await memory.write((trx) => forgetMatch(trx, destination, patientId));
  return { kind: 'retry', problem: patientGone, problems: result.problems };
}

async function isPatientGone(serverId: string, { asking, client }: RunMemory): Promise<boolean> {
  if (!isReadable('Patient', asking.capabilities)) return false;
  return isGone(await client.send({ method: 'GET', path: `Patient/${serverId}` }));
}

const patientDiffers = problem('patient-ambiguous', 'the identifier belongs to another Patient there than before');

const patientGone = problem('destination-conflict', 'the Patient is gone there and is looked for anew');

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
