import type { Insertable } from 'kysely';
import type { App } from '../src/app.ts';
import { readingVersion } from '../src/readers/version.ts';
import { note, noted } from '../src/store/deployment.ts';
import type { ReadingTable } from '../src/store/schema.ts';
import { openPopulatedApp, originals, proveSample, reported } from './population.ts';
import { renamer } from './renamed-rows.ts';
import { gate } from './row.ts';

/**
 * A population takes long to write. One that an earlier version of the program wrote is brought up to date where the
 * present one makes the same resources of the same reports: then only the facts are written again.
 */
export async function adopted(storeUrl: string, folder: string): Promise<void> {
  const app = await openPopulatedApp(storeUrl, folder);
  const { db } = app.store;
  const version = readingVersion(app);
  await db.deleteFrom('audit').where('action', '=', 'access').execute();
  if ((await noted(db, 'reading version')) !== version) {
    await writeFacts(app, storeUrl, folder);
    await proveSample(app);
    await note(db, 'reading version', version);
  }
  await app.close();
}

async function writeFacts({ store }: App, storeUrl: string, folder: string): Promise<void> {
  const renamers = (await reported(storeUrl, folder)).map((template, n) => {
    gate(template.versions === 0, 'the program makes other resources than those of this population: write it again');
    return renamer({ ...template, resource: [], event: [], values: [] }, n);
  });
  const { count } = await store.db
    .selectFrom('patient')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  for (let first = originals; first < Number(count); first += batch) {
    await store.transaction(async (trx) => {
      for (let number = first; number < Math.min(first + batch, Number(count)); number++) {
        const rows = (renamers[number % originals] as ReturnType<typeof renamer>)(number).reading;
        const [{ patient_id, ...columns }] = rows as unknown as [Insertable<ReadingTable>];
        await trx.updateTable('reading').set(columns).where('patient_id', '=', patient_id).execute();
      }
    });
  }
}

const batch = 500;
