import type { App } from '../app.ts';
import type { PatientKey } from '../ledger/patient-key.ts';
import { identifiersOf, type OwnedIdentifier } from '../ledger/patients.ts';
import { prepared } from '../store/prepared.ts';
import { survivor } from '../store/survivor.ts';
import { type PatientFacts, patientResource } from '../views/read-model/patient-resource.ts';
import type { Wanted } from '../views/read-model/project.ts';

/** A patient with everyone merged into it. */
export interface Family {
  /** The survivor's own among them. */
  readonly members: readonly Member[];
  /** The Patient of each. */
  readonly patients: readonly Wanted[];
  /** When a destination was last found to hold one of them; null: none is known to. */
  readonly matchedAtMs: number | null;
}

export async function familyOf(app: App, patient: PatientKey): Promise<Family> {
  const members = await membersOf(app, patient);
  const ids = members.map(({ id }) => id);
  const identifiers = await identifiersOf(app.store.db, patient);
  const matches = await matchesOf(app, patient, ids);
  return {
    members,
    patients: ids.map((id) => {
      const facts =
        id === patient.patientId ? survivorFacts(patient, ids, identifiers) : mergedFacts(patient, id, identifiers);
      const elsewhere = matches
        .filter((match) => match.patientId === id)
        .map((match) => addressOf(app, patient, match));
      return { identity: id, resource: patientResource({ ...facts, elsewhere: elsewhere.flatMap((it) => it ?? []) }) };
    }),
    matchedAtMs: newestMatch(matches),
  };
}

/** When a destination was last found to hold this patient or one merged into it. */
export async function matchedAt(app: App, patient: PatientKey): Promise<number | null> {
  const ids = (await membersOf(app, patient)).map(({ id }) => id);
  return newestMatch(await matchesOf(app, patient, ids));
}

type Facts = Omit<PatientFacts, 'elsewhere'>;

/** Who was merged into a patient was known by other identifiers, which still name them. */
function survivorFacts(patient: PatientKey, ids: readonly string[], identifiers: readonly OwnedIdentifier[]): Facts {
  const { patientId, environment } = patient;
  return {
    ...{ patientId, environment },
    identifiers: identifiers.map(({ system, value, patientId: owner }) =>
      owner === patientId ? { system, value } : { system, value, use: 'old' },
    ),
    replaces: ids.filter((id) => id !== patientId),
  };
}

function mergedFacts(
  { patientId, environment }: PatientKey,
  id: string,
  identifiers: readonly OwnedIdentifier[],
): Facts {
  const own = identifiers.filter((identifier) => identifier.patientId === id);
  return {
    ...{ patientId: id, environment, replaces: [], replacedBy: patientId },
    identifiers: own.map(({ system, value }) => ({ system, value, use: 'old' })),
  };
}

interface Match {
  readonly destination: string;
  readonly patientId: string;
  readonly serverId: string;
  readonly matchedAtMs: number;
}

/** Of a destination that is configured no longer nobody knows the address. */
function addressOf(app: App, { tenant, environment }: PatientKey, match: Match): string | undefined {
  const there = app.destinations.find(
    ({ destination }) =>
      destination.name === match.destination &&
      destination.tenant === tenant &&
      destination.environment === environment,
  );
  return there && `${there.destination.fhirBaseUrl.replace(/\/$/, '')}/Patient/${match.serverId}`;
}

const newestMatch = (matches: readonly Match[]): number | null =>
  matches.length === 0 ? null : Math.max(...matches.map(({ matchedAtMs }) => matchedAtMs));

/** The primary key of the table begins with tenant and destination: it is asked for each of the few there are. */
async function matchesOf(app: App, { tenant, environment }: PatientKey, ids: readonly string[]): Promise<Match[]> {
  const names = app.destinations
    .filter(({ destination }) => destination.tenant === tenant && destination.environment === environment)
    .map(({ destination }) => destination.name);
  if (names.length === 0) return [];
  return app.store.db
    .selectFrom('patient_match')
    .select(['destination', 'patient_id as patientId', 'server_id as serverId', 'matched_at as matchedAtMs'])
    .where('tenant', '=', tenant)
    .where('destination', 'in', names)
    .where('patient_id', 'in', ids)
    .orderBy('destination')
    .orderBy('patient_id')
    .execute();
}

interface Member {
  readonly id: string;
  readonly revision: number;
}

async function membersOf(app: App, patient: PatientKey): Promise<Member[]> {
  const members = await membersAround(app.store.db, patient);
  return members.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Not sorted here: for the order SQLite would go along everybody's ids. */
const membersAround = prepared<PatientKey, Member>((db, { tenant, environment, patientId }) =>
  db
    .selectFrom('patient')
    .select(['id', 'revision'])
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where(survivor, '=', patientId),
);
