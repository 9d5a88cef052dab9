import { parametersOf, type ServedType, servedTypes } from '../read-model/search-parameters.ts';

/** What may be searched and included, as CapabilityStatement and OpenAPI say it. */

/** How the results of a search are shaped. */
export const resultParameters = [
  '_count',
  '_sort',
  '_summary',
  '_elements',
  '_total',
  '_include',
  '_revinclude',
] as const;

/** `_include`: the references of a type. */
export const includesOf = (type: ServedType): string[] => referencesOf(type).map(({ name }) => `${type}:${name}`);

/** `_revinclude`: the references to a type. */
export const revIncludesOf = (type: ServedType): string[] =>
  servedTypes.flatMap((from) =>
    referencesOf(from)
      // Without targets a reference may name any type.
      .filter(({ targets = [] }) => targets.length === 0 || targets.includes(type))
      .map(({ name }) => `${from}:${name}`),
  );

const referencesOf = (type: ServedType) => parametersOf(type).filter(({ kind }) => kind === 'reference');
