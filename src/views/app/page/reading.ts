import type { Patient, Resource } from '@medplum/fhirtypes';
import type { Launch } from '../launches.ts';
import { ReadingFailure } from './failure.ts';
import { hospitalCourse } from './hospital-course.ts';
import { hospitalRecord } from './hospital-record.ts';
import { hospitalStatus } from './hospital-status.ts';
import { type OwnAnswer, ownStatus } from './own-status.ts';
import { exchanged } from './own-token.ts';
import { identityOf, type PatientIdentity } from './patient-identity.ts';
import { leftOpen, type RecordLists, recordLists } from './record-lists.ts';
import type { Client } from './sign-in.ts';

/** Everything that the page shows, and whose record it is. */
export interface Reading extends OwnAnswer {
  readonly person: PatientIdentity;
  /** Whether the EHR does not show around the page whose record is open. */
  readonly needsBar: boolean;
  readonly from: 'adapter' | 'hospital';
  /** Whose record this is and what that means, in a sentence. */
  readonly words: string;
  /** What the hospital’s own record holds of what the plan leaves open; undefined where nobody asks it. */
  readonly inRecord?: { readonly asOf: string; readonly lists: Promise<RecordLists> } | undefined;
}

/** Reads what the launch gives: the adapter by its own or an exchanged token, else the hospital’s record. */
export async function read(client: Client, launch: Launch): Promise<Reading> {
  const needsBar = client.state.tokenResponse?.need_patient_banner !== false;
  const answered = await readBy(client, launch);
  return { ...answered, needsBar, inRecord: inRecord(client, launch, answered) };
}

/** Only where the token is the hospital’s. The pump’s status does not wait for it. */
function inRecord(client: Client, { reads }: Launch, { status }: Answered): Reading['inRecord'] {
  const fields = reads === 'adapter' ? [] : leftOpen(status.carePlan);
  const { scope, patient = '' } = client.state.tokenResponse ?? {};
  if (fields.length === 0) return undefined;
  const access = {
    serverUrl: client.state.serverUrl,
    scope,
    get: (url: string) => client.request({ url, signal: AbortSignal.timeout(longestWaitMs) }),
  };
  const asOf = new Date().toISOString();
  return { asOf, lists: recordLists(fields, patient, asOf, access) };
}

const longestWaitMs = 20_000;

type Answered = Omit<Reading, 'needsBar' | 'inRecord'>;

async function readBy(client: Client, launch: Launch): Promise<Answered> {
  const { patient, access_token: token } = client.state.tokenResponse ?? {};
  if (!patient || !token)
    throw new ReadingFailure('refused', 'The sign-in named no patient. Open the page from a patient’s chart.');
  if (launch.reads === 'hospital') return hospital(client, launch, patient, '');
  if (launch.reads === 'adapter') return adapter(client, launch, patient, token);
  const ours = await exchanged(client, launch, patient);
  if ('token' in ours) return adapter(client, launch, patient, ours.token);
  return hospital(client, launch, patient, `${ours.refused} `);
}

async function adapter(client: Client, launch: Launch, patient: string, token: string): Promise<Answered> {
  const [answer, person] = await Promise.all([
    ownStatus(launch.ours, patient, token),
    // Whom the EHR calls so is told by the EHR; without it the numbers stand.
    patientThere(client, patient).then(identityOf, () => ({})),
  ]);
  const birthDate = answer.status.person.birthDate.value ?? undefined;
  return {
    ...answer,
    person: { birthDate, ...person },
    from: 'adapter',
    words: 'Read from the pump adapter: every report that it accepted, with its calculations where they are shown.',
  };
}

async function hospital(client: Client, { name }: Launch, patient: string, why: string): Promise<Answered> {
  const there = await patientThere(client, patient);
  const record = await hospitalRecord(there, (query) => all(client, query));
  const asOf = new Date().toISOString();
  return {
    status: hospitalStatus(record, asOf),
    course: hospitalCourse(record, asOf),
    person: identityOf(there),
    from: 'hospital',
    words: `${why}Read from the record of ${name}: what was written there, without calculations. What waits for review is not known here.`,
  };
}

async function patientThere(client: Client, patient: string): Promise<Patient> {
  return (await asked(client, `Patient/${encodeURIComponent(patient)}`)) as Patient;
}

async function all(client: Client, query: string): Promise<readonly Resource[]> {
  return (await asked(client, query, { pageLimit: 100, flat: true })) as Resource[];
}

/** The launch library throws errors with the status of the answer. */
async function asked(client: Client, query: string, pages?: { pageLimit: number; flat: boolean }): Promise<unknown> {
  try {
    return await client.request(query, pages);
  } catch (error) {
    const status = (error as { status?: number }).status;
    if (status === 401) throw new ReadingFailure('expired', 'The sign-in has expired.');
    throw new ReadingFailure(
      status === undefined ? 'unreachable' : 'refused',
      `The hospital’s record does not give ${query.split(/[?/]/)[0]} to this sign-in.`,
    );
  }
}
