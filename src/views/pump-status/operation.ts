import { createHash } from 'node:crypto';
import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';
import { reachesAll } from '../../auth/reach.ts';
import { problem } from '../../event/problem.ts';
import type { Codes } from '../../fhir/codes.ts';
import { operationOutcome, outcomeOfProblems } from '../../fhir/outcome.ts';
import { prepared } from '../../store/prepared.ts';
import type { Db } from '../../store/store.ts';
import { isBefore } from '../../therapy/when.ts';
import type { PumpStatusOperation, PumpStatusQuestion } from '../fhir-read/pump-status.ts';
import type { Reading, ReadPatient } from '../read-model/reading.ts';
import { nameOf, observationsOf, restsOn, restTypes } from './rests-on.ts';
import type { PumpStatus } from './status-schema.ts';
import { summaryOf } from './summary.ts';

export interface OperationParts {
  readonly reading: Pick<Reading, 'statusAt' | 'refresh'>;
  readonly db: Db;
  readonly codes: Pick<Codes, 'coding' | 'lookUp'>;
  /** How far ahead of now a status may be asked for. */
  readonly projectionDays: number;
  readonly now: () => Temporal.Instant;
}

/** `$pump-status`: a Bundle of the summary of each pump and what it rests on, as far as the caller may read that. */
export const pumpStatusOperation =
  (parts: OperationParts): PumpStatusOperation =>
  async (question) => {
    const { patient, device, at, base } = question;
    if (isBefore(parts.now().add({ hours: 24 * parts.projectionDays }), at)) return { status: 400, body: tooFarAhead };
    await parts.reading.refresh(patient);
    const mayReadPlan = reachesAll(question.reachOf('CarePlan', 'read'), patient.patientId);
    const status = await parts.reading.statusAt(patient, at, mayReadPlan ? 'whole' : 'without-care-plan');
    const asked = device === undefined ? status : ofDevice(status, device);
    if (!asked) return { status: 422, body: noPump };
    const readable = await readableResources(parts.db, patient, question);
    return { status: 200, body: pumpStatusBundle(asked, readable, base, parts.codes) };
  };

/** The summaries stand first; each entry has an address at which it can be read, but for the summaries, which are not stored. */
export function pumpStatusBundle(
  status: PumpStatus,
  readable: readonly Resource[],
  base: string,
  codes: Pick<Codes, 'coding' | 'lookUp'>,
): Bundle {
  const summaries = status.pumps.map((pump): BundleEntry => {
    const observations = observationsOf(status, pump, readable).map(nameOf);
    return { fullUrl: uuidOf(status, pump.device), resource: summaryOf(status, pump, observations, codes) };
  });
  const others = restsOn(status, readable).map(
    (resource): BundleEntry => ({ fullUrl: `${base}/${nameOf(resource)}`, resource }),
  );
  const entry = [...summaries, ...others];
  return {
    ...{ resourceType: 'Bundle', type: 'collection', timestamp: status.asOf },
    ...(entry.length > 0 && { entry }),
  };
}

/** A pump, or the pump that a catheter is connected to. */
function ofDevice(status: PumpStatus, device: string): PumpStatus | undefined {
  const pumps = status.pumps.filter((pump) => pump.device === device || pump.catheter.device === device);
  return pumps.length > 0 ? { ...status, pumps } : undefined;
}

async function readableResources(db: Db, patient: ReadPatient, { reachOf }: PumpStatusQuestion): Promise<Resource[]> {
  const types = new Set<string>(restTypes.filter((type) => reachesAll(reachOf(type, 'read'), patient.patientId)));
  const rows = await restingResources(db, patient);
  return rows.flatMap(({ type, content }) => (types.has(type) ? [JSON.parse(content) as Resource] : []));
}

const restingResources = prepared<ReadPatient, { type: string; content: string }>(
  (db, { tenant, environment, patientId }) =>
    db
      .selectFrom('resource')
      .select(['type', 'content'])
      .where('patient_id', '=', patientId)
      .where('tenant', '=', tenant)
      .where('environment', '=', environment)
      .where('type', 'in', [...restTypes])
      .where('state', '=', 'live')
      .orderBy('seq'),
);

/** The same question has the same answer, hence the same name. */
function uuidOf({ patient, asOf }: PumpStatus, device: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(['pump-status', patient, device, asOf]))
    .digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return `urn:uuid:${hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`;
}

const tooFarAhead = outcomeOfProblems([
  problem('field-range', 'further ahead than a status is told for', { field: 'at' }),
]);

const noPump = operationOutcome([
  { severity: 'error', code: 'not-supported', diagnostics: 'The device is no pump of this therapy.' },
]);
