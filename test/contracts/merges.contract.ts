import { describe, expect, it } from 'vitest';
import { issuedIdentities, rememberIdentities } from '../../src/ledger/issued-identities.ts';
import { identifiersOf, patientByIdentifier, patientsOf } from '../../src/ledger/patients.ts';
import { therapyEvents } from '../../src/ledger/therapy-events.ts';
import { assessment, ledgerOf, merge, mrnSystem, touchedIds, unmerge, voiding } from './ledger-fixture.ts';
import type { Subject } from './store.contract.ts';

export function describeMerges(subject: Subject): void {
  describe('merges', () => {
    const fresh = () => {
      const tenant = subject.tenant();
      return { tenant, ...ledgerOf(subject.store, tenant) };
    };

    it('gives the survivor both histories and leaves none to the patient that ended', async () => {
      const { append, id, key, eventIds, tenant } = fresh();
      await append(assessment('E1', 'OLD'), assessment('E2', 'NEW'));
      const [result] = await append(merge('M1', 'NEW', 'OLD'));
      expect(touchedIds(result)).toEqual([id('OLD'), id('NEW')].sort());
      const events = await therapyEvents(subject.store.db, key('NEW'));
      expect(events.map(({ event, patientId }) => [event.source.eventId, patientId])).toEqual([
        ['E1', id('NEW')],
        ['E2', id('NEW')],
        ['M1', id('NEW')],
      ]);
      expect(await eventIds('OLD')).toEqual([]);
      const surviving = await Array.fromAsync(patientsOf(subject.store.db, tenant));
      expect(surviving.map(({ patientId }) => patientId)).toEqual([id('NEW')]);
    });

    it('names the survivor by every identifier, its own first, and keeps identities issued to the other', async () => {
      const { append, id, key, tenant } = fresh();
      await append(assessment('E1', 'A-OLD'), assessment('E2', 'Z-NEW'));
      await subject.store.transaction((trx) => rememberIdentities(trx, key('A-OLD'), [['event|E1', 'identity-1']]));
      await append(merge('M1', 'Z-NEW', 'A-OLD'));
      expect(await identifiersOf(subject.store.db, key('Z-NEW'))).toEqual([
        { system: mrnSystem, value: 'Z-NEW', patientId: id('Z-NEW') },
        { system: mrnSystem, value: 'A-OLD', patientId: id('A-OLD') },
      ]);
      expect(await issuedIdentities(subject.store.db, key('Z-NEW'))).toEqual(new Map([['event|E1', 'identity-1']]));
      const identifier = { system: mrnSystem, value: 'A-OLD' };
      expect(await patientByIdentifier(subject.store.db, { tenant, environment: 'live' }, identifier)).toEqual(
        key('Z-NEW'),
      );
    });

    it('touches the survivor when an event arrives under the old identifier', async () => {
      const { append, id } = fresh();
      await append(merge('M1', 'NEW', 'OLD'));
      const [result] = await append(assessment('E1', 'OLD'));
      expect(result?.patientId).toBe(id('NEW'));
      expect(touchedIds(result)).toEqual([id('OLD'), id('NEW')].sort());
    });

    it('resolves a chain of merges to the last survivor, in either order of receipt', async () => {
      for (const order of [
        [merge('M1', 'B', 'A'), merge('M2', 'C', 'B')],
        [merge('M2', 'C', 'B'), merge('M1', 'B', 'A')],
      ]) {
        const { append, survivor, id } = fresh();
        for (const event of order) await append(event);
        expect([await survivor('A'), await survivor('B'), await survivor('C')]).toEqual([id('C'), id('C'), null]);
      }
    });

    it('undoes a merge, and touches whoever it connected', async () => {
      const { append, id, survivor, eventIds } = fresh();
      await append(assessment('E1', 'A'), merge('M1', 'B', 'A'), merge('M2', 'C', 'B'));
      const [result] = await append(unmerge('U1', 'B', 'M1'));
      expect(touchedIds(result)).toEqual([id('A'), id('B'), id('C')].sort());
      expect([await survivor('A'), await survivor('B')]).toEqual([null, id('C')]);
      expect(await eventIds('A')).toEqual(['E1']);
    });

    it('takes an unmerge that arrives before its merge', async () => {
      const { append, survivor } = fresh();
      await append(unmerge('U1', 'B', 'M1'));
      await append(merge('M1', 'B', 'A'));
      expect(await survivor('A')).toBeNull();
    });

    it('merges again when the unmerge is withdrawn', async () => {
      const { append, survivor, id } = fresh();
      await append(merge('M1', 'B', 'A'), unmerge('U1', 'B', 'M1'), voiding('V1', 'B', 'U1'));
      expect(await survivor('A')).toBe(id('B'));
    });

    it('lets the later of two merges of the same patient count, whichever arrived first', async () => {
      const earlier = merge('M1', 'B', 'A', { occurredAt: '2024-01' });
      const later = merge('M2', 'C', 'A', { occurredAt: '2024-02-01T00:00:00Z' });
      for (const order of [
        [earlier, later],
        [later, earlier],
      ]) {
        const { append, survivor, id } = fresh();
        for (const event of order) await append(event);
        expect(await survivor('A')).toBe(id('C'));
      }
    });

    it('ignores the later merge of a circle', async () => {
      const earlier = merge('M1', 'B', 'A', { occurredAt: '2024-01-01T00:00:00Z' });
      const later = merge('M2', 'A', 'B', { occurredAt: '2024-02-01T00:00:00Z' });
      for (const order of [
        [earlier, later],
        [later, earlier],
      ]) {
        const { append, survivor, id } = fresh();
        for (const event of order) await append(event);
        expect([await survivor('A'), await survivor('B')]).toEqual([id('B'), null]);
      }
    });
  });
}
