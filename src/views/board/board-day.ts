import type { BoardSettings } from './settings.ts';

/** The days and instants by which rows are judged. All dates are ISO dates of the clinic's calendar. */
export interface BoardDay {
  readonly at: Temporal.Instant;
  readonly today: string;
  /** Last day that counts as soon. */
  readonly soon: string;
  /** Not heard of since before this: epoch milliseconds. */
  readonly heardFromMs: number;
}

export function boardDay({ dueWithinDays, notHeardDays, timeZone }: BoardSettings, at: Temporal.Instant): BoardDay {
  const today = at.toZonedDateTimeISO(timeZone).toPlainDate();
  return {
    at,
    today: today.toString(),
    soon: today.add({ days: dueWithinDays }).toString(),
    heardFromMs: at.subtract({ hours: 24 * notHeardDays }).epochMilliseconds,
  };
}

/** Days from today to a date; below zero after it. */
export const daysTo = (date: string, { today }: BoardDay): number =>
  Temporal.PlainDate.from(today).until(Temporal.PlainDate.from(date), { largestUnit: 'days' }).days;
