import type { ServedType } from '../read-model/search-parameters.ts';
import type { SearchParameters } from './search.ts';
import { type Chain, type Condition, conditionOf, type Words } from './search-condition.ts';
import { type Controls, controlOf } from './search-controls.ts';
import { type Fault, isFault, named, unreadable } from './search-fault.ts';
import { excessOf } from './search-limits.ts';

/** A search as it was understood. */
export interface SearchRequest {
  readonly type: ServedType;
  /** All of them have to hold. */
  readonly conditions: readonly (Condition | Chain)[];
  readonly controls: Controls;
  /** The parameters that were understood, as they were written. */
  readonly applied: SearchParameters;
  readonly ignored: readonly Ignored[];
}

export interface Ignored {
  readonly name: string;
  readonly fault: Fault;
}

/**
 * Reads the parameters of a search. Nothing is passed over: what is not supported is a fault or, for a lenient caller,
 * among the ignored; what cannot be read is a fault for everybody.
 */
export function requestOf(
  type: ServedType,
  parameters: SearchParameters,
  words: Words,
  handling: 'strict' | 'lenient',
): SearchRequest | readonly Fault[] {
  const excess = excessOf(parameters);
  if (excess) return [excess];
  const read = parameters.map(([name, value]) => ({ name, value, means: meaningOf(type, name, value, words) }));
  const faults = [...read.flatMap(({ means }) => (isFault(means) ? [means] : [])), ...contradictions(parameters)];
  const grave = handling === 'strict' ? faults : faults.filter(({ fault }) => fault !== 'not-supported');
  if (grave.length > 0) return grave;
  return {
    type,
    conditions: read.flatMap(({ means }) => ('kind' in means ? [means] : [])),
    controls: together(read.flatMap(({ means }) => (isFault(means) || 'kind' in means ? [] : [means]))),
    applied: read.filter(({ means }) => !isFault(means)).map(({ name, value }) => [name, value]),
    ignored: read.flatMap(({ name, means }) => (isFault(means) ? [{ name, fault: means }] : [])),
  };
}

type Meaning = Condition | Chain | Controls | Fault;

const meaningOf = (type: ServedType, name: string, value: string, words: Words): Meaning =>
  controlOf(type, name, value) ?? conditionOf(type, name, value, words);

/** `_count=0` and `_summary` set the same control, which is no contradiction: the one that only counts says more. */
function together(all: readonly Controls[]): Controls {
  // Asked for twice it comes once.
  const includes = [
    ...new Map(all.flatMap((one) => one.includes ?? []).map((one) => [JSON.stringify(one), one])).values(),
  ];
  const merged: Controls = Object.assign({}, ...all, { includes });
  return all.some(({ summary }) => summary === 'count') ? { ...merged, summary: 'count' } : merged;
}

function contradictions(parameters: SearchParameters): Fault[] {
  const names = parameters.map(([name]) => name);
  const twice = new Set(names.filter((name, index) => onlyOnce.has(name) && names.indexOf(name) !== index));
  const includes = names.some((name) => name.startsWith('_include') || name.startsWith('_revinclude'));
  const isText = parameters.some(([name, value]) => name === '_summary' && value === 'text');
  return [
    ...[...twice].map((name) => unreadable(`${named(name)} is there more than once.`)),
    ...(names.includes('_summary') && names.includes('_elements') ? [bothCut] : []),
    ...(isText && includes ? [textWithIncludes] : []),
  ];
}

const onlyOnce: ReadonlySet<string> = new Set(['_count', '_sort', '_summary', '_elements', '_total']);

const bothCut = unreadable('Search parameters "_summary" and "_elements" exclude each other.');

const textWithIncludes = unreadable('Search parameter "_summary" cannot be "text" where something is to be included.');
