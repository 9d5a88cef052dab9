import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Patient } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../../src/app.ts';
import { heedVersion } from '../../../src/readers/behind.ts';
import { readingVersion } from '../../../src/readers/version.ts';
import { startReadingWorker } from '../../../src/readers/worker.ts';
import { startService } from '../../../src/service.ts';
import type { ReadPatient } from '../../../src/views/read-model/reading.ts';
import { openAdapter, settle } from '../../flow/adapter.ts';
import { clinicOf, mrnSystem, onDay } from '../../flow/events.ts';
import { admit, openHospital } from '../../flow/hospital.ts';
import { type Readers, readersOf, resourceIn } from './readers.ts';

let folder: string;
let app: App;
let at: Readers;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'itb-reading-'));
  app = await openAdapter({}, {}, `sqlite:${join(folder, 'store.db')}`);
  at = readersOf(app, 'default');
});
afterEach(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const patientOf = (mrn: string): ReadPatient => ({
  ...{ tenant: 'default', environment: 'test' },
  patientId: at.idOf(mrnSystem, mrn),
});

const day = (n: number) => Temporal.Instant.from(onDay(n));

const doseAt = async (patient: ReadPatient, when: Temporal.Instant, readers = at) =>
  (await readers.model.statusAt(patient, when, 'whole')).pumps.map(({ programme }) => programme.doseUgPerDay.value);

const readingOf = (patient: ReadPatient) =>
  app.store.db.selectFrom('reading').selectAll().where('patient_id', '=', patient.patientId).executeTakeFirstOrThrow();

describe('who is read', () => {
  it('is found by the id that our addresses have, in their own tenant and environment only', async () => {
    await at.report(clinicOf('A').implant('I', 0, 100));
    const patient = patientOf('A');
    const { patientId } = patient;
    expect(await at.model.find(patient, patientId)).toEqual(patient);
    expect(await at.model.find({ tenant: 'default', environment: 'live' }, patientId)).toBeUndefined();
    expect(await at.model.find({ tenant: 'other', environment: 'test' }, patientId)).toBeUndefined();
    expect(await at.model.find(patient, 'nobody')).toBeUndefined();
  });

  it('is found by what their own server calls them, and the Patient leads there', async () => {
    const hospital = await openHospital();
    await admit(hospital, mrnSystem, ['A']);
    const synced = await openAdapter({ hospital }, {}, `sqlite:${join(folder, 'store.db')}`);
    const there = readersOf(synced, 'default');
    const patient = patientOf('A');
    await there.report(clinicOf('A').implant('I', 0, 100));
    await there.refresh(patient.patientId);
    const patientRow = async () =>
      (await there.rows()).find(({ type, id }) => type === 'Patient' && id === patient.patientId);
    expect((await patientRow())?.version).toBe(1);

    await settle(synced);
    const { server_id: serverId } = await app.store.db
      .selectFrom('patient_match')
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(await there.model.findThere(patient, 'hospital', serverId)).toEqual(patient);
    expect(await there.model.findThere(patient, 'elsewhere', serverId)).toBeUndefined();
    expect(await there.model.findThere({ ...patient, environment: 'live' }, 'hospital', serverId)).toBeUndefined();
    expect(await there.model.findThere({ ...patient, tenant: 'other' }, 'hospital', serverId)).toBeUndefined();
    expect(await there.model.findThere(patient, 'hospital', 'nobody')).toBeUndefined();

    const both = { ...patient, patientId: at.idOf(mrnSystem, 'B') };
    await there.report(clinicOf('B').implant('I', 0, 100));
    const { tenant } = patient;
    const match = { tenant, destination: 'hospital', patient_id: both.patientId, server_id: serverId, matched_at: 1 };
    await app.store.db.insertInto('patient_match').values(match).execute();
    expect(await there.model.findThere(patient, 'hospital', serverId)).toBeUndefined();
    await there.report(clinicOf('A').merge('M', 'B', 3));
    expect(await there.model.findThere(patient, 'hospital', serverId)).toEqual(patient);
    await app.store.db.deleteFrom('patient_match').where('patient_id', '=', both.patientId).execute();
    await there.report(clinicOf('A').unmerge('U', 'M', 4));

    await there.refresh(patient.patientId);
    const row = await patientRow();
    const address = `${hospital.sandbox.baseUrl}/Patient/${serverId}`;
    expect(row && (resourceIn(row) as Patient).link).toEqual([{ other: { reference: address }, type: 'seealso' }]);
    expect(row?.version).toBe(2);
    await synced.close();
    await hospital.sandbox.close();
  });
});

describe('status', () => {
  it('of any instant is that of the therapy then, whatever was asked before; a question writes nothing', async () => {
    const clinic = clinicOf('A');
    const patient = patientOf('A');
    await at.report(clinic.implant('I', 0, 100), clinic.doseChange('D', 10, 120));
    for (const [instant, dose] of [
      [day(5), 100],
      [app.now(), 120],
      [day(5), 100],
      [app.now().add({ hours: 1 }), 120],
    ] as const) {
      expect(await doseAt(patient, instant)).toEqual([dose]);
    }
    expect((await readingOf(patient)).facts).toBeNull();
    await at.refresh(patient.patientId);
    const kept = await readingOf(patient);
    expect([kept.status_revision, kept.heard_at]).toEqual([1, day(10).epochMilliseconds]);
    expect(await doseAt(patient, day(5))).toEqual([100]);
    expect(await doseAt(patient, app.now())).toEqual([120]);
    expect(await readingOf(patient)).toEqual(kept);
  });

  it('is never older than the ledger', async () => {
    const clinic = clinicOf('A');
    const patient = patientOf('A');
    await at.report(clinic.implant('I', 0, 100));
    expect(await doseAt(patient, app.now())).toEqual([100]);
    await at.report(clinic.doseChange('D', 10, 120));
    expect(await doseAt(patient, app.now())).toEqual([120]);
    await at.report(clinic.void('V', 'D', 11));
    expect(await doseAt(patient, app.now())).toEqual([100]);
  });

  it('counts what is held, as soon as the therapy knows of it', async () => {
    const clinic = clinicOf('A');
    const patient = patientOf('A');
    const held = async () => (await at.model.statusAt(patient, app.now(), 'whole')).reportsHeld;
    await at.report(clinic.implant('I', 0, 100));
    expect(await held()).toMatchObject({ count: 0, since: null });
    await at.report(clinic.doseChange('D', 100_000, 120));
    expect(await held()).toMatchObject({ count: 1, since: onDay(100_000) });
    await at.report(clinic.assessment('S', 5, 'a scale that nobody knows', 1));
    await at.refresh(patient.patientId);
    expect(await held()).toMatchObject({ count: 2, since: onDay(5) });
  });

  it('shows nothing calculated once a site withholds it, whatever was kept before', async () => {
    const patient = patientOf('A');
    await at.report(clinicOf('A').implant('I', 0, 100));
    const showing = readersOf({ ...app, config: { ...app.config, calculatedValues: 'shown' } }, 'default');
    await showing.refresh(patient.patientId);
    expect((await readingOf(patient)).due_method).toBe('calculated');
    const withholding = { ...app, config: { ...app.config, calculatedValues: 'withheld' as const } };
    await heedVersion(withholding, readingVersion(withholding));
    expect((await readingOf(patient)).due_on).toBeNull();
    await readersOf(withholding, 'default').refresh(patient.patientId);
    const { due_on, has_pump } = await readingOf(patient);
    expect([due_on, has_pump]).toEqual([null, 1]);
  });

  it('of nobody is a mistake of who asks', async () => {
    await expect(at.model.statusAt(patientOf('NOBODY'), app.now(), 'whole')).rejects.toThrow('Nobody has this id.');
  });
});

describe('the course of a therapy', () => {
  it('is told up to the instant that is asked for', async () => {
    const clinic = clinicOf('A');
    await at.report(clinic.implant('I', 0, 100), clinic.doseChange('D', 10, 120));
    const told = async (when: Temporal.Instant) => JSON.stringify(await at.model.courseAt(patientOf('A'), when));
    expect(await told(day(5))).not.toContain('120');
    expect(await told(day(11))).toContain('120');
  });
});

describe('a new version', () => {
  it('leaves everybody behind once, and the same version nobody', async () => {
    const reader = { tenant: 'default', environment: 'test' } as const;
    await at.report(clinicOf('A').implant('I', 0, 100), clinicOf('B').implant('I', 0, 100));
    const version = readingVersion(app);
    await heedVersion(app, version);
    await at.model.catchUp(reader, 60_000);
    await heedVersion(app, version);
    expect(await at.model.workOff(reader)).toBe('nobody');
    await heedVersion(app, 'another');
    expect(await at.model.catchUp(reader, 0)).toEqual({ behind: 1 });
    expect(await at.model.catchUp(reader, 60_000)).toEqual({ behind: 0 });
  });

  it('is one of settings and servers too', () => {
    const { config } = app;
    const versions: readonly App[] = [
      app,
      { ...app, mappingVersion: 'another' },
      { ...app, config: { ...config, calculatedValues: 'shown' as const } },
      { ...app, config: { ...config, emit: { ...config.emit, flag: true } } },
      { ...app, config: { ...config, therapy: { ...config.therapy, stabilityDays: 30 } } },
    ];
    const [stated, ...others] = versions.map(readingVersion);
    expect(readingVersion(app)).toBe(stated);
    expect(new Set(others).size).toBe(4);
    expect(others).not.toContain(stated);
  });
});

describe('the worker of readers', () => {
  const until = async (isSo: () => Promise<boolean>) => {
    for (let waitedMs = 0; !(await isSo()); waitedMs += 10) {
      if (waitedMs > 10_000) throw new Error('it never came to that');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const isMade = (mrn: string) => async () => (await readingOf(patientOf(mrn))).resources_revision !== null;

  it('makes what is behind, of every tenant, and what is reported later when it is poked', async () => {
    const other = readersOf(app, 'other');
    await at.report(clinicOf('A').implant('I', 0, 100));
    await other.report(clinicOf('A').implant('I', 0, 100));
    const worker = startReadingWorker(app, at.model, { backgroundShare: 0.5, pollIntervalMs: 3_600_000 });
    await until(isMade('A'));
    await until(async () => (await other.rows()).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await at.report(clinicOf('B').implant('I', 0, 100));
    worker.poke();
    await until(isMade('B'));
    await worker.stop();
  });

  it('runs in the service: what was posted is made without a question', async () => {
    const owned = await openAdapter({}, {}, `sqlite:${join(folder, 'store.db')}`);
    const service = await startService({
      ...owned,
      config: { ...owned.config, server: { ...owned.config.server, port: 0 } },
    });
    const response = await fetch(`${service.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(clinicOf('A').implant('I', 0, 100)),
    });
    expect(response.status).toBe(200);
    await until(isMade('A'));
    await service.stop();
  });

  it('looks by itself after the poll interval, for another process may have taken reports', async () => {
    const worker = startReadingWorker(app, at.model, { backgroundShare: 0.5, pollIntervalMs: 20 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    await at.report(clinicOf('A').implant('I', 0, 100));
    await until(isMade('A'));
    await worker.stop();
  });

  it('takes no more than its share of the time', async () => {
    const mrns = Array.from({ length: 12 }, (_, n) => `P${n}`);
    await at.report(...mrns.map((mrn) => clinicOf(mrn).implant('I', 0, 100)));
    let busyMs = 0;
    const workOff: typeof at.model.workOff = async () => {
      const started = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 10));
      busyMs += performance.now() - started;
      return 'one';
    };
    const started = performance.now();
    const worker = startReadingWorker(app, { ...at.model, workOff }, { backgroundShare: 0.2, pollIntervalMs: 1 });
    for (let n = 0; n < 30; n++) {
      worker.poke();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await worker.stop();
    expect(busyMs / (performance.now() - started)).toBeLessThan(0.35);
  });

  it('puts off a patient whose therapy cannot be made, and goes on with the next', async () => {
    const reader = { tenant: 'default', environment: 'test' } as const;
    await at.report(clinicOf('A').implant('I', 0, 100));
    await new Promise((resolve) => setTimeout(resolve, 3));
    await at.report(clinicOf('B').implant('I', 0, 100));
    await app.store.db
      .updateTable('event')
      .set({ payload: '{"spoiled' })
      .where('patient_id', '=', patientOf('A').patientId)
      .execute();
    expect(await at.model.workOff(reader)).toBe('failed');
    expect(await at.model.workOff(reader)).toBe('one');
    expect(await at.model.workOff(reader)).toBe('nobody');
    const { resources_until: untilMs } = await readingOf(patientOf('A'));
    expect((untilMs ?? 0) - app.now().epochMilliseconds).toBeGreaterThan(50_000);
    await expect(at.refresh(patientOf('A').patientId)).rejects.toThrow();
  });
});
