import { describe, expect, it } from 'vitest';
import type { Reach } from '../../../src/auth/reach.ts';
import type { Empty } from './search.contract.ts';
import type { Over, Searchable } from './search-answers.ts';

/** Two patients with a pump each, and one of another environment. */
async function two(empty: Empty): Promise<Searchable> {
  const there = empty();
  for (const patient of ['p1', 'p2']) {
    await there.put(
      [
        { resourceType: 'Patient', id: patient, identifier: [{ system: 'urn:mrn', value: `M-${patient}` }] },
        {
          resourceType: 'Device',
          id: `d-${patient}`,
          status: 'active',
          identifier: [{ value: 'S1' }],
          patient: { reference: `Patient/${patient}` },
        },
        ...['laboratory', 'vital-signs'].map((category) => ({
          resourceType: 'Observation',
          id: `${category}-${patient}`,
          status: 'final',
          category: [{ coding: [{ code: category }] }],
          device: { reference: `Device/d-${patient}` },
          // What should not be and must not leak: a reference into another patient's record.
          focus: [{ reference: 'Device/d-p2' }],
        })),
        { resourceType: 'Medication', id: `m-${patient}`, status: 'active' },
      ],
      { patient },
    );
  }
  await there.put([{ resourceType: 'Device', id: 'd-test', status: 'active' }], { environment: 'test' });
  return there;
}

const reaching = (reach: Reach | Readonly<Record<string, Reach>>): Over => ({
  reachOf: (type) => ('length' in reach ? (reach as Reach) : ((reach as Record<string, Reach>)[type] ?? [])),
});

export function describeReach(empty: Empty): void {
  describe('reach', () => {
    it.each<[string, Reach, string[]]>([
      ['everybody', [{}], ['laboratory-p1', 'vital-signs-p1', 'laboratory-p2', 'vital-signs-p2']],
      ['one patient', [{ patient: 'p1' }], ['laboratory-p1', 'vital-signs-p1']],
      ['a patient without any', [{ patient: 'p3' }], []],
      ['one patient in part', [{ patient: 'p2', query: 'category=laboratory' }], ['laboratory-p2']],
      ['everybody in part', [{ query: 'category=laboratory' }], ['laboratory-p1', 'laboratory-p2']],
      ['one of two parts', [{ query: 'category=x,laboratory&status=final' }], ['laboratory-p1', 'laboratory-p2']],
      ['a part that nothing is in', [{ query: 'category=laboratory&status=amended' }], []],
      [
        'a part of everybody and all of one',
        [{ query: 'category=laboratory' }, { patient: 'p1' }],
        ['laboratory-p1', 'vital-signs-p1', 'laboratory-p2'],
      ],
      [
        'two parts of one patient',
        [
          { patient: 'p1', query: 'category=laboratory' },
          { patient: 'p1', query: 'category=vital-signs' },
        ],
        ['laboratory-p1', 'vital-signs-p1'],
      ],
      ['a part that we cannot tell', [{ query: 'foo=bar' }], []],
      ['a part that we can only follow', [{ query: 'device.identifier=S1' }], []],
      ['a part that only controls', [{ query: '_count=1' }], []],
      [
        'a part that cannot be told, and another',
        [{ query: 'date=x' }, { patient: 'p2' }],
        ['laboratory-p2', 'vital-signs-p2'],
      ],
    ])('of %s', async (_, reach, ids) => {
      const there = await two(empty);
      const over = reaching(reach);
      expect(await there.found('Observation', over)).toEqual(ids);
      expect(await there.found('Observation?status=final&_sort=_lastUpdated', over)).toEqual(ids);
      expect(
        await there.found('Observation?_id=laboratory-p1,laboratory-p2,vital-signs-p1,vital-signs-p2', over),
      ).toEqual(ids);
      expect((await there.bundle('Observation?_summary=count', over)).total).toBe(ids.length);
    });

    it('is never widened by what is asked', async () => {
      const there = await two(empty);
      const over = reaching([{ patient: 'p1' }]);
      expect(await there.found('Observation?patient=p2', over)).toEqual([]);
      expect(await there.found('Observation?patient=p1,p2', over)).toEqual(['laboratory-p1', 'vital-signs-p1']);
      expect(await there.found('Device?_id=d-p2', over)).toEqual([]);
      expect(await there.found('Medication?status=active', over)).toEqual(['m-p1']);
    });

    it('of nothing is refused', async () => {
      expect(await (await two(empty)).refusal('Device', reaching({ Observation: [{}] }))).toBe(
        '403 forbidden: The token gives no search of this type.',
      );
    });

    it('holds for what comes along, by its own type', async () => {
      const there = await two(empty);
      const query =
        'Observation?_id=laboratory-p1&_include=Observation:device&_include=Observation:focus&_include:iterate=Device:patient';
      expect(await there.included(query)).toEqual(['d-p1', 'd-p2', 'p1', 'p2']);
      expect(await there.included(query, reaching([{ patient: 'p1' }]))).toEqual(['d-p1', 'p1']);
      expect(await there.included(query, reaching({ Observation: [{}] }))).toEqual([]);
      expect(await there.included(query, reaching({ Observation: [{}], Device: [{ patient: 'p2' }] }))).toEqual([
        'd-p2',
      ]);
      const back = 'Device?_id=d-p2&_revinclude=Observation:focus';
      expect((await there.included(back, reaching([{ patient: 'p2' }]))).sort()).toEqual([
        'laboratory-p2',
        'vital-signs-p2',
      ]);
      expect(
        await there.included(
          back,
          reaching({ Device: [{}], Observation: [{ patient: 'p1', query: 'category=laboratory' }] }),
        ),
      ).toEqual(['laboratory-p1']);
    });

    it('of either kind is enough to come along', async () => {
      const there = await two(empty);
      const only = (interaction: string): Over => ({
        reachOf: (type, asked) => (type === 'Observation' || asked === interaction ? [{}] : []),
      });
      const query = 'Observation?_id=laboratory-p1&_include=Observation:device';
      expect(await there.included(query, only('read'))).toEqual(['d-p1']);
      expect(await there.included(query, only('search'))).toEqual(['d-p1']);
      expect(await there.included(query, only('neither'))).toEqual([]);
    });

    it('holds for what a chain goes through', async () => {
      const there = await two(empty);
      const query = 'Observation?focus:Device.identifier=S1&patient=p1';
      expect(await there.found('Observation?device.identifier=S1&status=final')).toHaveLength(4);
      expect(await there.found('Observation?device.identifier=S1', reaching([{ patient: 'p2' }]))).toEqual([
        'laboratory-p2',
        'vital-signs-p2',
      ]);
      expect(await there.found('Observation?device.identifier=S1', reaching({ Observation: [{}] }))).toEqual([]);
      expect(
        await there.found(
          'Observation?device.identifier=S1',
          reaching({ Observation: [{}], Device: [{ patient: 'p1' }] }),
        ),
      ).toEqual(['laboratory-p1', 'vital-signs-p1']);
      expect(await there.found(query, reaching([{ patient: 'p1' }]))).toEqual([]);
      expect(await there.found('Observation?patient.identifier=M-p2', reaching([{ patient: 'p1' }]))).toEqual([]);
      expect(
        await there.found('Observation?patient.identifier=M-p2', reaching({ Observation: [{}], Patient: [{}] })),
      ).toHaveLength(2);
      const bySearchOnly: Over = { reachOf: (type, asked) => (type === 'Observation' || asked === 'read' ? [{}] : []) };
      expect(await there.found('Observation?device.identifier=S1', bySearchOnly)).toEqual([]);
    });

    it('never leads from one tenant or environment into another', async () => {
      const there = await two(empty);
      const other = await two(empty);
      expect(await there.found('Device?status=active')).toEqual(['d-p1', 'd-p2']);
      const test: Over = { reader: { tenant: there.tenant, environment: 'test' } };
      expect(await there.found('Device?status=active', test)).toEqual(['d-test']);
      expect(await there.found('Device?patient=p1', test)).toEqual(['d-test']);
      expect(await there.found('Observation', test)).toEqual([]);
      expect(await other.included('Observation?_id=laboratory-p1&_include=Observation:device')).toEqual(['d-p1']);
      expect((await there.bundle('Device?_revinclude=Observation:device')).entry).toHaveLength(6);
    });

    it('a caller may name its patient in its own words', async () => {
      const there = await two(empty);
      const over: Over = { ...reaching([{ patient: 'p1' }]), ours: (id) => (id === 'theirs' ? 'p1' : id) };
      expect(await there.found('Observation?patient=theirs', over)).toHaveLength(2);
      expect(await there.found('Observation?subject=Patient/theirs', over)).toHaveLength(2);
      expect(await there.found('Patient?_id=theirs', over)).toEqual(['p1']);
      expect(await there.found('Device?_id=theirs', over)).toEqual([]);
      expect((await there.bundle('Observation?patient=theirs', over)).link?.[0]?.url).toContain('patient=theirs');
    });

    it('whose resources are in an answer is said for the audit', async () => {
      const there = await two(empty);
      expect(await there.ask('Device')).toMatchObject({ patients: ['p1', 'p2'] });
      expect(await there.ask('Observation?_id=laboratory-p1&_include=Observation:focus')).toMatchObject({
        patients: ['p1', 'p2'],
      });
      expect(await there.ask('Device?patient=p3')).toMatchObject({ patients: [] });
    });
  });
}
