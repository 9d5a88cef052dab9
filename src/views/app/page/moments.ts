/**
 * Times in words. An instant is told in the zone of the reader, with the zone beside it; a date stays the date that was
 * reported, as precise as it was: a month is never told as a day.
 *
 * `Date` only formats here: it has to run in the browsers that hospitals have.
 */

/** `2018` → 2018, `2018-06` → June 2018, `2018-06-04` → 4 Jun 2018, an instant → 4 Jun 2018, 10:15 CEST. */
export function momentInWords(text: string, zone?: string): string {
  const [, year = '', month, day, time] = parts.exec(text) ?? [];
  if (!year) return text;
  if (time !== undefined) return instantInWords(text, zone);
  if (month === undefined) return year;
  const atNoon = new Date(`${year}-${month}-${day ?? '01'}T12:00:00Z`);
  return (day === undefined ? monthFormat : dayFormat).format(atNoon);
}

/** The day alone, of an instant in the reader's zone. */
export function dayInWords(text: string, zone?: string): string {
  if (!text.includes('T')) return momentInWords(text);
  return new Intl.DateTimeFormat(locale, { ...day, timeZone: zone }).format(new Date(text));
}

/** The zone that times are told in, by its name. */
export const readersZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Where a moment stands on an axis of time; a month or a year stands at its beginning. */
export const placeOf = (text: string): Date => new Date(text);

function instantInWords(text: string, timeZone: string | undefined): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  const date = new Intl.DateTimeFormat(locale, { ...day, timeZone }).format(at);
  return `${date}, ${new Intl.DateTimeFormat(locale, { ...clock, timeZone }).format(at)}`;
}

const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(T.*)?)?)?$/;
const locale = 'en-GB';
const day = { day: 'numeric', month: 'short', year: 'numeric' } as const;
const clock = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
const dayFormat = new Intl.DateTimeFormat(locale, { ...day, timeZone: 'UTC' });
const monthFormat = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
