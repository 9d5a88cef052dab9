import type { CanonicalEvent } from '../../src/event/event.ts';
import type { Entry } from '../../src/therapy/history.ts';
import type { FillRecord, Session } from '../../src/therapy/records.ts';
import type { Timeline } from '../../src/therapy/timeline.ts';
import { localDate } from '../../src/therapy/when.ts';

/** What registries count, from a timeline: the outcomes that the sample journeys state. */
export function outcomesOf(therapy: Timeline, reported: readonly CanonicalEvent[]): Record<string, unknown> {
  const refills = therapy.fills.filter(({ entry }) => entry.event.type === 'refill');
  const mismatch = therapy.flags.find(({ problem }) => problem.code === 'concentration-mismatch');
  const lastProgram = therapy.pumps.at(-1)?.program;
  return {
    refills: refills.length,
    onTimeRefills: refills.filter((refill) => daysPastAlarm(therapy, refill) < 0).length,
    daysOverdue: Math.max(...refills.map((refill) => daysPastAlarm(therapy, refill))),
    alarms: therapy.entries.filter(({ event }) => event.type === 'alarm').length,
    withdrawalEpisodes: countOf(therapy, 'withdrawal'),
    overdoseEpisodes: countOf(therapy, 'overdose'),
    infection90d: therapy.complications.some((entry) => isInfectionWithin90Days(therapy, entry)),
    pumps: therapy.pumps.length,
    catheters: therapy.catheters.length,
    catheterImplantPrecision: therapy.catheters[0]?.implanted?.precision,
    catheterFailures: therapy.catheters.filter(({ explanted }) => explanted).length,
    catheterSurvivalDays: catheterSurvivalDays(therapy),
    eosAtMost: therapy.pumps[0]?.battery?.endOfServiceBy?.toString(),
    unplannedExplants: therapy.pumps.filter(({ life }) => unplanned.has(life.explantCause ?? '')).length,
    pumpFailures: therapy.pumps.filter(({ life }) => life.explantCause === 'malfunction').length,
    concentrationChanges: concentrationChanges(therapy),
    bridgeBoluses: therapy.segments.filter(({ role }) => role === 'bridge').length,
    criticalResidualFlags: therapy.sessions.filter(({ residual }) => residual?.grade === 'critical').length,
    actualToProgrammedRatio: mismatch?.forReviewers?.ratio,
    enteredInError: therapy.entries.filter(({ source }) => source.rootEventId !== source.reportEventId).length,
    finalDailyDoseUg: lastProgram && 'doseUgPerDay' in lastProgram ? lastProgram.doseUgPerDay : undefined,
    // The baseline is no event of the journey: the journey states it as a fact of the patient.
    distinctEventsAfterDedup: new Set(
      reported.filter(({ type }) => type !== 'baseline').map(({ source }) => source.eventId),
    ).size,
  };
}

/** Calendar days from the alarm date that stood just before the refill to the refill; below zero: in time. */
export function daysPastAlarm(therapy: Timeline, { pumpKey, entry }: Pick<Session | FillRecord, 'pumpKey' | 'entry'>) {
  const before = therapy.sessions.slice(
    0,
    therapy.sessions.findIndex((session) => session.entry === entry),
  );
  const plan = before.findLast((session) => session.pumpKey === pumpKey && session.forecast?.alarmDate);
  if (!plan?.forecast?.alarmDate) return Number.NaN;
  return plan.forecast.alarmDate.until(localDate(entry.when.earliest, entry.when.zone)).days;
}

function countOf(therapy: Timeline, code: string): number {
  return therapy.complications.filter(({ event }) => event.code === code).length;
}

function isInfectionWithin90Days(therapy: Timeline, { event, when }: Entry): boolean {
  if (event.type !== 'complication' || !/infection|meningitis/.test(event.code)) return false;
  return therapy.pumps.some(({ life }) => {
    const implanted = life.implanted?.earliest;
    return implanted && implanted.until(when.earliest).total('days') <= 90;
  });
}

/** A planned replacement of the battery is none. */
const unplanned: ReadonlySet<string> = new Set(['infection', 'malfunction']);

function catheterSurvivalDays({ catheters }: Timeline): number | undefined {
  const [first] = catheters;
  if (!first?.implanted || !first.explanted) return undefined;
  const { implanted, explanted } = first;
  return localDate(implanted.earliest, implanted.zone).until(localDate(explanted.earliest, explanted.zone)).days;
}

function concentrationChanges({ fills }: Timeline): number {
  return fills.filter(({ fill }, n) => {
    const before = fills[n - 1]?.fill;
    return before && before.concentrationUgPerMl !== fill.concentrationUgPerMl;
  }).length;
}
