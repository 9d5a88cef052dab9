import { days, elapsed, isMore, toNumber } from '../../therapy/quantity.ts';
import { isBefore } from '../../therapy/when.ts';
import { ageAt } from './age.ts';
import { bannerOf } from './banner.ts';
import { carePlanWithheld } from './care-plan.ts';
import { inDoubt } from './doubt.ts';
import { draftOf, type StatusDraft, type StatusNeeds } from './draft.ts';
import type { StatusFacts } from './facts.ts';
import { movedTo } from './moving.ts';
import type { StatusRules } from './rules.ts';
import type { PumpStatus } from './status-schema.ts';

/** How a status is shown, and what is known beside the therapy. */
export interface StatusView {
  readonly now: Temporal.Instant;
  /** Reports about the patient that wait for a human. */
  readonly held: { readonly count: number; readonly sinceMs: number | null };
  readonly parts: 'whole' | 'without-care-plan';
  readonly rules: StatusRules;
}

/** Pump status at an instant for which the facts hold. Pure. */
export const statusAt = (facts: StatusFacts, at: Temporal.Instant, view: StatusViewOf): PumpStatus =>
  JSON.parse(statusTextAt(draftOf(facts, view.calculatedValues), at, view));

export interface StatusViewOf extends StatusView {
  /** Whether what our arithmetic gives may be shown at this site. */
  readonly calculatedValues: StatusNeeds['shown'];
}

/** The same of a draft, as JSON text. */
export function statusTextAt({ pieces, carePlan, needs }: StatusDraft, at: Temporal.Instant, view: StatusView): string {
  const parts = [...movedParts(needs, at, view), view.parts === 'whole' ? carePlan : withheldPlan, signsOf(view.rules)];
  if (parts.length !== pieces.length - 1) throw new Error('A status is drafted in another way than it is told.');
  return parts.reduce((text, part, n) => text + part + pieces[n + 1], pieces[0] as string);
}

const withheldPlan = JSON.stringify(carePlanWithheld);

/** What moves, in the order in which draft.ts leaves it open: JSON texts. */
function movedParts(needs: StatusNeeds, at: Temporal.Instant, { now, held, rules }: StatusView): string[] {
  const { zone, person, lastReport, reasons, shown } = needs;
  const pumps = needs.pumps.map((pump) => ({ ...pump, moved: movedTo(pump.moving, at, shown) }));
  const moved = pumps.map(({ device, isExplanted, dates, moved: { atAlarmVolume, plan } }) => ({
    ...{ device, isExplanted, atAlarmVolume },
    refillPlan: { ...plan, ...dates },
  }));
  return [
    at.toString(),
    timeOf(at, now),
    bannerOf(reasons, moved, lastReport, rules),
    heldIn(held),
    dataAsOf(needs, at),
    ageAt(person, at, zone),
    ...pumps.flatMap(({ delivery, doubts, moved: { calculatedMl, plan, doubt } }) => [
      inDoubt(delivery, doubt === null ? doubts : [doubt, ...doubts]),
      calculatedMl,
      ...[plan.daysLeft, plan.state, plan.words],
    ]),
  ].map((part) => JSON.stringify(part));
}

/** The rules of a site are the same for everybody: they are written once. */
function signsOf({ generalSigns }: StatusRules): string {
  const text = signTexts.get(generalSigns) ?? JSON.stringify(generalSigns);
  signTexts.set(generalSigns, text);
  return text;
}

const signTexts = new WeakMap<object, string>();

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

function dataAsOf({ lastReport, lastReceivedAt, sources }: StatusNeeds, at: Temporal.Instant): PumpStatus['dataAsOf'] {
  if (!lastReport) return { lastReportAt: null, lastReceivedAt, ageDays: null, sources, words: 'No report.' };
  const age = elapsed(Temporal.Instant.from(lastReport.at), at);
  const ageDays = isMore(age, days(0)) ? Math.floor(toNumber(age, 9)) : 0;
  const words = `Last report of ${lastReport.text.slice(0, 10)}, ${ageDays === 1 ? '1 day' : `${ageDays} days`} before.`;
  return { lastReportAt: lastReport.text, lastReceivedAt, ageDays, sources, words };
}
