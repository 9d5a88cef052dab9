import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '../../src/sync/facts.ts';
import { drain } from '../../src/worker.ts';
import { impatient, noLag, openAdapter, report, settle } from './adapter.ts';
import { clinicOf, mrnSystem, type Report } from './events.ts';
import { admit, type Hospital, holdingsOf, openHospital } from './hospital.ts';
import { expireLeases, mortal } from './mortal.ts';
import { inStep, standingAt } from './standing.ts';

const mrns = ['A', 'B', 'C'];
const [a, b, c] = mrns.map((mrn) => clinicOf(mrn)) as [Clinic, Clinic, Clinic];
type Clinic = ReturnType<typeof clinicOf>;

/** Everything that is ever reported: three patients, with corrections, withdrawals, a wrong patient and a merge. */
const everything: readonly Report[] = [
  ...[a.implant('i', 0, 100), a.doseChange('d1', 10, 1200), a.correctDose('c1', 'd1', 10, 120)],
  ...[a.doseChange('d2', 20, 140), a.void('v', 'd2', 21), a.refill('r', 60, 120), a.complication('k', 61)],
  ...[b.implant('i', 1, 200), b.doseChange('d', 12, 210), b.correctDose('c', 'd', 12, 210, 'C')],
  ...[b.assessment('s', 5, 'MAS', '2'), c.implant('i', 2, 300), c.assessment('s', 6, 'a scale that nobody knows', 1)],
  ...[c.void('w', 's', 7), c.merge('m', 'B', 30), c.void('vm', 'w', 31)],
];

const known = { source: 'this test', verified: true };
const kinds = ['Device', 'Medication', 'MedicationAdministration', 'MedicationRequest', 'Procedure', 'Observation'];
const rest = ['Provenance', 'AdverseEvent', 'Condition'];
const oneByOne: readonly Fact[] = [
  { about: 'server', property: 'transaction', value: false, ...known },
  { about: 'server', property: 'batch', value: false, ...known },
];

/** What the hospital takes: whole events, batches, single resources, or those without a condition. */
const ways: Readonly<Record<string, readonly Fact[]>> = {
  transaction: [noLag],
  batch: [noLag, ...oneByOne.slice(0, 1)],
  single: [noLag, ...oneByOne],
  unconditional: [
    ...[noLag, ...oneByOne],
    ...[...kinds, ...rest].map((about): Fact => ({ about, property: 'conditionalCreate', value: false, ...known })),
  ],
};

/** How it reaches us: in which order, what twice, how many at a time; and after how many moments each process dies. */
const delivery = fc
  .tuple(
    fc.shuffledSubarray([...everything], { minLength: everything.length }),
    fc.array(fc.constantFrom(...everything), { maxLength: 5 }),
    fc.integer({ min: 2, max: 9 }),
    fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
    fc.constantFrom(3, 12, 200),
    fc.constantFrom(...Object.keys(ways)),
  )
  .map(([once, again, batchSize, deaths, maxEntries, way]) => ({
    sent: [...once, ...again],
    batchSize,
    deaths,
    maxEntries,
    way,
  }));

let hospital: Hospital;
let runs = 0;
beforeAll(async () => {
  hospital = await openHospital();
});
afterAll(() => hospital.sandbox.close());

/** Looking through what all earlier deployments left would take most of the time. */
async function renewHospital(): Promise<void> {
  if (runs++ % 20 !== 0) return;
  await hospital.sandbox.close();
  hospital = await openHospital();
}

async function deliver({
  sent,
  batchSize,
  deaths,
  maxEntries,
  way,
}: typeof delivery extends fc.Arbitrary<infer D> ? D : never) {
  await renewHospital();
  const system = `urn:test:mrn:${runs}`;
  await admit(hospital, system, mrns);
  const app = await openAdapter(
    { hospital },
    { maxEntries, facts: ways[way], patientIdentifierSystems: { [mrnSystem]: system } },
  );
  const remaining = [...deaths];
  let process = mortal(app, remaining.shift() ?? Number.POSITIVE_INFINITY);
  for (let start = 0; start < sent.length; start += batchSize) {
    await report(app, ...sent.slice(start, start + batchSize));
    // Half-way two patients may claim one pump, and one of them waits: there is no rest to wait for.
    await drain(process.app, process.app.destinations, impatient).catch((error: unknown) => {
      if (process.diedAt() === undefined) throw error;
    });
    if (process.diedAt() === undefined) continue;
    await expireLeases(app);
    process = mortal(app, remaining.shift() ?? Number.POSITIVE_INFINITY);
  }
  await expireLeases(app);
  await settle(app);
  const standing = await standingAt(hospital, app, mrns);
  const holdings = JSON.stringify(holdingsOf(hospital, app.identifierSystem)).replaceAll(app.identifierSystem, 'ours');
  await app.close();
  return { standing, holdings };
}

const numRuns = Number(process.env.ITB_CRASH_RUNS ?? 200);

describe('any order, any duplication, any crash', () => {
  it(
    'ends with the same at the hospital as one orderly delivery, nothing missing and nothing twice',
    async () => {
      const orderly = await deliver({
        sent: [...everything],
        batchSize: everything.length,
        deaths: [],
        maxEntries: 200,
        way: 'transaction',
      });
      expect(orderly.standing).toEqual(inStep);
      await fc.assert(
        fc.asyncProperty(delivery, async (one) => {
          expect(await deliver(one)).toEqual(orderly);
        }),
        { numRuns, endOnFailure: true },
      );
    },
    3_000 * numRuns,
  );
});
