/** HL7 v2 as an interface engine writes it: text escaped, segments parted by carriage returns. */
export const message = (segments: readonly (readonly string[])[]): string =>
  segments.map((fields) => `${fields.join('|')}\r`).join('');

/** A segment by its name and its fields by number. */
export function segment(name: string, fields: Readonly<Record<number, string | undefined>>): string[] {
  const last = Math.max(0, ...Object.keys(fields).map(Number));
  // MSH-1 is the separator itself: MSH-2 stands where other segments have their first field.
  const from = name === 'MSH' ? 2 : 1;
  return [name, ...Array.from({ length: last - from + 1 }, (_, n) => fields[n + from] ?? '')];
}

const escapes: readonly (readonly [string, string])[] = [
  ['\\', '\\E\\'],
  ['|', '\\F\\'],
  ['^', '\\S\\'],
  ['&', '\\T\\'],
  ['~', '\\R\\'],
  ['\n', '\\.br\\'],
];

export const escaped = (text: string): string =>
  escapes.reduce((written, [mark, sequence]) => written.replaceAll(mark, sequence), text);

/** `2024-03-19T11:10-04:00` → `202403191110-0400`; `2018-06` → `201806`. */
export function timestamp(iso: string): string {
  const [, day = '', clock, offset = ''] = /^([\d-]+?)(?:T([\d:.]+)(Z|[+-]\d{2}:\d{2}))?$/.exec(iso) ?? [];
  if (clock === undefined) return day.replaceAll('-', '');
  return `${day}${clock}`.replace(/[-:]/g, '') + (offset === 'Z' ? '+0000' : offset.replace(':', ''));
}
