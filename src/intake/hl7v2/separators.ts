import { Hl7Context } from '@medplum/core';

/** The characters that divide one message, as its MSH-1 and MSH-2 name them. */
export interface Separators {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escapeCharacter: string;
  readonly subcomponent: string;
  /** HL7 2.7 and later: stands at the end of a value that was cut short. */
  readonly truncation?: string | undefined;
}

/**
 * Reads MSH-1 and MSH-2 (or their like in BHS and FHS) at the start of a text. Undefined: it does not start with such a
 * segment, or its characters cannot divide anything. Senders without subcomponents or escapes may leave those out.
 */
export function separatorsIn(text: string, segment: 'MSH' | 'BHS' | 'FHS' = 'MSH'): Separators | undefined {
  if (!text.startsWith(segment)) return undefined;
  const field = text.charAt(3);
  const named = text.slice(
    4,
    text.indexOf(field, 4) < 0 ? lineEnd(text) : Math.min(text.indexOf(field, 4), lineEnd(text)),
  );
  const all = [field, ...named];
  if (named.length < 1 || named.length > 5 || new Set(all).size !== all.length || !all.every(canDivide))
    return undefined;
  const [component = never, repetition = never, escapeCharacter = never, subcomponent = never, truncation] = named;
  return { field, component, repetition, escapeCharacter, subcomponent, truncation };
}

/** A noncharacter of Unicode: it stands in no text, so nothing is divided by it. */
const never = '\uffff';

/** A letter, a digit or a space that divided values would cut them to pieces. */
const canDivide = (character: string): boolean => /^[!-/:-@[-`{-~]$/.test(character);

const lineEnd = (text: string): number => {
  const at = text.search(/[\r\n]/);
  return at < 0 ? text.length : at;
};

export const contextOf = ({ field, component, repetition, escapeCharacter, subcomponent }: Separators): Hl7Context =>
  new Hl7Context('\r', field, component, repetition, escapeCharacter, subcomponent);
