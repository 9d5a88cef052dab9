import type { Device, DocumentReference, Observation, Procedure } from '@medplum/fhirtypes';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { App } from '../../src/app.ts';
import { knownCapabilities } from '../../src/destination-capabilities.ts';
import type { DestinationRuntime } from '../../src/destination-runtime.ts';
import { patientsOf } from '../../src/ledger/patients.ts';
import { oweEverything } from '../../src/pipeline.ts';
import { routesFor, tiersOf } from '../../src/sync/routes.ts';
import { openReviewOf, report, settle, ticketsAt } from '../flow/adapter.ts';
import { clinicOf } from '../flow/events.ts';
import { carriedTwice } from '../flow/hospital.ts';
import { expireLeases, mortal } from '../flow/mortal.ts';
import type { ServerKind } from '../servers/catalogue.ts';
import { admit, type OpenServer, openDeployment, openServer } from '../servers/open-server.ts';
import {
  asHospital,
  currentDocuments,
  dailyDoses,
  differences,
  documentChains,
  doseObservations,
  messagesAt,
  namesOf,
  openInfusions,
  textOf,
  toldInDocuments,
  toldInMessages,
  worklistTitles,
} from './destination-ends.ts';
import { standing, steps } from './destination-story.ts';

const patients = ['A', 'B'] as const;
const a = clinicOf('A');

/** What every kind of server has to get, each as it can hold it. */
export function describeDestination(kind: ServerKind): void {
  describe(kind.name, () => {
    it('is sent each kind of resource in the best way that its statement allows', async () => {
      const { app } = await hospitalWith(kind);
      const runtime = app.destinations[0] as DestinationRuntime;
      const known = await knownCapabilities(app, runtime, 'as-due');
      if (!('capabilities' in known)) throw new Error(known.problem.code);
      const { projection = {}, scopes } = runtime.destination;
      const routes = routesFor(known.capabilities, projection, scopes);
      expect(routes.sending).toBe(kind.sending);
      expect(Object.fromEntries(tiersOf(routes))).toEqual(kind.tiers);
    });

    it('ends with what stands, each fact once, and is asked nothing beyond its statement, nor twice', async () => {
      const { app, server } = await hospitalWith(kind);
      await lived(app);
      expect(server.simulator.violations).toEqual([]);
      expect(requestsTo(server)).toEqual(kind.requests);
      expect(await ticketsAt(app)).toMatchObject({ due: 0, waiting: 0, running: 0, parked: 0 });
      expect(await syncReview(app)).toEqual(kind.review);
      await expectEnd(server, app);
      const before = toldTo(server);
      await oweEverything(app, patientsOf(app.store.db, 'default', 'test'));
      await settle(app);
      expect(toldTo(server)).toEqual(before);
    });

    if (kind.deaths.length > 0) describeDeaths(kind);
    if (!isAside(kind)) describePatients(kind);
    if (kind.tiers.document) describeDocuments(kind);
    if (kind.deaths.length > 0 && (kind.tiers.graph || kind.tiers.discrete)) describeDrift(kind);
    if (kind.engine) describeEngine(kind);
  });
}

function describeDeaths(kind: ServerKind): void {
  it('ends the same when the process dies at any of these moments', async () => {
    const { app: whole } = await hospitalWith(kind);
    const moments = (await livedUntil(whole, Number.POSITIVE_INFINITY)).lived.length;
    for (const share of kind.deaths) {
      const { app, server } = await hospitalWith(kind);
      const process = await livedUntil(app, Math.ceil(moments * share));
      expect(process.diedAt()).toBeDefined();
      await expireLeases(app);
      await settle(app);
      expect(server.simulator.violations).toEqual([]);
      expect(await ticketsAt(app)).toMatchObject({ due: 0, waiting: 0, running: 0, parked: 0 });
      await expectEnd(server, app);
    }
  });
}

function describeDocuments(kind: ServerKind): void {
  it('is told a restated event in a new document that replaces the old one, and keeps both', async () => {
    const { app, server } = await hospitalWith(kind);
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 70, 120));
    await settle(app);
    const [before] = currentDocuments(server, app, 'A').filter((document) => textOf(document).includes('120 ug'));
    await report(app, a.correctDose('c', 'd', 70, 125));
    await settle(app);
    const [after] = currentDocuments(server, app, 'A').filter((document) => textOf(document).includes('125 ug'));
    expect(after?.relatesTo).toEqual([{ code: 'replaces', target: { reference: `DocumentReference/${before?.id}` } }]);
    const [old] = server.simulator.history('DocumentReference', before?.id ?? '') as DocumentReference[];
    expect([old?.status, textOf(old as DocumentReference)]).toEqual([
      'superseded',
      textOf(before as DocumentReference),
    ]);
    expect(currentDocuments(server, app, 'A').length).toBe(2);
  });

  it('tells in a note of its own what it cannot change there', async () => {
    const { app, server } = await hospitalWith(kind);
    await report(app, a.implant('i', 0, 100), a.doseChange('x', 85, 150));
    await settle(app);
    await report(app, a.void('v', 'x', 86));
    await settle(app);
    const fixed = (server.simulator.resources('Procedure') as Procedure[]).filter(
      ({ status, performedDateTime }) => status === 'completed' && performedDateTime?.startsWith('2024-05-25'),
    );
    const notes = currentDocuments(server, app, 'A').filter(({ type }) => type?.coding?.[0]?.code === 'correction');
    expect(notes.map(({ context }) => context?.related?.[0]?.reference)).toEqual(
      fixed.map(({ id }) => `Procedure/${id}`),
    );
    expect(notes.every((note) => textOf(note).includes('It was entered in error. Do not use it.'))).toBe(true);
    expect(await syncReview(app)).toEqual(fixed.length > 0 ? ['manual-correction-needed'] : []);
    expect(fixed.length).toBe(kind.sending === 'batch' ? 1 : 0);
  });

  it("refers to the hospital's own device where serial number or UDI say that it is ours, and writes none", async () => {
    const { app, server } = await hospitalWith(kind);
    await server.simulator.write({
      ...{ resourceType: 'Device', id: 'their-pump', serialNumber: 'SER-A' },
      patient: { reference: 'Patient/patient-a' },
    } as Device);
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    await report(app, a.refill('r', 60, 100));
    await settle(app);
    expect(server.simulator.resources('Device').map(({ id }) => id)).toEqual(['their-pump']);
    expect(server.simulator.violations).toEqual([]);
    const procedures = server.simulator.resources('Procedure') as Procedure[];
    const pumps = procedures.map(({ focalDevice = [] }) => focalDevice[0]?.manipulated.reference);
    expect(pumps).toEqual(kind.discrete ? ['Device/their-pump', 'Device/their-pump'] : []);
  });
}

/** Somebody at the hospital changes what we wrote; then the clinic reports something else about it. */
function describeDrift(kind: ServerKind): void {
  const seesVersions = kind.quirks.ifMatch !== 'ignored';

  async function changedByStaff(policy: string, change: (dose: Observation) => Observation) {
    const { app, server } = await hospitalWith(kind, patients, { drift: policy });
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 70, 120));
    await settle(app);
    const [dose] = doseObservations(server, app, 'A').filter(({ valueQuantity }) => valueQuantity?.value === 120);
    await server.simulator.write(change(dose as Observation));
    await report(app, a.correctDose('c', 'd', 70, 125));
    await settle(app);
    expect(server.simulator.violations).toEqual([]);
    const [now] = server.simulator.history('Observation', dose?.id ?? '') as Observation[];
    return { app, server, now: now as Observation };
  }

  it('keeps what the staff wrote beside ours', async () => {
    const note = [{ text: 'seen by the ward' }];
    const theirs = { system: 'urn:hospital:numbers', value: '77' };
    const { app, now } = await changedByStaff('review', (dose) => ({
      ...dose,
      note,
      identifier: [...(dose.identifier ?? []), theirs],
    }));
    expect(now.valueQuantity?.value).toBe(125);
    expect(await syncReview(app)).toEqual([]);
    if (!seesVersions) return;
    expect(now.note).toEqual(note);
    expect(now.identifier).toContainEqual(theirs);
  });

  const corrected = (dose: Observation): Observation => ({
    ...dose,
    valueQuantity: { ...dose.valueQuantity, value: 130 },
  });

  // A queued create is looked at by one more run, which closes what only informed.
  if (!seesVersions || kind.quirks.created === 'queued') return;
  it.each([
    { policy: 'ours', ends: 125, review: ['changed-at-destination'], means: 'writes ours again' },
    { policy: 'theirs', ends: 130, review: ['changed-at-destination'], means: 'leaves theirs' },
    { policy: 'review', ends: 130, review: ['changed-at-destination'], means: 'leaves theirs until a human decided' },
  ])('$means where the staff changed ours and the policy is «$policy»', async ({ policy, ends, review }) => {
    const { app, now } = await changedByStaff(policy, corrected);
    expect(now.valueQuantity?.value).toBe(ends);
    expect(await syncReview(app)).toEqual(review);
  });
}

function describePatients(kind: ServerKind): void {
  it('is sent nothing of a patient whom it does not know, until its staff registered them', async () => {
    const { app, server } = await hospitalWith(kind, []);
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    expect(await syncReview(app)).toEqual(['patient-not-found']);
    expect(await ticketsAt(app)).toMatchObject({ parked: 1 });
    expect(writesTo(server)).toEqual([]);
    await admit(server, 'A');
    await report(app, a.doseChange('d', 5, 110));
    await settle(app);
    expect(await syncReview(app)).toEqual([]);
    expect(writesTo(server).length).toBeGreaterThan(0);
  });

  it('is sent nothing of a patient whom it has twice', async () => {
    const { app, server } = await hospitalWith(kind);
    const [first] = server.simulator.resources('Patient');
    await server.simulator.write({ ...first, id: 'patient-a-again' } as never);
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    expect(await syncReview(app)).toEqual(['patient-ambiguous']);
    expect(writesTo(server)).toEqual([]);
    expect(server.simulator.violations).toEqual([]);
  });
}

function describeEngine(kind: ServerKind): void {
  it('corrects and deletes what was told before under its own number, and tells nothing twice', async () => {
    const { app, server } = await hospitalWith(kind);
    await lived(app);
    const messages = messagesAt(server);
    expect(messages.length).toBe(server.engine?.taken.length);
    const histories = [...Map.groupBy(messages, ({ about }) => about).values()].map((chain) =>
      chain.map(({ results }) => [...new Set(results)].sort().join()).join(' then '),
    );
    // Implants and complication of two patients stand as first told; two changes were never made; one was restated.
    expect(histories.filter((history) => history.endsWith('then D')).length).toBe(2);
    expect(messages.some(({ results, text }) => results.includes('C') && text.includes('|125|'))).toBe(true);
  });

  it('hands the same message again to an engine that took it without an answer, and nothing twice', async () => {
    const { app, server } = await hospitalWith(kind);
    const engine = server.engine as NonNullable<OpenServer['engine']>;
    engine.mood = 'silent';
    await report(app, a.implant('i', 0, 100));
    const end = settle(app);
    await untilMessages(server, 2);
    engine.mood = 'accepts';
    await end;
    expect(new Set(engine.messages.map(withoutTime)).size).toBe(1);
    expect(engine.taken.length).toBe(1);
    expect(await ticketsAt(app)).toMatchObject({ due: 0, parked: 0, idle: 1 });
  });

  it('shows a human what the engine refuses, and does not repeat it', async () => {
    const { app, server } = await hospitalWith(kind);
    const engine = server.engine as NonNullable<OpenServer['engine']>;
    engine.mood = 'refuses';
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    expect(engine.messages.length).toBe(1);
    expect(await syncReview(app)).toEqual(['message-refused']);
  });
}

/** A server of this kind that knows both patients, and a new deployment of the adapter for it. */
async function hospitalWith(
  kind: ServerKind,
  mrns: readonly string[] = patients,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<{ server: OpenServer; app: App }> {
  const server = await openServer(kind);
  await admit(server, ...mrns);
  const app = await openDeployment(server, settings);
  onTestFinished(async () => {
    await app.close();
    await server.close();
  });
  return { server, app };
}

async function lived(app: App): Promise<void> {
  for (const events of Object.values(steps)) {
    await report(app, ...events);
    await settle(app);
  }
}

/** The story in a process that dies at one moment; the reports go on coming in. */
async function livedUntil(app: App, deathAt: number) {
  const process = mortal(app, deathAt);
  for (const events of Object.values(steps)) {
    await report(app, ...events);
    if (process.diedAt() !== undefined) continue;
    await settle(process.app).catch((error: unknown) => {
      if (process.diedAt() === undefined) throw error;
    });
  }
  return process;
}

const isAside = ({ tiers }: ServerKind): boolean => 'hl7v2' in tiers || (tiers.worklist?.length ?? 0) > 5;

/** In the tier of this server: what stands, and nothing that was withdrawn or restated. */
async function expectEnd(server: OpenServer, app: App): Promise<void> {
  const { tiers } = server.kind;
  expect(carriedTwice(asHospital(server), app.identifierSystem)).toEqual([]);
  if (tiers.graph) await expectGraph(server, app);
  if (tiers.discrete) expectDiscrete(server, app);
  if (tiers.document) expectDocuments(server, app);
  if (tiers.hl7v2) expectMessages(server);
  if (tiers.worklist && !tiers.graph) {
    const titles = await worklistTitles(app);
    expect(titles.length).toBe(standing.A.length + standing.B.length);
  }
}

async function expectGraph(server: OpenServer, app: App): Promise<void> {
  expect(await differences(server, app, patients)).toEqual({ missing: [], unwanted: [] });
  expect(patients.map((mrn) => openInfusions(server, app, mrn))).toEqual([1, 1]);
  expectDiscrete(server, app);
}

function expectDiscrete(server: OpenServer, app: App): void {
  expect(dailyDoses(server, app, 'A')).toEqual([
    '2024-03-01 100 ug/d',
    '2024-03-31 110 ug/d',
    '2024-04-30 100 ug/d',
    '2024-05-10 125 ug/d',
  ]);
  expect(dailyDoses(server, app, 'B')).toEqual(['2024-03-01 80 ug/d', '2024-05-30 95 ug/d']);
}

function expectDocuments(server: OpenServer, app: App): void {
  for (const mrn of patients) {
    const documents = currentDocuments(server, app, mrn);
    expect(toldInDocuments(documents, standing[mrn])).toEqual(namesOf(standing[mrn]));
    expect(documents.filter((document) => /\b120\b/.test(textOf(document)))).toEqual([]);
  }
  const { statuses, dangling } = documentChains(server, app);
  expect(dangling).toEqual([]);
  expect(statuses.filter((status) => status !== 'superseded' && status !== 'entered-in-error')).toEqual([]);
}

/** Every message parses, names the patient as the engine knows them, and was taken once. */
function expectMessages(server: OpenServer): void {
  const messages = messagesAt(server);
  expect(new Set(messages.map(({ controlId }) => controlId)).size).toBe(server.engine?.taken.length);
  for (const { type, controlId, patient, processing, time } of messages) {
    expect(type).toMatch(/^(ORU\^R01|MDM\^T02|MDM\^T10)$/);
    expect(controlId).toMatch(/^[0-9A-F]{20}$/);
    expect(patient).toMatch(/^[AB]\^\^\^HOSPITAL\^MR$/);
    expect(processing).toBe('T');
    expect(time).toMatch(/^\d{14}[+-]\d{4}$/);
  }
  for (const mrn of patients) {
    expect(toldInMessages(messages, mrn, standing[mrn])).toEqual(namesOf(standing[mrn]));
  }
}

/** Sync items that wait for a human, by code. */
async function syncReview(app: App): Promise<string[]> {
  const items = await openReviewOf(app);
  return items.flatMap((item) => (item.startsWith('sync ') ? [item.slice('sync '.length)] : []));
}

/** What was asked of the server, each kind of request once. */
function requestsTo({ simulator }: OpenServer): string[] {
  const asked = simulator.requests.flatMap(({ method, path, query, entries }) => {
    const [type = '', id] = path.split('/');
    if (type === '') return [`${method} bundle`, ...(entries ?? []).map((entry) => `  ${entry}`)];
    if (id === '_search') return [`${method} ${type}/_search`];
    return [`${method} ${type}${id ? '/id' : ''}${query ? '?' : ''}`];
  });
  return [...new Set(asked)].sort();
}

const writesTo = ({ simulator }: OpenServer): string[] =>
  simulator.requests.flatMap(({ method, path }) =>
    method === 'GET' || path.endsWith('_search') ? [] : [`${method} ${path.split('/')[0]}`],
  );

/** How much was written, and sent to the engine. A device of the hospital's own is looked for until it is there. */
const toldTo = (server: OpenServer): readonly number[] => [
  writesTo(server).length,
  server.simulator.requests.filter(({ path }) => path.endsWith('_search')).length,
  server.engine?.messages.length ?? 0,
];

const withoutTime = (message: string): string =>
  message
    .split('|')
    .filter((_, n) => n !== 6)
    .join('|');

async function untilMessages({ engine }: OpenServer, count: number): Promise<void> {
  while ((engine?.messages.length ?? 0) < count) await new Promise((resolve) => setTimeout(resolve, 5));
}
