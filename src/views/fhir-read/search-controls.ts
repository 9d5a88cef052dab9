import { isServed, parametersOf, type ServedType } from '../read-model/search-parameters.ts';
import { pageSize } from './query.ts';
import { targetsOf } from './search-condition.ts';
import { type Fault, named, notSupported, unreadable } from './search-fault.ts';

/** Parameters that say how the result is to be, and not what is in it (FHIR R4 "Managing Returned Resources"). */
export interface Controls {
  /** Matches a page. */
  readonly count?: number;
  readonly sort?: Sort;
  readonly summary?: Summary;
  readonly elements?: readonly string[];
  /** Whether the number of all matches is wanted. */
  readonly total?: boolean;
  readonly includes?: readonly Include[];
}

export interface Sort {
  readonly by: 'date' | 'updated' | 'id' | 'status';
  readonly isDescending: boolean;
}

export type Summary = 'true' | 'false' | 'text' | 'data' | 'count';

/** What is to come along. `*`: any. */
export interface Include {
  /** `forward`: what the source refers to; `reverse`: the sources that refer to what was found. */
  readonly direction: 'forward' | 'reverse';
  readonly source: ServedType;
  readonly parameter: string;
  /** Only what is of this type. */
  readonly target: string | undefined;
  /** Whether it goes on from what was included. */
  readonly iterates: boolean;
}

/** Reads one parameter that controls; undefined: it is none. */
export function controlOf(type: ServedType, name: string, value: string): Controls | Fault | undefined {
  const [base = '', modifier, ...more] = name.split(':');
  const reader = Object.hasOwn(readers, base) ? readers[base as keyof typeof readers] : undefined;
  if (!reader) return undefined;
  const isInclude = base === '_include' || base === '_revinclude';
  if (more.length > 0 || (modifier !== undefined && !(isInclude && modifier === 'iterate'))) {
    return notSupported(`${named(name)} is not supported with this modifier.`);
  }
  return reader(value, type, modifier === 'iterate' ? 'iterates' : 'once');
}

type Reader = (value: string, type: ServedType, reach: 'once' | 'iterates') => Controls | Fault;

const readers = {
  _count: countOf,
  _sort: sortOf,
  _summary: (value) => (isSummary(value) ? { summary: value } : unread('_summary', 'true, false, text, data or count')),
  _elements: elementsOf,
  _total: (value) =>
    ['none', 'estimate', 'accurate'].includes(value)
      ? { total: value !== 'none' }
      : unread('_total', 'none, estimate or accurate'),
  _include: includeOf('forward'),
  _revinclude: includeOf('reverse'),
} satisfies Readonly<Record<string, Reader>>;

const isSummary = (value: string): value is Summary => ['true', 'false', 'text', 'data', 'count'].includes(value);

function countOf(value: string): Controls | Fault {
  if (/^0+$/.test(value)) return { summary: 'count' };
  const count = pageSize(value);
  return count === undefined ? unread('_count', 'a number from 0') : { count };
}

function sortOf(value: string, type: ServedType): Controls | Fault {
  const isDescending = value.startsWith('-');
  const name = isDescending ? value.slice(1) : value;
  const by = sortKeys(type).get(name);
  if (by) return { sort: { by, isDescending } };
  const names = [...sortKeys(type).keys()].join(', ');
  return notSupported(`${named('_sort')} takes one of ${names}, with - before it for descending order.`);
}

/** What a type can be sorted by, as the caller writes it. */
export function sortKeys(type: ServedType): ReadonlyMap<string, Sort['by']> {
  const date = parametersOf(type).find(({ kind }) => kind === 'date')?.name;
  const hasStatus = parametersOf(type).some(({ name }) => name === 'status');
  return new Map([
    ['_lastUpdated', 'updated'],
    ['_id', 'id'],
    ...(date === undefined ? [] : [[date, 'date'] as const]),
    ...(hasStatus ? [['status', 'status'] as const] : []),
  ]);
}

function elementsOf(value: string): Controls | Fault {
  const elements = value.split(',');
  const areNames = elements.every((name) => /^[a-z][A-Za-z]{0,63}$/.test(name));
  return areNames ? { elements } : unread('_elements', 'names of elements at the root of the resource');
}

function includeOf(direction: Include['direction']): Reader {
  const own = direction === 'forward' ? '_include' : '_revinclude';
  return (value, type, reach) => {
    const [source = '', parameter, target, ...more] = value === '*' ? [type, '*'] : value.split(':');
    if (parameter === undefined || more.length > 0) return unread(own, 'Type:parameter or Type:parameter:Type');
    if (!isServed(source) || !isReference(source, parameter, target)) {
      return notSupported(`${named(own)} is not supported for this reference.`);
    }
    const iterates = reach === 'iterates';
    if (direction === 'forward' && source !== type && !iterates) {
      return unreadable(`${named(own)} names a type that is not searched; write _include:iterate to include from it.`);
    }
    return { includes: [{ direction, source, parameter, target, iterates }] };
  };
}

function isReference(source: ServedType, name: string, target: string | undefined): boolean {
  if (name === '*') return target === undefined;
  const parameter = parametersOf(source).find((one) => one.kind === 'reference' && one.name === name);
  return parameter !== undefined && (target === undefined || targetsOf(parameter).includes(target));
}

const unread = (name: string, expected: string): Fault =>
  unreadable(`${named(name)} cannot be read: it takes ${expected}.`);
