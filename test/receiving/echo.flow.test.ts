import type { Bundle, Resource } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { readFhir } from '../../src/intake/fhir/read.ts';
import type { Item } from '../../src/intake/item.ts';
import { readEvents } from '../../src/intake/json.ts';
import type { Receipt } from '../../src/intake/receipt.ts';
import { ingest } from '../../src/pipeline.ts';
import { leaveEchoes } from '../../src/receiving/echo.ts';
import { limits, openAdapter, report, settle, ticketsAt } from '../flow/adapter.ts';
import { clinicOf, clinicSystem, mrnSystem } from '../flow/events.ts';
import { admit, type Hospital, openHospital } from '../flow/hospital.ts';

const clinic = clinicOf('MRN1');
let hospital: Hospital;
let app: App;

beforeEach(async () => {
  hospital = await openHospital();
  await admit(hospital, mrnSystem, ['MRN1']);
  app = await openAdapter({ hospital });
  await report(
    app,
    clinic.implant('implant', 1, 100),
    clinic.doseChange('dose', 20, 120),
    clinic.complication('c', 25),
  );
  await settle(app);
});
afterEach(async () => {
  await app.close();
  await hospital.sandbox.close();
});

/** The hospital's whole content, as a search there answers. */
const searchResult = (resources: readonly Resource[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: resources.map((resource) => ({
    fullUrl: `${hospital.sandbox.baseUrl}/${resource.resourceType}/${resource.id}`,
    resource,
  })),
});

const context = () => ({ codes: app.codes, maxEvents: 10_000, maxDepth: 50 });

async function fedBack(to: App, items: readonly Item[]): Promise<Receipt[]> {
  const receipts = await ingest(to, await leaveEchoes(to, 'default', items), 'default');
  await settle(to);
  return receipts;
}

const ledger = (of: App) => of.store.db.selectFrom('event').select(['event_id', 'payload']).orderBy('seq').execute();
const outcomes = (receipts: readonly Receipt[]) => [...new Set(receipts.map(({ outcome }) => outcome))];

describe('what a hospital holds of ours, fed back', () => {
  it('is left alone: the ledger stays, nothing is sent again', async () => {
    const [before, held] = [
      await ledger(app),
      hospital.sandbox.resources().map(({ id, meta }) => [id, meta?.versionId]),
    ];
    const { items } = readFhir(JSON.stringify(searchResult(hospital.sandbox.resources())), context());
    const receipts = await fedBack(app, items);
    expect(receipts).toHaveLength(3);
    expect(outcomes(receipts)).toEqual(['left-alone']);
    expect(receipts.flatMap(({ problems }) => problems.map(({ code, severity }) => [code, severity]))).toEqual(
      Array.from({ length: 3 }, () => ['echo', 'information']),
    );
    expect(await ledger(app)).toEqual(before);
    expect(hospital.sandbox.resources().map(({ id, meta }) => [id, meta?.versionId])).toEqual(held);
    expect((await ticketsAt(app)).due).toBe(0);
  });

  it('is input to another deployment, which comes to the same therapy', async () => {
    const other = await openAdapter({});
    const { items } = readFhir(JSON.stringify(searchResult(hospital.sandbox.resources())), context());
    expect(outcomes(await fedBack(other, items))).toEqual(['accepted']);
    expect((await ledger(other)).map(({ event_id }) => event_id).toSorted()).toEqual([
      'MRN1-c',
      'MRN1-dose',
      'MRN1-implant',
    ]);
    await other.close();
  });

  it('is left alone by the identity that a feed took as the id of its event', async () => {
    const [row] = await app.store.db.selectFrom('issued_identity').select('identity').limit(1).execute();
    const event = { ...clinic.doseChange('x', 30, 130), source: { system: 'urn:oid:1.2.3', eventId: row?.identity } };
    const items = readEvents(JSON.stringify(event), 'json', limits) as Item[];
    expect(outcomes(await fedBack(app, items))).toEqual(['left-alone']);
  });

  it('is taken where the identity is one that nobody issued here', async () => {
    const eventId = '0b7b8c1e-1111-8222-8333-444455556666';
    const event = { ...clinic.doseChange('x', 30, 130), source: { system: 'urn:oid:1.2.3', eventId } };
    const items = readEvents(JSON.stringify(event), 'json', limits) as Item[];
    expect(outcomes(await fedBack(app, items))).toEqual(['accepted']);
  });
});

describe('the feed of a hospital that lost every identity', () => {
  const feed = 'urn:oid:1.2.840.114350.1.13';
  const told = (day: number, doseUgPerDay: number) => ({
    ...clinic.doseChange('feed', day, doseUgPerDay),
    source: { system: feed, eventId: `F-${day}-${doseUgPerDay}` },
  });

  beforeEach(async () => {
    await app.close();
    app = await openAdapter({ hospital }, { notFrom: [feed] });
    await report(app, clinic.implant('implant', 1, 100), clinic.doseChange('dose', 20, 120));
    await settle(app);
  });

  it('is left alone where it says what was told there of that instant', async () => {
    const items = readEvents(JSON.stringify([told(20, 120)]), 'json', limits) as Item[];
    expect(outcomes(await fedBack(app, items))).toEqual(['left-alone']);
  });

  it('is taken where it says another dose, or the same at another time', async () => {
    const items = readEvents(JSON.stringify([told(20, 125), told(21, 120)]), 'json', limits) as Item[];
    const left = await leaveEchoes(app, 'default', items);
    expect(left.map((item) => 'event' in item)).toEqual([true, true]);
  });

  it('is taken from a system that is none of the hospital’s own', async () => {
    const event = { ...told(20, 120), source: { system: clinicSystem, eventId: 'other' } };
    const items = readEvents(JSON.stringify([event]), 'json', limits) as Item[];
    const left = await leaveEchoes(app, 'default', items);
    expect(left.map((item) => 'event' in item)).toEqual([true]);
  });
});
