import fc from 'fast-check';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { findPatient } from '../../src/ledger/patients.ts';
import { therapyEvents } from '../../src/ledger/therapy-events.ts';
import type { Store } from '../../src/store/store.ts';
import { assessment, correction, type ledgerOf, merge, unmerge, voiding } from './ledger-fixture.ts';

/** Arbitrary reports about a few patients, amending and merging at will, and what a ledger makes of them. */

export type Ledger = ReturnType<typeof ledgerOf>;

export const names = ['P', 'Q', 'R', 'S'];
const ids = ['1', '2', '3', '4', '5', '6', '7', '8'];
const mrn = fc.constantFrom(...names);
const target = fc.constantFrom(...ids);
type Build = (eventId: string) => CanonicalEvent;

const build: fc.Arbitrary<Build> = fc.oneof(
  { weight: 3, arbitrary: mrn.map((patient) => (eventId: string) => assessment(eventId, patient)) },
  fc.tuple(mrn, mrn, target).map(
    ([from, to, of]) =>
      (eventId: string) =>
        correction(eventId, from, of, to),
  ),
  fc.tuple(mrn, target).map(
    ([patient, of]) =>
      (eventId: string) =>
        voiding(eventId, patient, of),
  ),
  fc.tuple(mrn, mrn).map(
    ([survivor, ended]) =>
      (eventId: string) =>
        merge(eventId, survivor, ended),
  ),
  fc.tuple(mrn, target).map(
    ([patient, of]) =>
      (eventId: string) =>
        unmerge(eventId, patient, of),
  ),
);

/** Some reports, and how they reach us: in which order, which twice, in which batches. */
export const delivery = fc.array(build, { minLength: 1, maxLength: ids.length }).chain((builds) => {
  const events = builds.map((make, n) => make(ids[n] as string));
  const everyOneAndMore = fc
    .tuple(
      fc.shuffledSubarray(events, { minLength: events.length }),
      fc.array(fc.constantFrom(...events), { maxLength: 4 }),
    )
    .map(([once, again]) => [...once, ...again]);
  return fc.record({ events: fc.constant(events), sent: everyOneAndMore, batchSize: fc.integer({ min: 1, max: 5 }) });
});

export function batchesOf(events: readonly CanonicalEvent[], size: number): CanonicalEvent[][] {
  return Array.from({ length: Math.ceil(events.length / size) }, (_, n) => events.slice(n * size, (n + 1) * size));
}

/** What a patient's history is made of: event ids with the surviving patient they count for, as a set. */
export async function therapyOf(store: Store, ledger: Ledger, name: string): Promise<string[]> {
  const events = await therapyEvents(store.db, ledger.key(name));
  return events.map(({ event, patientId }) => `${event.source.eventId} of ${nameOf(ledger, patientId)}`).sort();
}

/** The same for every patient, by name. */
export async function therapiesOf(store: Store, ledger: Ledger): Promise<Record<string, string[]>> {
  const byName: Record<string, string[]> = {};
  for (const name of names) byName[name] = await therapyOf(store, ledger, name);
  return byName;
}

export async function revisionsOf(store: Store, ledger: Ledger): Promise<Record<string, number>> {
  const byName: Record<string, number> = {};
  for (const name of names) byName[name] = (await findPatient(store.db, ledger.key(name)))?.revision ?? 0;
  return byName;
}

export const nameOf = (ledger: Ledger, patientId: string): string =>
  names.find((name) => ledger.id(name) === patientId) ?? 'nobody';
