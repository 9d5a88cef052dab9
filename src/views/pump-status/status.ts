import { days, elapsed, isMore, toNumber } from '../../therapy/quantity.ts';
import { isBefore } from '../../therapy/when.ts';
import { ageAt } from './age.ts';
import { bannerOf, type PumpThere } from './banner.ts';
import { carePlanWithheld } from './care-plan.ts';
import { inDoubt } from './doubt.ts';
import type { PumpFacts, StatusFacts } from './facts.ts';
import { movedTo } from './moving.ts';
import type { StatusRules } from './rules.ts';
import type { PumpStatus } from './status-schema.ts';
import { withoutCalculated } from './withhold.ts';

/** How a status is shown, and what is known beside the therapy. */
export interface StatusView {
  readonly now: Temporal.Instant;
  /** Reports about the patient that wait for a human. */
  readonly held: { readonly count: number; readonly sinceMs: number | null };
  /** Whether what our arithmetic gives may be shown at this site. */
  readonly calculatedValues: 'shown' | 'withheld';
  readonly parts: 'whole' | 'without-care-plan';
  readonly rules: StatusRules;
}

/** Pump status at an instant for which the facts hold. Pure. */
export function statusAt(facts: StatusFacts, at: Temporal.Instant, view: StatusView): PumpStatus {
  const { still, pumps } = facts;
  const { calculatedValues, parts, rules, now } = view;
  const moved = pumps.map((pump) => pumpAt(pump, at, calculatedValues, still.openComplications));
  const held = heldIn(view.held);
  return {
    schemaVersion: 1,
    patient: still.patient,
    environment: still.environment,
    asOf: at.toString(),
    time: timeOf(at, now),
    notice: 'Not an alarm or monitoring system.',
    banner: bannerOf({ ...still, pumps: moved, lastReport: facts.lastReport }, rules),
    reportsHeld: held,
    dataAsOf: dataAsOf(facts, at),
    conflicts: still.conflicts,
    person: { ageYears: ageAt(still.person, at, facts.zone), ...still.person },
    pumps: moved.map(({ atAlarmVolume, ...pump }) => pump),
    openComplications: still.openComplications,
    carePlan: parts === 'whole' ? still.carePlan : carePlanWithheld,
    generalSigns: rules.generalSigns,
    lastEvents: still.lastEvents,
  };
}

function pumpAt(
  { still, moving }: PumpFacts,
  at: Temporal.Instant,
  shown: 'shown' | 'withheld',
  open: PumpStatus['openComplications'],
): PumpThere {
  const { calculatedMl, plan, atAlarmVolume, doubt } = movedTo(moving, at, shown);
  const standing = shown === 'shown' ? still : withoutCalculated(still);
  return {
    ...standing,
    programme: { ...standing.programme, delivery: inDoubt(standing, doubt, open) },
    reservoir: { ...standing.reservoir, calculatedMl },
    refillPlan: { ...standing.refillPlan, ...plan },
    atAlarmVolume,
  };
}

const projection =
  'A projection: it holds only while the reported programme goes on unchanged and nothing else happens.';

/** An answer takes its time, and clocks differ: less than this apart is the same time. */
const sameTime = { minutes: 1 };

function timeOf(at: Temporal.Instant, now: Temporal.Instant): PumpStatus['time'] {
  if (isBefore(now.add(sameTime), at)) return { kind: 'projection', words: projection };
  if (isBefore(at, now.subtract(sameTime))) return { kind: 'past', words: 'A time before now, by what is known now.' };
  return { kind: 'now', words: null };
}

function heldIn({ count, sinceMs }: StatusView['held']): PumpStatus['reportsHeld'] {
  const since = sinceMs === null ? null : Temporal.Instant.fromEpochMilliseconds(sinceMs).toString();
  if (count === 0) return { count, since, words: null };
  const reports = count === 1 ? '1 report' : `${count} reports`;
  return { count, since, words: `${reports} held${since ? ` since ${since.slice(0, 10)}` : ''}: not in this answer.` };
}

function dataAsOf({ lastReport, lastReceivedAt, sources }: StatusFacts, at: Temporal.Instant): PumpStatus['dataAsOf'] {
  if (!lastReport) return { lastReportAt: null, lastReceivedAt, ageDays: null, sources, words: 'No report.' };
  const age = elapsed(Temporal.Instant.from(lastReport.at), at);
  const ageDays = isMore(age, days(0)) ? Math.floor(toNumber(age, 9)) : 0;
  const words = `Last report of ${lastReport.text.slice(0, 10)}, ${ageDays === 1 ? '1 day' : `${ageDays} days`} before.`;
  return { lastReportAt: lastReport.text, lastReceivedAt, ageDays, sources, words };
}
