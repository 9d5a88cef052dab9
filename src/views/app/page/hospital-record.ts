import type {
  CarePlan,
  Device,
  Medication,
  MedicationAdministration,
  Observation,
  Patient,
  Procedure,
  Resource,
} from '@medplum/fhirtypes';

/** What the hospital’s own FHIR server holds of this therapy: the resources that the adapter wrote there. */
export interface HospitalRecord {
  readonly patient: Patient;
  readonly devices: readonly Device[];
  readonly administrations: readonly MedicationAdministration[];
  readonly medications: readonly Medication[];
  readonly observations: readonly Observation[];
  readonly procedures: readonly Procedure[];
  readonly carePlans: readonly CarePlan[];
}

export type Ask = (query: string) => Promise<readonly Resource[]>;

const codes = 'https://w3id.org/itb-fhir/CodeSystem';
const panels = ['pump-status-panel', 'programmed-daily-dose', 'pump-alarm', 'complication'];

/**
 * Reads it by the searches that EHRs are known to take: by patient, and Observations by code. What is not ours is left
 * out here; what was entered in error never counts.
 */
export async function hospitalRecord(patient: Patient, ask: Ask): Promise<HospitalRecord> {
  const of = `patient=${encodeURIComponent(patient.id ?? '')}`;
  const code = panels.map((one) => `${codes}/itb-observation|${one}`).join(',');
  const [devices, administrations, observations, procedures, carePlans] = await Promise.all([
    ask(`Device?${of}`),
    ask(`MedicationAdministration?${of}`),
    ask(`Observation?${of}&code=${encodeURIComponent(code)}`),
    ask(`Procedure?${of}`),
    ask(`CarePlan?${of}`),
  ]);
  const ours = <Type extends Resource['resourceType']>(type: Type, found: readonly Resource[]) =>
    found.filter(
      (one): one is Extract<Resource, { resourceType: Type }> =>
        one.resourceType === type && isOurs(one) && !isError(one),
    );
  const given = ours('MedicationAdministration', administrations);
  return {
    patient,
    devices: ours('Device', devices),
    administrations: given,
    medications: await medicationsOf(given, ask),
    observations: ours('Observation', observations),
    procedures: ours('Procedure', procedures),
    carePlans: ours('CarePlan', carePlans),
  };
}

/** The code of ours that an element carries, in one of our CodeSystems. */
export function codeOf(
  concept: { readonly coding?: readonly { system?: string; code?: string }[] } | undefined,
  system: string,
): string | undefined {
  return concept?.coding?.find((coding) => coding.system === `${codes}/${system}`)?.code;
}

/** `Device/7`, of an absolute or a relative reference, without a version. */
export const idOf = (reference: { readonly reference?: string } | undefined): string | undefined =>
  /([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})(\/_history\/.+)?$/.exec(reference?.reference ?? '')?.[1];

export const nameOf = (resource: Resource): string => `${resource.resourceType}/${resource.id}`;

/** Whether nobody real is meant. */
export const isTest = ({ meta }: Resource): boolean => meta?.security?.some(({ code }) => code === 'HTEST') ?? false;

/** The concentration of a fill stands in its Medication; one that cannot be read stays unknown. */
async function medicationsOf(administrations: readonly MedicationAdministration[], ask: Ask): Promise<Medication[]> {
  const names = new Set(administrations.flatMap(({ medicationReference }) => idOf(medicationReference) ?? []));
  const ids = [...names].map((name) => name.slice(name.indexOf('/') + 1));
  if (ids.length === 0) return [];
  const found: readonly Resource[] = await ask(`Medication?_id=${ids.join(',')}`).catch((): Resource[] => []);
  return found.filter((one): one is Medication => one.resourceType === 'Medication');
}

/** Ours carries our tag or our profile; servers are free to drop one of them. */
export function isOurs({ meta }: Resource): boolean {
  const { tag = [], profile = [] } = meta ?? {};
  const isTagged = tag.some(({ system }) => system === `${codes}/itb-sync`);
  return isTagged || profile.some((url) => url.startsWith('https://w3id.org/itb-fhir/'));
}

const isError = (resource: Resource): boolean => (resource as { status?: string }).status === 'entered-in-error';
