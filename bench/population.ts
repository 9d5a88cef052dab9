import { createHash } from 'node:crypto';
import { type App, openApp } from '../src/app.ts';
import { configFrom } from '../src/config.ts';
import { demoKey } from '../src/fhir/identity.ts';
import { ingest } from '../src/pipeline.ts';
import { leaveBehind } from '../src/readers/behind.ts';
import { readModel } from '../src/readers/reading.ts';
import { readingVersion } from '../src/readers/version.ts';
import { note } from '../src/store/deployment.ts';
import { bulkWriter } from './bulk-writer.ts';
import { everyRow, type PatientRows } from './patient-rows.ts';
import { renamer } from './renamed-rows.ts';
import { gate } from './row.ts';
import { patients, readAll } from './stories.ts';

/**
 * A store with the therapies of many patients, ready to be read. The first few are reported and projected by the real
 * program; all others are copies of their rows under names, ids and identities of their own. Whether a copy is what
 * the program itself would have made is proved on a sample: made again, none of it changes.
 */

/** Events of one patient: implant, fills, dose changes and what else the first of each sample therapy are. */
const eventsEach = 5;
export const originals = 6;

export interface Population {
  readonly patients: number;
  readonly resources: number;
}

export async function openPopulatedApp(storeUrl: string, folder: string): Promise<App> {
  const config = configFrom(
    {
      store: { url: storeUrl },
      server: { port: 0 },
      calculatedValues: { show: true, clinicalOwner: 'benchmark' },
      terminologyPacks: ['snomed'],
      logLevel: 'silent',
    },
    folder,
    'the benchmark configuration',
  );
  return openApp({ ...config, deploymentKey: demoKey });
}

/** Fills an empty store. */
export async function populate(storeUrl: string, folder: string, count: number): Promise<Population> {
  const templates = await reported(storeUrl, folder);
  const write = await bulkWriter(storeUrl);
  const renamers = templates.map((template, n) => renamer(template, n));
  for (let first = originals; first < count; first += batch) {
    const numbers = Array.from({ length: Math.min(batch, count - first) }, (_, n) => first + n);
    await write.rows(numbers.map((number) => (renamers[number % originals] as (n: number) => PatientRows)(number)));
  }
  await write.end();
  const app = await openPopulatedApp(storeUrl, folder);
  gate((await proveSample(app)) === count, `there are not ${count} patients`);
  await note(app.store.db, 'reading version', readingVersion(app));
  await app.close();
  const resources = templates.map(({ resource }) => resource.length);
  return {
    patients: count,
    resources: Array.from({ length: count }, (_, n) => resources[n % originals] as number).reduce((a, b) => a + b, 0),
  };
}

const batch = 500;

/** What the program makes of the first patients, who are reported if they are not yet. */
export async function reported(storeUrl: string, folder: string): Promise<readonly PatientRows[]> {
  const app = await openPopulatedApp(storeUrl, folder);
  const stories = patients(originals).map((story) => story.slice(0, eventsEach));
  const rows: PatientRows[] = [];
  for (const story of stories) {
    const [receipt] = await ingest(app, readAll(story), 'default');
    const patient = { tenant: 'default', environment: 'test' as const, patientId: receipt?.patient as string };
    await readModel(app).refresh(patient);
    rows.push(await everyRow(app.store.db, patient));
  }
  await app.close();
  return rows;
}

/**
 * Whether the program makes the same of a sample, chosen by a hash, so that they lie all over the store and are the
 * same each time. Returns how many patients there are.
 */
export async function proveSample(app: App): Promise<number> {
  const model = readModel(app);
  const { db } = app.store;
  const ids = await db.selectFrom('patient').select('id').orderBy('id').execute();
  for (let n = 0; n < 24; n++) {
    const at = createHash('sha256').update(String(n)).digest().readUInt32BE(0) % ids.length;
    const patient = { tenant: 'default', environment: 'test' as const, patientId: ids[at]?.id as string };
    const before = await everyRow(db, patient);
    await leaveBehind(db, 'default', patient.patientId);
    await model.refresh(patient);
    const { resource, versions, reading } = await everyRow(db, patient);
    gate(versions === 0 && resource.length > 5, 'a copied patient is not what the program makes of the same reports');
    gate(factsIn(before) === factsIn({ reading }), 'the facts of a copied patient are not those of the program');
    const { pumps } = await model.statusAt(patient, app.now(), 'whole');
    gate(pumps.length > 0, 'a copied patient has no pump');
  }
  return ids.length;
}

/** Names of all facts; what they say may move with the time. */
const factsIn = ({ reading }: Pick<PatientRows, 'reading'>): string =>
  JSON.stringify(
    reading.map(({ facts }) => JSON.parse(String(facts))),
    (_name, value) => (typeof value === 'object' ? value : ''),
  );
