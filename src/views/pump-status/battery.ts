import type { PumpState } from '../../therapy/timeline.ts';

/** The battery as it was reported last, and what we calculate from that. */
export interface BatteryNow {
  readonly asOf: string;
  readonly status: 'ok' | 'eri' | 'eos' | null;
  readonly monthsToEri: number | null;
  readonly eriSince: string | null;
  readonly reportedReplacementDate: string | null;
  readonly calculated: {
    readonly method: 'calculated' | 'unknown' | 'withheld';
    readonly eriDate: string | null;
    readonly endOfServiceBy: string | null;
    readonly replacementWindow: { readonly from: string; readonly to: string } | null;
  };
}

/** Null where nothing of it was reported, and of a pump that was taken out. */
export function batteryOf({ battery, life }: PumpState, shown: 'shown' | 'withheld'): BatteryNow | null {
  if (!battery || life.explanted) return null;
  return {
    asOf: battery.asOf.toString(),
    status: battery.status ?? null,
    monthsToEri: battery.monthsToEri ?? null,
    eriSince: battery.eriSince?.toString() ?? null,
    reportedReplacementDate: battery.reportedReplacementDate?.toString() ?? null,
    calculated: calculatedOf(battery, shown),
  };
}

function calculatedOf(
  { eriExpected, endOfServiceBy, replacementWindow }: NonNullable<PumpState['battery']>,
  shown: 'shown' | 'withheld',
): BatteryNow['calculated'] {
  const nothing = { eriDate: null, endOfServiceBy: null, replacementWindow: null };
  if (shown === 'withheld') return { method: 'withheld', ...nothing };
  if (!eriExpected && !endOfServiceBy) return { method: 'unknown', ...nothing };
  return {
    method: 'calculated',
    eriDate: eriExpected?.toString() ?? null,
    endOfServiceBy: endOfServiceBy?.toString() ?? null,
    replacementWindow: replacementWindow
      ? { from: replacementWindow.from.toString(), to: replacementWindow.to.toString() }
      : null,
  };
}
