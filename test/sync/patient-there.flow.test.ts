import type { Bundle, Patient } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { openAdapter, openReviewOf, report, settle } from '../flow/adapter.ts';
import { clinicOf, mrnSystem } from '../flow/events.ts';
import { withBetween } from '../flow/faults.ts';
import { admit, type Hospital, openHospital } from '../flow/hospital.ts';
import { inStep, standingAt } from '../flow/standing.ts';

/** Whom a hospital means by a record number, today and later. */

const aDayMs = 24 * 60 * 60 * 1000;

let hospital: Hospital;
let app: App;

beforeEach(async () => {
  hospital = await openHospital();
  await admit(hospital, mrnSystem, ['A']);
  app = await openAdapter({ hospital });
});
afterEach(async () => {
  await app.close();
  await hospital.sandbox.close();
});

const a = clinicOf('A');

/** As if the Patient had been found so long ago. */
const matched = async (agoMs: number) => {
  const matched_at = (await app.store.nowMs()) - agoMs;
  await app.store.db.updateTable('patient_match').set({ matched_at }).execute();
};

const patientThere = () => hospital.sandbox.resources('Patient')[0] as Patient;

/** The hospital's staff gives the record number to another Patient. */
async function giveToAnother(): Promise<void> {
  const { id } = patientThere();
  await hospital.staff('PUT', `Patient/${id}`, { resourceType: 'Patient', id, identifier: [] } as Patient);
  await admit(hospital, mrnSystem, ['A']);
}

describe('a record number that belongs to another Patient now', () => {
  beforeEach(async () => {
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    await giveToAnother();
  });

  it('stops what is sent until a human has looked, a day after it was last looked up', async () => {
    const before = hospital.sandbox.resources().length;
    await matched(aDayMs);
    await report(app, a.doseChange('d', 10, 120));
    await settle(app);
    expect(await openReviewOf(app)).toEqual(['sync patient-ambiguous']);
    expect(hospital.sandbox.resources()).toHaveLength(before);
  });

  it('is not asked for again before that', async () => {
    await matched(aDayMs - 60_000);
    const asked: string[] = [];
    await report(app, a.doseChange('d', 10, 120));
    await settle(
      withBetween(app, (request, send) => {
        asked.push(request.path);
        return send(request);
      }),
    );
    expect(asked.filter((path) => path.startsWith('Patient'))).toEqual([]);
    expect(await openReviewOf(app)).toEqual([]);
  });
});

it('a Patient that was looked up a day ago and is still the same is written to', async () => {
  await report(app, a.implant('i', 0, 100));
  await settle(app);
  await matched(aDayMs);
  await report(app, a.doseChange('d', 10, 120));
  await settle(app);
  expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
});

it('a Patient that a search gives without the identifier asked for is nobody', async () => {
  const somebody: Bundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    entry: [{ resource: { resourceType: 'Patient', id: 'x', identifier: [{ system: mrnSystem, value: 'B' }] } }],
  };
  await report(app, a.implant('i', 0, 100));
  await settle(
    withBetween(app, (request, send) =>
      request.path.startsWith('Patient')
        ? Promise.resolve({ kind: 'answered', status: 200, body: somebody })
        : send(request),
    ),
  );
  expect(await openReviewOf(app)).toEqual(['sync patient-not-found']);
});
