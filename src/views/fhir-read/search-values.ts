import { type DateSpan, dateSpan } from '../read-model/date-span.ts';

/** How the values of search parameters are written (FHIR R4 "Search", "Escaping Search Parameters", "prefixes"). */

/** The alternatives of one parameter: a comma means OR, `\,` is a comma. Each is still escaped. */
export const alternatives = (text: string): string[] => splitAt(text, ',');

/** A token. Without a system: any; with `''`: none. Without a code: any of the system. */
export interface Token {
  readonly system?: string;
  readonly code?: string;
}

/** `code`, `system|code`, `|code`, `system|`; undefined where there is neither a system nor a code, or more than that. */
export function tokenOf(text: string): Token | undefined {
  const [first = '', second, ...more] = splitAt(text, '|').map(unescaped);
  if (more.length > 0 || (first === '' && (second ?? '') === '')) return undefined;
  if (second === undefined) return { code: first };
  return second === '' ? { system: first } : { system: first, code: second };
}

export const unescaped = (text: string): string => text.replace(/\\([\\,|$])/g, '$1');

export type Prefix = (typeof prefixes)[number];

const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb'] as const;

export interface Moment extends DateSpan {
  readonly prefix: Prefix;
}

/** A date with its prefix; undefined for what cannot be read. A date without an offset is read in UTC. */
export function momentOf(text: string): Moment | undefined {
  const prefix = prefixes.find((one) => text.startsWith(one));
  const span = dateSpan(prefix === undefined ? text : text.slice(2));
  return span && { prefix: prefix ?? 'eq', ...span };
}

/** What a reference may name: an id of any type, or of one. */
export interface Target {
  readonly type?: string;
  readonly id: string;
}

/** `id`, `Type/id` or the absolute address of a resource of this server; undefined for what cannot be read. */
export function targetOf(text: string, base: string): Target | undefined {
  const relative = text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text;
  const [, type, id] = /^(?:([A-Z][A-Za-z]{1,63})\/)?([A-Za-z0-9.-]{1,64})$/.exec(relative) ?? [];
  if (id === undefined) return undefined;
  return type === undefined ? { id } : { type, id };
}

function splitAt(text: string, separator: string): string[] {
  const pieces = [''];
  for (const [character] of text.matchAll(/\\?./gsu)) {
    if (character === separator) pieces.push('');
    else pieces.push((pieces.pop() ?? '') + character);
  }
  return pieces;
}
