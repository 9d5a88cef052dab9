/** What a scope gives, said by hand beside its text: the oracle reads this, and never the text. */
export interface Gives {
  readonly level: 'patient' | 'user' | 'system';
  /** A type, or `*`. */
  readonly on: string;
  /** Of `r` and `s`; whatever else it gives opens nothing here. */
  readonly can: string;
  /** The one category of Observation that it is confined to. */
  readonly only?: string;
}

export interface MatrixScope {
  readonly text: string;
  readonly gives: readonly Gives[];
}

/** Version 1 and 2, wildcards, single types, single letters, a query, and letters that open nothing here. */
const tails: readonly (readonly [text: string, gives: Omit<Gives, 'level'>])[] = [
  ['*.rs', { on: '*', can: 'rs' }],
  ['*.read', { on: '*', can: 'rs' }],
  ['*.*', { on: '*', can: 'rs' }],
  ['*.r', { on: '*', can: 'r' }],
  ['*.s', { on: '*', can: 's' }],
  ['*.write', { on: '*', can: '' }],
  ['Device.read', { on: 'Device', can: 'rs' }],
  ['Device.cruds', { on: 'Device', can: 'rs' }],
  ['Device.r', { on: 'Device', can: 'r' }],
  ['Device.s', { on: 'Device', can: 's' }],
  ['Observation.rs', { on: 'Observation', can: 'rs' }],
  ['Observation.rs?category=survey', { on: 'Observation', can: 'rs', only: 'survey' }],
  ['MedicationAdministration.rs', { on: 'MedicationAdministration', can: 'rs' }],
  ['Patient.rs', { on: 'Patient', can: 'rs' }],
  ['Provenance.rs', { on: 'Provenance', can: 'rs' }],
];

/** What is granted together is more than each alone: a status wants three types, an include two. */
const together = (level: Gives['level']): readonly MatrixScope[] => [
  both(one(level, 'Device.rs'), one(level, 'MedicationAdministration.rs'), one(level, 'Observation.rs')),
  both(one(level, 'Device.r'), one(level, 'MedicationAdministration.rs')),
  both(one(level, 'Device.s'), one(level, 'MedicationAdministration.s'), one(level, 'Provenance.s')),
  both(
    one(level, 'Device.rs'),
    one(level, 'MedicationAdministration.rs'),
    one(level, 'Observation.rs?category=survey'),
  ),
];

export const scopesOf = (level: Gives['level']): readonly MatrixScope[] => [
  ...tails.map(([tail, gives]) => ({ text: `${level}/${tail}`, gives: [{ level, ...gives }] })),
  ...together(level),
];

/** Of several levels, and of none. */
export const mixedScopes: readonly MatrixScope[] = [
  both(one('patient', '*.rs'), one('system', 'Device.r')),
  both(one('patient', 'Observation.rs'), one('system', 'Observation.rs?category=survey')),
  { text: '', gives: [] },
  { text: 'openid fhirUser launch/patient', gives: [] },
  { text: 'patient/Device.sr patient/device.rs patients/Device.rs patient/*.rs?', gives: [] },
];

function one(level: Gives['level'], tail: string): MatrixScope {
  const [type = '', letters = ''] = tail.split(/[.?]/);
  const only = tail.split('?category=')[1];
  return { text: `${level}/${tail}`, gives: [{ level, on: type, can: letters, ...(only && { only }) }] };
}

function both(...scopes: readonly MatrixScope[]): MatrixScope {
  return { text: scopes.map(({ text }) => text).join(' '), gives: scopes.flatMap(({ gives }) => gives) };
}
