import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import type { AppendResult } from '../../src/ledger/append.ts';
import { findPatient } from '../../src/ledger/patients.ts';
import { batchesOf, delivery, type Ledger, nameOf, names, therapiesOf, therapyOf } from './deliveries.ts';
import { ledgerOf } from './ledger-fixture.ts';
import type { Subject } from './store.contract.ts';

export function describeStorm(subject: Subject): void {
  describe('two processes appending at once', () => {
    it('come to the same therapies, and whoever follows the touched revisions has seen the last state', async () => {
      await fc.assert(
        fc.asyncProperty(delivery, async ({ events, sent, batchSize }) => {
          const expected = ledgerOf(subject.store, subject.tenant());
          await expected.append(...events);
          const tenant = subject.tenant();
          const ledgers = [ledgerOf(subject.store, tenant), ledgerOf(subject.other, tenant)] as const;
          const follower = followerOf(subject, ledgers[0]);
          const appendings = batchesOf(sent, batchSize).map((batch, n) =>
            appendAndFollow(ledgers[n % 2] as Ledger, batch, follower.see),
          );
          await Promise.all(appendings);
          const final = await therapiesOf(subject.store, ledgers[0]);
          expect(final).toEqual(await therapiesOf(subject.store, expected));
          expect(follower.views()).toEqual(final);
        }),
        { numRuns: 40, endOnFailure: true },
      );
    });
  });
}

async function appendAndFollow(
  ledger: Ledger,
  batch: readonly CanonicalEvent[],
  see: (results: readonly AppendResult[]) => Promise<void>,
): Promise<void> {
  await see(await ledger.append(...batch));
}

/** Does what sync does: reads the therapy of each touched patient after the append, and keeps the latest revision's. */
function followerOf({ store }: Subject, ledger: Ledger) {
  const seen = new Map<string, { revision: number; therapy: string[] }>();
  const look = async (name: string) => {
    const revision = (await findPatient(store.db, ledger.key(name)))?.revision ?? 0;
    const therapy = await therapyOf(store, ledger, name);
    if (revision >= (seen.get(name)?.revision ?? 0)) seen.set(name, { revision, therapy });
  };
  return {
    see: async (results: readonly AppendResult[]) => {
      const touched = new Set(results.flatMap((result) => result.touched.map(({ patientId }) => patientId)));
      for (const patientId of touched) await look(nameOf(ledger, patientId));
    },
    /** A patient whom no event named has an empty one. */
    views: () => Object.fromEntries(names.map((name) => [name, seen.get(name)?.therapy ?? []])),
  };
}
