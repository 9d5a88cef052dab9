import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../../src/app.ts';
import { auditEventsOf } from '../../src/audit/audit-event.ts';
import { type AuditFilter, readAudit } from '../../src/audit/read-audit.ts';
import { validate } from '../../src/fhir/validate.ts';
import { openAdapter, report, settle } from '../flow/adapter.ts';
import { clinicOf, mrnSystem } from '../flow/events.ts';
import { admit, type Hospital, openHospital } from '../flow/hospital.ts';

let hospital: Hospital;
let app: App;

beforeAll(async () => {
  hospital = await openHospital();
  await admit(hospital, mrnSystem, ['M1', 'M2']);
});
afterAll(async () => {
  await app.close();
  await hospital.sandbox.close();
});

const rowsOf = (filter: Partial<AuditFilter> = {}) =>
  Array.fromAsync(readAudit(app.store.db, { tenant: 'default', ...filter }));

const requestsIn = (rows: Awaited<ReturnType<typeof rowsOf>>) => rows.filter(({ action }) => action === 'request');

/** What the hospital answered on its FHIR API; what it can do was asked before any patient was reported. */
const asked = () =>
  hospital.sandbox.requests.filter(({ path }) => path.startsWith('/fhir') && !/metadata|well-known/.test(path));

describe('what is done at a hospital', () => {
  test('is written down: every request that the hospital saw, and none that it did not', async () => {
    app = await openAdapter({ hospital });
    const one = clinicOf('M1');
    const two = clinicOf('M2');
    await report(app, one.implant('a', 0, 100), two.implant('a', 0, 90));
    await settle(app);
    await report(app, one.doseChange('b', 3, 120));
    await settle(app);
    const rows = requestsIn(await rowsOf());
    expect(rows.length).toBeGreaterThan(4);
    const statusClass = (status: number) => `${Math.floor(status / 100)}xx`;
    expect(rows.map(({ outcome }) => outcome).sort()).toEqual(
      asked()
        .map(({ status }) => statusClass(status))
        .sort(),
    );
  });

  test('names what was created by its place there', async () => {
    const events = (await rowsOf()).flatMap((row) => auditEventsOf(row, app.identifierSystem));
    expect(events.flatMap((event) => validate(event))).toEqual([]);
    const created = events.filter(({ action, outcome }) => action === 'C' && outcome === '0');
    const places = new Set(created.map(({ entity }) => entity?.[0]?.what?.reference));
    const there = hospital.sandbox
      .resources()
      .filter(({ resourceType }) => resourceType !== 'Patient')
      .map(({ resourceType, id }) => `${resourceType}/${id}`);
    expect([...places].sort()).toEqual(there.sort());
  });

  test('is found by patient, by destination and by time', async () => {
    const all = await rowsOf();
    const patientId = app.identify('default', 'test', mrnSystem, 'M1');
    const mine = await rowsOf({ patient: patientId });
    expect(mine.length).toBeGreaterThan(2);
    expect(mine).toEqual(all.filter(({ detail }) => detail.patient === patientId));
    expect(await rowsOf({ destination: 'hospital' })).toEqual(
      all.filter(({ detail }) => detail.destination === 'hospital'),
    );
    expect(await rowsOf({ destination: 'elsewhere' })).toEqual([]);
    expect(await rowsOf({ tenant: 'elsewhere' })).toEqual([]);
    const [first] = all;
    const last = all.at(-1);
    expect(await rowsOf({ sinceMs: first?.at, untilMs: (last?.at ?? 0) + 1 })).toEqual(all);
    expect(await rowsOf({ untilMs: first?.at })).toEqual([]);
    expect(await rowsOf({ sinceMs: (last?.at ?? 0) + 1 })).toEqual([]);
  });

  test('goes on over as many pages as there are rows', async () => {
    const { seq: _, ...row } = (await rowsOf())[0] as (typeof all)[number];
    const all = await rowsOf();
    const filler = { ...row, tenant: 'large', detail: JSON.stringify(row.detail) };
    for (let n = 0; n < 5; n++) await app.store.db.insertInto('audit').values(Array(401).fill(filler)).execute();
    expect(await rowsOf({ tenant: 'large' })).toHaveLength(2005);
  });
});
