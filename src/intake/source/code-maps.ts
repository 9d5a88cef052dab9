import type { Codes } from '../../fhir/codes.ts';
import { canonicalBase } from '../../fhir/systems.ts';
import type { UnmappedCode } from '../item.ts';

/** Translation of what a source writes by FHIR ConceptMaps: an unmapped code is a problem of its sender, never passed through. */
export interface CodeMap {
  /** The target's code; undefined: not mapped. `system` is the URI of the code system, as far as the source names one. */
  translate(code: string, system: string | undefined): string | undefined;
  /** As a word, in any case and with any blanks or hyphens; a code of the target itself needs no row. */
  translateWord(word: string): string | undefined;
  /** What a row for a code that is not mapped would say. */
  unmapped(code: string, system: string | undefined): UnmappedCode;
  unmappedWord(word: string): UnmappedCode;
  /** Every code that it can give. */
  readonly targets: ReadonlySet<string>;
}

/** The part of a ConceptMap that counts here. */
export interface ConceptMapGroup {
  /** Canonical of the ConceptMap. */
  readonly url: string;
  readonly source: string;
  readonly target: string;
  readonly element: readonly { readonly code: string; readonly target: readonly { readonly code: string }[] }[];
}

/** Several ConceptMaps as one; where two translate the same code, the first one counts. */
export function codeMapOf(groups: readonly ConceptMapGroup[], codes: Codes): CodeMap {
  const exact = new Map<string, string>();
  const words = new Map<string, string>();
  const anySystem = new Map<string, string>();
  for (const { source, element } of groups) {
    for (const { code, target } of element) {
      const [to] = target;
      if (!to) continue;
      keepFirst(exact, `${source} ${code}`, to.code);
      keepFirst(anySystem, code, to.code);
      if (isWords(source)) keepFirst(words, asWord(code), to.code);
    }
  }
  const [first] = groups;
  const wordGroup = groups.find(({ source }) => isWords(source)) ?? first;
  const url = first?.url ?? '';
  const targetSystems = [...new Set(groups.map(({ target }) => target))];
  const own = (word: string): string | undefined =>
    targetSystems.map((system) => codes.lookUp(system, word.toLowerCase())?.code).find((code) => code !== undefined);
  return {
    targets: new Set(exact.values()),
    translate: (code, system) => (system === undefined ? anySystem.get(code) : exact.get(`${system} ${code}`)),
    unmapped: (code, system) => ({ conceptMap: url, system: system ?? first?.source ?? '', code }),
    unmappedWord: (text) => ({
      conceptMap: wordGroup?.url ?? url,
      system: wordGroup?.source ?? '',
      code: asWord(text),
    }),
    translateWord: (text) => own(asWord(text)) ?? words.get(asWord(text)),
  };
}

/** Sources of ConceptMaps that are no code systems but words. */
const isWords = (source: string): boolean => source.startsWith(`${canonicalBase}/sid/`);

function keepFirst(map: Map<string, string>, key: string, value: string): void {
  if (!map.has(key)) map.set(key, value);
}

/** In capitals, with hyphens between words, as the ConceptMaps of sources write it. */
const asWord = (text: string): string =>
  text
    .trim()
    .toUpperCase()
    .replace(/[\s_-]+/g, '-');
