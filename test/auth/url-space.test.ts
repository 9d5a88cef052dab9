import { describe, expect, test } from 'vitest';
import { urlSpace } from '../../src/url-space.ts';

type Named = Parameters<typeof urlSpace>[0];

const server = { publicUrl: 'https://itb.test/pumps' };

const named = (over: object): Named =>
  ({
    ...{ server, destinations: [], issuers: [], tenantOfSource: {}, tokens: undefined, senders: [] },
    ...over,
  }) as unknown as Named;

describe('a deployment of one tenant', () => {
  test('stands at the root, and under its name as well', () => {
    const urls = urlSpace(named({ issuers: [{ tenant: 'north' }] }));
    expect([urls.tenants, urls.only]).toEqual([['north'], 'north']);
    expect(urls.basesOf('north')).toEqual(['https://itb.test/pumps', 'https://itb.test/pumps/t/north']);
    expect(urls.fhirBasesOf('north')).toEqual(['https://itb.test/pumps/fhir', 'https://itb.test/pumps/t/north/fhir']);
  });

  test('that names nobody has the default one', () => {
    expect(urlSpace(named({})).tenants).toEqual(['default']);
  });
});

describe('a deployment of several tenants', () => {
  test.each<[string, object]>([
    ['a destination', { destinations: [{ tenant: 'south' }] }],
    ['an issuer', { issuers: [{ tenant: 'north' }, { tenant: 'south' }] }],
    ['a source', { tenantOfSource: { 'urn:a': 'south', 'urn:b': 'north' } }],
    ['a back-end application', { tokens: { signingKeysFile: 'k', clients: [{ tenant: 'south' }] } }],
  ])('which %s names, has each under its name and none at the root', (_what, over) => {
    const urls = urlSpace(named({ issuers: [{ tenant: 'north' }], ...over }));
    expect([urls.tenants, urls.only]).toEqual([['north', 'south'], undefined]);
    expect(urls.basesOf('south')).toEqual(['https://itb.test/pumps/t/south']);
  });

  test('has no address for anybody else', () => {
    expect(urlSpace(named({ issuers: [{ tenant: 'north' }] })).fhirBasesOf('south')).toEqual([]);
  });
});
