/** What the sandbox hospital stores, and what clients may do with it. */

export const servedTypes = [
  'AdverseEvent',
  'AllergyIntolerance',
  'CarePlan',
  'CareTeam',
  'Condition',
  'Device',
  'Flag',
  'Medication',
  'MedicationAdministration',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Patient',
  'Procedure',
  'Provenance',
] as const;

export type ServedType = (typeof servedTypes)[number];

/** FHIR's interactions on one resource, as the SMART v2 permission letter that covers each. */
export const letterOf = {
  create: 'c',
  read: 'r',
  vread: 'r',
  'history-instance': 'r',
  update: 'u',
  delete: 'd',
  'search-type': 's',
} as const;

export type Interaction = keyof typeof letterOf;

const readOnly: readonly Interaction[] = ['read', 'vread', 'history-instance', 'search-type'];
const all = Object.keys(letterOf) as Interaction[];

/** A patient is registered by the hospital's own staff, never by a client of its API. */
export const interactionsOf = (type: ServedType): readonly Interaction[] => (type === 'Patient' ? readOnly : all);

export const isServedType = (type: string): type is ServedType => (servedTypes as readonly string[]).includes(type);
