/**
 * Required bindings: the codes that each value set allows, ready to be looked up. An extensible binding is no rule that
 * can be checked here: a code outside the value set, or a text alone, is allowed where the value set has no code for
 * what is meant, and only a human can say whether it has.
 */
import type { CodeableConcept, CodeSystem, Coding, Quantity, ValueSet } from '@medplum/fhirtypes';

export interface Bindings {
  /**
   * Whether a coded value (code, string, Coding, CodeableConcept or Quantity) is in a value set. A CodeableConcept is
   * when one of its codings is. `undefined` when the value set is no list of codes and cannot be checked.
   */
  allows(valueSet: string, value: unknown): boolean | undefined;
}

/** Value sets that have an expansion, or that are composed of concepts or of whole systems among `codeSystems`. */
export function readBindings(valueSets: readonly ValueSet[], codeSystems: readonly CodeSystem[]): Bindings {
  const systems = new Map(codeSystems.map((it) => [it.url, codesOf(it)]));
  const lists = new Map(valueSets.map((it) => [it.url as string, listOf(it, systems)]));
  return {
    allows(valueSet, value) {
      const canonical = withoutVersion(valueSet);
      const list = lists.get(canonical);
      return list ? isIn(list, value) : isOfGrammar(canonical, value);
    },
  };
}

/** Value sets of R4 that are no list but a grammar: those that a resource of ours can meet. */
const grammars: ReadonlyMap<string, RegExp> = new Map([
  ['http://hl7.org/fhir/ValueSet/mimetypes', /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;.*)?$/],
]);

function isOfGrammar(canonical: string, value: unknown): boolean | undefined {
  return typeof value === 'string' ? grammars.get(canonical)?.test(value) : undefined;
}

interface CodeList {
  readonly codes: ReadonlySet<string>;
  readonly qualified: ReadonlySet<string>;
}

type SystemCodes = ReadonlyMap<string | undefined, readonly string[]>;

function listOf(valueSet: ValueSet, systems: SystemCodes): CodeList {
  const pairs = [...expanded(valueSet), ...composed(valueSet, systems)];
  return { codes: new Set(pairs.map(([, code]) => code)), qualified: new Set(pairs.map(qualify)) };
}

type Pair = readonly [system: string | undefined, code: string];

function expanded(valueSet: ValueSet): Pair[] {
  return (valueSet.expansion?.contains ?? []).map((it) => [it.system, it.code as string]);
}

function composed(valueSet: ValueSet, systems: SystemCodes): Pair[] {
  return (valueSet.compose?.include ?? []).flatMap(({ system, concept }) => {
    const codes = concept?.map((it) => it.code as string) ?? systems.get(system) ?? [];
    return codes.map((code): Pair => [system, code]);
  });
}

function codesOf(system: CodeSystem): string[] {
  return (system.concept ?? []).map((it) => it.code as string);
}

function isIn(list: CodeList, value: unknown): boolean {
  if (typeof value === 'string') return list.codes.has(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray((value as CodeableConcept).coding)) {
    return (value as { coding: Coding[] }).coding.some((coding) => isIn(list, coding));
  }
  const { system, code } = value as Coding | Quantity;
  return code !== undefined && list.qualified.has(qualify([system, code]));
}

function qualify([system, code]: Pair): string {
  return `${system}|${code}`;
}

function withoutVersion(canonical: string): string {
  const bar = canonical.indexOf('|');
  return bar < 0 ? canonical : canonical.slice(0, bar);
}
