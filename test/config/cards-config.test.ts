import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigFile, configFrom } from '../../src/config.ts';
import { cardSettings, cardsConfig } from '../../src/config-cards.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'itb-fhir-cards-config-'));
  writeFileSync(join(folder, 'keys.json'), '{}');
});
afterEach(() => rmSync(folder, { recursive: true }));

const client = { iss: 'https://ehr.test', jwksUris: ['https://ehr.test/jwks'], patientIdsOf: 'hospital' };
const destination = {
  ...{ name: 'hospital', environment: 'live' as const, fhirBaseUrl: 'https://h.test/fhir', clientId: 'adapter' },
  ...{ signingKeysFile: 'keys.json', patientIdentifierSystems: { 'urn:a': 'urn:b' } },
};

const from = (cards: ConfigFile['cards']) => configFrom({ destinations: [destination], cards }, folder).cards;

describe('EHRs that ask for cards', () => {
  test('there are none unless they are named', () => {
    expect(configFrom({}, folder).cards).toBeUndefined();
  });

  test('ask about live patients of the default tenant', () => {
    expect(from({ clients: [client] })).toEqual({
      clients: [{ ...client, tenant: 'default', environment: 'live', allowAddresses: [] }],
      allowOrigins: [],
      indicators: {},
      orders: { magneticResonance: [], baclofen: [], depressant: [], intrathecalRoute: [], rescue: [] },
    });
  });

  test('speak of patients by the ids of a destination of the same tenant and environment', () => {
    expect(() => from({ clients: [{ ...client, patientIdsOf: 'other' }] })).toThrow(
      'cards: patientIdsOf of https://ehr.test names no destination of the tenant default.',
    );
    expect(() => from({ clients: [{ ...client, tenant: 'north' }] })).toThrow(
      'names no destination of the tenant north.',
    );
    expect(() => from({ clients: [{ ...client, environment: 'test' }] })).toThrow(
      'cards: patientIdsOf of https://ehr.test names a destination of another environment than its own.',
    );
  });

  test.each([
    ['plain http', { jwksUris: ['http://ehr.test/jwks'] }],
    ['no key set', { jwksUris: [] }],
    ['a FHIR server on plain http', { fhirServer: 'http://ehr.test/fhir' }],
  ])('with %s are refused', (_what, over) => {
    expect(() => from({ clients: [{ ...client, ...over }] })).toThrow('cannot be used');
  });

  test('inside the network are named as such', () => {
    const inside = { ...client, fhirServer: 'https://10.0.0.7/fhir' };
    expect(() => from({ clients: [inside] })).toThrow(
      'cards: https://10.0.0.7/fhir of https://ehr.test is not public. Add it to its allowAddresses, if it is meant.',
    );
    expect(from({ clients: [{ ...inside, allowAddresses: ['10.0.0.7'] }] })?.clients).toHaveLength(1);
    const keys = { ...client, jwksUris: ['https://ehr.test/jwks', 'https://10.0.0.7/jwks'] };
    expect(() => from({ clients: [keys] })).toThrow('https://10.0.0.7/jwks of https://ehr.test is not public.');
  });

  test('of one iss differ in their tenant there', () => {
    const says = 'cards: an iss stands twice. Each entry of one iss needs an ehrTenant of its own.';
    const [north, south] = [
      { ...client, ehrTenant: 'north' },
      { ...client, ehrTenant: 'south' },
    ];
    expect(from({ clients: [north, south] })?.clients).toHaveLength(2);
    expect(() => from({ clients: [north, north] })).toThrow(says);
    expect(() => from({ clients: [north, client] })).toThrow(says);
    expect(() => from({ clients: [client, north] })).toThrow(says);
  });
});

describe('what cards say', () => {
  const mappings = join(import.meta.dirname, '../../mappings');
  const settingsOf = (own: object) => {
    const cards = cardsConfig.parse({ clients: [client], ...own });
    if (!cards) throw new Error('there are clients, so there are cards');
    return cardSettings(mappings, cards);
  };

  test('is as pressing as the project ships it, unless the site says otherwise', () => {
    const shipped = {
      ...{ 'critical-alarm': 'critical', 'end-of-service': 'critical', 'alarm-date-passed': 'warning' },
      ...{ 'at-alarm-volume': 'warning', 'past-due': 'warning', 'replacement-indicator': 'warning' },
      ...{ 'magnetic-resonance': 'warning', 'other-drug': 'info' },
    };
    expect(settingsOf({}).indicatorOf).toEqual(shipped);
    expect(settingsOf({ indicators: { 'past-due': 'off' } }).indicatorOf).toEqual({ ...shipped, 'past-due': 'off' });
    expect(() => settingsOf({ indicators: { 'past-due': 'loud' } })).toThrow();
  });

  test('is about the orders that the project ships and those that the site adds', () => {
    const own = { system: 'urn:local', code: 'X' };
    const drug = { ...own, form: 'oral' };
    const orders = {
      magneticResonance: [own],
      baclofen: [drug],
      depressant: [drug],
      intrathecalRoute: [own],
      rescue: [own],
    };
    const [shipped, added] = [settingsOf({}).orders, settingsOf({ orders }).orders];
    expect(added).toEqual({
      magneticResonance: [...shipped.magneticResonance, own],
      baclofen: [...shipped.baclofen, drug],
      depressant: [...shipped.depressant, drug],
      intrathecalRoute: [...shipped.intrathecalRoute, own],
      rescue: [own],
    });
    expect(shipped.rescue).toEqual([]);
    // A code that was seen in one place alone is listed, and not used.
    const depressants = ['197590', '197591', '197589', '197900', '197901', '197527', '197528', '308048', '835603'];
    expect(shipped.depressant.map(({ code }) => code)).toEqual(depressants);
    expect(shipped.baclofen.map(({ code, form }) => [code, form])).toEqual([
      ['197391', 'oral'],
      ['197392', 'oral'],
      ['387342009', 'any'],
      ['H789N3FKE8', 'any'],
    ]);
  });
});
