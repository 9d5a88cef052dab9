import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ConfigFile, configFrom, loadConfig, refuseDemoKey } from '../../src/config.ts';
import { demoKey } from '../../src/fhir/identity.ts';
import { defaultSettings } from '../../src/therapy/settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'itb-fhir-config-'));
  writeFileSync(join(folder, 'keys.json'), '{}');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const from = (content: ConfigFile) => configFrom(content, folder);

const destination = {
  ...{ name: 'hospital', environment: 'live' as const, fhirBaseUrl: 'https://h.test/fhir', clientId: 'adapter' },
  ...{ signingKeysFile: 'keys.json', patientIdentifierSystems: { 'urn:a': 'urn:b' } },
};

describe('without a configuration', () => {
  test('the service listens to this machine, sends nowhere and shows nothing calculated', () => {
    const config = from({});
    expect(config).toMatchObject({
      storeUrl: `sqlite:${join(folder, '.itb-fhir/ledger.sqlite')}`,
      server: { host: '127.0.0.1', port: 8080, publicUrl: 'http://127.0.0.1:8080' },
      intake: { maxBytes: 5_000_000, maxEvents: 5_000, maxDepth: 20 },
      calculatedValues: 'withheld',
      terminologyPacks: [],
      tenantOfSource: {},
      destinations: [],
      issuers: [],
      logLevel: 'info',
    });
    const { models, alarms, products, plausible, ...settings } = config.therapy;
    const { models: _m, alarms: _a, products: _p, plausible: _v, ...defaults } = defaultSettings;
    expect(settings).toEqual(defaults);
    expect([models, alarms, products, plausible].map((table) => table.length > 0)).toEqual([true, true, true, true]);
  });
});

describe('a destination', () => {
  test('has limits, a tenant and least privilege by default: nothing is ever deleted', () => {
    const [one] = from({ destinations: [destination] }).destinations;
    expect(one).toMatchObject({ tenant: 'default', patientSearch: 'post', maxEntries: 200, concurrency: 4 });
    expect(one?.signingKeysFile).toBe(join(folder, 'keys.json'));
    expect(one?.scopes).toContain('system/Patient.rs');
    expect(one?.scopes.filter((scope) => /\.[crus]*d|\*/.test(scope))).toEqual([]);
  });

  test('has a name of its own within its tenant', () => {
    expect(() => from({ destinations: [destination, destination] })).toThrow(
      'the configuration names the destination default/hospital twice.',
    );
    const other = { ...destination, tenant: 'north' };
    expect(from({ destinations: [destination, other] }).destinations).toHaveLength(2);
  });

  test.each([
    ['a name with blanks', { name: 'My Hospital' }],
    ['no environment', { environment: undefined }],
    ['an address that is none', { fhirBaseUrl: 'hospital' }],
    ['no patient identifier systems', { patientIdentifierSystems: undefined }],
    ['no scope', { scopes: [] }],
  ])('is refused with %s, and the field is named', (_what, over) => {
    const field = Object.keys(over)[0];
    expect(() => configFrom({ destinations: [{ ...destination, ...over }] }, folder)).toThrow(
      new RegExp(`^the configuration cannot be used:\n[^]*→ at destinations\\[0\\]\\.${field}`),
    );
  });
});

describe('a source', () => {
  test('reports for the tenant that the configuration names', () => {
    expect(from({ sources: { 'urn:feed': { tenant: 'north' } } }).tenantOfSource).toEqual({ 'urn:feed': 'north' });
  });
});

describe('the deployment key', () => {
  test('is made once, for its owner alone, and stays', () => {
    const { deploymentKey } = from({});
    const path = join(folder, '.itb-fhir/deployment.key');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(deploymentKey.length).toBeGreaterThanOrEqual(43);
    expect(readFileSync(path, 'utf8').trim()).toBe(deploymentKey);
    expect(from({}).deploymentKey).toBe(deploymentKey);
  });

  test('comes from the environment where it is set, and then none is written', () => {
    const key = 'k'.repeat(32);
    vi.stubEnv('ITB_FHIR_DEPLOYMENT_KEY', key);
    expect(from({}).deploymentKey).toBe(key);
    expect(existsSync(join(folder, '.itb-fhir/deployment.key'))).toBe(false);
  });

  test.each(['', 'k'.repeat(31)])('is refused when it is shorter than 32 characters', (key) => {
    vi.stubEnv('ITB_FHIR_DEPLOYMENT_KEY', key);
    expect(() => from({})).toThrow('ITB_FHIR_DEPLOYMENT_KEY needs at least 32 characters.');
  });

  test('is refused when its file was cut short: identities under it could be guessed', () => {
    writeFileSync(join(folder, 'short.key'), '\n');
    expect(() => from({ deploymentKeyFile: 'short.key' })).toThrow(/short\.key needs at least 32 characters\./);
  });

  test('may not be the published one in a service', () => {
    expect(() => refuseDemoKey({ ...from({}), deploymentKey: demoKey })).toThrow(/published demo key/);
  });
});

describe('the admin token', () => {
  test('opens nothing where none is configured', () => {
    expect(from({}).adminToken).toBeUndefined();
  });

  test('is read from its file', () => {
    writeFileSync(join(folder, 'admin.token'), `${'t'.repeat(32)}\n`);
    expect(from({ admin: { tokenFile: 'admin.token' } }).adminToken).toBe('t'.repeat(32));
  });

  test('is refused where its file is missing or holds too little', () => {
    expect(() => from({ admin: { tokenFile: 'none.token' } })).toThrow(/There is no admin\.tokenFile .*none\.token\./);
    writeFileSync(join(folder, 'admin.token'), 't'.repeat(31));
    expect(() => from({ admin: { tokenFile: 'admin.token' } })).toThrow(/admin\.token needs at least 32 characters\./);
  });
});

describe('the environment', () => {
  test('can move the store and the port', () => {
    vi.stubEnv('ITB_FHIR_STORE_URL', 'postgres://db/itb');
    vi.stubEnv('ITB_FHIR_PORT', '9000');
    expect(from({})).toMatchObject({ storeUrl: 'postgres://db/itb', server: { port: 9000 } });
  });
});

test('a named file that is not there is told; paths in a file are relative to it', () => {
  expect(() => loadConfig(join(folder, 'none.json'))).toThrow(/There is no configuration file .*none\.json\./);
  writeFileSync(join(folder, 'my.json'), JSON.stringify({ store: { url: 'sqlite:data/l.sqlite' } }));
  expect(loadConfig(join(folder, 'my.json')).storeUrl).toBe(`sqlite:${join(folder, 'data/l.sqlite')}`);
});
