import { ticketCounts } from '../../src/outbox/queue.ts';
import { ingest } from '../../src/pipeline.ts';
import { type BareInsert, barePostgres, bareSqlite } from '../bare-insert.ts';
import { asConfigured, openBenchApp } from '../bench-app.ts';
import { alternate, secondsSince } from '../measure.ts';
import { postgresDatabase } from '../postgres-database.ts';
import { type Figure, gate, type Row } from '../row.ts';
import { patients, readAll } from '../stories.ts';

const patientsARound = 20;
const batchSize = 200;

/** Durable appends through `ingest`: ledger, patient, tickets; acknowledged after the commit. */
export const append: Row = {
  name: 'append',
  async run({ folder, postgresUrl }) {
    const sqlite = `sqlite:${folder}/ledger.sqlite`;
    const figures = await measured('SQLite', folder, sqlite, bareSqlite(`${folder}/bare.sqlite`));
    if (postgresUrl) {
      const database = await postgresDatabase(postgresUrl);
      try {
        figures.push(
          ...(await measured(
            `PostgreSQL (${database.durability})`,
            folder,
            database.url,
            await barePostgres(database.url),
          )),
        );
      } finally {
        await database.drop();
      }
    }
    const gateText = 'every event is in the ledger once and owed to the destination; sent again it is a duplicate';
    return { figures, gate: gateText };
  },
};

async function measured(engine: string, folder: string, storeUrl: string, bare: BareInsert): Promise<Figure[]> {
  const fhirBaseUrl = 'http://127.0.0.1:9/fhir';
  const app = await openBenchApp({ folder, storeUrl, fhirBaseUrl, ...asConfigured });
  let next = 0;
  const fresh = () => {
    const stories = patients(patientsARound, next);
    next += patientsARound;
    return readAll(stories.flat());
  };

  const ours = (size: number) => async () => {
    const items = fresh();
    const start = performance.now();
    for (const batch of batchesOf(items, size)) {
      const receipts = await ingest(app, batch);
      gate(
        receipts.every(({ outcome }) => outcome === 'accepted'),
        'an event was not accepted',
      );
    }
    return items.length / secondsSince(start);
  };
  const theirs = (size: number) => async () => {
    const payloads = fresh().map((item) => item.payload);
    const start = performance.now();
    for (const batch of batchesOf(payloads, size)) await bare.insert(batch);
    return payloads.length / secondsSince(start);
  };

  const before = fresh();
  await ingest(app, before);
  const again = await ingest(app, before);
  gate(
    again.every(({ outcome }) => outcome === 'duplicate'),
    'an event sent twice is not seen as a duplicate',
  );
  const single = await alternate({ ours: ours(1), bare: theirs(1) });
  const batched = await alternate({ ours: ours(batchSize), bare: theirs(batchSize) });
  const stored = await app.store.db.selectFrom('event').select(['event_id', 'patient_id']).execute();
  const [tickets] = await ticketCounts(app.store.db);
  const patientCount = new Set(stored.map((row) => row.patient_id)).size;
  gate(new Set(stored.map((row) => row.event_id)).size === stored.length, 'an event is in the ledger twice');
  gate(tickets !== undefined && Number(tickets.due) === patientCount, 'a patient is not owed to the destination');
  await app.close();
  await bare.close();
  return [
    {
      name: `append, one event a transaction, ${engine}`,
      unit: 'events/s',
      ours: single.ours,
      baseline: { name: 'bare INSERT: no dedup, patient, ticket', spread: single.bare },
    },
    {
      name: `append, ${batchSize} events a transaction, ${engine}`,
      unit: 'events/s',
      ours: batched.ours,
      baseline: { name: `bare INSERT, ${batchSize} rows a transaction`, spread: batched.bare },
    },
  ];
}

function batchesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
