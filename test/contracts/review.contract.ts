import { describe, expect, it } from 'vitest';
import { problem } from '../../src/event/problem.ts';
import { heldFor, listReview } from '../../src/review/list.ts';
import { dismiss, type Finding, openReview } from '../../src/review/review.ts';
import { type Looked, settle } from '../../src/review/settle.ts';
import type { Sealed } from '../../src/store/seal.ts';
import { assessment, ledgerOf, merge } from './ledger-fixture.ts';
import type { Subject } from './store.contract.ts';

const unmapped = problem('code-unmapped', 'no row for this code', { field: 'code' });

export function describeReview(subject: Subject): void {
  describe('review', () => {
    const fresh = async () => {
      const tenant = subject.tenant();
      const ledger = ledgerOf(subject.store, tenant);
      await ledger.append(assessment('E1', 'MRN1'), assessment('E2', 'MRN2'));
      const found = (changes: Partial<Finding> = {}): Finding => ({
        tenant,
        environment: 'live',
        dedupeKey: 'code-unmapped|E1',
        stage: 'mapping',
        effect: 'held',
        problem: unmapped,
        patientId: ledger.id('MRN1'),
        sinceMs: 1_000,
        ...changes,
      });
      const looked = (changes: Partial<Looked> = {}): Looked => ({
        ...ledger.key('MRN1'),
        stage: 'mapping',
        ...changes,
      });
      return {
        tenant,
        ledger,
        found,
        open: (changes?: Partial<Finding>) => subject.store.transaction((trx) => openReview(trx, found(changes))),
        settled: (keys: string[], changes?: Partial<Looked>) =>
          subject.store.transaction((trx) => settle(trx, looked(changes), new Set(keys))),
        held: (mrn = 'MRN1') => heldFor(subject.store.db, ledger.key(mrn)),
        list: (state: 'open' | 'closed') => listReview(subject.store.db, { tenant, state, limit: 50 }),
      };
    };

    it('opens the same finding once and keeps when it was first opened', async () => {
      const { open, found, list } = await fresh();
      await open();
      const [first] = await list('open');
      await open();
      expect(await list('open')).toEqual([
        { ...found(), id: first?.id, openedAtMs: first?.openedAtMs, closedAtMs: null, resolution: null },
      ]);
    });

    it('resolves what a stage no longer finds, and only that', async () => {
      const { open, settled, list } = await fresh();
      await open({ dedupeKey: 'gone' });
      await open({ dedupeKey: 'still' });
      await open({ dedupeKey: 'other-stage', stage: 'therapy' });
      await open({ dedupeKey: 'one-destination', destination: 'north' });
      expect(await settled(['still'])).toBe(1);
      expect((await list('open')).map(({ dedupeKey }) => dedupeKey)).toEqual([
        'still',
        'other-stage',
        'one-destination',
      ]);
      expect(await list('closed')).toMatchObject([{ dedupeKey: 'gone', resolution: 'resolved' }]);
      expect(await settled([], { destination: 'north' })).toBe(1);
    });

    it('opens a resolved item again and leaves a dismissed one dismissed', async () => {
      const { tenant, open, settled, list } = await fresh();
      await open();
      await settled([]);
      await open();
      const [item] = await list('open');
      expect(item).toMatchObject({ dedupeKey: 'code-unmapped|E1', closedAtMs: null, resolution: null });
      const id = item?.id as number;
      expect(await subject.store.transaction((trx) => dismiss(trx, tenant, id, { actor: 'a test' }))).toBe(true);
      expect(await subject.store.transaction((trx) => dismiss(trx, tenant, id, { actor: 'a test' }))).toBe(false);
      await open();
      expect(await list('open')).toEqual([]);
      expect(await list('closed')).toMatchObject([{ id, resolution: 'dismissed' }]);
    });

    it('lets no tenant dismiss the item of another', async () => {
      const { open, list } = await fresh();
      await open();
      const id = (await list('open'))[0]?.id as number;
      expect(await subject.store.transaction((trx) => dismiss(trx, 'someone-else', id, { actor: 'a test' }))).toBe(
        false,
      );
    });

    it('counts what is held back about a patient since the earliest report, not remarks', async () => {
      const { open, held, list } = await fresh();
      expect(await held()).toEqual({ count: 0, sinceMs: null });
      await open({ dedupeKey: 'a', sinceMs: 2_000 });
      await open({ dedupeKey: 'b', sinceMs: 1_500 });
      await open({ dedupeKey: 'c', effect: 'remark', sinceMs: 1 });
      expect(await held()).toEqual({ count: 2, sinceMs: 1_500 });
      expect(await held('MRN2')).toEqual({ count: 0, sinceMs: null });
      await open({ dedupeKey: 'd', sinceMs: undefined, patientId: 'nobody' });
      expect((await list('open')).map(({ effect }) => effect)).toEqual(['held', 'held', 'remark', 'held']);
    });

    it('keeps telling what is held after the patient was merged into another', async () => {
      const { ledger, open, held, settled } = await fresh();
      await open();
      await ledger.append(merge('M1', 'MRN2', 'MRN1'));
      expect(await held('MRN2')).toEqual({ count: 1, sinceMs: 1_000 });
      expect(await settled([], ledger.key('MRN2'))).toBe(1);
      expect(await held('MRN2')).toEqual({ count: 0, sinceMs: null });
    });

    it('lists by filter, in pages', async () => {
      const { tenant, open } = await fresh();
      for (const dedupeKey of ['a', 'b', 'c']) await open({ dedupeKey });
      await open({
        dedupeKey: 'd',
        environment: 'test',
        stage: 'sync',
        destination: 'north',
        payload: 'verbatim' as Sealed,
      });
      const keys = async (filter: Partial<Parameters<typeof listReview>[1]>) =>
        (await listReview(subject.store.db, { tenant, state: 'open', limit: 50, ...filter })).map((it) => it.dedupeKey);
      const [first] = await listReview(subject.store.db, { tenant, state: 'open', limit: 1 });
      expect(await keys({ afterId: first?.id as number, limit: 2 })).toEqual(['b', 'c']);
      expect(await keys({ environment: 'test' })).toEqual(['d']);
      expect(await keys({ stage: 'sync', destination: 'north' })).toEqual(['d']);
      expect(await keys({ patientId: 'nobody' })).toEqual([]);
    });
  });
}
