import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refillState } from '../../../src/therapy/forecast.ts';
import { type History, history } from '../../../src/therapy/history.ts';
import { isMore, noVolume, toNumber } from '../../../src/therapy/quantity.ts';
import { advance } from '../../../src/therapy/reservoir.ts';
import { type PumpState, runningSegment, type Timeline, timeline } from '../../../src/therapy/timeline.ts';
import { localDate, whenOf } from '../../../src/therapy/when.ts';
import type { Fact } from '../../../src/views/pump-status/fact-schema.ts';
import { type StatusFacts, statusFacts } from '../../../src/views/pump-status/facts.ts';
import { statusAt } from '../../../src/views/pump-status/status.ts';
import { type PumpStatus, pumpStatus } from '../../../src/views/pump-status/status-schema.ts';
import { patientsOf, recordedOf, reportedEvents, settings, storyNames } from '../../stories/story.ts';
import { context, shippedRules } from './status-of.ts';

/**
 * Status is told from facts that were stored once and moved to the asked instant. Here every story is asked at a thousand
 * instants, and each answer is compared with the therapy as it is evaluated at that instant.
 */

const instants = 1000;
const first = Date.parse('2018-01-01T00:00:00Z');
const last = Date.parse('2027-06-01T00:00:00Z');

describe.each(storyNames)('%s', (name) => {
  it('is told at any instant as the therapy is there', () => {
    const events = reportedEvents(name);
    for (const patientId of patientsOf(events)) {
      const past = history(recordedOf(events), patientId, settings);
      const asked = asking(past);
      fc.assert(
        fc.property(fc.integer({ min: first, max: last }), (ms) => {
          const at = Temporal.Instant.fromEpochMilliseconds(ms);
          const status = asked(at);
          const therapy = timeline(past, at, settings);
          expect(numbersOf(status)).toEqual(evaluated(therapy));
          for (const fact of factsIn(status)) expect(isWhole(fact), JSON.stringify(fact)).toBe(true);
        }),
        { numRuns: Math.ceil(instants / patientsOf(events).length) },
      );
      expect(pumpStatus.safeParse(asked(Temporal.Instant.fromEpochMilliseconds(last))).success).toBe(true);
    }
  }, 120_000);
});

/** As the service does: facts are kept as JSON, and moved while they hold. */
function asking(past: History): (at: Temporal.Instant) => PumpStatus {
  const kept: StatusFacts[] = [];
  return (at) => {
    const ms = at.epochMilliseconds;
    const holds = ({ from, until }: StatusFacts) =>
      Date.parse(from) <= ms && (until === null || ms < Date.parse(until));
    let facts = kept.find(holds);
    if (!facts) {
      // Facts begin where the service happened to make them: here up to half a day before they are asked.
      const made = timeline(past, at.subtract({ hours: 12 }), settings);
      const early = JSON.parse(JSON.stringify(statusFacts(made, context))) as StatusFacts;
      facts = holds(early)
        ? early
        : (JSON.parse(JSON.stringify(statusFacts(timeline(past, at, settings), context))) as StatusFacts);
      kept.push(facts);
    }
    return statusAt(facts, at, {
      now: at,
      held: { count: 0, sinceMs: null },
      calculatedValues: 'shown',
      parts: 'whole',
      rules: shippedRules,
    });
  };
}

const numbersOf = ({ pumps, dataAsOf, openComplications, conflicts }: PumpStatus) => ({
  pumps: pumps
    .map(({ serialNumber, state, programme, reservoir, refillPlan, refill, alarms, battery }) => ({
      serialNumber: serialNumber.value,
      isExplanted: state.value === 'explanted',
      delivery: programme.delivery.value,
      doseUgPerDay: programme.doseUgPerDay.value,
      since: programme.runningSince.value,
      volumeMl: reservoir.calculatedMl.value,
      alarmDate: refillPlan.alarmDate.calculated.value,
      dueBy: refillPlan.dueBy.calculated.value,
      state: refillPlan.state.value,
      lastRefill: refill.last.value,
      alarms: alarms.standing.map(({ code, at }) => [code, at]),
      battery: battery.status.value,
    }))
    .toSorted((a, b) => String(a.serialNumber).localeCompare(String(b.serialNumber))),
  ageDays: dataAsOf.ageDays,
  openComplications: openComplications.length,
  conflicts: conflicts.map(({ code }) => code),
});

/** The same, straight from the therapy at that instant. */
const evaluated = (therapy: Timeline): ReturnType<typeof numbersOf> => ({
  pumps: therapy.pumps
    .map((pump) => evaluatedPump(therapy, pump))
    .toSorted((a, b) => String(a.serialNumber).localeCompare(String(b.serialNumber))),
  ageDays: ageOf(therapy),
  openComplications: therapy.complications.filter(({ event: { outcome, resolvedAt }, when }) => {
    if (resolvedAt === undefined) return !['resolved', 'resolvedWithSequelae', 'fatal'].includes(outcome ?? '');
    return whenOf(resolvedAt, when.zone).latest.epochMilliseconds > therapy.asOf.epochMilliseconds;
  }).length,
  conflicts: therapy.flags.map(({ problem }) => problem.code).toReversed(),
});

function evaluatedPump(therapy: Timeline, { life, reservoir, forecast, zone, battery, program }: PumpState) {
  const running = life.explanted ? undefined : runningSegment(therapy, life.key);
  const volume = life.explanted ? undefined : advance(reservoir, therapy.asOf).volumeMl;
  const isUnknown = life.explanted || reservoir.schedule[0]?.flow.kind === 'unknown';
  const plan = isUnknown ? undefined : forecast;
  const dose = running && 'doseUgPerDay' in running.program ? running.program.doseUgPerDay : undefined;
  const ended = therapy.segments.findLast(({ pumpKey }) => pumpKey === life.key)?.endReason;
  const stopped = life.explanted || program?.mode === 'stopped' || ended === 'delivery-stopped-by-alarm';
  return {
    serialNumber: life.label.serialNumber,
    isExplanted: life.explanted !== undefined,
    delivery: running
      ? ({ infusion: 'running', bridge: 'bridge' } as const)[running.role]
      : stopped
        ? ('stopped' as const)
        : null,
    doseUgPerDay: dose ?? null,
    since: running?.start.toString() ?? null,
    volumeMl: volume && isMore(volume, noVolume) ? toNumber(volume, 2) : null,
    alarmDate: plan?.alarmDate?.toString() ?? null,
    dueBy: plan?.refillDueBy?.toString() ?? null,
    state: stateOf(therapy, life.key, plan, zone),
    lastRefill: therapy.fills.findLast(({ pumpKey }) => pumpKey === life.key)?.entry.when.text ?? null,
    alarms: standing(therapy, life.key).map(({ code, when }) => [code, when.text]),
    battery: life.explanted ? null : (battery?.status ?? null),
  };
}

/** The further on of ours and of what the programmer showed, where nothing was filled or programmed since. */
function stateOf(therapy: Timeline, key: string, plan: PumpState['forecast'], zone: string) {
  const changes = [
    ...therapy.fills.filter(({ pumpKey }) => pumpKey === key).map(({ entry }) => entry.when.earliest),
    ...therapy.sessions
      .filter(({ pumpKey, entry }) => pumpKey === key && entry.event.type === 'reservoir-emptied')
      .map(({ entry }) => entry.when.earliest),
    ...therapy.segments
      .filter(({ pumpKey }) => pumpKey === key)
      .flatMap(({ start, end, endReason, openedBy }) => [
        ...(openedBy.when.earliest.equals(start) ? [start] : []),
        ...(end && endReason !== 'bridge-ended' ? [end] : []),
      ]),
  ].map(({ epochMilliseconds }) => epochMilliseconds);
  const shown = (name: 'lowReservoirAlarmDate' | 'refillDueDate') => {
    const stating = therapy.sessions.filter(({ pumpKey, entry: { event } }) => {
      return pumpKey === key && 'reported' in event && event.reported?.[name] !== undefined;
    });
    const { entry } = stating.at(-1) ?? {};
    if (!entry || changes.some((ms) => ms > entry.when.earliest.epochMilliseconds)) return undefined;
    const date = 'reported' in entry.event ? entry.event.reported?.[name] : undefined;
    return date === undefined ? undefined : Temporal.PlainDate.from(date);
  };
  const explanted = therapy.pumps.find(({ life }) => life.key === key)?.life.explanted;
  const [alarmDate, refillDueBy] = [shown('lowReservoirAlarmDate'), shown('refillDueDate')];
  const theirs = explanted || !(alarmDate || refillDueBy) ? [] : [{ alarmDate, refillDueBy }];
  const replaceBy = plan || explanted ? undefined : replacedBy(therapy, key);
  const isLate = replaceBy && Temporal.PlainDate.compare(localDate(therapy.asOf, zone), replaceBy) > 0;
  const ours = plan ?? (isLate && { refillDueBy: replaceBy });
  const states = [...theirs, ...(ours ? [ours] : [])].map((dates) => refillState(dates, therapy.asOf, zone));
  return order.findLast((state) => states.includes(state)) ?? null;
}

/** Where no volume can be calculated: 180 days after the last fill, but after an emptying or a death. */
function replacedBy({ sessions, fills, entries }: Timeline, key: string): Temporal.PlainDate | undefined {
  const fill = fills.findLast(({ pumpKey }) => pumpKey === key)?.entry;
  const emptied = sessions.findLast(
    ({ pumpKey, entry }) => pumpKey === key && entry.event.type === 'reservoir-emptied',
  );
  const isEmptied = fill && emptied && Temporal.Instant.compare(emptied.entry.when.earliest, fill.when.earliest) > 0;
  if (!fill || isEmptied || entries.some(({ event }) => event.type === 'death')) return undefined;
  if (fill.when.precision === 'year' || fill.when.precision === 'month') return undefined;
  return localDate(fill.when.earliest, fill.when.zone).add({ days: 180 });
}

const order = ['before-due', 'past-due-date', 'past-alarm-date', 'past-calculated-end'] as const;

/** Counted by hand: days of 24 h since the newest report. */
function ageOf({ entries, asOf }: Timeline): number | null {
  const newest = entries.at(-1);
  if (!newest) return null;
  return Math.max(0, Math.floor((asOf.epochMilliseconds - newest.when.earliest.epochMilliseconds) / 86_400_000));
}

/** The stories hold alarms that are cleared, recovered, answered by a fill or by a programme. */
function standing(therapy: Timeline, key: string) {
  const { alarms, asOf, fills, segments, pumps } = therapy;
  const explanted = pumps.find(({ life }) => life.key === key)?.life.explanted;
  if (explanted) return [];
  const ms = asOf.epochMilliseconds;
  return alarms.filter(({ pumpKey, code, delivery, when, learnedAt, clearedAt }) => {
    const from = Math.max(when.earliest.epochMilliseconds, learnedAt?.epochMilliseconds ?? 0);
    const answers = code.endsWith('-reservoir')
      ? fills.map(({ entry, pumpKey: of }) => [of, entry.when.earliest] as const)
      : delivery === 'continues' || code === 'eos'
        ? []
        : segments.map(({ start, pumpKey: of }) => [of, start] as const);
    const answered = answers.some(
      ([of, at]) => of === key && at.epochMilliseconds > when.earliest.epochMilliseconds && at.epochMilliseconds <= ms,
    );
    const cleared = clearedAt !== undefined && clearedAt.epochMilliseconds <= ms;
    return pumpKey === key && from <= ms && delivery !== 'recovered' && !cleared && !answered;
  });
}

function factsIn(value: unknown): Fact<unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value) && 'method' in value && 'value' in value) return [value as Fact<unknown>];
  return Object.values(value).flatMap(factsIn);
}

/** Known says from where and as of when; unknown is null, never zero and never an empty text. */
function isWhole({ value, method, asOf, source }: Fact<unknown>): boolean {
  if (method === 'unknown' || method === 'withheld') return value === null && asOf === null && source === null;
  return value !== null && value !== '' && asOf !== null && asOf !== '' && source !== null;
}

it('moves a calculated day to the calendar of the site', () => {
  expect(localDate(Temporal.Instant.from('2024-01-01T03:00:00Z'), 'America/New_York').toString()).toBe('2023-12-31');
});
