import type { MatrixPatient, Whose } from './matrix-hospitals.ts';

/** Whom a request is about: one of the patients, or nobody at all. */
export type Target = Whose | 'nobody';

export type Kind =
  | 'read'
  | 'vread'
  | 'history'
  | 'search'
  | 'search by POST'
  | 'include'
  | 'revinclude'
  | 'chain'
  | '$everything'
  | '$pump-status'
  | 'status'
  | 'course';

export interface MatrixRequest {
  readonly kind: Kind;
  /** The type that is asked for. */
  readonly type: string;
  readonly target: Target;
  /** Below the address of the tenant. */
  readonly path: string;
  readonly form?: string;
  /** The resource that is named, where one is. */
  readonly named?: string;
  /** Every id of the target that the caller wrote: an answer may repeat it. */
  readonly wrote: readonly string[];
}

const everybody: readonly Target[] = ['own', 'other', 'live', 'foreign', 'nobody'];
const some: readonly Target[] = ['own', 'other', 'nobody'];

export type Patients = Readonly<Record<Whose, MatrixPatient>>;

/** What a caller calls patients: by our ids, or by those of the EHR. All names are of one length. */
export type Naming = 'ours' | 'theirs';

export function requestsOf(patients: Patients, naming: Naming): readonly MatrixRequest[] {
  const patientOf = (target: Target) => {
    if (target === 'nobody') return naming === 'ours' ? nobody : nobodyThere;
    return naming === 'ours' ? patients[target].id : patients[target].there;
  };
  const resourceOf = (target: Target, type: string) => {
    if (type === 'Patient') return patientOf(target);
    return target === 'nobody' ? nobody : firstOf(patients[target], type);
  };
  const about = (kind: Kind, type: string, targets: readonly Target[], pathOf: (id: string) => string) =>
    targets.map((target): MatrixRequest => {
      const named = resourceOf(target, type);
      return { kind, type, target, path: pathOf(named), named, wrote: [named] };
    });
  const aboutPatient = (kind: Kind, type: string, targets: readonly Target[], pathOf: (id: string) => string) =>
    targets.map((target): MatrixRequest => {
      const id = patientOf(target);
      return { kind, type, target, path: pathOf(id), wrote: [id] };
    });
  const posted = (type: string) =>
    some.map((target): MatrixRequest => {
      const form = `patient=${patientOf(target)}&_count=500`;
      const path = `/fhir/${type}/_search`;
      return { kind: 'search by POST', type, target, path, form, wrote: [patientOf(target)] };
    });
  const chained = everybody.map((target): MatrixRequest => {
    const id = resourceOf(target, 'Device');
    const path = `/fhir/MedicationAdministration?device.identifier=${id}&_count=500`;
    return { kind: 'chain', type: 'MedicationAdministration', target, path, named: id, wrote: [id] };
  });
  return [
    ...['Device', 'Observation', 'Patient'].flatMap((type) =>
      about('read', type, everybody, (id) => `/fhir/${type}/${id}`),
    ),
    ...about('vread', 'Device', some, (id) => `/fhir/Device/${id}/_history/1`),
    ...about('history', 'Observation', some, (id) => `/fhir/Observation/${id}/_history`),
    ...['Device', 'Observation'].flatMap((type) => [
      ...aboutPatient('search', type, everybody, (id) => `/fhir/${type}?patient=${id}&_count=500`),
      ...posted(type),
    ]),
    ...about('search', 'Patient', everybody, (id) => `/fhir/Patient?_id=${id}&_count=500`),
    ...aboutPatient('include', 'MedicationAdministration', some, (id) => {
      const include = '_include=MedicationAdministration:device';
      return `/fhir/MedicationAdministration?patient=${id}&${include}&_count=500`;
    }),
    ...aboutPatient('revinclude', 'Device', some, (id) => {
      return `/fhir/Device?patient=${id}&_revinclude=Provenance:target&_count=500`;
    }),
    ...chained,
    ...about('$everything', 'Patient', everybody, (id) => `/fhir/Patient/${id}/$everything?_count=500`),
    ...about('$pump-status', 'Patient', everybody, (id) => `/fhir/Patient/${id}/$pump-status`),
    ...about('$pump-status', 'Device', everybody, (id) => `/fhir/Device/${id}/$pump-status`),
    ...aboutPatient('status', 'Patient', everybody, (id) => `/status/${id}`),
    ...aboutPatient('course', 'Patient', everybody, (id) => `/status/${id}/course`),
  ];
}

/** As long as an id of ours, and of nothing. */
const nobody = '00000000-0000-4000-8000-000000000000';

const nobodyThere = 'there-0';

const firstOf = ({ resources }: MatrixPatient, wanted: string): string =>
  resources.find(({ type }) => type === wanted)?.id ?? nobody;
