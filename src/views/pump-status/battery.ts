import type { Entry } from '../../therapy/history.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';
import { localDate } from '../../therapy/when.ts';
import { lastStating } from './devices.ts';
import { calculated, reported, unknown } from './fact.ts';
import type { OnePump } from './pump-schema.ts';

/** The battery as it was reported last, and what we calculate from that. Of a pump that was taken out nothing. */
export function batteryFacts(therapy: Timeline, { battery, life }: PumpState): OnePump['battery'] {
  if (!battery || life.explanted) return nothing;
  const by = (name: Parameters<typeof lastStating>[2]) => lastStating(therapy, life, name);
  const { asOf, eriSince, eriExpected, endOfServiceBy, replacementWindow, reportedReplacementDate } = battery;
  const months = by('monthsToEri');
  const basis = { monthsToEri: battery.monthsToEri, eriSince: eriSince?.toString() };
  return {
    status: reported(battery.status, by('batteryStatus')),
    monthsToEri: reported(battery.monthsToEri, months, isOlder(months, eriSince) ? beforeIndicator : undefined),
    eriSince: reported(eriSince?.toString(), eriSinceBy(therapy, life)),
    replacementDate: reported(reportedReplacementDate?.toString(), by('estimatedReplacementDate')),
    eriExpected: calculated(eriExpected?.toString(), 'eri-date', asOf, basis),
    endOfServiceBy: calculated(endOfServiceBy?.toString(), 'end-of-service-date', asOf, basis),
    replacementWindow: calculated(
      replacementWindow && { from: replacementWindow.from.toString(), to: replacementWindow.to.toString() },
      'replacement-window',
      asOf,
      basis,
    ),
    differenceDays: calculated(
      endOfServiceBy && reportedReplacementDate?.until(endOfServiceBy).days,
      'difference-to-reported',
      asOf,
      { reported: reportedReplacementDate?.toString(), calculated: endOfServiceBy?.toString() },
    ),
  };
}

const beforeIndicator = 'Shown before the indicator came on.';

const isOlder = ({ when }: Entry, eriSince: Temporal.PlainDate | undefined): boolean =>
  eriSince !== undefined && Temporal.PlainDate.compare(localDate(when.earliest, when.zone), eriSince) < 0;

/** Where no date was shown, the indicator is on since it was first seen. */
function eriSinceBy(therapy: Timeline, life: PumpState['life']) {
  const shown = lastStating(therapy, life, 'eriDate');
  return shown === life.firstEntry ? lastStating(therapy, life, 'batteryStatus') : shown;
}

const nothing: OnePump['battery'] = {
  status: unknown(),
  monthsToEri: unknown(),
  eriSince: unknown(),
  replacementDate: unknown(),
  eriExpected: unknown(),
  endOfServiceBy: unknown(),
  replacementWindow: unknown(),
  differenceDays: unknown(),
};
