import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CodeSystem } from '@medplum/fhirtypes';
import { afterAll, describe, expect, it } from 'vitest';
import { readAlarms } from '../../src/alarm-table.ts';

const projectDir = join(import.meta.dirname, '../..');
const path = join(projectDir, 'mappings/alarms.json');
const alarms = readAlarms(path);
const published = JSON.parse(
  readFileSync(join(projectDir, 'profiles/generated/CodeSystem-itb-alarm.json'), 'utf8'),
) as CodeSystem;

describe('the table of alarms', () => {
  it('holds every alarm of our code system, and no other', () => {
    const codes = published.concept?.map(({ code }) => code).toSorted();
    expect(alarms.map(({ code }) => code).toSorted()).toEqual(codes);
  });

  it('says how urgent each is and what it says of delivery', () => {
    expect(
      Object.fromEntries(alarms.map(({ code, criticality, delivery }) => [code, `${criticality}, ${delivery}`])),
    ).toEqual({
      'low-reservoir': 'non-critical, continues',
      'empty-reservoir': 'critical, continues',
      eri: 'non-critical, continues',
      eos: 'critical, stopped',
      'motor-stall': 'critical, stopped',
      'motor-stall-recovered': 'non-critical, recovered',
      'stopped-over-48h': 'critical, stopped',
      'low-battery-reset': 'critical, uncertain',
      'memory-error-noncritical': 'non-critical, continues',
      'memory-error-critical': 'critical, uncertain',
      'tube-set-error': 'critical, uncertain',
      'telemetry-mode': 'critical, uncertain',
    });
  });

  it('tells a reader what is so: no instruction, nothing empty as a fact, no all-clear', () => {
    const words = alarms.map(({ inWords }) => inWords);
    expect(words.filter((text) => /\b(empty|must|should|call|replace the|no need|safe|normal)\b/i.test(text))).toEqual(
      [],
    );
    expect(words.filter((text) => !/^[A-Z].*\.$/.test(text))).toEqual([]);
  });

  it('gives its reader no source: that stays in the file', () => {
    expect(new Set(alarms.flatMap((alarm) => Object.keys(alarm)))).toEqual(
      new Set(['code', 'criticality', 'delivery', 'inWords', 'alsoWritten']),
    );
  });
});

describe('a file of alarms', () => {
  const folder = mkdtempSync(join(tmpdir(), 'itb-fhir-alarms-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const [first] = (JSON.parse(readFileSync(path, 'utf8')) as { alarms: Record<string, unknown>[] }).alarms;
  const read = (content: unknown) => {
    const file = join(folder, 'alarms.json');
    writeFileSync(file, JSON.stringify(content));
    return readAlarms(file);
  };

  it('may write one alarm in two ways that are one without punctuation', () => {
    expect(read({ alarms: [{ ...first, alsoWritten: ['LOW RESERVOIR', 'low-reservoir!'] }] })).toHaveLength(1);
  });

  it('is refused where one spelling means two alarms', () => {
    const other = { ...first, code: 'eri', alsoWritten: ['Low Reservoir'] };
    expect(() => read({ alarms: [first, other] })).toThrow(
      /alarms\.json cannot be used:\n[\s\S]*LOWRESERVOIR means two alarms/,
    );
  });

  it.each([
    ['without its source', { source: undefined }, /alarms\.json cannot be used:\n[\s\S]*→ at alarms\[0\]\.source/],
    ['with another word for delivery', { delivery: 'maybe' }, /→ at alarms\[0\]\.delivery/],
    ['with a field that is none', { color: 'red' }, /→ at alarms\[0\]/],
  ])('is refused %s', (_what, over, says) => {
    expect(() => read({ alarms: [{ ...first, ...over }] })).toThrow(says);
  });

  it('is needed: without it no alarm would be understood', () => {
    expect(() => readAlarms(join(folder, 'none.json'))).toThrow(/none\.json cannot be used: ENOENT/);
    expect(() => read({ alarms: [] })).toThrow(/alarms\.json cannot be used/);
  });
});
