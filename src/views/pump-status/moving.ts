import { type RefillDates, type RefillState, refillState } from '../../therapy/forecast.ts';
import { isMore, noVolume, toNumber } from '../../therapy/quantity.ts';
import { advance } from '../../therapy/reservoir.ts';
import { type ReservoirText, reservoirOfText, reservoirText } from '../../therapy/reservoir-text.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';
import { isBefore, localDate } from '../../therapy/when.ts';
import { calculated, unknown, withheld } from './fact.ts';
import type { Fact } from './fact-schema.ts';
import type { OnePump } from './pump-schema.ts';
import { currentDates } from './refill-plan.ts';

/** What is needed of a pump to say at another instant how much is left and how long, as JSON. */
export interface Moving {
  readonly zone: string;
  readonly reservoir: ReservoirText;
  readonly filled: { readonly lastFillMl?: number; readonly lastFillAt?: string };
  readonly lastRefill: string | null;
  /** Dates by our calculation; null: nothing can be calculated. */
  readonly ours: DatesText | null;
  /** Dates that the programmer showed and nothing has changed since. */
  readonly theirs: DatesText;
}

interface DatesText {
  readonly alarmDate?: string;
  readonly dueBy?: string;
  readonly alarmAt?: string;
  readonly endAt?: string;
}

/** Of a pump that was taken out nothing moves. */
export function movingOf(therapy: Timeline, pump: PumpState): Moving | null {
  const { life, zone, forecast, reservoir } = pump;
  if (life.explanted) return null;
  const fill = therapy.fills.findLast(({ pumpKey }) => pumpKey === life.key);
  return {
    zone,
    reservoir: reservoirText(reservoir),
    filled: fill ? { lastFillMl: fill.fill.volumeMl, lastFillAt: fill.entry.when.text } : {},
    lastRefill: fill?.entry.when.text ?? null,
    ours: forecast
      ? {
          ...(forecast.alarmDate && { alarmDate: forecast.alarmDate.toString() }),
          ...(forecast.alarmAt && { alarmAt: forecast.alarmAt.toString() }),
          ...(forecast.refillDueBy && { dueBy: forecast.refillDueBy.toString() }),
          ...(forecast.endAt && { endAt: forecast.endAt.toString() }),
        }
      : null,
    theirs: currentDates(therapy, pump),
  };
}

export interface Moved {
  readonly calculatedMl: OnePump['reservoir']['calculatedMl'];
  readonly plan: Pick<OnePump['refillPlan'], 'daysLeft' | 'state' | 'words'>;
  /** By calculation, where that is shown. */
  readonly isAtAlarmVolume: boolean;
}

/** The moving part of a pump at an instant. What the pump itself was reported to show stands without our calculations. */
export function movedTo(moving: Moving | null, at: Temporal.Instant, shown: 'shown' | 'withheld'): Moved {
  if (!moving) return nothingMoves;
  const { zone, theirs } = moving;
  const ours = shown === 'shown' ? moving.ours : null;
  const nothing = <Value>(): Fact<Value> => (shown === 'shown' ? unknown() : withheld());
  const today = localDate(at, zone);
  const late = stateAt(theirs, ours, at, zone);
  return {
    calculatedMl: shown === 'shown' ? volumeAt(moving, at) : withheld(),
    isAtAlarmVolume: ours?.alarmAt !== undefined && !isBefore(at, Temporal.Instant.from(ours.alarmAt)),
    plan: {
      daysLeft: daysLeft(theirs, ours, today, at) ?? nothing(),
      state: late ? late.state : nothing(),
      words: late && late.state.value !== 'before-due' ? lateWords(moving.lastRefill, late) : null,
    },
  };
}

const nothingMoves: Moved = {
  calculatedMl: unknown(),
  plan: { daysLeft: unknown(), state: unknown(), words: null },
  isAtAlarmVolume: false,
};

const usedUp = 'By calculation all that was filled has been moved; what is left is not known.';

/** A calculation that has come down to nothing knows nothing more: it never says that a reservoir holds 0 mL. */
function volumeAt({ reservoir, filled }: Moving, at: Temporal.Instant): Fact<number> {
  const { volumeMl } = advance(reservoirOfText(reservoir), at);
  if (volumeMl === undefined) return unknown();
  if (!isMore(volumeMl, noVolume)) return unknown(usedUp);
  return calculated(toNumber(volumeMl, 2), 'reservoir-volume', at, filled);
}

type Dates = DatesText | null;

function daysLeft(theirs: DatesText, ours: Dates, today: Temporal.PlainDate, at: Temporal.Instant) {
  const dueBy = theirs.dueBy ?? ours?.dueBy;
  if (dueBy === undefined) return undefined;
  const basis = theirs.dueBy ? 'reported' : 'calculated';
  const days = today.until(Temporal.PlainDate.from(dueBy), { largestUnit: 'days' }).days;
  return calculated(days, 'days-to-refill', at, { dueBy, basis });
}

interface Late {
  readonly state: Fact<RefillState>;
  readonly alarmDate: string | undefined;
  readonly basis: 'reported' | 'calculated';
}

/** By the dates of the programmer and by ours: the one that is further on counts, the programmer's where both agree. */
function stateAt(theirs: DatesText, ours: Dates, at: Temporal.Instant, zone: string): Late | undefined {
  const hasTheirs = theirs.alarmDate !== undefined || theirs.dueBy !== undefined;
  const both = [
    ...(hasTheirs ? [{ dates: theirs, basis: 'reported' as const }] : []),
    ...(ours ? [{ dates: ours, basis: 'calculated' as const }] : []),
  ].map(({ dates, basis }) => ({ dates, basis, state: refillState(datesOf(dates), at, zone) }));
  const late = both.toSorted((a, b) => order.indexOf(b.state) - order.indexOf(a.state))[0];
  if (!late) return undefined;
  const { alarmDate, dueBy } = late.dates;
  const state = calculated(late.state, 'refill-state', at, { basis: late.basis, alarmDate, dueBy });
  return { state, alarmDate, basis: late.basis };
}

const order: readonly RefillState[] = ['before-due', 'past-due-date', 'past-alarm-date', 'past-calculated-end'];

const datesOf = ({ alarmDate, dueBy, endAt }: DatesText): RefillDates => ({
  ...(alarmDate && { alarmDate: Temporal.PlainDate.from(alarmDate) }),
  ...(dueBy && { refillDueBy: Temporal.PlainDate.from(dueBy) }),
  ...(endAt && { endAt: Temporal.Instant.from(endAt) }),
});

/** Never that it is used up, never that a refill was missed: one elsewhere may be missing from what we know. */
function lateWords(lastRefill: string | null, { alarmDate, basis }: Late): string {
  const since = lastRefill ? `No refill reported since ${lastRefill.slice(0, 10)}.` : 'No refill reported.';
  const by =
    basis === 'reported'
      ? ` The programmer showed the alarm date ${alarmDate};`
      : ` By calculation the reservoir would reach the alarm volume on ${alarmDate};`;
  return `${since}${alarmDate ? by : ''} a refill elsewhere may be missing. Check the pump with its programmer.`;
}
