import { Hl7Message } from '@medplum/core';
import { type Problem, problem } from '../../event/problem.ts';
import type { DecodeBytes } from './escape.ts';
import { type Leaf, leavesOf } from './leaves.ts';
import { contextOf, type Separators, separatorsIn } from './separators.ts';

/** One message, divided into its values. */
export interface Hl7Tree {
  readonly separators: Separators;
  /** Names of the segments, in their order. */
  readonly segments: readonly string[];
  readonly leaves: readonly Leaf[];
}

/**
 * Text → values. Segments end in CR; LF and CRLF are met in files. A line that is no segment makes the message unreadable: it
 * may be the rest of a value that a line break tore apart.
 */
export function divide(text: string, decodeBytes: DecodeBytes): Hl7Tree | { readonly problem: Problem } {
  const separators = separatorsIn(text);
  if (!separators) return unreadable('it does not start with MSH and the characters that divide it');
  if (valuesIn(text, separators) > mostValues) {
    return { problem: problem('body-too-large', `the message holds more than ${mostValues} values`) };
  }
  const lines = linesOf(text);
  const wrong = lines.findIndex((line) => !isSegment(line, separators));
  if (wrong >= 0) return { problem: problem('hl7-unreadable', 'a line is no segment', { row: wrong + 1 }) };
  const parsed = new Hl7Message(lines, contextOf(separators));
  const counts = new Map<string, number>();
  const leaves = parsed.segments.flatMap((segment, n) => {
    const count = (counts.get(segment.name) ?? 0) + 1;
    counts.set(segment.name, count);
    return leavesOf(segment, n, count, { separators, decodeBytes });
  });
  return { separators, segments: parsed.segments.map(({ name }) => name), leaves };
}

/** Lines of a message, without the empty ones that a last line end and CRLF leave behind. */
export const linesOf = (text: string): string[] => text.split(/[\r\n]+/).filter((line) => line !== '');

/** Ten times what a day of a pump's flowsheet holds. Everything else waits while a message is read: it must not take seconds. */
const mostValues = 50_000;

/** At most so many. It costs a glance, dividing them does not. */
function valuesIn(text: string, { field, component, repetition, subcomponent }: Separators): number {
  const between = new Set([field, component, repetition, subcomponent, '\r', '\n'].map((one) => one.charCodeAt(0)));
  let count = 1;
  for (let n = 0; n < text.length; n++) if (between.has(text.charCodeAt(n))) count++;
  return count;
}

const unreadable = (message: string) => ({ problem: problem('hl7-unreadable', message) });

/** NUL stands in no text that a store takes. */
function isSegment(line: string, { field }: Separators): boolean {
  return /^[A-Z][A-Z\d]{2}/.test(line) && (line.length === 3 || line.charAt(3) === field) && !line.includes('\0');
}
