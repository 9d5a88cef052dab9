import { describe, expect, it } from 'vitest';
import type { Empty } from './search.contract.ts';
import { linkOf, type Over, type Searchable } from './search-answers.ts';

const observation = (id: string, day: string, status = 'final') => ({
  ...{ resourceType: 'Observation', id, status, code: { coding: [{ code: 'dose' }] } },
  ...(day !== '' && { effectiveDateTime: day }),
});

async function five(empty: Empty): Promise<Searchable> {
  const there = empty();
  await there.put([observation('c', '2026-03-03', 'final')], { at: '2026-11-05T00:00:00Z' });
  await there.put([observation('a', '2026-03-01', 'amended')], { at: '2026-11-04T00:00:00Z' });
  await there.put([observation('e', '2026-03-01', 'final')], { at: '2026-11-03T00:00:00Z' });
  await there.put([observation('b', '', 'amended')], { at: '2026-11-02T00:00:00Z' });
  await there.put([observation('d', '2026-03-02', 'registered')], { at: '2026-11-01T00:00:00Z' });
  return there;
}

export function describePaging(empty: Empty): void {
  describe('order', () => {
    it.each([
      ['', 'caebd'],
      ['_sort=date', 'baedc'],
      ['_sort=-date', 'cdeab'],
      ['_sort=_lastUpdated', 'dbeac'],
      ['_sort=-_lastUpdated', 'caebd'],
      ['_sort=_id&patient=p1', 'abcde'],
      ['_sort=-_id&patient=p1', 'edcba'],
      ['_sort=status&patient=p1', 'abced'],
      ['_sort=-status&patient=p1', 'decba'],
      ['_sort=date&patient=p1', 'baedc'],
      ['_sort=-date&code=dose', 'cdeab'],
      ['_sort=-_lastUpdated&date=ge2026-03', 'caed'],
      ['code=dose', 'caebd'],
      ['date=ge2026-03', 'aedc'],
      ['_lastUpdated=ge2026-11-02', 'beac'],
      ['code=dose&date=le2026-03-02', 'aed'],
    ])('%s gives %s, however long the pages are', async (query, ids) => {
      const there = await five(empty);
      for (const count of [1, 2, 3, 5]) {
        const pages = await there.pages(`Observation?${query}&_count=${count}`);
        const expected = ids.match(new RegExp(`.{1,${count}}`, 'g'))?.map((page) => [...page]);
        expect(pages).toEqual(expected);
      }
    });

    it.each(['_sort=code', '_sort=date,status', '_sort=', '_sort=-'])('%s is refused', async (query) => {
      expect(await empty().refusal(`Observation?${query}`)).toBe(
        '400 not-supported: Search parameter "_sort" takes one of _lastUpdated, _id, date, status, with - before it for descending order.',
      );
      expect(await empty().refusal(`Provenance?_sort=date`)).toContain('one of _lastUpdated, _id, recorded, with -');
    });
  });

  describe('page links', () => {
    const next = async (there: Searchable, address: string, over: Over = {}): Promise<string> =>
      linkOf(await there.bundle(address, over), 'next') ?? '';

    it.each(['', '&code=dose', '&patient=p1', '&_sort=-date', '&date=ge2020', '&_sort=_lastUpdated'])(
      'survive what is written meanwhile: each resource that stays as it is comes once (%s)',
      async (query) => {
        const there = await five(empty);
        const seen: (string | undefined)[] = [];
        let address: string | undefined = `Observation?_count=1${query}`;
        for (let page = 0; address !== undefined; page++) {
          const bundle = await there.bundle(address);
          seen.push(...(bundle.entry ?? []).map(({ resource }) => resource?.id));
          address = linkOf(bundle, 'next');
          if (page < 4)
            await there.put([observation(`new-${page}`, `2026-03-0${page + 1}`)], {
              at: `2026-11-0${page + 1}T12:00:00Z`,
            });
        }
        const before = seen.filter((id) => id?.length === 1);
        expect(before.sort()).toEqual(query.includes('date=ge') ? [...'acde'] : [...'abcde']);
        expect(new Set(seen).size).toBe(seen.length);
      },
    );

    it('hold nothing that can be read', async () => {
      const there = await five(empty);
      const link = await next(there, 'Observation?patient=p1&_count=1&_sort=-date');
      expect(link).toMatch(/^https:\/\/adapter\.test\/fhir\/Observation\?_page=[A-Za-z0-9_-]+$/);
      const text = Buffer.from(link.split('=')[1] as string, 'base64url').toString('latin1');
      expect(text).not.toMatch(/p1|patient|date/);
      expect(await next(there, 'Observation?patient=p1&_count=1&_sort=-date')).not.toBe(link);
    });

    it('say on later pages what was searched, too', async () => {
      const there = await five(empty);
      const bundle = await there.bundle(await next(there, 'Observation?code=dose&_count=2'));
      expect(linkOf(bundle, 'self')).toBe('https://adapter.test/fhir/Observation?code=dose&_count=2');
    });

    it('go on as leniently as the search began', async () => {
      const there = await five(empty);
      const link = await next(there, 'Observation?foo=1&_count=4', { handling: 'lenient' });
      expect(await there.found(link)).toEqual(['d']);
      expect(await there.ask(link)).toMatchObject({ ignored: ['foo'] });
    });

    const gone = '410 expired: This page link cannot be followed. Search again.';

    it.each<[string, Over]>([
      ['another caller', { caller: 'app two' }],
      ['another tenant', { reader: { tenant: 'another', environment: 'live' } }],
      ['test data', { reader: { tenant: 'tenant', environment: 'test' } }],
      ['another deployment', { key: 'another secret' }],
      ['an hour later', { now: Temporal.Instant.from('2026-11-21T13:00:00Z') }],
    ])('open nothing for %s', async (_, over) => {
      const there = await five(empty);
      const link = await next(there, 'Observation?_count=1');
      const reader =
        over.reader?.environment === 'test' ? { reader: { tenant: there.tenant, environment: 'test' as const } } : {};
      expect(await there.refusal(link, { ...over, ...reader })).toBe(gone);
      expect(await there.found(link, { now: Temporal.Instant.from('2026-11-21T12:59:59.999Z') })).toEqual(['a']);
    });

    it('open nothing once altered, cut short, or for another type', async () => {
      const there = await five(empty);
      const link = await next(there, 'Observation?_count=1');
      const token = link.split('=')[1] as string;
      const bytes = Buffer.from(token, 'base64url');
      for (let at = 0; at < bytes.length; at += 7) {
        const altered = Buffer.from(bytes);
        altered[at] = (altered[at] as number) ^ 1;
        expect(await there.refusal(`Observation?_page=${altered.toString('base64url')}`)).toBe(gone);
      }
      for (const length of [0, 1, 12, 28, 29, bytes.length - 1]) {
        expect(await there.refusal(`Observation?_page=${bytes.subarray(0, length).toString('base64url')}`)).toBe(gone);
      }
      expect(await there.refusal(`Device?_page=${token}`)).toBe(gone);
      expect(await there.refusal('Observation?_page=!!!')).toBe(gone);
    });

    it('stand alone', async () => {
      const there = await five(empty);
      expect(await there.refusal(`${await next(there, 'Observation?_count=1')}&code=x`)).toBe(
        '400 value: Search parameter "_page" stands alone.',
      );
    });

    it('show what the caller may see when it follows them', async () => {
      const there = await five(empty);
      const link = await next(there, 'Observation?_count=1');
      expect(await there.found(link, { reachOf: () => [{ patient: 'p2' }] })).toEqual([]);
      expect(await there.refusal(link, { reachOf: () => [] })).toBe(
        '403 forbidden: The token gives no search of this type.',
      );
    });
  });
}
