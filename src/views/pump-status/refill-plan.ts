import { type Entry, placeInTime } from '../../therapy/history.ts';
import { toNumber } from '../../therapy/quantity.ts';
import type { Session } from '../../therapy/records.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';
import { isBefore, localDate } from '../../therapy/when.ts';
import { calculated, orSay, reported, unknown } from './fact.ts';
import type { Fact } from './fact-schema.ts';
import type { FactsContext } from './facts-context.ts';
import type { OnePump } from './pump-schema.ts';

type Plan = OnePump['refillPlan'];
export type StillPlan = Omit<Plan, 'daysLeft' | 'state' | 'words'>;
export type StillReservoir = Omit<OnePump['reservoir'], 'calculatedMl'>;

/** The dates by which a refill is due: what the programmer showed, ours beside it, and by how much they differ. */
export function planFacts(therapy: Timeline, pump: PumpState, context: FactsContext): StillPlan {
  const forecast = forecastOf(pump);
  const alarm = lastShowing(therapy, pump, 'lowReservoirAlarmDate');
  const due = lastShowing(therapy, pump, 'refillDueDate');
  const basis = forecast && {
    volumeMl: toNumber(forecast.volumeMl, 2),
    alarmVolumeMl: toNumber(forecast.alarmVolumeMl, 2),
    calculatedAt: forecast.calculatedAt.toString(),
  };
  const ours = (date: { toString(): string } | undefined, name: 'alarm-date' | 'refill-due-date' | 'calculated-end') =>
    calculated(date?.toString(), name, forecast?.calculatedAt ?? therapy.asOf, basis);
  const end = forecast?.endAt && localDate(forecast.endAt, pump.zone);
  return {
    alarmDate: {
      reported: shown(therapy, pump, alarm),
      calculated: ours(forecast?.alarmDate, 'alarm-date'),
      differenceDays: daysApart(alarm, alarm?.session.forecast?.alarmDate),
    },
    dueBy: {
      reported: shown(therapy, pump, due),
      calculated: ours(forecast?.refillDueBy, 'refill-due-date'),
      differenceDays: daysApart(due, due?.session.forecast?.refillDueBy),
    },
    stableUntil: stableUntil(therapy, pump, context),
    calculatedEnd: ours(end, 'calculated-end'),
  };
}

/** What is to come of a pump by our calculation: nothing where what it moves is not known any more. */
export const forecastOf = ({ forecast, reservoir }: PumpState): PumpState['forecast'] =>
  reservoir.schedule[0]?.flow.kind === 'unknown' ? undefined : forecast;

/** The volume as the programmer showed it last; the pump does not measure it. */
export function reservoirFacts(therapy: Timeline, pump: PumpState): StillReservoir {
  const volume = lastShowing(therapy, pump, 'reservoirMl');
  const level = lastShowing(therapy, pump, 'lowReservoirAlarmMl');
  const used = pump.forecast && `Not reported. Calculations use ${toNumber(pump.forecast.alarmVolumeMl, 2)} mL.`;
  const ours = volume?.session.reservoirMl && toNumber(volume.session.reservoirMl, 2);
  const alarmVolumeMl = reported<number | undefined | null>(level?.value, level?.session.entry);
  return {
    reportedMl: reported<number | undefined | null>(volume?.value, volume?.session.entry),
    differenceMl: calculated(
      volume && ours !== undefined ? rounded(ours - volume.value) : undefined,
      'difference-to-reported',
      volume?.session.entry.when.text ?? '',
      { reportedMl: volume?.value, calculatedMl: ours },
    ),
    alarmVolumeMl: used === undefined ? alarmVolumeMl : orSay(alarmVolumeMl, used),
  };
}

interface Showing<Value> {
  readonly value: Value;
  readonly session: Session;
}

interface Shown {
  readonly lowReservoirAlarmDate: string;
  readonly refillDueDate: string;
  readonly reservoirMl: number;
  readonly lowReservoirAlarmMl: number;
}

/** What the programmer of a pump in use showed last. */
function lastShowing<Name extends keyof Shown>(
  { sessions }: Timeline,
  { life }: PumpState,
  name: Name,
): Showing<Shown[Name]> | undefined {
  const value = ({ entry: { event } }: Session) =>
    'reported' in event ? (event.reported?.[name] as Shown[Name] | undefined) : undefined;
  const session = life.explanted
    ? undefined
    : sessions.findLast((one) => one.pumpKey === life.key && value(one) !== undefined);
  return session && { value: value(session) as Shown[Name], session };
}

const outdated = 'Shown before what was reported since of the reservoir or its programme.';

function shown(therapy: Timeline, pump: PumpState, showing: Showing<string> | undefined): Fact<string> {
  const by = showing?.session.entry;
  return reported(showing?.value, by, by && !isCurrent(therapy, pump, by) ? outdated : undefined);
}

/** The dates that the programmer showed and nothing reported since has changed. */
export function currentDates(therapy: Timeline, pump: PumpState): { alarmDate?: string; dueBy?: string } {
  const current = (name: 'lowReservoirAlarmDate' | 'refillDueDate') => {
    const showing = lastShowing(therapy, pump, name);
    return showing && isCurrent(therapy, pump, showing.session.entry) ? showing.value : undefined;
  };
  const [alarmDate, dueBy] = [current('lowReservoirAlarmDate'), current('refillDueDate')];
  return { ...(alarmDate && { alarmDate }), ...(dueBy && { dueBy }) };
}

/**
 * A later fill or emptying, another programme, or that the programme ended makes the dates of a pump others. That a bridge
 * ends is part of the programme that they were shown for.
 */
function isCurrent(therapy: Timeline, { life }: PumpState, by: Entry): boolean {
  const shownAt = placeInTime(by);
  const ofPump = <Of extends { readonly pumpKey: string }>(all: readonly Of[]) =>
    all.filter(({ pumpKey }) => pumpKey === life.key);
  const fills = ofPump(therapy.fills).map(({ entry }) => placeInTime(entry));
  const emptied = ofPump(therapy.sessions).filter(({ entry }) => entry.event.type === 'reservoir-emptied');
  const programmes = ofPump(therapy.segments).flatMap(({ start, end, endReason, openedBy }) => [
    ...(openedBy !== by && start.equals(openedBy.when.earliest) ? [start] : []),
    ...(end && endReason !== 'bridge-ended' ? [end] : []),
  ]);
  const changes = [...fills, ...emptied.map(({ entry }) => placeInTime(entry)), ...programmes];
  return !changes.some((at) => isBefore(shownAt, at));
}

function daysApart(
  showing: Showing<string> | undefined,
  ours: Temporal.PlainDate | undefined,
): Plan['alarmDate']['differenceDays'] {
  if (!showing || !ours) return unknown();
  const { value, session } = showing;
  return calculated(
    Temporal.PlainDate.from(value).until(ours).days,
    'difference-to-reported',
    session.entry.when.text,
    { reported: value, calculated: ours.toString() },
  );
}

/** Only of a fill whose day is known. */
export function stableUntil(therapy: Timeline, { life, model }: PumpState, context: FactsContext): Fact<string> {
  const fill = therapy.fills.findLast(({ pumpKey }) => pumpKey === life.key)?.entry;
  if (!fill || life.explanted || fill.when.precision === 'year' || fill.when.precision === 'month') return unknown();
  const filledOn = localDate(fill.when.earliest, fill.when.zone);
  const stabilityDays = model?.stabilityDays ?? context.stabilityDays;
  return calculated(filledOn.add({ days: stabilityDays }).toString(), 'stability-date', fill.when.text, {
    filledOn: filledOn.toString(),
    stabilityDays,
  });
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
