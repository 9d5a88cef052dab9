import type { Request } from 'express';
import { commonParameters, parametersOf, type ServedType } from '../read-model/search-parameters.ts';
import type { Served } from './interactions.ts';
import type { SearchParameters } from './search.ts';
import { resultParameters } from './stated-search.ts';

/** All that the request was sent with, in its query and, of a search by POST, in its form: both count (FHIR R4 "Search"). */
export type SentParameters = SearchParameters;

export function sentParameters(request: Request): SentParameters {
  const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?') + 1) : '';
  const form = typeof request.body === 'string' ? request.body : '';
  return [...new URLSearchParams(query), ...new URLSearchParams(form)];
}

/** What is left to be answered; undefined where something of it means nothing here. A search looks itself. */
export function understood(sent: SentParameters, { parameters: known }: Served): SearchParameters | undefined {
  const rest = sent.filter(([name]) => name !== '_format' && name !== '_pretty');
  if (known === undefined) return rest;
  const names = rest.map(([name]) => name);
  return names.every((name) => known.includes(name)) && new Set(names).size === names.length ? rest : undefined;
}

/** The search as the audit keeps it: names of parameters that there are, and of their values codes, dates and ids of ours. */
export function auditedQuery(type: ServedType, sent: SentParameters): string | undefined {
  const words = sent.flatMap(([name, value]) => {
    const base = name.split(/[:.]/)[0] as string;
    if (!isKnown(type, base)) return [];
    return isTellable(type, base, value) ? `${base}=${value}` : base;
  });
  return words.length === 0 ? undefined : words.join('&');
}

const others: readonly string[] = [
  ...resultParameters,
  '_page',
  '_type',
  '_since',
  'start',
  'end',
  'at',
  '_format',
  '_pretty',
  '_has',
];

const isKnown = (type: ServedType, name: string): boolean =>
  others.includes(name) || [...commonParameters, ...parametersOf(type)].some((one) => one.name === name);

/** A keyed id with or without its type, a date where one is asked for, or a code of a parameter whose values are codes. */
function isTellable(type: ServedType, name: string, value: string): boolean {
  if (ids.test(value)) return true;
  if (datesOfResults.includes(name)) return dates.test(value);
  if (codesOfResults.includes(name)) return codes.test(value);
  const kind = [...commonParameters, ...parametersOf(type)].find((one) => one.name === name)?.kind;
  if (kind === 'date') return dates.test(value);
  return kind === 'token' && !sayWho.includes(name) && codes.test(value);
}

const datesOfResults = ['_since', 'start', 'end', 'at'];
const codesOfResults = ['_count', '_summary', '_sort', '_total', '_include', '_revinclude', '_type'];

/** Tokens that name a thing or a person, not a kind. */
const sayWho = ['_id', 'identifier', 'lot-number'];
const dates = /^[a-z]{0,2}\d{4}(-\d{2}){0,2}(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/;
const ids = /^([A-Z][A-Za-z]+\/)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const codes = /^[A-Za-z0-9:/.|_,*-]{1,200}$/;
