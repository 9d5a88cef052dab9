import { type Days, elapsed, type Ml, type MlPerDay, noVolume } from './quantity.ts';
import { drawnFaster, fallsTo, type Reservoir } from './reservoir.ts';
import { earlier, earlierDate, isBefore, localDate } from './when.ts';

/** What the programme means for the reservoir, as calculated at one instant. */
export interface Forecast {
  readonly calculatedAt: Temporal.Instant;
  readonly volumeMl: Ml;
  readonly alarmVolumeMl: Ml;
  readonly alarmAt?: Temporal.Instant | undefined;
  /** Calendar date at the site on which the calculated volume reaches the alarm volume. */
  readonly alarmDate?: Temporal.PlainDate | undefined;
  /** Below zero where the alarm volume was reached before this was calculated. */
  readonly daysToAlarm?: Days | undefined;
  /** When the programme would have moved all that is left. */
  readonly endAt?: Temporal.Instant | undefined;
  /** Earlier of alarm date less the margin, and fill date plus stability. */
  readonly refillDueBy?: Temporal.PlainDate | undefined;
}

export type RefillState = 'before-due' | 'past-due-date' | 'past-alarm-date' | 'past-calculated-end';

export type RefillDates = Pick<Forecast, 'endAt' | 'alarmDate' | 'refillDueBy'>;

export interface ForecastBasis {
  readonly previous: Forecast | undefined;
  readonly filledOn: Temporal.PlainDate | undefined;
  readonly alarmVolumeMl: Ml;
  /** What all allotted patient-activated boluses take a day, where the model counts on their being taken. */
  readonly allottedMlPerDay?: MlPerDay | undefined;
  readonly zone: string;
  readonly stabilityDays: number;
  readonly refillMarginDays: number;
}

/**
 * Computed from the last programming instant, not from the fill: what was programmed after the fill counts. An alarm
 * volume that was reached before keeps the time at which it was reached, as `previous` calculated it.
 */
export function forecast(current: Reservoir, basis: ForecastBasis): Forecast | undefined {
  if (current.volumeMl === undefined) return undefined;
  const { previous, filledOn, alarmVolumeMl, zone, stabilityDays, refillMarginDays } = basis;
  const reservoir = basis.allottedMlPerDay ? drawnFaster(current, basis.allottedMlPerDay) : current;
  const reached = fallsTo(reservoir, alarmVolumeMl);
  const isPast = reached?.equals(reservoir.at) === true;
  const alarmAt = isPast && previous?.alarmAt ? earlier(previous.alarmAt, reached) : reached;
  const alarmDate = alarmAt && localDate(alarmAt, zone);
  const beforeAlarm = alarmDate?.subtract({ days: refillMarginDays });
  const stableUntil = filledOn?.add({ days: stabilityDays });
  return {
    calculatedAt: current.at,
    volumeMl: current.volumeMl,
    alarmVolumeMl,
    alarmAt,
    alarmDate,
    daysToAlarm: alarmAt && elapsed(current.at, alarmAt),
    endAt: fallsTo(reservoir, noVolume),
    refillDueBy: earlierDate(beforeAlarm, stableUntil),
  };
}

/** Where an instant stands against the forecast. A date is passed from its beginning (alarm) or its end (due). */
export function refillState(plan: RefillDates, at: Temporal.Instant, zone: string): RefillState {
  const today = localDate(at, zone);
  if (plan.endAt && !isBefore(at, plan.endAt)) return 'past-calculated-end';
  if (plan.alarmDate && Temporal.PlainDate.compare(today, plan.alarmDate) >= 0) return 'past-alarm-date';
  if (plan.refillDueBy && Temporal.PlainDate.compare(today, plan.refillDueBy) > 0) return 'past-due-date';
  return 'before-due';
}
