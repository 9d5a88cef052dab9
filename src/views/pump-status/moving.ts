import { type RefillDates, type RefillState, refillState } from '../../therapy/forecast.ts';
import { isMore, noVolume, toNumber } from '../../therapy/quantity.ts';
import { advance } from '../../therapy/reservoir.ts';
import { type ReservoirText, reservoirOfText, reservoirText } from '../../therapy/reservoir-text.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';
import { isBefore } from '../../therapy/when.ts';
import { dayAt } from './day-at.ts';
import { type DatesTold, dueOf } from './due.ts';
import { calculated, unknown, withheld } from './fact.ts';
import type { Fact } from './fact-schema.ts';
import type { FactsContext } from './facts-context.ts';
import { entriesOf } from './person.ts';
import type { OnePump } from './pump-schema.ts';
import { currentDates, forecastOf, stableUntil } from './refill-plan.ts';

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
  /** The day by which the drug that was filled last is to be replaced, whatever is left of it. */
  readonly stableUntil?: string;
  /** When the reservoir was emptied on purpose, where no fill was reported since. */
  readonly emptied?: string;
  /** Boluses that the patient requests leave the reservoir before anybody counts them. */
  readonly patientBoluses?: 'not-counted' | 'all-allotted';
}

interface DatesText extends DatesTold {
  readonly alarmAt?: string;
  readonly endAt?: string;
}

/** Of a pump that was taken out nothing moves. */
export function movingOf(therapy: Timeline, pump: PumpState, context: FactsContext): Moving | null {
  const { life, zone, reservoir } = pump;
  if (life.explanted) return null;
  const forecast = forecastOf(pump);
  const isAlive = entriesOf(therapy, 'death').length === 0;
  const stable = isAlive ? stableUntil(therapy, pump, context).value : null;
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
    ...(stable !== null && { stableUntil: stable }),
    ...emptiedIn(therapy, pump),
    ...bolusesOf(pump),
  };
}

function emptiedIn({ sessions }: Timeline, { life }: PumpState): Pick<Moving, 'emptied'> {
  const last = sessions.findLast(({ pumpKey, entry: { event } }) => {
    return (
      pumpKey === life.key && (event.type === 'reservoir-emptied' || ('fill' in event && event.fill !== undefined))
    );
  });
  return last?.entry.event.type === 'reservoir-emptied' ? { emptied: last.entry.when.text } : {};
}

/** The dates of some models count on every allotted bolus being taken; the volume never does. */
function bolusesOf({ program, model }: PumpState): Pick<Moving, 'patientBoluses'> {
  if (!program || !('patientBolus' in program) || !program.patientBolus) return {};
  const isAssumed = model?.assumesPatientBoluses === true && program.patientBolus.maxPerDay !== undefined;
  return { patientBoluses: isAssumed ? 'all-allotted' : 'not-counted' };
}

export interface Moved {
  readonly calculatedMl: OnePump['reservoir']['calculatedMl'];
  readonly plan: Pick<OnePump['refillPlan'], 'daysLeft' | 'state' | 'words'>;
  /** By calculation, where that is shown; `if-all-allotted`: if the patient took every bolus that the programme allots. */
  readonly atAlarmVolume: 'no' | 'yes' | 'if-all-allotted';
  /** Why drug may not reach the patient although the programme runs. */
  readonly doubt: string | null;
}

/** The moving part of a pump at an instant. What the pump itself was reported to show stands without our calculations. */
export function movedTo(moving: Moving | null, at: Temporal.Instant, shown: 'shown' | 'withheld'): Moved {
  if (!moving) return nothingMoves;
  const { zone, theirs } = moving;
  const today = dayAt(at, zone);
  const ours = shown === 'shown' ? oursOn(moving, today) : null;
  const nothing = <Value>(): Fact<Value> => (shown === 'shown' ? unknown() : withheld());
  const late = stateAt(theirs, ours, at, zone);
  return {
    calculatedMl: shown === 'shown' ? volumeAt(moving, at) : withheld(),
    atAlarmVolume: atAlarmVolume(moving, ours, at),
    doubt: doubtIn(moving, late),
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
  atAlarmVolume: 'no',
  doubt: null,
};

function atAlarmVolume({ patientBoluses }: Moving, ours: Dates, at: Temporal.Instant): Moved['atAlarmVolume'] {
  if (ours?.alarmAt === undefined || isBefore(at, Temporal.Instant.from(ours.alarmAt))) return 'no';
  return patientBoluses === 'all-allotted' ? 'if-all-allotted' : 'yes';
}

function doubtIn({ emptied, patientBoluses }: Moving, late: Late | undefined): string | null {
  if (emptied !== undefined) return emptiedWords(emptied);
  if (late?.state.value !== 'past-calculated-end' || patientBoluses === 'all-allotted') return null;
  return 'By calculation all that was filled has been moved.';
}

const emptiedWords = (at: string): string =>
  `The reservoir was reported as emptied on ${at.slice(0, 10)}, and no fill since.`;
const usedUp = 'By calculation all that was filled has been moved; what is left is not known.';

/** A calculation that has come down to nothing knows nothing more: it never says that a reservoir holds 0 mL. */
function volumeAt({ reservoir, filled, emptied, patientBoluses }: Moving, at: Temporal.Instant): Fact<number> {
  const { volumeMl } = advance(reservoirOfText(reservoir), at);
  if (emptied !== undefined) return unknown(emptiedWords(emptied));
  if (volumeMl === undefined) return unknown();
  if (!isMore(volumeMl, noVolume)) return unknown(usedUp);
  const volume = calculated(toNumber(volumeMl, 2), 'reservoir-volume', at, filled);
  return patientBoluses ? { ...volume, words: withoutBoluses } : volume;
}

const withoutBoluses = 'Less what the patient requested since the last reported count of boluses.';

type Dates = DatesText | null;

/**
 * Where we cannot tell when the volume will be used up no day is due by our calculation, until the one comes by which the
 * drug is to be replaced: then it is late in any case.
 */
function oursOn({ ours, stableUntil: until, emptied }: Moving, today: Temporal.PlainDate): Dates {
  if (ours || until === undefined || emptied !== undefined) return ours;
  return Temporal.PlainDate.compare(today, Temporal.PlainDate.from(until)) > 0 ? { dueBy: until } : null;
}

function daysLeft(theirs: DatesText, ours: Dates, today: Temporal.PlainDate, at: Temporal.Instant) {
  const due = dueOf(theirs, ours);
  if (!due) return undefined;
  const { on, basis, kind } = due;
  const days = today.until(Temporal.PlainDate.from(on), { largestUnit: 'days' }).days;
  const left = calculated(days, 'days-to-refill', at, { [kind]: on, basis });
  return kind === 'alarmDate' ? { ...left, words: 'To the alarm date that the programmer showed.' } : left;
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
  const elsewhere = 'refill elsewhere may be missing. Check the pump with its programmer.';
  return alarmDate ? `${since}${by} a ${elsewhere}` : `${since} A ${elsewhere}`;
}
