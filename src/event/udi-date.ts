/** The digits of a date in a bar code: a day of the month or of the year, or neither. */
export interface DateDigits {
  readonly [part: string]: string | undefined;
  /** Two digits, or four. */
  readonly year?: string | undefined;
  readonly month?: string | undefined;
  readonly day?: string | undefined;
  readonly dayOfYear?: string | undefined;
}

/** `YYYY-MM-DD`, or `YYYY-MM` where no day is named; undefined where the calendar has no such day. */
export function dateFrom(digits: DateDigits, aboutYear: number): string | undefined {
  const year = digits.year?.length === 4 ? Number(digits.year) : yearNear(Number(digits.year), aboutYear);
  try {
    if (digits.dayOfYear !== undefined) return onDayOfYear(year, Number(digits.dayOfYear));
    const month = Temporal.PlainYearMonth.from({ year, month: Number(digits.month) }, { overflow: 'reject' });
    if (digits.day === undefined) return month.toString();
    return Temporal.PlainDate.from(
      { year, month: month.month, day: Number(digits.day) },
      { overflow: 'reject' },
    ).toString();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The last day of a month, `2024-02` → `2024-02-29`. */
export function lastDayOf(month: string): string {
  const { daysInMonth, year, month: number } = Temporal.PlainYearMonth.from(month);
  return new Temporal.PlainDate(year, number, daysInMonth).toString();
}

/** GS1's rule for two digits: never more than 50 years ahead of the year of reference, never more than 49 behind it. */
function yearNear(twoDigits: number, about: number): number {
  const year = about - (about % 100) + twoDigits;
  if (year - about > 50) return year - 100;
  if (year - about < -49) return year + 100;
  return year;
}

function onDayOfYear(year: number, dayOfYear: number): string | undefined {
  const date = new Temporal.PlainDate(year, 1, 1).add({ days: dayOfYear - 1 });
  return date.year === year ? date.toString() : undefined;
}
