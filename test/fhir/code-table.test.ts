import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeSystem } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { root } from './examples.ts';

interface Row {
  readonly system: string;
  readonly code: string;
  readonly display: string;
  readonly source: string;
  readonly licence: string;
  readonly pack: string;
}

const page = readFileSync(join(root, 'mappings/CODES.md'), 'utf8');
const readRows = (name: string): Row[] => JSON.parse(readFileSync(join(root, 'mappings', name), 'utf8'));

/** The lines under the heading of a code system. */
function section(system: string): string[] {
  const [, after = ''] = page.split(`### ${system}\n`);
  return after.split('\n#')[0]?.split('\n') ?? [];
}

test('the table of codes has a line for every code of others, with its licence, pack and source', () => {
  const missing = readRows('codes.json').filter(({ system, code, display, licence, pack, source }) => {
    const state = licence === 'snomed-licensed' ? 'off' : 'on';
    return !section(system).includes(`| ${code} | ${display} | ${licence} | ${pack} (${state}) | ${source} |`);
  });
  expect(missing).toEqual([]);
});

test('the table of codes has a line for every code of ours, with its definition', () => {
  const generated = join(root, 'profiles/generated');
  const systems = readdirSync(generated)
    .filter((name) => name.startsWith('CodeSystem-'))
    .map((name): CodeSystem => JSON.parse(readFileSync(join(generated, name), 'utf8')));
  const missing = systems.flatMap(({ url, concept = [] }) =>
    concept.filter((it) => !section(url as string).includes(`| ${it.code} | ${it.display} | ${it.definition} |`)),
  );
  expect(missing).toEqual([]);
  expect(systems.flatMap(({ concept = [] }) => concept).length).toBe(readRows('codes-own.json').length);
});

test('the table of codes says which packs need a licence of the site', () => {
  const licensed = readRows('codes.json').filter(({ licence }) => licence === 'snomed-licensed');
  const off = page.split('\n').filter((line) => /^\|[^|]+\|[^|]+\| off \|/.test(line));
  expect(off.map((line) => line.split(' ')[1])).toEqual([...new Set(licensed.map(({ pack }) => pack))].sort());
});
