import type { CodeableConcept, Coding, Identifier, Period, Reference, Resource } from '@medplum/fhirtypes';
import { dateSpan } from './date-span.ts';
import { isServed, type ParameterKind, parametersOf, type SearchParameter } from './search-parameters.ts';

/** One value by which a resource is found. */
export interface FoundBy {
  readonly parameter: string;
  readonly value: string;
  /** System of a code, type of what a reference names, a text as it is written; '' where there is none. */
  readonly system: string;
}

/** Everything that searches for a resource look at, beside its id, its patient and when it last changed. */
export interface Found {
  readonly values: readonly FoundBy[];
  /** The span that its clinical date can mean, epoch milliseconds; null: it has none. `toMs` null: it goes on. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** What a resource as it is served is found by, according to the table of search parameters. */
export function foundBy(resource: Resource): Found {
  const parameters = isServed(resource.resourceType) ? parametersOf(resource.resourceType) : [];
  const indexed = parameters.filter(({ name }) => name !== 'patient' && name !== 'subject');
  const date = parameters.find(({ kind }) => kind === 'date');
  return {
    values: unique([...indexed.flatMap((parameter) => valuesOf(resource, parameter)), ...labelsOf(resource)]),
    ...spanOf(resource, date),
  };
}

/** Texts are compared no further. */
export const searchedLength = 200;

/** As texts are compared: without regard to case and accents. */
export const searchText = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().slice(0, searchedLength);

function valuesOf(resource: Resource, { name, kind, paths }: SearchParameter): FoundBy[] {
  const read = readers[kind];
  return paths
    .flatMap((path) => elementsAt(resource, path.split('.')))
    .flatMap(read)
    .map((value) => ({ parameter: name, ...value }));
}

type Value = Omit<FoundBy, 'parameter'>;

const readers: Readonly<Record<ParameterKind, (element: unknown) => Value[]>> = {
  token: tokensOf,
  reference: (element) => referencesOf(element as Reference),
  string: (element) => [{ value: searchText(String(element)), system: String(element).slice(0, searchedLength) }],
  uri: (element) => [{ value: String(element), system: '' }],
  // The date of a type stands in columns of its own.
  date: () => [],
};

function tokensOf(element: unknown): Value[] {
  if (typeof element !== 'object' || element === null) return [{ value: String(element), system: '' }];
  const { coding, code, value, system = '' } = element as CodeableConcept & Coding & Identifier;
  if (coding) return coding.flatMap(tokensOf);
  const stated = code ?? value;
  return stated === undefined ? [] : [{ value: stated, system }];
}

/** One to another server is found by the whole of its address. */
function referencesOf({ reference }: Reference): Value[] {
  if (reference === undefined) return [];
  const [, system, value] = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(reference) ?? [undefined, '', reference];
  return [{ value: value as string, system: system as string }];
}

function labelsOf({ meta }: Resource): FoundBy[] {
  const labelled = (parameter: string, value: Value): FoundBy => ({ parameter, ...value });
  return [
    ...(meta?.tag ?? []).flatMap(tokensOf).map((value) => labelled('_tag', value)),
    ...(meta?.security ?? []).flatMap(tokensOf).map((value) => labelled('_security', value)),
    ...(meta?.profile ?? []).map((value) => labelled('_profile', { value, system: '' })),
  ];
}

/** Where a Period names no start it began at any time before. */
const longAgoMs = Temporal.Instant.from('0001-01-01T00:00Z').epochMilliseconds;

function spanOf(resource: Resource, date: SearchParameter | undefined): Pick<Found, 'fromMs' | 'toMs'> {
  const [stated] = (date?.paths ?? []).flatMap((path) => elementsAt(resource, path.split('.')));
  if (stated === undefined) return { fromMs: null, toMs: null };
  if (typeof stated === 'string') {
    const span = dateSpan(stated);
    return { fromMs: span?.fromMs ?? null, toMs: span?.toMs ?? null };
  }
  const { start, end } = stated as Period;
  return { fromMs: dateSpan(start ?? '')?.fromMs ?? longAgoMs, toMs: dateSpan(end ?? '')?.toMs ?? null };
}

/** Every element at a path; a list at any step means each of its items. */
function elementsAt(value: unknown, [step, ...rest]: readonly string[]): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => elementsAt(item, step === undefined ? [] : [step, ...rest]));
  if (step === undefined) return [value];
  return elementsAt((value as Record<string, unknown>)[step], rest);
}

function unique(values: readonly FoundBy[]): FoundBy[] {
  const seen = new Map(values.map((one) => [JSON.stringify([one.parameter, one.value, one.system]), one]));
  return [...seen.values()];
}
