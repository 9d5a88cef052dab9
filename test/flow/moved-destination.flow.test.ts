import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { welcomeDestinations } from '../../src/pipeline.ts';
import { readState, resumeDestination } from '../../src/store/destination-state.ts';
import { drain } from '../../src/worker.ts';
import { destinationAt, impatient, openAdapter, report, settle } from './adapter.ts';
import { clinicOf, mrnSystem } from './events.ts';
import { recording } from './faults.ts';
import { admit, type Hospital, ofDeployment, openHospital } from './hospital.ts';

let first: Hospital;
let second: Hospital;
let app: App;
const a = clinicOf('A');
const key = { tenant: 'default', destination: 'hospital' };

beforeEach(async () => {
  [first, second] = [await openHospital(), await openHospital()];
  await admit(first, mrnSystem, ['A']);
  await admit(second, mrnSystem, ['B', 'A']);
  app = await openAdapter({ hospital: first });
  await welcomeDestinations(app);
});
afterEach(async () => {
  await app.close();
  await first.sandbox.close();
  await second.sandbox.close();
});

/** The same deployment, whose configuration now names this server under the same name. */
const movedTo = (hospital: Hospital, change: { fhirBaseUrl?: string } = {}): App => ({
  ...app,
  destinations: [destinationAt(hospital, change)],
});

const pausedUntil = async () => (await readState(app.store.db, key))?.paused_until ?? null;

describe('a destination whose address changes in the configuration', () => {
  it('is sent nothing by the ids of the server before: they may be those of other patients', async () => {
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    const moved = movedTo(second);
    await report(app, a.doseChange('d', 10, 120));
    await welcomeDestinations(moved);
    const { app: observed, requests } = recording(moved);
    await drain(observed, observed.destinations, impatient);
    expect(requests).toEqual([]);
    expect((await readState(app.store.db, key))?.pause_reason).toBe(
      'Its address in the configuration has changed. Resume it if it is the same server; give another server another name.',
    );
    expect((await readState(app.store.db, key))?.fetched_at).toBeNull();
    expect(ofDeployment(second.sandbox.resources('Device'), app.identifierSystem)).toEqual([]);
  });

  it('goes on when an operator says that it is the same server, and is not asked again at the next start', async () => {
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    const fhirBaseUrl = first.sandbox.baseUrl.replace('127.0.0.1', 'localhost');
    expect(fhirBaseUrl).not.toBe(first.sandbox.baseUrl);
    const moved = movedTo(first, { fhirBaseUrl });
    await welcomeDestinations(moved);
    expect(await pausedUntil()).toBeGreaterThan((await app.store.nowMs()) + 365 * 24 * 3_600_000);
    await resumeDestination(app.store.db, key);
    await welcomeDestinations(moved);
    expect(await pausedUntil()).toBeNull();
  });

  it('is not paused for a slash at the end, nor where nothing was ever sent or matched', async () => {
    await welcomeDestinations(movedTo(second));
    expect(await pausedUntil()).toBeNull();
    await welcomeDestinations(movedTo(first));
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    await welcomeDestinations(movedTo(first, { fhirBaseUrl: `${first.sandbox.baseUrl}/` }));
    expect(await pausedUntil()).toBeNull();
  });

  it('is paused as well where only the patient is known there', async () => {
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    await app.store.db.deleteFrom('link').execute();
    await welcomeDestinations(movedTo(second));
    expect(await pausedUntil()).not.toBeNull();
  });
});
