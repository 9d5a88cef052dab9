import { isDeepStrictEqual } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { openAdapter, report, settle } from './adapter.ts';
import { clinicOf, mrnSystem, type Report } from './events.ts';
import { admit, type Hospital, openHospital } from './hospital.ts';
import { expireLeases, leavesSomething, mortal } from './mortal.ts';
import { inStep, standingAt } from './standing.ts';

let hospital: Hospital;
/** A new one for each test: looking through what all earlier deployments left would take most of the time. */
beforeEach(async () => {
  hospital = await openHospital();
  return () => hospital.sandbox.close();
});

const a = clinicOf('A');
const b = clinicOf('B');

/** What is reported, step by step; each step is followed by a run. */
const stories: Readonly<Record<string, readonly (readonly Report[])[]>> = {
  'an implant, a late dose change, a correction and a withdrawal': [
    [a.implant('i', 0, 100), a.doseChange('d2', 20, 140)],
    [a.doseChange('d1', 10, 1200), a.refill('r', 30, 140)],
    [a.correctDose('c', 'd1', 10, 120), a.void('v', 'd2', 31)],
  ],
  'an implant for the wrong patient': [
    [a.implant('i', 0, 100), a.complication('k', 3)],
    [a.moveImplant('c', 'i', 0, 100, 'B'), b.assessment('s', 9, 'MAS', '2')],
  ],
  'a merge of two patients with pumps that is undone': [
    [a.implant('i', 0, 100), b.implant('i', 2, 200)],
    [a.merge('m', 'B', 30)],
    [a.unmerge('u', 'm', 31)],
  ],
  'a merge that is undone': [
    [a.implant('i', 0, 100), b.assessment('s', 5, 'MAS', '2')],
    [a.merge('m', 'B', 30)],
    [a.unmerge('u', 'm', 31)],
  ],
};

/** Runs a story in a process that dies at one moment; then the next step, and a new process to the end. */
async function lived(app: App, steps: readonly (readonly Report[])[], deathAt: number) {
  const process = mortal(app, deathAt);
  for (const step of steps) {
    await report(app, ...step);
    if (process.diedAt() !== undefined) continue;
    // A death inside a run is seen by the worker, which then finds that it can do nothing any more.
    await settle(process.app).catch((error: unknown) => {
      if (process.diedAt() === undefined) throw error;
    });
  }
  await expireLeases(app);
  await settle(app);
  return { moments: process.lived, diedAt: process.diedAt() };
}

let deployments = 0;
async function newDeployment(maxEntries: number): Promise<App> {
  const system = `urn:test:mrn:${++deployments}`;
  await admit(hospital, system, ['A', 'B']);
  return openAdapter({ hospital }, { maxEntries, patientIdentifierSystems: { [mrnSystem]: system }, concurrency: 1 });
}

describe('a process that dies at any moment of its runs', () => {
  for (const [name, steps] of Object.entries(stories)) {
    for (const maxEntries of [200, 7]) {
      it(`leaves ${name} to the next one, which brings every resource there once (${maxEntries} entries at a time)`, async () => {
        const whole = await newDeployment(maxEntries);
        const { moments } = await lived(whole, steps, Number.POSITIVE_INFINITY);
        expect(await standingAt(hospital, whole, ['A', 'B'])).toEqual(inStep);
        // Every other death leaves behind what one of these does.
        const deaths = moments.flatMap((moment, n) => (leavesSomething(moment) ? [n + 1] : []));
        expect(deaths.length).toBeGreaterThan(10);
        const failed: unknown[] = [];
        for (const deathAt of deaths) {
          const app = await newDeployment(maxEntries);
          const { diedAt } = await lived(app, steps, deathAt);
          const standing = await standingAt(hospital, app, ['A', 'B']);
          if (!isDeepStrictEqual(standing, inStep)) failed.push({ deathAt, diedAt, standing });
          await app.close();
        }
        expect(failed).toEqual([]);
      }, 180_000);
    }
  }
});
