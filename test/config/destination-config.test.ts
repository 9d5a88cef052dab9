import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConfigFile, configFrom } from '../../src/config.ts';
import type { ConfiguredDestination } from '../../src/config-destination.ts';

type Stated = NonNullable<ConfigFile['destinations']>[number];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'itb-fhir-destination-'));
  for (const name of ['keys.json', 'ca.pem', 'me.pem', 'me.key']) writeFileSync(join(folder, name), '{}');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const least: Stated = {
  ...{ name: 'hospital', environment: 'live', fhirBaseUrl: 'https://h.test/fhir', clientId: 'adapter' },
  ...{ signingKeysFile: 'keys.json', patientIdentifierSystems: { 'urn:a': 'urn:b' } },
};
const from = (over: Partial<Stated>): ConfiguredDestination => {
  const [one] = configFrom({ destinations: [{ ...least, ...over }] }, folder).destinations;
  return one as ConfiguredDestination;
};
const hl7v2 = {
  transport: { kind: 'http' as const, url: 'https://engine.h.test/in' },
  ...{ sendingFacility: 'ITB', receivingApplication: 'ENGINE', receivingFacility: 'H' },
  assigningAuthorities: { 'urn:b': 'HMRN' },
};

describe('a destination of which only the least is said', () => {
  it('is careful: a human decides on what was changed there, and on a new mapping; nobody inside is reached', () => {
    expect(from({})).toEqual({
      ...least,
      signingKeysFile: join(folder, 'keys.json'),
      signingKeyText: undefined,
      tenant: 'default',
      facts: [],
      notFrom: [],
      scopes: expect.arrayContaining(['system/DocumentReference.crus', 'system/MedicationAdministration.crus']),
      patientSearch: 'post',
      projection: { fills: 'administration', codeSubstitutions: [], pdf: false },
      drift: 'review',
      release: 'manual',
      maxEntries: 200,
      maxAnswerBytes: 50_000_000,
      requestTimeoutMs: 30_000,
      concurrency: 4,
      breaker: { failures: 5, firstWaitMs: 5_000, longestWaitMs: 300_000 },
      tls: { caFile: undefined, certFile: undefined, keyFile: undefined },
      allowAddresses: [],
    });
  });
});

describe('what is said of a destination', () => {
  it('arrives as it was said, with paths from the file', () => {
    const said = {
      drift: 'ours' as const,
      release: 'automatic' as const,
      throttle: { requestsPerSecond: 0.5, burst: 3 },
      breaker: { failures: 2, firstWaitMs: 10, longestWaitMs: 20 },
      allowAddresses: ['10.0.0.0/8', 'h.test'],
      facts: [
        {
          about: 'server' as const,
          property: 'ifMatch' as const,
          value: 'required' as const,
          source: 'tried',
          verified: true,
        },
      ],
      projection: {
        discrete: { evidence: 'tried in the sandbox of the site', on: '2026-11-01' },
        fills: 'procedure' as const,
        codeSubstitutions: [
          { from: { system: 'urn:a', code: '1' }, to: { system: 'urn:b', code: '2', display: 'two' } },
        ],
        pdf: true,
      },
    };
    const tls = { caFile: 'ca.pem', certFile: 'me.pem', keyFile: 'me.key' };
    expect(from({ ...said, tls })).toMatchObject({
      ...said,
      tls: { caFile: join(folder, 'ca.pem'), certFile: join(folder, 'me.pem'), keyFile: join(folder, 'me.key') },
    });
    expect(from({ throttle: { requestsPerSecond: 2 } }).throttle).toEqual({ requestsPerSecond: 2, burst: 1 });
  });

  it('of its interface engine has a version and our own name by default', () => {
    const expected = { ...hl7v2, sendingApplication: 'ITB-FHIR', version: '2.5.1' };
    expect(from({ projection: { hl7v2 } }).projection?.hl7v2).toEqual(expected);
    const transport = { kind: 'mllp' as const, host: 'engine.h.test', port: 2575 };
    expect(from({ projection: { hl7v2: { ...hl7v2, transport } } }).projection?.hl7v2?.transport).toEqual({
      ...transport,
      tls: true,
    });
  });

  it('names its key in the environment, where it is in no file', () => {
    vi.stubEnv('HOSPITAL_KEY', '{"keys":[]}');
    const one = from({ signingKeysFile: undefined, signingKey: { env: 'HOSPITAL_KEY' } });
    expect(one.signingKeyText).toBe('{"keys":[]}');
    expect(one.signingKeysFile).toBeUndefined();
    expect(one).not.toHaveProperty('signingKey');
  });

  it('is on this machine, where its address says so', () => {
    expect(from({ fhirBaseUrl: 'http://127.0.0.1:8080/fhir' }).fhirBaseUrl).toBe('http://127.0.0.1:8080/fhir');
  });

  it.each(['https://10.1.2.3/fhir', 'https://[fd12::9]/fhir'])(
    'is inside the network at %s, where that is allowed',
    (fhirBaseUrl) => {
      expect(from({ fhirBaseUrl, allowAddresses: ['10.1.0.0/16', 'fd12::/16'] }).fhirBaseUrl).toBe(fhirBaseUrl);
    },
  );
});

describe('a destination is refused', () => {
  it.each<[string, Partial<Stated>, string]>([
    ['with a preset that there is not', { preset: 'unheard-of' }, 'names the preset unheard-of. There are: '],
    ['without its certificates', { tls: { caFile: 'none.pem' } }, 'there is no caFile '],
    ['without its keys', { signingKeysFile: 'none.json' }, 'there is no signingKeysFile '],
    [
      'with a key in a variable that is not set',
      { signingKeysFile: undefined, signingKey: { env: 'NOT_SET' } },
      'the key of the destination hospital is in the variable NOT_SET, which is not set.',
    ],
    [
      'at a private address that is not allowed',
      { fhirBaseUrl: 'https://10.1.2.3/fhir', allowAddresses: ['10.2.0.0/16'] },
      'the address of the destination hospital is not public. Add it to allowAddresses, if it is meant.',
    ],
    [
      'at the metadata service of a cloud',
      { fhirBaseUrl: 'https://169.254.169.254/', allowAddresses: ['169.254.0.0/16'] },
      'the address of the destination hospital is not public.',
    ],
    [
      'with an engine at a private address that is not allowed',
      { projection: { hl7v2: { ...hl7v2, transport: { kind: 'mllp', host: '10.1.2.3', port: 2575 } } } },
      'the interface engine of the destination hospital is not public.',
    ],
    [
      'with an engine on this machine, while the hospital is elsewhere',
      { projection: { hl7v2: { ...hl7v2, transport: { kind: 'http', url: 'http://127.0.0.1/in' } } } },
      'the interface engine of the destination hospital is not public.',
    ],
  ])('%s', (_what, over, sentence) => {
    expect(() => from(over)).toThrow(`the configuration: `);
    expect(() => from(over)).toThrow(sentence);
  });

  it.each<[string, object, string]>([
    ['no key', { signingKeysFile: undefined }, 'signingKeysFile'],
    ['two keys', { signingKey: { env: 'KEY' } }, 'signingKeysFile'],
    ['half of a client certificate', { tls: { certFile: 'me.pem' } }, 'tls'],
    ['a fact that is none', { facts: [{ about: 'server', property: 'speed', value: 1 }] }, 'facts'],
    ['a range that is none', { allowAddresses: ['10.0.0.0/33'] }, 'allowAddresses'],
    ['no pace at all', { throttle: { requestsPerSecond: 0 } }, 'throttle'],
    ['discrete writing without evidence', { projection: { discrete: { on: '2026-11-01' } } }, 'projection'],
    ['discrete writing since no date', { projection: { discrete: { evidence: 'x', on: 'lately' } } }, 'projection'],
    [
      'a name that would break a message',
      { projection: { hl7v2: { ...hl7v2, sendingFacility: 'A|B' } } },
      'projection',
    ],
    ['another policy', { drift: 'newest' }, 'drift'],
    ['another release', { release: 'never' }, 'release'],
  ])('with %s, and the field is named', (_what, over, field) => {
    expect(() => from(over)).toThrow(
      new RegExp(`^the configuration cannot be used:\n[^]*destinations\\[0\\]\\.${field}`),
    );
  });
});
