/** HL7 v2 as text (ER7): segments end with CR, fields are parted by `|`, components by `^`, with the usual escapes. */

/** Characters that would part fields or frames, and line breaks (v2 chapter 2, use of escape sequences). */
export function escaped(text: string): string {
  return text.replace(/\r\n|[\\|^&~\p{Cc}]/gu, (found) => escapes[found] ?? `\\X${hexOf(found)}\\`);
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\E\\',
  '|': '\\F\\',
  '^': '\\S\\',
  '&': '\\T\\',
  '~': '\\R\\',
  '\r\n': '\\.br\\',
  '\n': '\\.br\\',
  '\r': '\\.br\\',
};

const hexOf = (character: string): string => Buffer.from(character, 'utf8').toString('hex').toUpperCase();

/** Components of one field, each as plain text. */
export const components = (...parts: readonly (string | undefined)[]): string =>
  parts
    .map((part) => escaped(part ?? ''))
    .join('^')
    .replace(/\^+$/, '');

/** Fields by their number, as they stand; what lies between is empty. */
export function segment(name: string, fields: Readonly<Record<number, string | undefined>>): string {
  const last = Math.max(0, ...Object.keys(fields).map(Number));
  const values = Array.from({ length: last }, (_, n) => fields[n + 1] ?? '');
  return [name, ...values].join('|').replace(/\|+$/, '');
}

/** A FHIR date, dateTime or instant as an HL7 time, as precise as it is: `20240625100000-0400`, `2018`. */
export function hl7Time(text: string): string {
  const [date = '', time = ''] = text.split('T');
  const zone = time.endsWith('Z') ? '+0000' : (/[+-]\d{2}:\d{2}$/.exec(time)?.[0] ?? '').replace(':', '');
  const clock = time.replace(/(\.\d+)?(Z|[+-]\d{2}:\d{2})$/, '').replaceAll(':', '');
  return `${date.replaceAll('-', '')}${clock}${zone}`;
}

/** Segments of a message; a line break of any kind ends one. */
export const segmentsOf = (er7: string): string[] => er7.split(/[\r\n]+/).filter((line) => line !== '');

/** A field of the first segment of that name, as it stands; MSH-1 is the separator itself. */
export function fieldOf(er7: string, name: string, number: number): string | undefined {
  const fields = segmentsOf(er7)
    .find((line) => line.startsWith(`${name}|`))
    ?.split('|');
  return fields?.[name === 'MSH' ? number - 1 : number];
}

/** The message with some fields of every segment of that name replaced, as they stand. */
export function withFields(er7: string, name: string, changes: Readonly<Record<number, string>>): string {
  const offset = name === 'MSH' ? 1 : 0;
  const lines = segmentsOf(er7).map((line) => {
    if (!line.startsWith(`${name}|`)) return line;
    const fields = line.split('|');
    for (const [number, value] of Object.entries(changes)) {
      const index = Number(number) - offset;
      while (fields.length <= index) fields.push('');
      fields[index] = value;
    }
    return fields.join('|');
  });
  return `${lines.join('\r')}\r`;
}
