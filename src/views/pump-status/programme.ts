import type { Program } from '../../event/program.ts';
import { alarmsStanding } from '../../therapy/alarms-standing.ts';
import type { Entry } from '../../therapy/history.ts';
import { toNumber } from '../../therapy/quantity.ts';
import type { Segment, Session } from '../../therapy/records.ts';
import { type PumpState, runningSegment, type Timeline } from '../../therapy/timeline.ts';
import { isBefore } from '../../therapy/when.ts';
import { calculated, orSay, reported, unknown } from './fact.ts';
import type { Fact } from './fact-schema.ts';
import type { OnePump } from './pump-schema.ts';

type Programme = OnePump['programme'];

/** What the pump is set to do, and what it does of it. What an explanted pump was set to do is history. */
export function programmeFacts(therapy: Timeline, pump: PumpState): Programme {
  const { life } = pump;
  const running = life.explanted ? undefined : runningSegment(therapy, life.key);
  const program = life.explanted ? undefined : pump.program;
  const by = running?.programmedBy ?? setBy(therapy, pump);
  const stated = <Value>(value: Value | undefined): Fact<Value> => reported(value, program && by);
  const runs = running?.program;
  return {
    delivery: deliveryOf(therapy, pump, running),
    mode: stated(program?.mode),
    ...drugOf(therapy, pump, program, by),
    doseUgPerDay: stated(doseOf(runs)),
    weekdayDoses: stated(weekdayDosesOf(runs)),
    flexSteps: stated(runs?.mode === 'flex' ? stepsOf(runs.flexSteps) : undefined),
    bolus: stated(bolusOf(program)),
    runningSince: running ? sinceOf(running) : unknown(),
    ...lastChangeOf(therapy, pump),
    patientBolus: stated(patientBolusOf(program)),
    patientBolusCount: countOf(therapy, pump),
    bridge: bridgeOf(pump, running),
  };
}

/** The event that set the programme: the first session that left it behind, else what ended the one before, as a death does. */
const setBy = ({ sessions, segments }: Timeline, { life, program }: PumpState): Entry =>
  sessions.find((session) => session.pumpKey === life.key && session.program === program)?.entry ??
  segments.findLast(({ pumpKey }) => pumpKey === life.key)?.closedBy ??
  life.firstEntry;

const uncertain = 'What the pump delivers is not known.';

/** A stall stops what is programmed; an alarm after it that makes delivery uncertain outlasts it. */
function deliveryOf(therapy: Timeline, pump: PumpState, running: Segment | undefined): Programme['delivery'] {
  const { life, program } = pump;
  if (life.explanted)
    return reported(
      'stopped' as const,
      therapy.entries.find(({ when }) => when === life.explanted),
    );
  if (running)
    return reported(running.role === 'bridge' ? ('bridge' as const) : ('running' as const), running.openedBy);
  if (program?.mode === 'stopped') return stoppedBy(setBy(therapy, pump));
  if (program?.mode === 'single-bolus') return ofSingleBolus(therapy, pump);
  const last = therapy.segments.findLast(({ pumpKey }) => pumpKey === life.key);
  const doubts = alarmsStanding(therapy, life.key, therapy.asOf).some(({ delivery }) => delivery === 'uncertain');
  return last?.endReason === 'delivery-stopped-by-alarm' && !doubts
    ? reported('stopped' as const, last.closedBy)
    : unknown(uncertain);
}

/** A single bolus runs for its time; then the pump rests. What makes that uncertain leaves it not known. */
function ofSingleBolus(therapy: Timeline, pump: PumpState): Programme['delivery'] {
  const { key } = pump.life;
  const bolus = therapy.boluses.findLast(({ pumpKey, kind }) => pumpKey === key && kind === 'single');
  const standing = alarmsStanding(therapy, key, therapy.asOf);
  if (!bolus || standing.some(({ delivery }) => delivery === 'uncertain')) return unknown(uncertain);
  const stall = standing.find(({ delivery }) => delivery === 'stopped');
  if (stall) return reported('stopped' as const, stall.entry);
  if (isBefore(therapy.asOf, bolus.end)) return reported('running' as const, bolus.openedBy);
  return reported('stopped' as const, bolus.openedBy, 'After a single bolus the pump rests until it is programmed.');
}

/** A death ends delivery in the record; nobody says that it ended in the pump. */
const stoppedBy = (by: Entry): Programme['delivery'] =>
  reported(
    'stopped' as const,
    by,
    by.event.type === 'death' ? 'By the report of a death. The pump may run on.' : undefined,
  );

type Drug = Pick<Programme, 'drug' | 'concentrationUgPerMl' | 'additionalDrugs'>;

const noConcentration = 'CONCENTRATION NOT REPORTED. Check the pump with its programmer.';

/** What the programme names; else what was filled last. */
function drugOf(therapy: Timeline, { life }: PumpState, program: Program | undefined, by: Entry | undefined): Drug {
  if (life.explanted) return { drug: unknown(), concentrationUgPerMl: unknown(), additionalDrugs: unknown() };
  const filled = therapy.fills.findLast(({ pumpKey }) => pumpKey === life.key);
  const either = <Value>(programmed: Value | undefined, inFill: Value | undefined): Fact<Value> =>
    programmed === undefined ? reported(inFill, filled?.entry) : reported(programmed, by);
  const others = either(program?.additionalDrugs, filled?.fill.additionalDrugs);
  return {
    drug: either(program && ('baclofen' as const), filled && ('baclofen' as const)),
    concentrationUgPerMl: orSay(
      either<number>(program?.concentrationUgPerMl, filled?.fill.concentrationUgPerMl),
      noConcentration,
    ),
    additionalDrugs: {
      ...others,
      value:
        others.value?.map((other) => ({
          name: other.name,
          concentrationUgPerMl: other.concentrationUgPerMl ?? null,
        })) ?? null,
    },
  };
}

/** The daily dose that a programme states; none where it states none, and where every weekday has its own. */
function doseOf(program: Program | undefined): number | undefined {
  if (!program || !('doseUgPerDay' in program)) return undefined;
  const days = (weekdayDosesOf(program) ?? []).flatMap((pattern) => pattern.days);
  return days.length === 7 ? undefined : program.doseUgPerDay;
}

/** Weekdays with a pattern of their own. */
function weekdayDosesOf(program: Program | undefined) {
  if (program?.mode !== 'flex' || !program.weekdayPatterns) return undefined;
  return program.weekdayPatterns.map(({ days, doseUgPerDay, flexSteps }) => ({
    days: [...days],
    doseUgPerDay: doseUgPerDay as number,
    flexSteps: stepsOf(flexSteps),
  }));
}

const stepsOf = (steps: readonly { start: string; end: string; doseUg: number }[]) =>
  steps.map(({ start, end, doseUg }) => ({ start, end, doseUg }));

function bolusOf(program: Program | undefined) {
  if (program?.mode !== 'periodic-bolus' && program?.mode !== 'single-bolus') return undefined;
  const { doseUg, durationMinutes } = program.bolus;
  const intervalHours = 'intervalHours' in program.bolus ? program.bolus.intervalHours : null;
  return { doseUg: doseUg as number, durationMinutes: durationMinutes ?? null, intervalHours };
}

/** As reported, but where it began by itself: behind a bridge. */
function sinceOf({ start, openedBy }: Segment): Fact<string> {
  const at = start.toString();
  return start.equals(openedBy.when.earliest) ? reported(at, openedBy) : calculated(at, 'bridge-end', at);
}

function bridgeOf({ reservoir }: PumpState, running: Segment | undefined): Programme['bridge'] {
  if (running?.role !== 'bridge') return { since: unknown(), endsAt: unknown(), concentrationUgPerMl: unknown() };
  const { start, openedBy, concentrationUgPerMl: old } = running;
  return {
    since: reported(start.toString(), openedBy),
    endsAt: calculated(reservoir.schedule[1]?.from.toString(), 'bridge-end', start),
    concentrationUgPerMl: reported(old && toNumber(old, 6), openedBy, 'Of the drug that was in the tubing before.'),
  };
}

/** The last report that changed the programmed daily dose. */
function lastChangeOf(
  { sessions }: Timeline,
  { life }: PumpState,
): Pick<Programme, 'lastChange' | 'lastChangePercent'> {
  const ofPump = sessions.filter(({ pumpKey }) => pumpKey === life.key);
  const last = ofPump.findLastIndex((session, n) => {
    const before = doseBefore(ofPump, n);
    return before !== undefined && doseIn(session) !== undefined && before !== doseIn(session);
  });
  const session = ofPump[last];
  if (!session) return { lastChange: unknown(), lastChangePercent: unknown() };
  const { entry, changePercent } = session;
  const [fromUgPerDay, toUgPerDay] = [doseBefore(ofPump, last) ?? null, doseIn(session) ?? null];
  return {
    lastChange: reported({ at: entry.when.text, fromUgPerDay, toUgPerDay }, entry),
    lastChangePercent: calculated(changePercent, 'change-percent', entry.when.text, {
      fromUgPerDay: fromUgPerDay ?? undefined,
      toUgPerDay: toUgPerDay ?? undefined,
    }),
  };
}

/** The dose of the last session before that stated one: a stop between them is no dose. */
function doseBefore(sessions: readonly Session[], n: number): number | undefined {
  const before = sessions.slice(0, n).findLast((session) => doseIn(session) !== undefined);
  return before && doseIn(before);
}

const doseIn = ({ program }: Session): number | undefined => doseOf(program);

/** What the patient may request. */
function patientBolusOf(program: Program | undefined) {
  if (!program || !('patientBolus' in program) || !program.patientBolus) return undefined;
  const { doseUg, durationMinutes, lockoutMinutes, maxPerDay } = program.patientBolus;
  return {
    doseUg: doseUg as number,
    durationMinutes: durationMinutes ?? null,
    lockoutMinutes: lockoutMinutes ?? null,
    maxPerDay: maxPerDay ?? null,
  };
}

/** What the pump counted last. */
function countOf({ bolusCounts }: Timeline, { life }: PumpState): Programme['patientBolusCount'] {
  const count = bolusCounts.findLast(({ pumpKey }) => pumpKey === life.key);
  if (!count) return unknown();
  const { since, delivered, denied, entry } = count;
  return reported({ since: since?.toString() ?? null, delivered, denied: denied ?? null }, entry);
}
