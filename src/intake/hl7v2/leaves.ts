import type { Hl7Segment } from '@medplum/core';
import type { FieldValue } from '../source/record.ts';
import { type DecodeBytes, decode } from './escape.ts';
import type { Separators } from './separators.ts';

/** A value that is not divided further: a component, or a subcomponent of it. */
export interface Leaf extends FieldValue {
  readonly segment: number;
  readonly repetition: number;
  /** An escape sequence in it is not understood and stands in the text. */
  readonly hasUnknownEscape?: boolean;
  /** Its sender cut it short (HL7 2.7). */
  readonly isTruncated?: boolean;
}

export interface Reading {
  readonly separators: Separators;
  readonly decodeBytes: DecodeBytes;
}

/** A segment whose number in the message is `segment`, the `nth` of its name. Its name and MSH-1 and MSH-2 are no values. */
export function leavesOf(parsed: Hl7Segment, segment: number, nth: number, reading: Reading): Leaf[] {
  const { name, fields } = parsed;
  const isHeader = headers.has(name);
  const place = `${name}[${nth}]`;
  const leaves: Leaf[] = [];
  for (const [n, field] of fields.entries()) {
    // The separator after the name of a header is its first field: what follows counts one higher than it stands.
    if (n < (isHeader ? 2 : 1)) continue;
    const number = isHeader ? n + 1 : n;
    for (const [r, components] of field.components.entries()) {
      for (const [c, component] of components.entries()) {
        if (component === '') continue;
        const at = { path: pathOf(name, number, c + 1), segment, repetition: r + 1, place };
        if (!component.includes(reading.separators.subcomponent)) leaves.push(leaf(component, at, reading));
        else leaves.push(...subcomponentsOf(component, at, reading));
      }
    }
  }
  return leaves;
}

/**
 * The same few paths stand in every message, and are looked up over and over: each is one text. What nobody sends twice is
 * not kept.
 */
function pathOf(name: string, field: number, component: number): string {
  const fields = knownPaths.get(name) ?? [];
  const known = fields[field]?.[component];
  if (known !== undefined) return known;
  const path = `${name}-${field}.${component}`;
  if (field > mostKnown || component > mostKnown || knownPaths.size > mostKnown) return path;
  fields[field] ??= [];
  fields[field][component] = path;
  knownPaths.set(name, fields);
  return path;
}

/** By segment, field and component. */
const knownPaths = new Map<string, string[][]>();
const mostKnown = 100;

const headers: ReadonlySet<string> = new Set(['MSH', 'BHS', 'FHS']);

interface At {
  readonly path: string;
  readonly segment: number;
  readonly repetition: number;
  readonly place: string;
}

function subcomponentsOf(component: string, at: At, reading: Reading): Leaf[] {
  return component.split(reading.separators.subcomponent).flatMap((raw, s) => {
    const path = s === 0 ? at.path : `${at.path}.${s + 1}`;
    return raw === '' ? [] : [leaf(raw, { ...at, path }, reading)];
  });
}

function leaf(raw: string, { path, segment, repetition, place }: At, { separators, decodeBytes }: Reading): Leaf {
  const said = { path, place: { segment: place, field: path }, segment, repetition, text: raw };
  if (raw === '""') return { ...said, text: '', isCleared: true };
  const isTruncated = separators.truncation !== undefined && raw.endsWith(separators.truncation);
  if (!isTruncated && !raw.includes(separators.escapeCharacter)) return said;
  const { text, hasUnknown } = decode(raw, separators, decodeBytes);
  return { ...said, text, ...(hasUnknown && { hasUnknownEscape: true }), ...(isTruncated && { isTruncated }) };
}
