import { type Precision, precisionOf } from '../event/time.ts';

/** When something happened, as precisely as the source knew: a partial date is a span of instants in the site's zone. */
export interface When {
  /** As the source wrote it. */
  readonly text: string;
  readonly precision: Precision;
  readonly earliest: Temporal.Instant;
  /** The last instant that it can mean; equal to `earliest` where the source wrote an instant. */
  readonly latest: Temporal.Instant;
  /** IANA zone of the site, for calendar dates. */
  readonly zone: string;
}

export function whenOf(text: string, zone: string): When {
  const precision = precisionOf(text);
  if (precision === 'minute' || precision === 'second') {
    const at = Temporal.Instant.from(text);
    return { text, precision, earliest: at, latest: at, zone };
  }
  const first = Temporal.PlainDate.from(`${text}${'-01-01'.slice(text.length - 4)}`);
  const next = first.add({ [`${precision}s`]: 1 });
  return {
    text,
    precision,
    earliest: startOf(first, zone),
    latest: startOf(next, zone).subtract({ milliseconds: 1 }),
    zone,
  };
}

export const isExact = (when: When): boolean => when.precision === 'minute' || when.precision === 'second';

/** The calendar date at the site. */
export function localDate(at: Temporal.Instant, zone: string): Temporal.PlainDate {
  return at.toZonedDateTimeISO(zone).toPlainDate();
}

export const isBefore = (a: Temporal.Instant, b: Temporal.Instant): boolean => Temporal.Instant.compare(a, b) < 0;

export const earlier = (a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant => (isBefore(b, a) ? b : a);

/** The earlier of two calendar dates; the other where one is not known. */
export function earlierDate(a: Temporal.PlainDate, b: Temporal.PlainDate | undefined): Temporal.PlainDate;
export function earlierDate(
  a: Temporal.PlainDate | undefined,
  b: Temporal.PlainDate | undefined,
): Temporal.PlainDate | undefined;
export function earlierDate(a: Temporal.PlainDate | undefined, b: Temporal.PlainDate | undefined) {
  if (!a || !b) return a ?? b;
  return Temporal.PlainDate.compare(a, b) <= 0 ? a : b;
}

function startOf(date: Temporal.PlainDate, zone: string): Temporal.Instant {
  return date.toZonedDateTime(zone).toInstant();
}
