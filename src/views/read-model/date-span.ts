/** What a date of FHIR can mean, both ends included, in epoch milliseconds. */
export interface DateSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The span of a FHIR date, dateTime or instant: a year, a month and a day are all of theirs, a second its thousand
 * milliseconds. What names no offset is read in UTC, in queries and in resources alike. Undefined: it is no date.
 */
export function dateSpan(text: string): DateSpan | undefined {
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?)?)?)?$/.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, minute, second, fraction, offset] = parts;
  const start = `${year}-${month ?? '01'}-${day ?? '01'}T${minute ?? '00:00'}${second ?? ''}${fraction ?? ''}`;
  try {
    const from = Temporal.Instant.from(`${start}${offset ?? 'Z'}`);
    const { epochMilliseconds: fromMs } = from;
    return { fromMs, toMs: fromMs + lengthMs(from, { month, day, minute, second, fraction }) - 1 };
  } catch {
    return undefined;
  }
}

interface Precision {
  readonly month: string | undefined;
  readonly day: string | undefined;
  readonly minute: string | undefined;
  readonly second: string | undefined;
  readonly fraction: string | undefined;
}

function lengthMs(from: Temporal.Instant, { month, day, minute, second, fraction }: Precision): number {
  if (fraction !== undefined) return 1;
  if (second !== undefined) return 1_000;
  if (minute !== undefined) return 60_000;
  if (day !== undefined) return 86_400_000;
  const start = from.toZonedDateTimeISO('UTC');
  const end = start.add(month === undefined ? { years: 1 } : { months: 1 });
  return end.epochMilliseconds - from.epochMilliseconds;
}
