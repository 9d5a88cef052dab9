import type { Bundle, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { Answer, FhirClient } from '../../src/sync/fhir-client.ts';
import { readPages } from '../../src/sync/pages.ts';

const base = 'https://h.test/fhir';
const device = (id: string, versionId?: string, lastUpdated?: string): Resource => ({
  resourceType: 'Device',
  id,
  meta: { ...(versionId && { versionId }), ...(lastUpdated && { lastUpdated }) },
});
const page = (resources: readonly Resource[], next?: string): Bundle => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: resources.map((resource) => ({ resource })),
  link: [{ relation: 'self', url: `${base}/self` }, ...(next ? [{ relation: 'next', url: next }] : [])],
});
const answered = (body: unknown, status = 200): Answer => ({ kind: 'answered', status, body });

/** A destination that has these pages, by path; what was asked of it. */
function destination(pages: Readonly<Record<string, Bundle>>) {
  const asked: string[] = [];
  const client: FhirClient = {
    send: async ({ method, path }) => {
      asked.push(`${method} ${path}`);
      const found = pages[path];
      return found ? answered(found) : answered({ resourceType: 'OperationOutcome' }, 404);
    },
  };
  return { asked, read: (mostPages = 10) => readPages(client, base, 'Device?patient=1', mostPages) };
}

describe('a search of several pages', () => {
  it.each([
    [`${base}/Device?page=2`, 'Device?page=2'],
    ['Device?page=2', 'Device?page=2'],
    [`${base}?_getpages=a&_offset=2`, '?_getpages=a&_offset=2'],
    [`${base}/?_getpages=a`, '?_getpages=a'],
  ])('is read to its end, by links such as %s', async (link, path) => {
    const { asked, read } = destination({
      'Device?patient=1': page([device('a')], link),
      [path]: page([device('b')]),
    });
    expect(await read()).toEqual({ resources: [device('a'), device('b')], extent: 'whole' });
    expect(asked).toEqual(['GET Device?patient=1', `GET ${path}`]);
  });

  it.each([
    'https://elsewhere.test/fhir/Device?page=2',
    'https://h.test/other/Device',
    'https://u:p@h.test/fhir/x',
    'http://',
  ])('is partial where its next page is elsewhere: %s', async (link) => {
    const { asked, read } = destination({ 'Device?patient=1': page([device('a')], link) });
    expect(await read()).toEqual({ resources: [device('a')], extent: 'partial' });
    expect(asked).toHaveLength(1);
  });

  it('is partial where there are more pages than may be read', async () => {
    const pages = { 'Device?patient=1': page([device('a')], `${base}/2`), '2': page([device('b')], `${base}/2`) };
    const { asked, read } = destination(pages);
    expect(await read(3)).toEqual({ resources: [device('a'), device('b')], extent: 'partial' });
    expect(asked).toHaveLength(3);
  });

  it('is whole on its last page, when that is also the last that may be read', async () => {
    const { read } = destination({ 'Device?patient=1': page([device('a')], `${base}/2`), '2': page([]) });
    expect(await read(2)).toEqual({ resources: [device('a')], extent: 'whole' });
  });

  it.each([
    ['9', '10', undefined, undefined],
    ['a', 'b', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'],
    ['a', 'b', '2026-01-01T00:00:00Z', '2026-01-01T00:30:00-01:00'],
  ])('has each resource once, in its newest version (%s before %s)', async (older, newer, before, after) => {
    const [old, now] = [device('a', older, before), device('a', newer, after)];
    for (const [first, second] of [
      [old, now],
      [now, old],
    ] as const) {
      const { read } = destination({ 'Device?patient=1': page([first], `${base}/2`), '2': page([second]) });
      expect(await read()).toEqual({ resources: [now], extent: 'whole' });
    }
  });

  it('keeps what came first where versions do not tell', async () => {
    const { read } = destination({
      'Device?patient=1': page([device('a', 'x')], `${base}/2`),
      '2': page([device('a', 'y')]),
    });
    expect(await read()).toEqual({ resources: [device('a', 'x')], extent: 'whole' });
  });

  it('is what one of its pages was refused with', async () => {
    const { read } = destination({ 'Device?patient=1': page([device('a')], `${base}/2`) });
    expect(await read()).toMatchObject({ kind: 'answered', status: 404 });
  });

  it('of no entries is whole and has none', async () => {
    const client: FhirClient = { send: async () => answered({ resourceType: 'Bundle' }) };
    expect(await readPages(client, base, 'Device', 1)).toEqual({ resources: [], extent: 'whole' });
  });

  it.each([{}, '', '<html></html>', { resourceType: 'OperationOutcome' }])(
    'is not taken for a destination that holds nothing where the answer is no Bundle: %j',
    async (body) => {
      const client: FhirClient = { send: async () => answered(body) };
      const answer = await readPages(client, base, 'Device', 1);
      expect(answer).toMatchObject({ kind: 'unknown', problem: { code: 'destination-unavailable' } });
    },
  );
});
