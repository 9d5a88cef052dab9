import { type Fault, fault, isFault, type Read } from './fault.ts';

/** How a source writes times, and what holds where they have no offset. */
export interface TimeRules {
  readonly writes: 'hl7v2' | DateOrder;
  /** Absent: a time without offset is refused. */
  readonly zone?: string | undefined;
  readonly overlap: 'earlier' | 'refuse';
}

export type DateOrder = 'Y-M-D' | 'D-M-Y' | 'M-D-Y';

export interface ReadTime {
  /** ISO 8601, as exact as it was written. */
  readonly text: string;
  /** `zone`: the offset is that of the zone; `earlier`: and it could also be the later one of two. */
  readonly offset: 'stated' | 'zone' | 'earlier' | 'none';
}

/** An instant or, as far as less is known, a date, a month, a year. What is partial stays partial. */
export function readTime(text: string, rules: TimeRules): Read<ReadTime> {
  const parts = partsOf(text.trim(), rules.writes);
  if (isFault(parts)) return parts;
  const { day, clock, offset } = parts;
  if (clock === undefined) return { value: { text: day, offset: 'none' } };
  if (offset !== undefined) return { value: { text: `${day}T${clock}${offset}`, offset: 'stated' } };
  return inZone(`${day}T${clock}`, rules);
}

/** An instant: its clock time is known. */
export function readInstant(text: string, rules: TimeRules): Read<ReadTime> {
  const read = readTime(text, rules);
  if (isFault(read) || read.value.offset !== 'none') return read;
  return { ...fault('time-unreadable', 'a date without a clock time is no instant'), isPartial: true };
}

/** A calendar date as the source wrote it there: a clock time beside it does not count. */
export function readDate(text: string, { writes }: TimeRules, extent: 'whole' | 'partial'): Read<string> {
  const parts = partsOf(text.trim(), writes);
  if (isFault(parts)) return parts;
  if (extent === 'whole' && parts.day.length < 10) return fault('time-unreadable', 'a date needs its day');
  return { value: parts.day };
}

/** `0000`, `00:00`, `00:00:00` → `00:00`. */
export function readClock(text: string): Read<string> {
  const [, hour, minute, second = '00'] = /^(\d{2}):?(\d{2})(?::?(\d{2})(?:\.0+)?)?$/.exec(text.trim()) ?? [];
  if (hour === undefined || second !== '00') return fault('time-unreadable', 'a clock time is hours and minutes');
  return { value: `${hour}:${minute}` };
}

interface Parts {
  /** `2026-11-03`, `2026-11`, `2026`. */
  readonly day: string;
  readonly clock?: string | undefined;
  readonly offset?: string | undefined;
}

const clockOf = String.raw`(?<h>\d{2}):(?<m>\d{2})(?::(?<s>\d{2})(?<f>\.\d{1,9})?)?`;
const offsetOf = String.raw`(?<offset>Z|[+-]\d{2}:?\d{2})?`;
const timeOf = String.raw`(?:[T ]${clockOf}\s?${offsetOf})?`;

const forms: Readonly<Record<TimeRules['writes'], RegExp>> = {
  hl7v2:
    /^(?<Y>\d{4})(?:(?<M>\d{2})(?:(?<D>\d{2})(?:(?<h>\d{2})(?:(?<m>\d{2})(?:(?<s>\d{2})(?<f>\.\d{1,4})?)?)?)?)?)?(?<offset>[+-]\d{4})?$/,
  'Y-M-D': new RegExp(String.raw`^(?<Y>\d{4})(?:-(?<M>\d{2})(?:-(?<D>\d{2})${timeOf})?)?$`),
  'D-M-Y': new RegExp(String.raw`^(?<D>\d{1,2})[-/.](?<M>\d{1,2})[-/.](?<Y>\d{4})${timeOf}$`),
  'M-D-Y': new RegExp(String.raw`^(?<M>\d{1,2})[-/.](?<D>\d{1,2})[-/.](?<Y>\d{4})${timeOf}$`),
};

function partsOf(text: string, writes: TimeRules['writes']): Parts | Fault {
  const { Y, M, D, h, m, s, f = '', offset } = forms[writes].exec(text)?.groups ?? {};
  if (Y === undefined) return fault('time-unreadable', 'not written as the field map says');
  const day = [Y, M, D].flatMap((part) => (part === undefined ? [] : [part.padStart(2, '0')])).join('-');
  if (!isDay(day)) return fault('time-unreadable', 'there is no such date');
  if (h === undefined) return { day };
  if (m === undefined) return fault('time-unreadable', 'an hour without its minutes is no clock time');
  if (Number(h) > 23 || Number(m) > 59 || Number(s ?? 0) > 59) return fault('time-unreadable', 'there is no such time');
  return { day, clock: `${h}:${m}${s === undefined ? '' : `:${s}${f}`}`, offset: isoOffset(offset) };
}

function isDay(day: string): boolean {
  try {
    Temporal.PlainDate.from(`${day}${'-01-01'.slice(day.length - 4)}`, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

/** `-0600` → `-06:00`. */
function isoOffset(offset: string | undefined): string | undefined {
  return offset?.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
}

/** A clock time that the zone skipped is refused; one that it showed twice is the earlier one, unless the map refuses it. */
function inZone(local: string, { zone, overlap }: TimeRules): Read<ReadTime> {
  if (zone === undefined)
    return fault('time-offset-missing', 'the time has no offset, and the field map names no zone');
  const plain = Temporal.PlainDateTime.from(local);
  const earlier = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = plain.toZonedDateTime(zone, { disambiguation: 'later' });
  const text = `${local}${earlier.offset}`;
  if (earlier.offset === later.offset) return { value: { text, offset: 'zone' } };
  if (!earlier.toPlainDateTime().equals(plain)) return fault('time-in-gap', 'the clocks skipped this time in the zone');
  if (overlap === 'refuse') return fault('time-ambiguous', 'the clocks showed this time twice in the zone');
  return { value: { text, offset: 'earlier' } };
}
