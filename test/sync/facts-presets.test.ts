import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { factsOf, loadPreset, presetNames } from '../../src/destination-presets.ts';
import { fact } from '../../src/sync/facts.ts';
import { capabilitiesOfServer, mappingsDir } from './capability-statements.ts';

const kinds = [
  'aidbox',
  'athenahealth',
  'aws-healthlake',
  'azure',
  'epic',
  'firely',
  'google',
  'hapi',
  'meditech',
  'medplum',
  'oracle-health',
];

describe('the presets', () => {
  it('are there for these kinds of servers', () => {
    expect(presetNames(mappingsDir)).toEqual(kinds);
  });

  it.each(kinds)('%s is named as its file, has a title and tells a site what to know', (name) => {
    const loaded = loadPreset(mappingsDir, name);
    expect(loaded.name).toBe(name);
    expect(loaded.title.length).toBeGreaterThan(3);
    expect(loaded.notes.length).toBeGreaterThan(0);
    for (const note of loaded.notes) expect(note).toMatch(/^[A-Z0-9].*\.$/);
  });

  it.each(kinds)('%s claims nothing that its statement does not give, but what it asserts', (name) => {
    expect(capabilitiesOfServer(name).problems).toEqual([]);
  });

  it.each(['epic', 'oracle-health', 'meditech', 'athenahealth'])(
    '%s is asked gently, because its vendor publishes no limit, and gets no single resources unasked',
    (name) => {
      expect(capabilitiesOfServer(name)).toMatchObject({ requestsPerSecond: 2, concurrency: 1, discrete: 'off' });
    },
  );

  it('know what Epic calls its errors', () => {
    expect(capabilitiesOfServer('epic').vendorCodes).toEqual({
      '4135': 'pause-until-tomorrow',
      '4130': 'terminal-access',
      '4131': 'terminal-access',
      '4134': 'terminal-access',
      '59141': 'already-there',
      '59144': 'terminal-data',
      '59159': 'terminal-data',
      '59187': 'terminal-data',
      '59188': 'terminal-data',
      '59189': 'terminal-data',
      '4127': 'partial',
      '59133': 'partial',
    });
  });

  it('know how Oracle Health takes versions and codes, and that it finds nothing by identifier', () => {
    const capabilities = capabilitiesOfServer('oracle-health');
    expect(capabilities).toMatchObject({ ifMatch: 'required', batch: true, transaction: false });
    const observation = capabilities.resources.get('Observation');
    expect(observation?.codingPolicy).toBe('not-both');
    expect(observation?.searchParameters.has('identifier')).toBe(false);
    expect(capabilities.resources.get('Procedure')?.voidBy).toBe('none');
  });

  it.each([
    ['azure', { maxEntries: 500, ifMatch: 'supported' }],
    ['google', { maxBytes: 50_000_000, ifMatch: 'supported' }],
    ['aws-healthlake', { maxEntries: 160, ifMatch: 'supported' }],
    ['aidbox', { ifMatch: 'required' }],
    ['hapi', { ifMatch: 'required' }],
    ['epic', { ifMatch: 'ignored', transaction: false, batch: false }],
  ])('know the limits of %s', (name, expected) => {
    expect(capabilitiesOfServer(name)).toMatchObject(expected);
  });

  it('count a fact as verified only where a statement was read', () => {
    const verified = kinds.flatMap((name) => loadPreset(mappingsDir, name).facts.filter((one) => one.verified));
    for (const { source, property } of verified) {
      expect(property === 'discrete' || source.startsWith('CapabilityStatement of ')).toBe(true);
    }
    expect(verified.length).toBeGreaterThan(10);
  });
});

describe('loading a preset', () => {
  /** A folder of mappings whose Epic preset is changed. */
  function changed(change: (text: string) => string): string {
    const folder = mkdtempSync(join(tmpdir(), 'itb-presets-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    cpSync(join(mappingsDir, 'destinations'), join(folder, 'destinations'), { recursive: true });
    const path = join(folder, 'destinations', 'epic.json');
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    return folder;
  }

  it('names the presets that there are when it is none of them', () => {
    expect(() => loadPreset(mappingsDir, 'cerner')).toThrow(
      `There is no preset cerner. There are: ${kinds.join(', ')}.`,
    );
    expect(() => loadPreset(mappingsDir, '../pumps/isomed')).toThrow('There is no preset');
  });

  it('names the file and the place when a fact has no source', () => {
    const folder = changed((text) => text.replace('"source":', '"origin":'));
    expect(() => loadPreset(folder, 'epic')).toThrow(/epic\.json cannot be used:[\s\S]*facts\[0\]\.source/);
  });

  it('refuses a file whose name is not that of the preset', () => {
    const folder = changed((text) => text.replace('"name": "epic"', '"name": "epoch"'));
    expect(() => loadPreset(folder, 'epic')).toThrow('cannot be used: its name is not that of the file.');
  });

  it('puts the facts of the site after those of the preset', () => {
    const own = fact.parse({ about: 'server', property: 'maxEntries', value: 10, source: 'site', verified: true });
    const ofPreset = loadPreset(mappingsDir, 'azure').facts;
    expect(ofPreset).toHaveLength(1);
    expect(factsOf(mappingsDir, { preset: 'azure', facts: [own] })).toEqual([...ofPreset, own]);
    expect(factsOf(mappingsDir, { preset: 'azure' })).toEqual(ofPreset);
    expect(factsOf(mappingsDir, { facts: [own] })).toEqual([own]);
    expect(factsOf(mappingsDir, {})).toEqual([]);
  });
});
