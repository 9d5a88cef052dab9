import { describe, expect, it } from 'vitest';
import type { Empty } from './search.contract.ts';
import type { Searchable } from './search-answers.ts';

const observation = (id: string, more: object) => ({ resourceType: 'Observation', id, status: 'final', ...more });
const coded = (code: string, system?: string) => ({ code: { coding: [{ code, ...(system && { system }) }] } });
const at = (effectiveDateTime: string) => ({ effectiveDateTime });

export function describeMeaning(empty: Empty): void {
  describe('tokens', () => {
    const three = async (): Promise<Searchable> => {
      const there = empty();
      await there.put([
        observation('x', coded('a', 'urn:x')),
        observation('y', coded('a', 'urn:y')),
        observation('none', coded('a')),
        observation('other', coded('a,b|c', 'urn:x')),
      ]);
      return there;
    };

    it.each([
      ['a', ['x', 'y', 'none']],
      ['urn:x|a', ['x']],
      ['|a', ['none']],
      ['urn:x|', ['x', 'other']],
      ['urn:y|a,|a', ['y', 'none']],
      ['a\\,b\\|c', ['other']],
      ['urn:x|a\\,b\\|c', ['other']],
      ['a\\\\,a', ['x', 'y', 'none']],
      ['A', []],
    ])('%s finds %j', async (value, ids) => {
      const address = `Observation?_id=x,y,none,other&code=${encodeURIComponent(value)}`;
      expect(await (await three()).found(address)).toEqual(ids);
    });

    it('with :not finds all that have none of the values, also those without any', async () => {
      const there = await three();
      await there.put([observation('without', {})]);
      expect(await there.found('Observation?_id=x,y,other,without&code:not=urn:x|a,urn:y|')).toEqual([
        'other',
        'without',
      ]);
    });

    it('are all asked for where a parameter is repeated', async () => {
      const there = empty();
      await there.put([
        observation('both', { category: [{ coding: [{ code: 'a' }, { code: 'b' }] }] }),
        observation('one', { category: [{ coding: [{ code: 'a' }] }] }),
      ]);
      expect(await there.found('Observation?category=a&category=b')).toEqual(['both']);
      expect(await there.found('Observation?category=a,b')).toEqual(['both', 'one']);
    });

    it('a resource with the code of two systems is found once', async () => {
      const there = empty();
      const coding = ['urn:x', 'urn:y', 'urn:z'].map((system) => ({ system, code: 'a' }));
      await there.put([observation('one', { code: { coding } }), observation('two', { code: { coding } })]);
      expect(await there.pages('Observation?code=a&_count=1')).toEqual([['one'], ['two']]);
      expect(await there.pages('Observation?code=a,urn:y|a&_count=1')).toEqual([['one'], ['two']]);
      expect((await there.bundle('Observation?code=a&_summary=count')).total).toBe(2);
    });
  });

  describe('texts', () => {
    const two = async (): Promise<Searchable> => {
      const there = empty();
      await there.put([
        { resourceType: 'Device', id: 'e', manufacturer: 'Médtronic 100%_x' },
        { resourceType: 'Device', id: 'm', manufacturer: 'MEDTRONIC' },
      ]);
      return there;
    };

    it.each([
      ['manufacturer=medt', ['e', 'm']],
      ['manufacturer=medtronic 1', ['e']],
      ['manufacturer=edtronic', []],
      ['manufacturer:exact=MEDTRONIC', ['m']],
      ['manufacturer:exact=Medtronic', []],
      ['manufacturer:contains=TRÓNIC', ['e', 'm']],
      ['manufacturer:contains=0%_', ['e']],
      ['manufacturer:contains=0__', []],
      ['manufacturer:contains=n\\,c,%_X', ['e']],
    ])('%s finds %j', async (query, ids) => {
      expect(
        await (await two()).found(
          `Device?_id=e,m&${encodeURI(query).replace('%25', '%2525').replaceAll('%2525', '%25')}`,
        ),
      ).toEqual(ids);
    });
  });

  describe('dates', () => {
    /** Each is told by how much of March 2026 it is: before, from before into it, within, all, into after, after. */
    const around = async (): Promise<Searchable> => {
      const there = empty();
      const period = (start?: string, end?: string) => ({ effectivePeriod: { start, end } });
      await there.put([
        observation('before', at('2026-02-28T23:59:59Z')),
        observation('into', period('2026-02-27', '2026-03-02')),
        observation('first', at('2026-03-01T00:00:00Z')),
        observation('last', at('2026-03-31T23:59:59.999Z')),
        observation('month', at('2026-03')),
        observation('out', period('2026-03-31', '2026-04-01')),
        observation('open', period('2026-03-15')),
        observation('since', period(undefined, '2026-03-15')),
        observation('after', at('2026-04-01T00:00:00Z')),
        observation('undated', {}),
      ]);
      return there;
    };

    it.each([
      ['eq', ['first', 'last', 'month']],
      ['', ['first', 'last', 'month']],
      ['ne', ['before', 'into', 'out', 'open', 'since', 'after']],
      ['gt', ['out', 'open', 'after']],
      ['lt', ['before', 'into', 'since']],
      ['ge', ['into', 'first', 'last', 'month', 'out', 'open', 'since', 'after']],
      ['le', ['before', 'into', 'first', 'last', 'month', 'out', 'open', 'since']],
      ['sa', ['after']],
      ['eb', ['before']],
    ])('%s2026-03 finds %j', async (prefix, ids) => {
      const there = await around();
      expect(await there.found(`Observation?patient=p1&date=${prefix}2026-03`)).toEqual(ids);
      expect((await there.pages(`Observation?date=${prefix}2026-03&_count=2`)).flat().sort()).toEqual([...ids].sort());
    });

    it.each([
      ['2026-03-01T01:00:00%2B01:00', ['first']],
      ['2026-03-01T00:00Z', ['first']],
      ['2026-03-31T23:59:59.999Z', ['last']],
      ['ge2026-03-02&date=le2026-03-14', ['into', 'month', 'since']],
      ['gt2026-03-02&date=lt2026-03-14', ['month', 'since']],
      ['eb2026-03-01,sa2026-03-31', ['before', 'after']],
    ])('%s finds %j', async (value, ids) => {
      const there = await around();
      expect((await there.pages(`Observation?date=${value}&_count=1`)).flat().sort()).toEqual([...ids].sort());
    });

    it('what goes on for longer than a day is found however long before it began', async () => {
      const there = empty();
      const since = (id: string, start: string, end?: string) => observation(id, { effectivePeriod: { start, end } });
      await there.put([
        since('years', '2019-01-01'),
        since('over', '2019-01-01', '2020-01-01'),
        since('weeks', '2026-03-01', '2026-05-01'),
        observation('day', at('2026-03-20')),
        since('night', '2026-03-19T20:00:00Z', '2026-03-20T06:00:00Z'),
      ]);
      const window = 'date=ge2026-03-20&date=le2026-03-20';
      expect(await there.found(`Observation?${window}`)).toEqual(['night', 'day', 'weeks', 'years']);
      expect((await there.pages(`Observation?${window}&_sort=date&_count=1`)).flat()).toEqual([
        'years',
        'weeks',
        'night',
        'day',
      ]);
      expect((await there.pages(`Observation?${window}&_sort=-date&_count=1`)).flat()).toEqual([
        'day',
        'night',
        'weeks',
        'years',
      ]);
    });

    it('when a resource was last updated is compared to the millisecond', async () => {
      const there = empty();
      await there.put([observation('early', {})], { at: '2026-11-20T08:00:00.000Z' });
      await there.put([observation('late', {})], { at: '2026-11-20T08:00:00.001Z' });
      expect(await there.found('Observation?_lastUpdated=gt2026-11-20T08:00:00.000Z')).toEqual(['late']);
      expect(await there.found('Observation?_lastUpdated=le2026-11-20T08:00:00.000Z')).toEqual(['early']);
      expect(await there.found('Observation?_lastUpdated=2026-11-20T08:00:00Z')).toEqual(['early', 'late']);
    });
  });

  describe('references', () => {
    const referring = async (): Promise<Searchable> => {
      const there = empty();
      await there.put([
        { resourceType: 'Device', id: 'd1', status: 'active', udiCarrier: [{ deviceIdentifier: '095' }] },
        { resourceType: 'Device', id: 'd2', identifier: [{ system: 'urn:serial', value: 'S2' }] },
        { resourceType: 'Patient', id: 'p1', identifier: [{ system: 'urn:mrn', value: 'M1' }] },
        observation('one', {
          device: { reference: 'Device/d1' },
          focus: [{ reference: 'MedicationAdministration/d1' }],
        }),
        observation('two', { device: { reference: 'Device/d2' }, focus: [{ reference: 'Device/d1' }] }),
      ]);
      return there;
    };

    it.each([
      ['device=d1', ['one']],
      ['device=Device/d1,d2', ['one', 'two']],
      ['device:Device=d1', ['one']],
      ['focus=d1', ['one', 'two']],
      ['focus:Device=d1', ['two']],
      ['focus:Device=MedicationAdministration/d1', []],
      ['device.udi-di=095', ['one']],
      ['device.identifier=urn:serial|S2', ['two']],
      ['device:Device.identifier=urn:serial|S2', ['two']],
      ['device.identifier=urn:serial|S3', []],
      ['patient=p1&device.status:not=active', ['two']],
      ['focus:Device.status=active', ['two']],
      ['patient.identifier=urn:mrn|M1', ['one', 'two']],
      ['subject.identifier=urn:mrn|M2', []],
      ['patient=https://adapter.test/fhir/Patient/p1', ['one', 'two']],
      ['patient=p1&patient=p2', []],
      ['patient=p1,p2', ['one', 'two']],
    ])('%s finds %j', async (query, ids) => {
      expect(await (await referring()).found(`Observation?_id=one,two&${encodeURI(query)}`)).toEqual(ids);
    });
  });

  describe('what cannot be answered', () => {
    it.each([
      ['foo=1', '400 not-supported: Search parameter "foo" is not supported.'],
      ['code:text=1', '400 not-supported: Search parameter "code" is not supported with this modifier.'],
      ['date:not=2026', '400 not-supported: Search parameter "date" is not supported with this modifier.'],
      ['device:Patient=1', '400 not-supported: Search parameter "device" is not supported with this modifier.'],
      ['device:identifier=1', '400 not-supported: Search parameter "device" is not supported with this modifier.'],
      ['_id:not=1', '400 not-supported: Search parameter "_id" is not supported with this modifier.'],
      ['_profile:below=1', '400 not-supported: Search parameter "_profile" is not supported with this modifier.'],
      ['code:not:exact=1', '400 not-supported: Search parameter "code:not:exact" is not supported.'],
      [
        '_has:Provenance:target:agent=1',
        '400 not-supported: Search parameter "_has:Provenance:target:agent" is not supported.',
      ],
      [
        'device.patient.identifier=1',
        '400 not-supported: Search parameter "device.patient.identifier" is not supported.',
      ],
      ['code.identifier=1', '400 not-supported: Search parameter "code.identifier" is not supported.'],
      [
        'focus.status=1',
        '400 value: Search parameter "focus.status" needs the type of what is referred to, as in part-of:Procedure.',
      ],
      [
        'device.foo=1',
        '400 not-supported: Search parameter "foo" is not supported. It was asked of what "device" names.',
      ],
      ['a name of somebody=1', '400 not-supported: A search parameter is not supported.'],
      ['code=', '400 value: Search parameter "code" has no value.'],
      ['code=a,', '400 value: Search parameter "code" cannot be read: it takes code, system|code, |code or system|.'],
      ['code=|', '400 value: Search parameter "code" cannot be read: it takes code, system|code, |code or system|.'],
      [
        'code=a|b|c',
        '400 value: Search parameter "code" cannot be read: it takes code, system|code, |code or system|.',
      ],
      ['code:missing=yes', '400 value: Search parameter "code" cannot be read: it takes true or false.'],
      ['_id=a/b', '400 value: Search parameter "_id" cannot be read: it takes an id.'],
      [
        'patient=urn:uuid:1',
        '400 value: Search parameter "patient" cannot be read: it takes an id, Type/id, or an address of this server.',
      ],
      [
        'patient=https://other.test/fhir/Patient/p1',
        '400 value: Search parameter "patient" cannot be read: it takes an id, Type/id, or an address of this server.',
      ],
      ...['ap2026', '2026-13', '26-01-01', '2026-02-30', 'today', 'gt'].map((value) => [
        `date=${value}`,
        '400 value: Search parameter "date" cannot be read: it takes a date or dateTime of FHIR, with eq, ne, gt, lt, ge, le, sa or eb before it.',
      ]),
    ])('%s is refused', async (query, expected) => {
      expect(await empty().refusal(`Observation?${encodeURI(query as string)}`)).toBe(expected);
    });

    it('all that is wrong is said at once', async () => {
      expect(await empty().refusal('Observation?foo=1&date=x')).toBe(
        '400 not-supported: Search parameter "foo" is not supported. value: Search parameter "date" cannot be read: it takes a date or dateTime of FHIR, with eq, ne, gt, lt, ge, le, sa or eb before it.',
      );
    });

    it('five hundred alternatives are taken, and not one more', async () => {
      const there = empty();
      await there.put([observation('one', coded('c7'))]);
      const codes = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`).join(',');
      expect(await there.found(`Observation?code=${codes(500)}`)).toEqual(['one']);
      expect(await there.refusal(`Observation?code=${codes(501)}`)).toBe(
        '400 value: Search parameter "code" has more than 500 alternatives.',
      );
    });

    it('as much as may be asked at once is answered, and not one parameter, chain or value more', async () => {
      const there = empty();
      await there.put([observation('one', coded('c7'))]);
      const times = (count: number, text: string) => Array(count).fill(text).join('&');
      const codes = (count: number) => Array.from({ length: count }, (_, index) => `|c${index}`).join(',');
      const chain = 'device.status:not=inactive';
      expect(await there.found(`Observation?${times(100, 'code=c7')}`)).toEqual(['one']);
      expect(await there.found(`Observation?patient=p1&${times(10, chain)}`)).toEqual([]);
      expect(await there.found(`Observation?code=${codes(500)}&code=${codes(500)}`)).toEqual(['one']);
      for (const [query, most] of [
        [times(101, 'code=c7'), '100 parameters'],
        [`patient=p1&${times(11, chain)}`, '10 chained parameters'],
        [`code=${codes(500)}&code=${codes(500)}&code=c7`, '1000 values in all its parameters'],
      ]) {
        expect(await there.refusal(`Observation?${query}`)).toBe(`400 too-costly: A search has at most ${most}.`);
      }
    });

    it('a lenient caller is told what was ignored, and still refused what cannot be read', async () => {
      const there = empty();
      await there.put([observation('one', coded('a')), observation('two', coded('b'))]);
      const answer = await there.ask('Observation?code=a&foo=1&device:above=x', { handling: 'lenient' });
      expect(answer).toMatchObject({ kind: 'found', ignored: ['foo', 'device:above'], patients: ['p1'] });
      const bundle = await there.bundle('Observation?code=a&foo=1&device:above=x', { handling: 'lenient' });
      expect(bundle.link).toEqual([{ relation: 'self', url: 'https://adapter.test/fhir/Observation?code=a' }]);
      expect(bundle.entry?.map(({ search, resource }) => [search?.mode, resource?.id])).toEqual([
        ['match', 'one'],
        ['outcome', undefined],
      ]);
      expect(bundle.entry?.at(-1)?.resource).toEqual({
        resourceType: 'OperationOutcome',
        issue: [
          {
            severity: 'warning',
            code: 'not-supported',
            diagnostics: 'Search parameter "foo" is not supported. It was ignored.',
          },
          {
            severity: 'warning',
            code: 'not-supported',
            diagnostics: 'Search parameter "device" is not supported with this modifier. It was ignored.',
          },
        ],
      });
      expect(await there.refusal('Observation?date=x', { handling: 'lenient' })).toMatch(/^400 value: /);
    });
  });
}
