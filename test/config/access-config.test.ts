import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigFile, configFrom } from '../../src/config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'itb-fhir-access-config-'));
  writeFileSync(join(folder, 'keys.json'), '{}');
  writeFileSync(join(folder, 'secret.txt'), ' s3cret\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const from = (content: ConfigFile) => configFrom(content, folder);

const issuer = { issuer: 'https://i.test', jwksUri: 'https://i.test/jwks' };
const secret = { clientId: 'adapter', clientSecretFile: 'secret.txt' };
const asking = { issuer: 'https://i.test', introspection: { url: 'https://i.test/introspect', ...secret } };
const exchange = { clientIds: ['page'], fhirBaseUrl: 'https://h.test/fhir' };
const tokens = { signingKeysFile: 'keys.json' };
const client = { clientId: 'registry', jwksUri: 'https://r.test/jwks', scopes: ['system/Device.rs'] };
const destination = {
  ...{ name: 'hospital', environment: 'live' as const, fhirBaseUrl: 'https://h.test/fhir', clientId: 'adapter' },
  ...{ signingKeysFile: 'keys.json', patientIdentifierSystems: { 'urn:a': 'urn:b' } },
};

describe('our own address', () => {
  test('is the loopback port where nobody says how others reach us', () => {
    expect(from({}).server.publicUrl).toBe('http://127.0.0.1:8080');
    expect(from({ server: { port: 9000 } }).server.publicUrl).toBe('http://127.0.0.1:9000');
  });

  test('may have a path, and loses the slash at its end', () => {
    const { publicUrl } = from({ server: { publicUrl: 'https://itb.test/pumps/' } }).server;
    expect(publicUrl).toBe('https://itb.test/pumps');
  });

  test('is https', () => {
    expect(() => from({ server: { publicUrl: 'http://itb.test' } })).toThrow(
      'server.publicUrl is not https. Plain http is allowed on a loopback address only.',
    );
  });
});

describe('an issuer of tokens', () => {
  test('opens live patients of the default tenant, and of users only the patient of the launch', () => {
    expect(from({ issuers: [issuer] }).issuers).toEqual([
      {
        ...issuer,
        ...{ tenant: 'default', environment: 'live', userReach: 'patient', audiences: [], discover: false },
        allowAddresses: [],
      },
    ]);
  });

  test('may have one audience or several', () => {
    const [one, several] = from({
      issuers: [
        { ...issuer, audience: 'https://us.test' },
        { ...issuer, audience: ['urn:a', 'urn:b'], tenant: 'north' },
      ],
    }).issuers;
    expect([one?.audiences, several?.audiences]).toEqual([['https://us.test'], ['urn:a', 'urn:b']]);
  });

  test('is asked about its tokens with a secret from a file, or with a key', () => {
    expect(from({ issuers: [asking] }).issuers[0]?.introspection).toEqual({
      ...{ url: 'https://i.test/introspect', clientId: 'adapter', clientSecret: 's3cret' },
    });
    const { clientSecretFile: _, ...withKey } = { ...asking.introspection, signingKeysFile: 'keys.json' };
    expect(from({ issuers: [{ ...asking, introspection: withKey }] }).issuers[0]?.introspection).toEqual({
      ...{ url: 'https://i.test/introspect', clientId: 'adapter', signingKeysFile: join(folder, 'keys.json') },
    });
  });

  test.each<[string, object, string]>([
    ['without a way to check its tokens', { jwksUri: undefined }, 'jwksUri, introspection with its url, or discover'],
    ['that is asked nobody knows where', { jwksUri: undefined, introspection: secret }, 'introspection with its url'],
    [
      'that is asked with a secret and a key',
      { introspection: { ...secret, url: 'https://i.test', signingKeysFile: 'keys.json' } },
      'either clientSecretFile or signingKeysFile',
    ],
    [
      'that is asked without a proof',
      { introspection: { clientId: 'a', url: 'https://i.test' } },
      'either clientSecretFile or signingKeysFile',
    ],
    [
      'whose secret is in no file',
      { introspection: { url: 'https://i.test', clientId: 'a', clientSecretFile: 'none.txt' } },
      'there is no clientSecretFile',
    ],
    [
      'whose keys travel over plain http',
      { jwksUri: 'http://i.test/jwks' },
      'the jwksUri of https://i.test is not https.',
    ],
    [
      'whose keys are at a private address',
      { jwksUri: 'https://10.1.2.3/' },
      'the jwksUri of https://i.test is not public.',
    ],
    [
      'that is asked over plain http',
      { introspection: { ...secret, url: 'http://i.test' } },
      'the introspection.url of https://i.test is not https.',
    ],
    ['that is discovered over plain http', { issuer: 'http://i.test', discover: true }, 'the issuer of http://i.test'],
    [
      'whose patients are of no destination',
      { patientIdsOf: 'nowhere' },
      'names no destination of the tenant default.',
    ],
    [
      'whose patients are of a destination of another tenant',
      { patientIdsOf: 'hospital', tenant: 'north' },
      'names no destination of the tenant north.',
    ],
    [
      'whose patients are of a destination of another environment',
      { patientIdsOf: 'hospital', environment: 'test' },
      'names a destination of another environment than its own.',
    ],
    [
      'whose launches are exchanged without our keys',
      { patientIdsOf: 'hospital', exchange },
      'needs tokens.signingKeysFile',
    ],
    ['whose launches name patients nobody knows how', { exchange }, 'an exchange needs patientIdsOf'],
    [
      'whose launches are signed with unknown keys',
      { ...asking, jwksUri: undefined, patientIdsOf: 'hospital', exchange },
      'an exchange needs jwksUri or discover',
    ],
    [
      'whose launches prove no patient',
      { patientIdsOf: 'hospital', exchange: { clientIds: ['page'] } },
      'fhirBaseUrl or trustPatientClaim',
    ],
    [
      'whose launches would open more than their patient',
      { patientIdsOf: 'hospital', exchange: { ...exchange, scopes: ['user/*.rs'] } },
      'a patient/ scope',
    ],
    [
      'whose sign-in is over plain http',
      {
        smart: {
          authorizationEndpoint: 'http://a.test',
          tokenEndpoint: 'https://a.test',
          capabilities: ['launch-ehr'],
        },
      },
      'the smart.authorizationEndpoint of https://i.test is not https.',
    ],
  ])('%s stops the start', (_what, over, sentence) => {
    expect(() => from({ destinations: [destination], issuers: [{ ...issuer, ...over }] })).toThrow(sentence);
  });

  test('at a private address, or on this machine, is meant where the configuration says so', () => {
    const inside = { ...issuer, jwksUri: 'https://10.1.2.3/jwks', allowAddresses: ['10.1.0.0/16'] };
    const here = { ...issuer, jwksUri: 'http://127.0.0.1:9000/jwks' };
    expect(from({ issuers: [inside] }).issuers[0]?.jwksUri).toBe('https://10.1.2.3/jwks');
    expect(from({ issuers: [here] }).issuers[0]?.jwksUri).toBe('http://127.0.0.1:9000/jwks');
  });

  test('has one way to check its tokens, whichever tenant they open', () => {
    const other = { ...issuer, tenant: 'north', jwksUri: 'https://elsewhere.test/jwks' };
    expect(() => from({ issuers: [issuer, other] })).toThrow(
      'the entries of https://i.test disagree about how its tokens are checked.',
    );
    expect(from({ issuers: [issuer, { ...issuer, tenant: 'north' }] }).issuers).toHaveLength(2);
  });

  test('has one entry for one audience', () => {
    const twice = [
      { ...issuer, audience: ['urn:a', 'urn:b'] },
      { ...issuer, audience: 'urn:b', tenant: 'north' },
    ];
    expect(() => from({ issuers: twice })).toThrow('https://i.test for the audience urn:b is configured twice.');
    expect(() => from({ issuers: [issuer, issuer] })).toThrow('is configured twice.');
  });

  test('that is asked about its tokens opens one tenant: they may not say which', () => {
    expect(() => from({ issuers: [asking, { ...asking, tenant: 'north' }] })).toThrow('so it opens one tenant');
  });
});

describe('launches that are exchanged', () => {
  test('open the patient of the launch for five minutes, and no more', () => {
    const config = from({
      destinations: [destination],
      tokens,
      issuers: [{ ...issuer, patientIdsOf: 'hospital', exchange }],
    });
    expect(config.issuers[0]?.exchange).toEqual({
      ...exchange,
      ...{ trustPatientClaim: false, scopes: ['patient/*.rs'], lifetimeSeconds: 300 },
    });
  });

  test('of one issuer are exchanged in one way at each tenant: whose entry is meant is not in a launch', () => {
    const live = { ...issuer, patientIdsOf: 'hospital', exchange, audience: 'urn:live' };
    const test = { ...live, patientIdsOf: 'trial', environment: 'test' as const, audience: 'urn:test' };
    const trial = { ...destination, name: 'trial', environment: 'test' as const };
    const north = { ...destination, name: 'north', tenant: 'north' };
    const both = { destinations: [destination, trial, north], tokens };
    expect(() => from({ ...both, issuers: [live, test] })).toThrow(
      'the exchange of launches of https://i.test at default is configured twice.',
    );
    const { exchange: _, ...read } = test;
    const elsewhere = { ...live, tenant: 'north', patientIdsOf: 'north', audience: 'urn:north' };
    const another = { ...live, issuer: 'https://j.test' };
    expect(from({ ...both, issuers: [live, read, elsewhere, another] }).issuers).toHaveLength(4);
  });

  test.each([
    [29, false],
    [30, true],
    [900, true],
    [901, false],
  ])('for %d s: %j', (lifetimeSeconds, isTaken) => {
    const file = () =>
      from({
        ...{ destinations: [destination], tokens },
        issuers: [{ ...issuer, patientIdsOf: 'hospital', exchange: { ...exchange, lifetimeSeconds } }],
      });
    if (isTaken) expect(file().issuers[0]?.exchange?.lifetimeSeconds).toBe(lifetimeSeconds);
    else expect(file).toThrow('lifetimeSeconds');
  });
});

describe('a back-end application', () => {
  test('is of the default tenant and reads live patients; its files are relative to ours', () => {
    const { jwksUri: _, ...inFile } = { ...client, jwksFile: 'keys.json' };
    expect(from({ tokens: { ...tokens, clients: [inFile] } }).tokens).toEqual({
      signingKeysFile: join(folder, 'keys.json'),
      clients: [
        { ...inFile, jwksFile: join(folder, 'keys.json'), tenant: 'default', environment: 'live', allowAddresses: [] },
      ],
    });
  });

  test.each<[string, object, string]>([
    ['without keys', { jwksUri: undefined }, 'either jwksUri or jwksFile names its public keys'],
    ['with two key sets', { jwksFile: 'keys.json' }, 'either jwksUri or jwksFile names its public keys'],
    ['with keys in no file', { jwksUri: undefined, jwksFile: 'none.json' }, 'there is no jwksFile'],
    [
      'whose keys travel over plain http',
      { jwksUri: 'http://r.test' },
      'the jwksUri of the client registry is not https.',
    ],
    [
      'whose keys are at a private address',
      { jwksUri: 'https://10.0.0.1' },
      'the jwksUri of the client registry is not public.',
    ],
    ['without scopes', { scopes: [] }, 'scopes'],
    ['with the scopes of a user', { scopes: ['user/Device.rs'] }, 'a system/ scope'],
    ['with a misspelled scope', { scopes: ['system/Device.sr'] }, 'a system/ scope'],
  ])('%s stops the start', (_what, over, sentence) => {
    expect(() => from({ tokens: { ...tokens, clients: [{ ...client, ...over }] } })).toThrow(sentence);
  });

  test('is registered once at a tenant', () => {
    expect(() => from({ tokens: { ...tokens, clients: [client, client] } })).toThrow(
      'the client registry of default is configured twice.',
    );
    expect(
      from({ tokens: { ...tokens, clients: [client, { ...client, tenant: 'north' }] } }).tokens?.clients,
    ).toHaveLength(2);
  });

  test('needs keys of ours that are there', () => {
    expect(() => from({ tokens: { signingKeysFile: 'none.json' } })).toThrow('there is no tokens.signingKeysFile');
  });
});
