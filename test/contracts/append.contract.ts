import { describe, expect, it } from 'vitest';
import { issuedIdentities, rememberIdentities } from '../../src/ledger/issued-identities.ts';
import { findPatient, identifiersOf, patientByIdentifier, patientsOf } from '../../src/ledger/patients.ts';
import { therapyEvents } from '../../src/ledger/therapy-events.ts';
import {
  assessment,
  correction,
  identify,
  ledgerOf,
  mrnSystem,
  pumpClinic,
  receivedAtMs,
  touchedIds,
  voiding,
} from './ledger-fixture.ts';
import type { Subject } from './store.contract.ts';

export function describeAppend(subject: Subject): void {
  describe('ledger', () => {
    const fresh = () => {
      const tenant = subject.tenant();
      return { tenant, ...ledgerOf(subject.store, tenant) };
    };

    it('accepts an event once, verbatim, and raises its patient', async () => {
      const { append, key, id, tenant } = fresh();
      const event = assessment('A1', 'MRN1');
      expect(await append(event)).toEqual([
        {
          outcome: 'accepted',
          eventId: 'A1',
          patientId: id('MRN1'),
          touched: [{ tenant, environment: 'live', patientId: id('MRN1'), revision: 1 }],
        },
      ]);
      expect(await therapyEvents(subject.store.db, key('MRN1'))).toEqual([
        { seq: expect.any(Number), patientId: id('MRN1'), event, receivedAtMs },
      ]);
    });

    it('calls the same content again a duplicate, also when only recordedAt differs, and touches nobody', async () => {
      const { append, id, revision } = fresh();
      await append(assessment('A1', 'MRN1'));
      const again = assessment('A1', 'MRN1', 3, { recordedAt: '2024-06-25T11:00:00-04:00' });
      expect(await append(again)).toEqual([
        { outcome: 'duplicate', eventId: 'A1', patientId: id('MRN1'), touched: [] },
      ]);
      expect(await revision('MRN1')).toBe(1);
    });

    it('calls other content under the same event id a conflict and writes nothing, not even its patient', async () => {
      const { append, id, key, eventIds } = fresh();
      await append(assessment('A1', 'MRN1', 3));
      expect(await append(assessment('A1', 'MRN2', 4))).toEqual([
        { outcome: 'conflict', eventId: 'A1', patientId: id('MRN1'), touched: [] },
      ]);
      expect(await eventIds('MRN1')).toEqual(['A1']);
      expect(await findPatient(subject.store.db, key('MRN2'))).toBeUndefined();
    });

    it('answers a batch in its order, with repeats and contradictions inside it', async () => {
      const { append, eventIds, revision } = fresh();
      const results = await append(
        assessment('A1', 'MRN1'),
        assessment('B1', 'MRN2'),
        assessment('A1', 'MRN1'),
        assessment('A1', 'MRN1', 4),
        assessment('A2', 'MRN1'),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual([
        'accepted',
        'accepted',
        'duplicate',
        'conflict',
        'accepted',
      ]);
      expect(await eventIds('MRN1')).toEqual(['A1', 'A2']);
      expect(await revision('MRN1')).toBe(1);
    });

    it('stores a batch of 1,200 events of 300 patients in order', async () => {
      const { append, eventIds } = fresh();
      const events = Array.from({ length: 1200 }, (_, n) => assessment(`E${n}`, `MRN${n % 300}`));
      const results = await append(...events);
      expect(results.every(({ outcome }) => outcome === 'accepted')).toBe(true);
      expect(await eventIds('MRN7')).toEqual(['E7', 'E307', 'E607', 'E907']);
    });

    it('keeps the same event id of two systems, tenants or environments apart', async () => {
      const { append, key } = fresh();
      const elsewhere = fresh();
      const source = { system: 'urn:other', eventId: 'A1' };
      const outcomes = [
        ...(await append(assessment('A1', 'MRN1', 1))),
        ...(await append(assessment('A1', 'MRN1', 2, { source }))),
        ...(await append(assessment('A1', 'MRN1', 3, { test: true }))),
        ...(await elsewhere.append(assessment('A1', 'MRN1', 4))),
      ].map(({ outcome }) => outcome);
      expect(outcomes).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
      expect(await therapyEvents(subject.store.db, key('MRN1'))).toHaveLength(2);
      expect(await therapyEvents(subject.store.db, key('MRN1', 'test'))).toHaveLength(1);
    });

    it('accepts an event that two processes append at the same moment exactly once', async () => {
      const { tenant, append, eventIds } = fresh();
      const other = ledgerOf(subject.other, tenant);
      for (let n = 0; n < 10; n++) {
        const event = assessment(`E${n}`, `MRN${n % 2}`);
        const results = await Promise.all([append(event), other.append(event)]);
        expect(results.map(([result]) => result?.outcome).sort()).toEqual(['accepted', 'duplicate']);
      }
      expect(await eventIds('MRN0')).toEqual(['E0', 'E2', 'E4', 'E6', 'E8']);
    });

    it('takes the same batch forwards and backwards from two processes at once without failing either', async () => {
      const { tenant, append, revision } = fresh();
      const other = ledgerOf(subject.other, tenant);
      const events = Array.from({ length: 40 }, (_, n) => assessment(`E${n}`, `MRN${n % 7}`));
      const [one, two] = await Promise.all([append(...events), other.append(...events.toReversed())]);
      const accepted = [...one, ...two].filter(({ outcome }) => outcome === 'accepted');
      expect(accepted).toHaveLength(40);
      expect(await revision('MRN0')).toBeGreaterThan(0);
    });

    it('finds a target and its correction to another patient, sent at once by two processes', async () => {
      const { tenant, append, eventIds, id } = fresh();
      const other = ledgerOf(subject.other, tenant);
      for (let n = 0; n < 10; n++) {
        const [wrong, right] = [`W${n}`, `R${n}`];
        const [target, amendment] = await Promise.all([
          append(assessment(`E${n}`, wrong)),
          other.append(correction(`C${n}`, wrong, `E${n}`, right)),
        ]);
        // Whichever came last must have touched both.
        const both = [id(wrong), id(right)].sort();
        const whole = [touchedIds(target[0]), touchedIds(amendment[0])].filter((ids) => ids.length === 2);
        expect(whole).toContainEqual(both);
        expect((await eventIds(right)).sort()).toEqual([`C${n}`, `E${n}`]);
      }
    });

    describe('amendments', () => {
      it('touches the wrong and the right patient of a correction, and gives both histories both reports', async () => {
        const { append, id, eventIds } = fresh();
        await append(assessment('E1', 'WRONG'));
        const [result] = await append(correction('C1', 'WRONG', 'E1', 'RIGHT'));
        expect(result?.patientId).toBe(id('RIGHT'));
        expect(touchedIds(result)).toEqual([id('WRONG'), id('RIGHT')].sort());
        expect(await eventIds('RIGHT')).toEqual(['E1', 'C1']);
        expect(await eventIds('WRONG')).toEqual(['E1', 'C1']);
      });

      it('touches the patient of a correction when its target arrives after it', async () => {
        const { append, id, revision } = fresh();
        await append(correction('C1', 'WRONG', 'E1', 'RIGHT'));
        expect(touchedIds((await append(assessment('E1', 'WRONG')))[0])).toEqual([id('WRONG'), id('RIGHT')].sort());
        expect(await revision('RIGHT')).toBe(2);
      });

      it('connects two amendments through a target that nobody has sent', async () => {
        const { append, id, eventIds } = fresh();
        await append(correction('C1', 'P1', 'MISSING', 'P1'));
        const [result] = await append(voiding('V1', 'P2', 'MISSING'));
        expect(touchedIds(result)).toEqual([id('P1'), id('P2')].sort());
        expect(await eventIds('P1')).toEqual(['C1', 'V1']);
      });

      it('follows a chain of corrections over four patients to its ends', async () => {
        const { append, id, eventIds } = fresh();
        await append(correction('C3', 'P1', 'C2', 'P4'), assessment('E1', 'P1'), correction('C1', 'P1', 'E1', 'P2'));
        const [result] = await append(correction('C2', 'P1', 'C1', 'P3'));
        expect(touchedIds(result)).toEqual(['P1', 'P2', 'P3', 'P4'].map((mrn) => id(mrn)).sort());
        expect((await eventIds('P4')).sort()).toEqual(['C1', 'C2', 'C3', 'E1']);
      });

      it('does not connect event ids of another source system', async () => {
        const { append, id } = fresh();
        await append(assessment('E1', 'P1', 3, { source: { system: 'urn:other', eventId: 'E1' } }));
        expect(touchedIds((await append(voiding('V1', 'P2', 'E1')))[0])).toEqual([id('P2')]);
      });

      it('ends on corrections that refer to each other in a circle', async () => {
        const { append, id } = fresh();
        await append(correction('C1', 'P1', 'C2'));
        expect(touchedIds((await append(correction('C2', 'P2', 'C1')))[0])).toEqual([id('P1'), id('P2')].sort());
      });
    });

    it('lists surviving patients in order of id, over several pages', async () => {
      const { append, id, tenant } = fresh();
      const names = Array.from({ length: 1100 }, (_, n) => `MRN${n}`);
      await append(...names.map((mrn) => assessment(`E-${mrn}`, mrn)), assessment('T1', 'MRN0', 3, { test: true }));
      const live = await Array.fromAsync(patientsOf(subject.store.db, tenant, 'live'));
      expect(live.map(({ patientId }) => patientId)).toEqual(names.map((mrn) => id(mrn)).sort());
      expect(await Array.fromAsync(patientsOf(subject.store.db, tenant, 'test'))).toEqual([
        { tenant, environment: 'test', patientId: id('MRN0', 'test'), revision: 1 },
      ]);
      expect(await Array.fromAsync(patientsOf(subject.store.db, tenant))).toHaveLength(1101);
    });

    it('finds a patient by a sender identifier and tells its identifiers', async () => {
      const { append, key, tenant } = fresh();
      await append(assessment('A1', 'MRN1'));
      const identifier = { system: mrnSystem, value: 'MRN1' };
      const scope = { tenant, environment: 'live' } as const;
      expect(await patientByIdentifier(subject.store.db, scope, identifier)).toEqual(key('MRN1'));
      expect(await patientByIdentifier(subject.store.db, scope, { ...identifier, value: 'MRN2' })).toBeUndefined();
      expect(await identifiersOf(subject.store.db, key('MRN1'))).toEqual([
        { ...identifier, patientId: identify(tenant, 'live', mrnSystem, 'MRN1') },
      ]);
    });

    it('keeps identities as first issued', async () => {
      const { append, key } = fresh();
      await append(assessment('A1', 'MRN1'), assessment('B1', 'MRN2'));
      const natural = `event|${pumpClinic}|A1|assessment|0`;
      const remember = (entries: [string, string][]) =>
        subject.store.transaction((trx) => rememberIdentities(trx, key('MRN1'), entries));
      await remember([[natural, 'first']]);
      await remember([
        [natural, 'second'],
        ['device|x', 'third'],
      ]);
      expect(await issuedIdentities(subject.store.db, key('MRN1'))).toEqual(
        new Map([
          [natural, 'first'],
          ['device|x', 'third'],
        ]),
      );
      expect(await issuedIdentities(subject.store.db, key('MRN2'))).toEqual(new Map());
    });
  });
}
