import { statSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { desk } from './command-line.ts';

const systems = { 'urn:oid:2.16.840.1.113883.19.5': 'urn:oid:2.16.840.1.113883.19.5' };

const tried = {
  ...{
    name: 'trial',
    environment: 'test',
    fhirBaseUrl: 'https://user:secret-word@trial.hospital.test/r4',
    clientId: 'trial-client',
  },
  ...{ signingKeysFile: 'keys.json', patientIdentifierSystems: systems, preset: 'epic', drift: 'ours' },
  projection: { discrete: { evidence: 'tried with the analyst', on: '2026-10-01' }, pdf: true },
};
const live = {
  ...{ name: 'main', environment: 'live', fhirBaseUrl: 'https://fhir.hospital.test/r4', clientId: 'live-client' },
  ...{ signingKey: { env: 'LIVE_KEY_VARIABLE' }, patientIdentifierSystems: systems, maxEntries: 50 },
  projection: { fills: 'procedure' },
};

describe('promote', () => {
  const at = desk();
  afterAll(() => at.clear());
  const config = { destinations: [tried, live, { ...live, name: 'other' }] };

  test('tells field by field what would be taken over and what stays, shows no secret, and ends with 1', async () => {
    at.write('itb-fhir.json', config);
    const { exitCode, stderr } = await at.run(['promote', 'trial', 'main']);
    expect(exitCode).toBe(1);
    const rows = stderr.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows).toContainEqual(['preset', 'epic', 'not set', 'taken over']);
    expect(rows).toContainEqual(['drift', 'ours', 'review', 'taken over']);
    expect(rows).toContainEqual(['maxEntries', '200', '50', 'taken over']);
    expect(rows).toContainEqual(['projection.pdf', 'true', 'false', 'taken over']);
    expect(rows).toContainEqual(['clientId', 'trial-client', 'live-client', 'stays']);
    expect(rows).toContainEqual([
      'fhirBaseUrl',
      'https://trial.hospital.test/r4',
      'https://fhir.hospital.test/r4',
      'stays',
    ]);
    expect(rows).toContainEqual(['signingKeysFile', 'not shown', 'not shown', 'stays']);
    expect(stderr).toContain('The evidence for discrete was found at trial: have the site confirm it for main.');
    expect(stderr).not.toMatch(/secret-word|LIVE_KEY_VARIABLE|keys\.json/);
  });

  test('writes the whole new configuration to a new file of its owner alone, and leaves the old one', async () => {
    const before = at.read('itb-fhir.json');
    const { exitCode } = await at.run(['promote', 'trial', 'main', '--write', 'next.json']);
    expect(exitCode).toBe(0);
    expect(at.read('itb-fhir.json')).toBe(before);
    expect(statSync(at.path('next.json')).mode & 0o777).toBe(0o600);
    const { maxEntries: _, ...kept } = live;
    expect(JSON.parse(at.read('next.json'))).toEqual({
      destinations: [
        tried,
        { ...kept, preset: 'epic', drift: 'ours', projection: tried.projection },
        { ...live, name: 'other' },
      ],
    });
    const again = await at.run(['promote', 'trial', 'main', '--write', 'next.json']);
    expect([again.exitCode, again.stderr.split('\n').at(-2)]).toEqual([
      2,
      'next.json is there already. Name a new file.',
    ]);
  });

  test('says that two which are alike are alike', async () => {
    const { name: _, ...same } = tried;
    at.write('alike.json', {
      destinations: [
        tried,
        { ...same, name: 'main', environment: 'live', fhirBaseUrl: live.fhirBaseUrl, clientId: 'live' },
      ],
    });
    const { exitCode, stderr } = await at.run(['--config', 'alike.json', 'promote', 'trial', 'main']);
    expect([exitCode, stderr.includes('taken over')]).toEqual([0, false]);
  });

  test.each([
    [['main', 'other'], 'main and other are both live: promote goes from a test to a live destination.\n'],
    [['trial', 'nowhere'], 'No destination is named nowhere. Add it with its own address, client and key first.\n'],
  ])('%j is refused', async (args, sentence) => {
    const { exitCode, stderr } = await at.run(['promote', ...args]);
    expect([exitCode, stderr]).toEqual([2, sentence]);
  });
});
