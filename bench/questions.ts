import { createHash } from 'node:crypto';
import type { Db } from '../src/store/store.ts';

/** What readers ask about one patient, or across all of them. */
export interface Question {
  readonly name: string;
  readonly path: (about: About) => string;
}

/** Ids of one patient and of what the patient has. */
export interface About {
  readonly patient: string;
  readonly pump: string;
  readonly infusion: string;
  /** `system|value` of the record number. */
  readonly record: string;
}

const dose = 'code=https://w3id.org/itb-fhir/CodeSystem/itb-observation|programmed-daily-dose';

/** Whoever asks for a status. */
export const statusQuestions: readonly Question[] = [
  { name: '/status/{id}', path: ({ patient }) => `/status/${patient}` },
  { name: 'Patient/{id}/$pump-status', path: ({ patient }) => `/fhir/Patient/${patient}/$pump-status` },
];

/** Each kind of parameter and of result, within one patient and across all. `_count` is that of a screen. */
export const searchQuestions: readonly Question[] = [
  ...[
    search('all of a type', 'Observation', ({ patient }) => `patient=${patient}`),
    search('code', 'Observation', ({ patient }) => `patient=${patient}&${dose}`),
    search('newest of a code', 'Observation', ({ patient }) => `patient=${patient}&${dose}&_sort=-date&_count=1`),
    search('date', 'MedicationAdministration', ({ patient }) => `patient=${patient}&effective-time=ge2024-06-01`),
    search('not', 'MedicationAdministration', ({ patient }) => `patient=${patient}&status:not=completed`),
    search('missing', 'Observation', ({ patient }) => `patient=${patient}&value-concept:missing=true`),
    search('text', 'Device', ({ patient }) => `patient=${patient}&device-name=synchro`),
    search('count', 'Observation', ({ patient }) => `patient=${patient}&_summary=count`),
    search('include', 'MedicationAdministration', ({ patient }) => {
      return `patient=${patient}&_include=MedicationAdministration:request`;
    }),
    search('revinclude', 'Observation', ({ patient }) => `patient=${patient}&_revinclude=Provenance:target`),
  ],
  ...[
    search('_id', 'MedicationAdministration', ({ infusion }) => `_id=${infusion}`),
    search('identifier', 'Patient', ({ record }) => `identifier=${record}`),
    search('reference', 'MedicationAdministration', ({ pump }) => `device=Device/${pump}`),
    search('chain', 'Observation', ({ pump }) => `device._id=${pump}`),
  ],
  ...[
    search('code of everybody', 'Observation', () => `${dose}&_count=20`),
    search('text of everybody', 'Device', () => 'model:exact=8637-20&_count=20'),
    search('date of everybody', 'Observation', () => 'date=ge2024-06-01&_sort=-date&_count=20'),
    search('_lastUpdated', 'Provenance', () => '_lastUpdated=ge2026-01-01&_count=20'),
  ],
];

function search(name: string, type: string, query: (about: About) => string): Question {
  return { name: `${type}: ${name}`, path: (about) => `/fhir/${type}?${query(about)}` };
}

/** Patients from all over a store, chosen by a hash: the same each time, in no order that the store has. */
export async function somePatients(db: Db, count: number): Promise<About[]> {
  const ids = await db.selectFrom('patient').select('id').orderBy('id').execute();
  const chosen = ids
    .map(({ id }) => ({ id, at: createHash('sha256').update(id).digest('hex') }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, count);
  const found: About[] = [];
  for (const { id } of chosen) found.push(await about(db, id));
  return found;
}

async function about(db: Db, patient: string): Promise<About> {
  const rows = await db
    .selectFrom('resource')
    .select(['type', 'id', 'content'])
    .where('patient_id', '=', patient)
    .where('type', 'in', ['Device', 'MedicationAdministration'])
    .orderBy('seq')
    .execute();
  const { system, value } = await db
    .selectFrom('patient_identifier')
    .select(['system', 'value'])
    .where('patient_id', '=', patient)
    .executeTakeFirstOrThrow();
  const idOf = (mark: string): string => rows.find(({ content }) => content.includes(mark))?.id ?? '';
  return { patient, pump: idOf('/itb-pump"'), infusion: idOf('/itb-infusion"'), record: `${system}|${value}` };
}
