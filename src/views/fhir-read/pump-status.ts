import type { Bundle, OperationOutcome } from '@medplum/fhirtypes';
import { type Reach, reachesAll } from '../../auth/reach.ts';
import type { ReadPatient } from '../read-model/reading.ts';
import { type Answer, notFound, refusal } from './answer.ts';
import { type Asked, stated } from './asked.ts';
import type { FhirReadOptions } from './options.ts';
import { instantOf } from './query.ts';
import { stored } from './stored.ts';

/** What the operation is asked. The caller may read the whole of `statusTypes` of this patient; of other types it gives what `reachOf` gives. */
export interface PumpStatusQuestion {
  readonly patient: ReadPatient;
  /** Identity of the Device that was asked about; undefined: every pump of the patient. */
  readonly device: string | undefined;
  readonly at: Temporal.Instant;
  readonly reachOf: (type: string, interaction: 'read' | 'search') => Reach;
  /** Absolute FHIR base, for fullUrl. */
  readonly base: string;
}

/** A Bundle of type collection with 200, or a refusal of what was asked. Ids in it are ours. */
export type PumpStatusOperation = (
  question: PumpStatusQuestion,
) => Promise<{ readonly status: number; readonly body: Bundle | OperationOutcome }>;

/** What a status is computed from, all of it. */
export const statusTypes = ['Device', 'MedicationAdministration', 'Observation'] as const;

/** `Device/{id}/$pump-status` and `Patient/{id}/$pump-status`. */
export async function pumpStatus(asked: Asked, options: FhirReadOptions): Promise<Answer> {
  const at = instantAsked(asked, options);
  if (at === undefined) return unreadable;
  const patient = await patientAsked(asked, options);
  if (!patient) return notFound;
  const device = asked.type === 'Device' ? asked.id : undefined;
  const { reachOf } = asked.caller;
  const { status, body } = await options.pumpStatus({ patient, device, at, reachOf, base: options.base });
  const answer = { status, body: JSON.stringify(body) };
  return status === 200 ? { ...answer, patients: [patient.patientId] } : answer;
}

const unreadable = refusal(400, 'value', 'The one parameter is `at`, an instant with its offset.');

function instantAsked(asked: Asked, { now }: FhirReadOptions): Temporal.Instant | undefined {
  const text = asked.body === undefined ? stated(asked, 'at') : atOfParameters(asked.body);
  if (text === undefined) return now();
  return typeof text === 'string' ? instantOf(text) : undefined;
}

/** `null`: not Parameters, or others than `at`. */
function atOfParameters(body: unknown): string | null | undefined {
  const { resourceType, parameter = [] } = (body ?? {}) as { resourceType?: unknown; parameter?: unknown };
  if (resourceType !== 'Parameters' || !Array.isArray(parameter) || parameter.length > 1) return null;
  const [only] = parameter as { name?: unknown; valueDateTime?: unknown }[];
  if (only === undefined) return undefined;
  return only?.name === 'at' && typeof only.valueDateTime === 'string' ? only.valueDateTime : null;
}

async function patientAsked(asked: Asked, options: FhirReadOptions): Promise<ReadPatient | undefined> {
  const { reader, reachOf } = asked.caller;
  const device = asked.type === 'Device' ? await stored(asked, options) : undefined;
  const id = asked.type === 'Device' ? device?.patient_id : asked.id;
  const patient = await options.reading.find(reader, id ?? '');
  const isReached = statusTypes.every((type) => reachesAll(reachOf(type, 'read'), patient?.patientId ?? ''));
  return isReached ? patient : undefined;
}
