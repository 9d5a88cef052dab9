/**
 * By what the read API is searched: the one table that extraction, search, CapabilityStatement and OpenAPI go by.
 * Names, types and meanings are those of the SearchParameters of FHIR R4. Every type has `_id`, `_lastUpdated`, `_tag`,
 * `_security` and `_profile` as well.
 */

export type ParameterKind = 'token' | 'reference' | 'date' | 'string' | 'uri';

export interface SearchParameter {
  readonly name: string;
  readonly kind: ParameterKind;
  /** Where the values stand: element paths from the root; a list at any step means each of its items. */
  readonly paths: readonly string[];
  /** Last part of the canonical `http://hl7.org/fhir/SearchParameter/…`. */
  readonly definition: string;
  /** Of a reference: the types that it may name. */
  readonly targets?: readonly string[];
}

const parameter =
  (kind: ParameterKind) =>
  (name: string, definition: string, ...paths: string[]): SearchParameter => ({ name, kind, definition, paths });
const token = parameter('token');
const date = parameter('date');
const text = parameter('string');
const reference = (name: string, definition: string, targets: string | readonly string[], ...paths: string[]) => ({
  ...parameter('reference')(name, definition, ...paths),
  targets: [targets].flat(),
});

const identifier = token('identifier', 'clinical-identifier', 'identifier');
const code = token('code', 'clinical-code', 'code');
const administered = ['medicationCodeableConcept', 'medicationReference'] as const;

const about = (subject: string): readonly SearchParameter[] => [
  reference('patient', 'clinical-patient', 'Patient', 'subject'),
  reference('subject', subject, 'Patient', 'subject'),
];

const parameters = {
  Patient: [token('identifier', 'Patient-identifier', 'identifier')],
  Device: [
    reference('patient', 'Device-patient', 'Patient', 'patient'),
    token('type', 'Device-type', 'type'),
    token('status', 'Device-status', 'status'),
    token('identifier', 'Device-identifier', 'identifier'),
    text('udi-di', 'Device-udi-di', 'udiCarrier.deviceIdentifier'),
    text('udi-carrier', 'Device-udi-carrier', 'udiCarrier.carrierHRF'),
    text('manufacturer', 'Device-manufacturer', 'manufacturer'),
    text('model', 'Device-model', 'modelNumber'),
    text('device-name', 'Device-device-name', 'deviceName.name', 'type.text', 'type.coding.display'),
  ],
  MedicationAdministration: [
    ...about('MedicationAdministration-subject'),
    token('status', 'medications-status', 'status'),
    date('effective-time', 'MedicationAdministration-effective-time', 'effectivePeriod', 'effectiveDateTime'),
    reference('device', 'MedicationAdministration-device', 'Device', 'device'),
    token('code', 'clinical-code', administered[0]),
    reference('medication', 'medications-medication', 'Medication', administered[1]),
    reference('request', 'MedicationAdministration-request', 'MedicationRequest', 'request'),
    identifier,
  ],
  MedicationRequest: [
    ...about('MedicationRequest-subject'),
    token('status', 'medications-status', 'status'),
    token('intent', 'MedicationRequest-intent', 'intent'),
    date('authoredon', 'MedicationRequest-authoredon', 'authoredOn'),
    token('code', 'clinical-code', administered[0]),
    reference('medication', 'medications-medication', 'Medication', administered[1]),
    identifier,
  ],
  Medication: [
    token('code', 'clinical-code', 'code'),
    token('status', 'Medication-status', 'status'),
    token('identifier', 'Medication-identifier', 'identifier'),
    token('lot-number', 'Medication-lot-number', 'batch.lotNumber'),
    date('expiration-date', 'Medication-expiration-date', 'batch.expirationDate'),
  ],
  Observation: [
    ...about('Observation-subject'),
    code,
    token('category', 'Observation-category', 'category'),
    date('date', 'clinical-date', 'effectiveDateTime', 'effectivePeriod', 'effectiveInstant'),
    token('status', 'Observation-status', 'status'),
    reference('device', 'Observation-device', 'Device', 'device'),
    reference('focus', 'Observation-focus', ['Device', 'MedicationAdministration'], 'focus'),
    reference('part-of', 'Observation-part-of', ['Procedure', 'MedicationAdministration'], 'partOf'),
    token('component-code', 'Observation-component-code', 'component.code'),
    token('value-concept', 'Observation-value-concept', 'valueCodeableConcept'),
    identifier,
  ],
  Procedure: [
    ...about('Procedure-subject'),
    code,
    token('category', 'Procedure-category', 'category'),
    date('date', 'clinical-date', 'performedDateTime', 'performedPeriod'),
    token('status', 'Procedure-status', 'status'),
    identifier,
  ],
  AdverseEvent: [
    reference('subject', 'AdverseEvent-subject', 'Patient', 'subject'),
    token('event', 'AdverseEvent-event', 'event'),
    token('category', 'AdverseEvent-category', 'category'),
    token('actuality', 'AdverseEvent-actuality', 'actuality'),
    date('date', 'AdverseEvent-date', 'date'),
  ],
  Provenance: [
    reference('target', 'Provenance-target', [], 'target'),
    reference('patient', 'Provenance-patient', 'Patient', 'target'),
    date('recorded', 'Provenance-recorded', 'recorded'),
  ],
  CarePlan: [
    ...about('CarePlan-subject'),
    token('category', 'CarePlan-category', 'category'),
    date('date', 'clinical-date', 'period'),
    token('status', 'CarePlan-status', 'status'),
    identifier,
  ],
  MedicationStatement: [
    ...about('MedicationStatement-subject'),
    token('status', 'medications-status', 'status'),
    token('category', 'MedicationStatement-category', 'category'),
    date('effective', 'MedicationStatement-effective', 'effectiveDateTime', 'effectivePeriod'),
    token('code', 'clinical-code', administered[0]),
    identifier,
  ],
  Condition: [
    ...about('Condition-subject'),
    code,
    token('category', 'Condition-category', 'category'),
    token('clinical-status', 'Condition-clinical-status', 'clinicalStatus'),
    date('onset-date', 'Condition-onset-date', 'onsetDateTime', 'onsetPeriod'),
    identifier,
  ],
  AllergyIntolerance: [
    reference('patient', 'clinical-patient', 'Patient', 'patient'),
    code,
    token('clinical-status', 'AllergyIntolerance-clinical-status', 'clinicalStatus'),
    date('date', 'clinical-date', 'recordedDate'),
    identifier,
  ],
  Flag: [
    reference('patient', 'clinical-patient', 'Patient', 'subject'),
    reference('subject', 'Flag-subject', 'Patient', 'subject'),
    date('date', 'clinical-date', 'period'),
    token('identifier', 'Flag-identifier', 'identifier'),
  ],
} satisfies Readonly<Record<string, readonly SearchParameter[]>>;

export type ServedType = keyof typeof parameters;

/** Types that are read and searched. */
export const servedTypes = Object.keys(parameters) as readonly ServedType[];

export const isServed = (type: string): type is ServedType => Object.hasOwn(parameters, type);

/** What every type may be searched by. */
export const commonParameters: readonly SearchParameter[] = [
  token('_id', 'Resource-id', 'id'),
  date('_lastUpdated', 'Resource-lastUpdated', 'meta.lastUpdated'),
  token('_tag', 'Resource-tag', 'meta.tag'),
  token('_security', 'Resource-security', 'meta.security'),
  parameter('uri')('_profile', 'Resource-profile', 'meta.profile'),
];

/** What a type may be searched by, beside the parameters that every type has. */
export const parametersOf = (type: ServedType): readonly SearchParameter[] => parameters[type];
