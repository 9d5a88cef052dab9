import type {
  CarePlan,
  Device,
  MedicationAdministration,
  MedicationRequest,
  Observation,
  Provenance,
  Resource,
} from '@medplum/fhirtypes';
import { itb, profile } from '../../fhir/systems.ts';
import { fhirTime } from './fhir-time.ts';
import type { OnePump } from './pump-schema.ts';
import type { PumpStatus } from './status-schema.ts';

/** Types of the resources that a status rests on. */
export const restTypes = [
  'Device',
  'MedicationAdministration',
  'Observation',
  'Medication',
  'MedicationRequest',
  'CarePlan',
  'Provenance',
] as const;

/**
 * The resources that a status rests on, of those that the caller may read: the pumps and their catheters, what runs at
 * the instant with its order and drug, the last fill, the newest panel and dose, alarms that stand, complications that
 * are open, the care plan, and where all of it comes from. References in them are `Type/id`.
 */
export function restsOn(status: PumpStatus, readable: readonly Resource[]): Resource[] {
  const at = Temporal.Instant.from(status.asOf);
  const devices = new Set(status.pumps.flatMap(({ device, catheter }) => [device, catheter.device ?? []].flat()));
  const administrations = of<MedicationAdministration>(readable, 'MedicationAdministration').filter(
    (one) => isRunning(one, at) || isLastFill(one, readable, at),
  );
  const used = new Set(administrations.flatMap(referencesIn));
  const direct: Resource[] = [
    ...of<Device>(readable, 'Device').filter(({ id = '' }) => devices.has(id)),
    ...administrations,
    ...of<MedicationRequest>(readable, 'MedicationRequest').filter((one) => used.has(nameOf(one))),
    ...readable.filter((one) => one.resourceType === 'Medication' && used.has(nameOf(one))),
    ...status.pumps.flatMap((pump) => observationsOf(status, pump, readable)),
    ...complicationsOf(status, readable),
    ...planAt(readable, at),
  ];
  const named = new Set(direct.map(nameOf));
  const origins = of<Provenance>(readable, 'Provenance').filter(({ target }) =>
    target.some(({ reference }) => reference !== undefined && named.has(reference)),
  );
  return [...direct, ...origins];
}

/** Of one pump: the newest panel and daily dose, and the alarms that stand. */
export function observationsOf(status: PumpStatus, pump: OnePump, readable: readonly Resource[]): Observation[] {
  const at = Temporal.Instant.from(status.asOf);
  const own = of<Observation>(readable, 'Observation').filter(
    ({ device, effectiveDateTime }) =>
      device?.reference === `Device/${pump.device}` && isNotAfter(effectiveDateTime, at),
  );
  const newest = (url: string) =>
    own
      .filter((one) => claims(one, url))
      .toSorted(byTime)
      .slice(-1);
  const standing = new Set(pump.alarms.standing.map((alarm) => JSON.stringify([alarm.code, fhirTime(alarm.at)])));
  const alarms = own.filter((one) => {
    const code = one.valueCodeableConcept?.coding?.find(({ system }) => system === itb.alarm)?.code;
    return claims(one, profile.alarm) && standing.has(JSON.stringify([code, one.effectiveDateTime]));
  });
  return [...newest(profile.pumpStatus), ...newest(profile.dailyDose), ...alarms];
}

function complicationsOf({ openComplications }: PumpStatus, readable: readonly Resource[]): Observation[] {
  const open = new Set(openComplications.map(({ code, at }) => JSON.stringify([code, fhirTime(at)])));
  return of<Observation>(readable, 'Observation').filter((one) => {
    const codes = one.valueCodeableConcept?.coding?.map(({ code }) => code) ?? [];
    return (
      claims(one, profile.complication) && codes.some((code) => open.has(JSON.stringify([code, one.effectiveDateTime])))
    );
  });
}

/** The care plan that stood at the instant: the newest of then, whatever became of it since. */
const planAt = (readable: readonly Resource[], at: Temporal.Instant): CarePlan[] =>
  of<CarePlan>(readable, 'CarePlan')
    .filter(({ created }) => isNotAfter(created, at))
    .toSorted((a, b) => Temporal.Instant.compare(instantOf(a.created ?? ''), instantOf(b.created ?? '')))
    .slice(-1);

export const nameOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`;

const of = <Kind extends Resource>(all: readonly Resource[], type: Kind['resourceType']): Kind[] =>
  all.filter((one): one is Kind => one.resourceType === type);

const claims = ({ meta }: Resource, url: string): boolean => meta?.profile?.includes(url) === true;

function isRunning(one: MedicationAdministration, at: Temporal.Instant): boolean {
  const { start, end } = one.effectivePeriod ?? {};
  return claims(one, profile.infusion) && isNotAfter(start, at) && !isNotAfter(end, at);
}

function isLastFill(one: MedicationAdministration, readable: readonly Resource[], at: Temporal.Instant): boolean {
  const fills = of<MedicationAdministration>(readable, 'MedicationAdministration').filter(
    (other) =>
      claims(other, profile.reservoirFill) &&
      other.device?.[0]?.reference === one.device?.[0]?.reference &&
      isNotAfter(other.effectiveDateTime, at),
  );
  return fills.toSorted(byTime).at(-1) === one;
}

function referencesIn({ medicationReference, request }: MedicationAdministration): string[] {
  return [medicationReference?.reference, request?.reference].flatMap((reference) => reference ?? []);
}

/** Partial dates begin with their first instant in UTC: no more is asked of them here than their order. */
const instantOf = (text: string): Temporal.Instant =>
  Temporal.Instant.from(text.includes('T') ? text : `${text}${'-01-01'.slice(text.length - 4)}T00:00:00Z`);

const isNotAfter = (text: string | undefined, at: Temporal.Instant): boolean =>
  text !== undefined && Temporal.Instant.compare(instantOf(text), at) <= 0;

const byTime = (a: { effectiveDateTime?: string }, b: { effectiveDateTime?: string }): number =>
  Temporal.Instant.compare(instantOf(a.effectiveDateTime ?? ''), instantOf(b.effectiveDateTime ?? ''));
