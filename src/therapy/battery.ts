import type { Reported } from '../event/program.ts';
import type { PumpModel } from './settings.ts';
import { earlierDate, localDate, type When } from './when.ts';

/** The battery as reported last, and what follows from it by calculation. The pump's own dates stand before ours. */
export interface Battery {
  /** When it was reported. */
  readonly asOf: Temporal.Instant;
  readonly status?: 'ok' | 'eri' | 'eos' | undefined;
  readonly monthsToEri?: number | undefined;
  /** Since when the elective replacement indicator is on, as reported. */
  readonly eriSince?: Temporal.PlainDate | undefined;
  /** When it is expected to come on, until it does: the months that the programmer showed, from the day it showed them. */
  readonly eriExpected?: Temporal.PlainDate | undefined;
  /** The last day on which the model is said to work: so many days after the indicator. */
  readonly endOfServiceBy?: Temporal.PlainDate | undefined;
  readonly reportedReplacementDate?: Temporal.PlainDate | undefined;
  /** From the indicator to the end of service. Shorter where the pump shuts itself off at an age before that. */
  readonly replacementWindow?: { readonly from: Temporal.PlainDate; readonly to: Temporal.PlainDate } | undefined;
}

export type BatteryReading = Pick<Reported, 'monthsToEri' | 'batteryStatus' | 'eriDate' | 'estimatedReplacementDate'>;

/** Days of a month on average, for the fraction of a month that a programmer shows. */
const daysPerMonth = 30.4375;

/**
 * The battery after a reading: what is not read again stays as it was. Undefined until anything about it is known.
 * `implanted` bounds the window by the age at which the model shuts itself off.
 */
export function batteryAfter(
  before: Battery | undefined,
  reading: BatteryReading,
  at: When,
  model: PumpModel | undefined,
  implanted: When | undefined,
): Battery | undefined {
  const { monthsToEri, batteryStatus, eriDate, estimatedReplacementDate } = reading;
  if ([monthsToEri, batteryStatus, eriDate, estimatedReplacementDate].every((value) => value === undefined)) {
    return before;
  }
  const on = localDate(at.earliest, at.zone);
  const status = batteryStatus ?? before?.status;
  const eriSince = eriDate ? Temporal.PlainDate.from(eriDate) : (before?.eriSince ?? since(batteryStatus, on));
  const fromMonths = monthsToEri === undefined ? before?.eriExpected : later(on, monthsToEri);
  const eriExpected = eriSince ? undefined : fromMonths;
  const stated = estimatedReplacementDate ?? before?.reportedReplacementDate?.toString();
  return {
    asOf: at.earliest,
    status,
    monthsToEri: monthsToEri ?? before?.monthsToEri,
    eriSince,
    eriExpected,
    reportedReplacementDate: stated === undefined ? undefined : Temporal.PlainDate.from(stated),
    ...ends(eriSince ?? eriExpected, model, implanted),
  };
}

/** An indicator that is first seen on has been on since that day at the latest. */
const since = (status: BatteryReading['batteryStatus'], on: Temporal.PlainDate) => (status === 'eri' ? on : undefined);

function later(on: Temporal.PlainDate, months: number): Temporal.PlainDate {
  const whole = Math.floor(months);
  return on.add({ months: whole }).add({ days: Math.round((months - whole) * daysPerMonth) });
}

function ends(
  eri: Temporal.PlainDate | undefined,
  model: PumpModel | undefined,
  implanted: When | undefined,
): Pick<Battery, 'endOfServiceBy' | 'replacementWindow'> {
  if (!eri || model?.eriToEndOfServiceDays === undefined) return {};
  const endOfServiceBy = earlierDate(eri.add({ days: model.eriToEndOfServiceDays }), shutOff(model, implanted));
  const from = earlierDate(eri, endOfServiceBy);
  return { endOfServiceBy, replacementWindow: { from, to: endOfServiceBy } };
}

/** The day on which the pump shuts itself off for its age: from the first day on which it may have been implanted. */
function shutOff(model: PumpModel, implanted: When | undefined): Temporal.PlainDate | undefined {
  if (model.serviceLifeMonthsMax === undefined || !implanted) return undefined;
  return localDate(implanted.earliest, implanted.zone).add({ months: model.serviceLifeMonthsMax });
}
