import { readFileSync } from 'node:fs';
import { type Filter, indexSearchParameterBundle, Operator, type SearchRequest } from '@medplum/core';
import type { Bundle, SearchParameter } from '@medplum/fhirtypes';
import { refuse } from './refusal.ts';

interface Parameter {
  readonly name: string;
  readonly type: SearchParameter['type'];
}

const common: Parameter[] = [
  { name: '_id', type: 'token' },
  { name: '_lastUpdated', type: 'date' },
  { name: '_tag', type: 'token' },
];

const definitions = JSON.parse(
  readFileSync(new URL('search-parameters.json', import.meta.url), 'utf8'),
) as Bundle<SearchParameter>;
indexSearchParameterBundle(definitions);

/** The search parameters that the sandbox answers for a type. */
export function searchParametersOf(type: string): Parameter[] {
  const own = (definitions.entry ?? []).flatMap(({ resource }) =>
    resource?.base?.some((base) => base === type) ? [{ name: resource.code, type: resource.type }] : [],
  );
  return [...common, ...own];
}

/**
 * Refuses what the sandbox would not answer truthfully. R4 lets a server ignore an unknown parameter; a strict one
 * refuses it, for a client that believes in a filter which was ignored reads other patients' resources.
 */
export function checkSearch(search: SearchRequest): void {
  const unsupported = ['include', 'revInclude', 'sortRules', 'summary', 'fields', 'types', 'cursor'] as const;
  const found = unsupported.find((name) => search[name] !== undefined);
  if (found) refuse('bad-request', 'not-supported', `Search control "${found}" is not supported`);
  for (const control of [search.count, search.offset]) {
    if (control !== undefined && !(control >= 0)) refuse('bad-request', 'invalid', '_count is a number from 0');
  }
  const parameters = searchParametersOf(search.resourceType);
  for (const filter of search.filters ?? []) checkFilter(filter, parameters);
}

const dateOperators: readonly string[] = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb'];
const tokenOperators: readonly string[] = [Operator.EQUALS, Operator.NOT, Operator.MISSING];

function checkFilter(filter: Filter, parameters: Parameter[]): void {
  const parameter = parameters.find(({ name }) => name === filter.code);
  if (!parameter) refuse('bad-request', 'not-supported', 'Unknown search parameter');
  if (filter.value === '') refuse('bad-request', 'value', 'A search parameter has no value');
  const operators = parameter.type === 'date' ? dateOperators : tokenOperators;
  if (!operators.includes(filter.operator)) refuse('bad-request', 'not-supported', 'Unsupported search modifier');
}
