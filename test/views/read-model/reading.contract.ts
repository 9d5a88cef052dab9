import type { Observation, Patient } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../../src/app.ts';
import { usCoreProfile } from '../../../src/fhir/systems.ts';
import { conformsToUsCore, validate } from '../../../src/fhir/validate.ts';
import { therapyOf } from '../../../src/pipeline.ts';
import { leaveBehind } from '../../../src/readers/behind.ts';
import { listReview } from '../../../src/review/list.ts';
import type { Engine } from '../../contracts/store.contract.ts';
import { clinicOf, mrnSystem } from '../../flow/events.ts';
import { reportedEvents, storyNames } from '../../stories/story.ts';
import {
  forget,
  foundBy,
  keyOf,
  liveOf,
  newTenant,
  openProcesses,
  patientsIn,
  portionsOf,
  readersOf,
  referencesOf,
  refreshKnown,
  resourceIn,
  type StoredRow,
  versions,
} from './readers.ts';

/** What readers are told is what the ledger says, on every engine. `start` gives a database that is empty. */
export function readingContract(name: string, start: () => Promise<Engine>, runs: number): void {
  describe(`the read model on ${name}`, () => {
    let engine: Engine;
    let apps: readonly [App, App];

    beforeAll(async () => {
      engine = await start();
      apps = await openProcesses(engine.url);
    });

    afterAll(async () => {
      await Promise.all(apps.map((app) => app.close()));
      await engine.stop();
    });

    const readers = () => readersOf(apps[0], newTenant());

    it('holds one live resource for everything desired, once reported', async () => {
      const clinic = clinicOf('M1');
      const at = readers();
      await at.report(clinic.implant('I', 0, 100), clinic.doseChange('D', 10, 120));
      const patientId = at.idOf(mrnSystem, 'M1');
      await at.refresh(patientId);
      const { desired } = await therapyOf(apps[0], keyOf(at, patientId), apps[0].now());
      const wanted = desired.resources.map(({ identity, resource }) => `${resource.resourceType}/${identity}`);
      const rows = await at.rows();
      expect(rows.map(({ type, id }) => `${type}/${id}`).sort()).toEqual([...wanted, `Patient/${patientId}`].sort());
      expect(new Set(rows.map((row) => `${row.patient_id} ${row.version} ${row.state}`))).toEqual(
        new Set([`${patientId} 1 live`]),
      );
    });

    it('serves resources that are valid, and names in each reference one that is there', async () => {
      const at = readers();
      const events = reportedEvents('flex-and-kinked-catheter');
      await at.report(...events);
      for (const id of patientsIn(at, events)) await at.refresh(id);
      const rows = await at.rows();
      const there = new Set(rows.map(({ type, id }) => `${type}/${id}`));
      for (const row of rows) {
        const resource = resourceIn(row);
        expect(validate(resource)).toEqual([]);
        expect(resource.id).toBe(row.id);
        expect(resource.meta?.versionId).toBe('1');
        expect(referencesOf(resource).filter((reference) => !there.has(reference))).toEqual([]);
      }
    });

    it('ends in the same live resources in whatever order and portions reports come and readers ask', async () => {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...storyNames), fc.infiniteStream(fc.nat()), async (story, chances) => {
          const at = readers();
          const events = reportedEvents(story);
          const patients = patientsIn(at, events);
          for (const portion of portionsOf(events, chances)) {
            await at.report(...portion);
            if ((chances.next().value ?? 0) % 2 === 0) await refreshKnown(at, patients);
          }
          for (const id of patients) await at.refresh(id);
          const reached = liveOf(await at.rows());
          await forget(at);
          for (const id of patients) await at.refresh(id);
          expect(reached).toEqual(liveOf(await at.rows()));
        }),
        { numRuns: runs },
      );
    });

    it('makes a version of what changed and of nothing else', async () => {
      const clinic = clinicOf('M2');
      const at = readers();
      const patientId = at.idOf(mrnSystem, 'M2');
      await at.report(clinic.implant('I', 0, 100));
      await at.refresh(patientId);
      await at.refresh(patientId);
      const before = await at.rows();
      await at.report(clinic.doseChange('D', 10, 120));
      await at.refresh(patientId);
      const after = new Map((await at.rows()).map((row) => [row.id, row]));
      const changed = before.filter((row) => after.get(row.id)?.version !== 1);
      const running = changed.filter(({ type }) => type === 'MedicationAdministration').map(resourceIn);
      expect(running).toHaveLength(1);
      for (const row of before.filter((each) => !changed.includes(each))) expect(after.get(row.id)).toEqual(row);
      for (const row of changed) {
        const next = after.get(row.id) as StoredRow;
        expect([next.version, next.seq, resourceIn(next).meta?.versionId]).toEqual([2, row.seq, '2']);
      }
      expect(await versions(at)).toEqual(changed.map(({ type, id, content }) => ({ type, id, version: 1, content })));
    });

    it('changes nothing when all of it is made again', async () => {
      const at = readers();
      const events = reportedEvents('wrong-patient-corrected');
      for (const event of events) {
        await at.report(event);
        await at.model.catchUp({ tenant: at.tenant, environment: 'test' }, 60_000);
      }
      const before = await at.rows();
      const kept = await versions(at);
      expect(await leaveBehind(apps[0].store.db, at.tenant)).toBe(2);
      expect(await at.model.catchUp({ tenant: at.tenant, environment: 'test' }, 60_000)).toEqual({ behind: 0 });
      expect(await at.rows()).toEqual(before);
      expect(await versions(at)).toEqual(kept);
    });

    it('finds again by the present table of search parameters, without a version of anything', async () => {
      const at = readers();
      const patientId = at.idOf(mrnSystem, 'M8');
      await at.report(clinicOf('M8').implant('I', 0, 100));
      await at.refresh(patientId);
      const { db } = apps[0].store;
      const found = () =>
        db
          .selectFrom('resource_value')
          .selectAll()
          .where('tenant', '=', at.tenant)
          .orderBy('seq')
          .orderBy('parameter')
          .orderBy('value')
          .orderBy('system')
          .execute();
      const dates = () =>
        db
          .selectFrom('resource')
          .select(['id', 'date_from', 'date_to'])
          .where('tenant', '=', at.tenant)
          .orderBy('id')
          .execute();
      const before = [await found(), await dates(), await at.rows()];
      await db
        .updateTable('resource')
        .set({ found_hash: 'older', date_from: 1 })
        .where('tenant', '=', at.tenant)
        .execute();
      await db.deleteFrom('resource_value').where('tenant', '=', at.tenant).where('parameter', '=', 'status').execute();
      await leaveBehind(db, at.tenant);
      await at.refresh(patientId);
      expect([await found(), await dates(), await at.rows()]).toEqual(before);
      expect(await versions(at)).toEqual([]);
    });

    it('tells in one process what was reported in the other', async () => {
      const clinic = clinicOf('M3');
      const tenant = newTenant();
      const [one, two] = [readersOf(apps[0], tenant), readersOf(apps[1], tenant)];
      const patient = keyOf(one, one.idOf(mrnSystem, 'M3'));
      for (const [n, dose] of [100, 110, 120, 130].entries()) {
        await one.report(n === 0 ? clinic.implant('I', 0, dose) : clinic.doseChange(`D${n}`, n, dose));
        await two.refresh(patient.patientId);
        const status = await two.model.statusAt(patient, apps[1].now(), 'whole');
        expect(status.pumps.map(({ programme }) => programme.doseUgPerDay.value)).toEqual([dose]);
        const doses = (await two.rows()).filter(({ content }) => content.includes('"in-progress"')).map(resourceIn);
        expect(JSON.stringify(doses)).toContain(`"value":${dose}`);
      }
    });

    it('says of what is wanted no longer that it was entered in error, and deletes what cannot say so', async () => {
      const clinic = clinicOf('M4');
      const at = readers();
      const patientId = at.idOf(mrnSystem, 'M4');
      await at.report(clinic.implant('I', 0, 100), clinic.complication('C', 5));
      await at.refresh(patientId);
      const before = await at.rows();
      await at.report(clinic.void('V', 'C', 6));
      await at.refresh(patientId);
      const gone = (await at.rows()).filter(({ state }) => state !== 'live');
      const states = Object.groupBy(gone, ({ state }) => state);
      expect(states.withdrawn?.map(({ type }) => type)).toEqual(['Observation']);
      expect(new Set(states.deleted?.map(({ type }) => type))).toEqual(new Set(['AdverseEvent', 'Provenance']));
      const withdrawn = states.withdrawn?.[0] as StoredRow;
      expect([withdrawn.version, (resourceIn(withdrawn) as Observation).status]).toEqual([2, 'entered-in-error']);
      expect(await foundBy(at, withdrawn.seq, 'status')).toEqual(['entered-in-error']);
      for (const row of states.deleted ?? []) {
        expect(row.version).toBe(2);
        expect(row.content).toBe(before.find(({ id }) => id === row.id)?.content);
        expect(await foundBy(at, row.seq)).toEqual([]);
      }
    });

    it('brings back what was withdrawn as its third version', async () => {
      const clinic = clinicOf('M5');
      const at = readers();
      const patientId = at.idOf(mrnSystem, 'M5');
      await at.report(clinic.implant('I', 0, 100), clinic.complication('C', 5));
      await at.refresh(patientId);
      const before = liveOf(await at.rows());
      await at.report(clinic.void('V', 'C', 6));
      await at.refresh(patientId);
      await at.report(clinic.void('W', 'V', 7));
      await at.refresh(patientId);
      const rows = await at.rows();
      expect(liveOf(rows)).toMatchObject(before);
      expect(rows.filter(({ type }) => type === 'AdverseEvent').map(({ version, state }) => [version, state])).toEqual([
        [3, 'live'],
      ]);
    });

    it('writes each thing once when both processes make it at the same time', async () => {
      const clinic = clinicOf('M6');
      const tenant = newTenant();
      const [one, two] = [readersOf(apps[0], tenant), readersOf(apps[1], tenant)];
      const patientId = one.idOf(mrnSystem, 'M6');
      for (const report of [
        clinic.implant('I', 0, 100),
        clinic.doseChange('D', 10, 120),
        clinic.refill('R', 20, 120),
      ]) {
        await one.report(report);
        await Promise.all([one, two, one, two].map((each) => each.refresh(patientId)));
      }
      const rows = await one.rows();
      const total = (await versions(one)).length;
      expect(total).toBe(rows.reduce((sum, { version }) => sum + version - 1, 0));
      await leaveBehind(apps[0].store.db, tenant);
      await Promise.all([one, two].map((each) => each.refresh(patientId)));
      expect(await one.rows()).toEqual(rows);
    });

    it('gives the whole therapy to the survivor of a merge, and takes it back when that is undone', async () => {
      const [ada, eve] = [clinicOf('ADA'), clinicOf('EVE')];
      const at = readers();
      const [adaId, eveId] = [at.idOf(mrnSystem, 'ADA'), at.idOf(mrnSystem, 'EVE')];
      await at.report(ada.implant('I', 0, 100), eve.assessment('A', 1, 'MAS', '2'));
      for (const id of [adaId, eveId]) await at.refresh(id);
      const apart = liveOf(await at.rows());
      await at.report(ada.merge('M', 'EVE', 2));
      expect(await at.model.find(keyOf(at, eveId), eveId)).toEqual(keyOf(at, adaId));
      await at.refresh(adaId);
      const merged = await at.rows();
      expect(new Set(merged.filter(({ state }) => state === 'live').map((row) => row.patient_id))).toEqual(
        new Set([adaId]),
      );
      const patients = merged.filter(({ type }) => type === 'Patient').map((row) => resourceIn(row) as Patient);
      expect(patients.find(({ id }) => id === eveId)).toMatchObject({
        active: false,
        identifier: [{ use: 'old', system: mrnSystem, value: 'EVE' }],
        link: [{ other: { reference: `Patient/${adaId}` }, type: 'replaced-by' }],
      });
      expect(patients.find(({ id }) => id === adaId)).toMatchObject({
        active: true,
        identifier: [
          { system: mrnSystem, value: 'ADA' },
          { use: 'old', system: mrnSystem, value: 'EVE' },
        ],
        link: [{ other: { reference: `Patient/${eveId}` }, type: 'replaces' }],
      });
      await at.report(ada.unmerge('U', 'M', 3));
      for (const id of [adaId, eveId]) await at.refresh(id);
      expect(liveOf(await at.rows())).toEqual(apart);
      await at.report(ada.merge('N', 'EVE', 4));
      await at.refresh(adaId);
      await at.report(ada.unmerge('W', 'N', 5));
      for (const id of [eveId, adaId]) await at.refresh(id);
      expect(liveOf(await at.rows())).toEqual(apart);
    });

    it('tells nothing of who has left a survivor, whoever is asked about first', async () => {
      const [ada, eve] = [clinicOf('ADA'), clinicOf('EVE')];
      const at = readers();
      const [adaId, eveId] = [at.idOf(mrnSystem, 'ADA'), at.idOf(mrnSystem, 'EVE')];
      await at.report(ada.implant('I', 0, 100), eve.implant('J', 1, 200), eve.assessment('A', 2, 'MAS', '2'));
      await at.report(ada.merge('M', 'EVE', 3));
      await at.refresh(adaId);
      await at.report(ada.unmerge('U', 'M', 4));
      await at.refresh(adaId);
      const readable = (await at.rows()).filter((row) => row.patient_id === adaId && row.state !== 'deleted');
      expect(readable.filter(({ content }) => content.includes(eveId) || content.includes('"EVE"'))).toEqual([]);
      expect(readable.filter(({ state }) => state === 'withdrawn')).toEqual([]);
      const before = await at.rows();
      await at.refresh(eveId);
      const after = await at.rows();
      expect(after.filter((row) => row.patient_id === adaId)).toEqual(before.filter((row) => row.patient_id === adaId));
      const ofEve = after.filter((row) => row.patient_id === eveId && row.state === 'live');
      expect(ofEve.map(({ type }) => type)).toEqual(expect.arrayContaining(['Patient', 'Device', 'Observation']));
      expect(ofEve.filter(({ content }) => content.includes(adaId))).toEqual([]);
    });

    it('never serves a device to two patients: what needs it waits, and a human is told', async () => {
      const [ada, eve] = [clinicOf('ADA', 'SER-SAME'), clinicOf('EVE', 'SER-SAME')];
      const at = readers();
      const [adaId, eveId] = [at.idOf(mrnSystem, 'ADA'), at.idOf(mrnSystem, 'EVE')];
      await at.report(ada.implant('I', 0, 100));
      await at.refresh(adaId);
      const before = await at.rows();
      await at.report(eve.implant('I', 0, 200), eve.assessment('A', -9, 'MAS', '2'));
      await at.refresh(eveId);
      const rows = await at.rows();
      expect(rows.filter((row) => row.patient_id === adaId)).toEqual(before);
      const ofEve = rows.filter((row) => row.patient_id === eveId);
      expect(ofEve.map(({ type }) => type)).toContain('Observation');
      expect(ofEve.map(({ type }) => type)).not.toContain('MedicationAdministration');
      const there = new Set(ofEve.map(({ type, id }) => `${type}/${id}`));
      expect(ofEve.flatMap((row) => referencesOf(resourceIn(row))).filter((one) => !there.has(one))).toEqual([]);
      const items = await listReview(apps[0].store.db, { tenant: at.tenant, state: 'open', limit: 100 });
      const told = items.filter(({ problem }) => problem.code === 'identity-ambiguous');
      expect(new Set(told.map(({ patientId, effect }) => `${patientId} ${effect}`))).toEqual(
        new Set([`${eveId} held`]),
      );
      const status = await at.model.statusAt(keyOf(at, eveId), apps[0].now(), 'whole');
      expect(status.reportsHeld.count).toBeGreaterThan(0);
    });

    it('works off who waits longest first, and says how many still wait', async () => {
      const at = readers();
      const reader = { tenant: at.tenant, environment: 'test' } as const;
      expect(await at.model.catchUp(reader, 0)).toEqual({ behind: 0 });
      for (const mrn of ['Q1', 'Q2', 'Q3']) {
        await at.report(clinicOf(mrn).implant('I', 0, 100));
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      await at.report(clinicOf('Q1').doseChange('D', 1, 120));
      expect(await at.model.catchUp(reader, 0)).toEqual({ behind: 2 });
      const first = at.idOf(mrnSystem, 'Q1');
      expect(new Set((await at.rows()).map((row) => row.patient_id))).toEqual(new Set([first]));
      expect(await at.model.catchUp(reader, 60_000)).toEqual({ behind: 0 });
      expect(new Set((await at.rows()).map((row) => row.patient_id)).size).toBe(3);
    });

    it('makes a Patient that US Core knows, of a test patient with its label', async () => {
      const at = readers();
      await at.report(clinicOf('M7').implant('I', 0, 100));
      const patientId = at.idOf(mrnSystem, 'M7');
      await at.refresh(patientId);
      const [row] = (await at.rows()).filter(({ type }) => type === 'Patient');
      const patient = resourceIn(row as StoredRow);
      expect(conformsToUsCore(patient, usCoreProfile.patient)).toBe(true);
      const { versionId: _version, lastUpdated, ...labels } = patient.meta ?? {};
      expect(Temporal.Instant.from(lastUpdated ?? '').epochMilliseconds).toBeGreaterThan(0);
      expect({ ...patient, meta: labels }).toEqual({
        resourceType: 'Patient',
        id: patientId,
        meta: {
          profile: [usCoreProfile.patient],
          security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }],
          tag: [{ system: 'https://w3id.org/itb-fhir/CodeSystem/itb-sync', code: 'itb-adapter' }],
        },
        extension: unknownName,
        identifier: [{ system: mrnSystem, value: 'M7' }],
        active: true,
        name: [{ extension: unknownName }],
        gender: 'unknown',
      });
    });
  });
}

const unknownName = [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }];
