import { describe, expect, it } from 'vitest';
import type { Empty } from './search.contract.ts';
import { linkOf, type Searchable } from './search-answers.ts';

const observation = (id: string, more: object = {}) => ({ resourceType: 'Observation', id, status: 'final', ...more });

/** An infusion with all that refers to it and that it refers to. */
async function infusion(empty: Empty): Promise<Searchable> {
  const there = empty();
  await there.put([
    { resourceType: 'Patient', id: 'p1' },
    { resourceType: 'Device', id: 'd1', patient: { reference: 'Patient/p1' } },
    { resourceType: 'Medication', id: 'm1' },
    {
      resourceType: 'MedicationAdministration',
      id: 'a1',
      status: 'in-progress',
      device: [{ reference: 'Device/d1' }],
      medicationReference: { reference: 'Medication/m1' },
      request: { reference: 'MedicationRequest/nowhere' },
      effectivePeriod: { start: '2026-01-01' },
    },
    observation('o1', { device: { reference: 'Device/d1' }, partOf: [{ reference: 'MedicationAdministration/a1' }] }),
    {
      resourceType: 'Provenance',
      id: 'v1',
      target: [{ reference: 'MedicationAdministration/a1' }],
      recorded: '2026-01-01',
    },
    { resourceType: 'Provenance', id: 'v2', target: [{ reference: 'Device/d1' }], recorded: '2026-01-01' },
  ]);
  return there;
}

export function describeResults(empty: Empty): void {
  describe('the Bundle', () => {
    it('is a searchset with what was asked, the resources as they are kept, and why each is there', async () => {
      const there = await infusion(empty);
      expect(await there.bundle('MedicationAdministration?status=in-progress&_revinclude=Provenance:target')).toEqual({
        resourceType: 'Bundle',
        type: 'searchset',
        total: 1,
        link: [
          {
            relation: 'self',
            url: 'https://adapter.test/fhir/MedicationAdministration?status=in-progress&_revinclude=Provenance%3Atarget',
          },
        ],
        entry: [
          {
            fullUrl: 'https://adapter.test/fhir/MedicationAdministration/a1',
            resource: {
              resourceType: 'MedicationAdministration',
              id: 'a1',
              meta: { versionId: '1', lastUpdated: '2026-11-20T08:00:00.000Z' },
              status: 'in-progress',
              device: [{ reference: 'Device/d1' }],
              medicationReference: { reference: 'Medication/m1' },
              request: { reference: 'MedicationRequest/nowhere' },
              effectivePeriod: { start: '2026-01-01' },
            },
            search: { mode: 'match' },
          },
          {
            fullUrl: 'https://adapter.test/fhir/Provenance/v1',
            resource: {
              resourceType: 'Provenance',
              id: 'v1',
              meta: { versionId: '1', lastUpdated: '2026-11-20T08:00:00.000Z' },
              target: [{ reference: 'MedicationAdministration/a1' }],
              recorded: '2026-01-01',
            },
            search: { mode: 'include' },
          },
        ],
      });
    });

    it('has no list of entries where nothing was found', async () => {
      expect(await empty().bundle('Device?patient=p1')).toEqual({
        resourceType: 'Bundle',
        type: 'searchset',
        total: 0,
        link: [{ relation: 'self', url: 'https://adapter.test/fhir/Device?patient=p1' }],
      });
    });

    it('repeats no number of a person or a device in its links', async () => {
      const { link } = await empty().bundle(
        'Device?identifier=S1&udi-carrier=(01)1&patient.identifier=M1&identifier:not=S2&model=8637',
      );
      expect(link?.[0]?.url).toBe(
        'https://adapter.test/fhir/Device?identifier=withheld&udi-carrier=withheld&patient.identifier=withheld&identifier%3Anot=withheld&model=8637',
      );
    });

    it('shows what was withdrawn, and nothing that was deleted', async () => {
      const there = empty();
      await there.put([observation('gone'), observation('wrong', { status: 'entered-in-error' })]);
      const state = there.store.db.updateTable('resource').where('tenant', '=', there.tenant);
      await state.set({ state: 'withdrawn' }).where('id', '=', 'wrong').execute();
      await state.set({ state: 'deleted' }).where('id', '=', 'gone').execute();
      expect(await there.found('Observation?patient=p1')).toEqual(['wrong']);
      expect(await there.found('Observation?_id=gone,wrong')).toEqual(['wrong']);
      expect(await there.found('Observation?status=final')).toEqual([]);
      expect((await there.bundle('Observation?_summary=count')).total).toBe(1);
    });
  });

  describe('what comes along', () => {
    it.each([
      ['_include=MedicationAdministration:device', ['d1']],
      ['_include=MedicationAdministration:medication', ['m1']],
      ['_include=MedicationAdministration:patient', ['p1']],
      ['_include=MedicationAdministration:subject:Patient', ['p1']],
      ['_include=MedicationAdministration:request', []],
      ['_include=MedicationAdministration:*', ['d1', 'm1', 'p1']],
      ['_include=*', ['d1', 'm1', 'p1']],
      ['_include=MedicationAdministration:device&_include=MedicationAdministration:device', ['d1']],
      ['_revinclude=Provenance:target', ['v1']],
      ['_revinclude=Provenance:target:MedicationAdministration', ['v1']],
      ['_revinclude=Provenance:target:Device', []],
      ['_revinclude=Observation:part-of', ['o1']],
      ['_revinclude=Observation:*', ['o1']],
      ['_include=MedicationAdministration:device&_revinclude=Provenance:target', ['d1', 'v1']],
      ['_include=MedicationAdministration:device&_revinclude:iterate=Provenance:target', ['d1', 'v1', 'v2']],
      ['_include=MedicationAdministration:device&_include:iterate=Device:patient', ['d1', 'p1']],
      ['_revinclude=Observation:part-of&_include:iterate=Observation:device', ['d1', 'o1']],
    ])('%s brings %j', async (query, ids) => {
      const there = await infusion(empty);
      expect((await there.included(`MedicationAdministration?_id=a1&${query}`)).sort()).toEqual(ids);
    });

    it('of a patient is what belongs to it', async () => {
      const there = await infusion(empty);
      expect(await there.included('Patient?_id=p1&_revinclude=Observation:subject&_revinclude=Device:patient')).toEqual(
        ['o1', 'd1'],
      );
    });

    it('comes once for all matches, and not at all where it is a match itself', async () => {
      const there = empty();
      const device = { reference: 'Device/d1' };
      await there.put([
        { resourceType: 'Device', id: 'd1' },
        observation('a', { device }),
        observation('b', { device }),
      ]);
      expect(await there.included('Observation?_include=Observation:device')).toEqual(['d1']);
      expect(await there.included('Device?_revinclude=Observation:device&_include:iterate=Observation:device')).toEqual(
        ['a', 'b'],
      );
    });

    it.each([
      [
        '_include=Observation:device',
        'value: Search parameter "_include" names a type that is not searched; write _include:iterate to include from it.',
      ],
      [
        '_include=MedicationAdministration:code',
        'not-supported: Search parameter "_include" is not supported for this reference.',
      ],
      [
        '_include=MedicationAdministration:device:Patient',
        'not-supported: Search parameter "_include" is not supported for this reference.',
      ],
      ['_include=Encounter:patient', 'not-supported: Search parameter "_include" is not supported for this reference.'],
      [
        '_revinclude=Provenance:agent',
        'not-supported: Search parameter "_revinclude" is not supported for this reference.',
      ],
      [
        '_revinclude=Provenance',
        'value: Search parameter "_revinclude" cannot be read: it takes Type:parameter or Type:parameter:Type.',
      ],
      [
        '_include:recurse=Device:patient',
        'not-supported: Search parameter "_include:recurse" is not supported with this modifier.',
      ],
    ])('%s is refused', async (query, expected) => {
      expect(await empty().refusal(`MedicationAdministration?${query}`)).toBe(`400 ${expected}`);
    });

    it('is refused where it is more than one answer can hold', async () => {
      const there = empty();
      const device = { reference: 'Device/d1' };
      await there.put([{ resourceType: 'Device', id: 'd1' }]);
      await there.put(Array.from({ length: 2000 }, (_, index) => observation(`o${index}`, { device })));
      expect((await there.included('Device?_revinclude=Observation:device')).length).toBe(2000);
      await there.put([observation('one-more', { device })]);
      expect(await there.refusal('Device?_revinclude=Observation:device')).toBe(
        '400 too-costly: What is to be included is too much for one answer. Ask for a smaller _count.',
      );
    });
  });

  describe('how much of a resource', () => {
    const full = {
      ...observation('one'),
      text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
      code: { coding: [{ code: 'dose' }] },
      effectivePeriod: { start: '2026-03-01' },
      _status: { extension: [{ url: 'urn:e', valueCode: 'x' }] },
      note: [{ text: 'a note' }],
      device: { reference: 'Device/d1' },
    };
    const always = ['_status', 'code', 'id', 'meta', 'resourceType', 'status'];

    it.each([
      ['_elements=note', [...always, 'note']],
      ['_elements=effective,foo', [...always, 'effectivePeriod']],
      ['_summary=true', [...always, 'effectivePeriod']],
      ['_summary=text', [...always, 'text']],
      ['_summary=data', [...always, 'device', 'effectivePeriod', 'note']],
    ])('%s leaves %j, and says that there is more', async (query, names) => {
      const there = empty();
      await there.put([{ ...full, meta: { tag: [{ code: 'kept' }] } }]);
      const resource = (await there.bundle(`Observation?${query}`)).entry?.[0]?.resource;
      expect(Object.keys(resource ?? {}).sort()).toEqual([...names].sort());
      expect(resource?.meta).toEqual({
        versionId: '1',
        lastUpdated: '2026-11-20T08:00:00.000Z',
        tag: [
          { code: 'kept' },
          { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' },
        ],
      });
    });

    it('is all of it with _summary=false, and of what is included with _elements', async () => {
      const there = empty();
      await there.put([
        { ...full, id: 'one' },
        { resourceType: 'Device', id: 'd1', manufacturer: 'm' },
      ]);
      const [match, include] =
        (await there.bundle('Observation?_elements=note&_include=Observation:device')).entry ?? [];
      expect(match?.resource?.meta?.tag).toHaveLength(1);
      expect(include?.resource).toEqual({
        resourceType: 'Device',
        id: 'd1',
        meta: { versionId: '1', lastUpdated: '2026-11-20T08:00:00.000Z' },
        manufacturer: 'm',
      });
      expect((await there.bundle('Observation?_summary=false')).entry?.[0]?.resource).toMatchObject(full);
      const summed = await there.bundle('Observation?_summary=data&_include=Observation:device');
      expect(summed.entry?.[1]?.resource?.meta?.tag).toHaveLength(1);
    });
  });

  describe('how many', () => {
    const five = async (): Promise<Searchable> => {
      const there = empty();
      await there.put(['a', 'b', 'c', 'd', 'e'].map((id) => observation(id)));
      return there;
    };

    it.each(['_summary=count', '_count=0', '_count=0&_summary=true', '_summary=count&_count=2'])(
      '%s only counts',
      async (query) => {
        const there = await five();
        const bundle = await there.bundle(`Observation?${query}`);
        expect([bundle.total, bundle.entry, linkOf(bundle, 'next')]).toEqual([5, undefined, undefined]);
        expect(await there.ask(`Observation?${query}`)).toMatchObject({ patients: [] });
      },
    );

    it.each([
      ['patient=p1&_count=2', 5],
      ['_count=2', undefined],
      ['_count=5', 5],
      ['_count=4', undefined],
      ['_count=2&_total=accurate', 5],
      ['_count=2&_total=estimate', 5],
      ['patient=p1&_count=2&_total=none', undefined],
    ])('%s has the total %j', async (query, total) => {
      expect((await (await five()).bundle(`Observation?${query}`)).total).toBe(total);
    });

    it('a page has fifty matches unless asked otherwise, and never more than five hundred', async () => {
      const there = empty();
      await there.put(Array.from({ length: 501 }, (_, index) => observation(`o${index}`)));
      expect((await there.pages('Observation')).map(({ length }) => length)).toEqual([...Array(10).fill(50), 1]);
      expect((await there.pages('Observation?_count=999')).map(({ length }) => length)).toEqual([500, 1]);
    });

    it.each([
      ['_count=x', '_count" cannot be read: it takes a number from 0.'],
      ['_count=-1', '_count" cannot be read: it takes a number from 0.'],
      ['_summary=yes', '_summary" cannot be read: it takes true, false, text, data or count.'],
      ['_total=all', '_total" cannot be read: it takes none, estimate or accurate.'],
      ['_elements=a,,b', '_elements" cannot be read: it takes names of elements at the root of the resource.'],
      ['_count=1&_count=2', '_count" is there more than once.'],
      ['_sort=date&_sort=status', '_sort" is there more than once.'],
    ])('%s is refused', async (query, expected) => {
      expect(await empty().refusal(`Observation?${query}`)).toBe(`400 value: Search parameter "${expected}`);
    });

    it.each([
      ['_summary=true&_elements=code', 'Search parameters "_summary" and "_elements" exclude each other.'],
      ['_summary=text&_include=*', 'Search parameter "_summary" cannot be "text" where something is to be included.'],
      [
        '_summary=text&_revinclude:iterate=Provenance:target',
        'Search parameter "_summary" cannot be "text" where something is to be included.',
      ],
    ])('%s contradicts itself', async (query, expected) => {
      expect(await empty().refusal(`Observation?${query}`)).toBe(`400 value: ${expected}`);
    });
  });
}
