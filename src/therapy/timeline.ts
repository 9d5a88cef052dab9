import type { ClinicalEventOf } from '../event/event.ts';
import type { Problem } from '../event/problem.ts';
import type { Program } from '../event/program.ts';
import { alarmsAt } from './alarms.ts';
import { apply } from './apply.ts';
import { baselineOf } from './baseline.ts';
import type { Battery } from './battery.ts';
import { flagPumpsLeft } from './device-events.ts';
import type { CatheterLife, PumpLife } from './device-life.ts';
import { Draft, type PumpDraft } from './draft.ts';
import type { Forecast } from './forecast.ts';
import { changesProgram, withoutHeld } from './held-change.ts';
import { type Entry, type History, placeInTime } from './history.ts';
import { modelFacts } from './model-facts.ts';
import type { AlarmRecord, Bolus, BolusCount, FillRecord, Flag, Priming, Segment, Session } from './records.ts';
import type { Reservoir } from './reservoir.ts';
import { settleAll } from './running.ts';
import type { PumpModel, TherapySettings } from './settings.ts';
import { earlier, isBefore } from './when.ts';

export interface PumpState {
  readonly life: PumpLife;
  readonly program?: Program | undefined;
  readonly reservoir: Reservoir;
  readonly forecast?: Forecast | undefined;
  readonly battery?: Battery | undefined;
  readonly zone: string;
  /** What is known of its model; undefined where the model is not. */
  readonly model?: PumpModel | undefined;
}

/** The therapy of one patient as known at `asOf`: nothing in it starts later. */
export interface Timeline {
  readonly asOf: Temporal.Instant;
  readonly entries: readonly Entry[];
  readonly pumps: readonly PumpState[];
  readonly catheters: readonly CatheterLife[];
  readonly segments: readonly Segment[];
  readonly boluses: readonly Bolus[];
  readonly primings: readonly Priming[];
  readonly fills: readonly FillRecord[];
  readonly sessions: readonly Session[];
  readonly complications: readonly Entry<ClinicalEventOf<'complication'>>[];
  readonly alarms: readonly AlarmRecord[];
  readonly bolusCounts: readonly BolusCount[];
  readonly flags: readonly Flag[];
  readonly held: readonly { readonly entry: Entry; readonly problem: Problem }[];
  readonly problems: readonly Problem[];
  /** When the same events would give another timeline: a bridge or a bolus ends, a reported event begins. */
  readonly nextChangeAt?: Temporal.Instant | undefined;
}

/** Folds the history into what ran when. Pure: the same history and `asOf` give the same timeline. */
export function timeline(past: History, asOf: Temporal.Instant, settings: TherapySettings): Timeline {
  const events = [...past.entries, ...heldButFelt(past, settings)].toSorted(byTime);
  const known = events.filter((entry) => !isBefore(asOf, placeInTime(entry)));
  const later = events.filter((entry) => isBefore(asOf, placeInTime(entry)));
  const held = new Set(past.held.map(({ entry }) => entry));
  const draft = new Draft(settings, known, later);
  draft.baseline = baselineOf(past.entries);
  for (const entry of draft.inTurn()) {
    settleAll(draft, placeInTime(entry));
    if (held.has(entry)) withoutHeld(draft, entry);
    else apply(draft, entry);
  }
  settleAll(draft, asOf);
  flagPumpsLeft(draft);
  const changes = [...draft.changesAfter(asOf), ...later.map(placeInTime)];
  return {
    asOf,
    entries: known,
    pumps: [...draft.pumps.values()].map((pump) => stateOf(pump, settings)),
    catheters: draft.catheters,
    segments: draft.segments.filter((segment) => !isEmpty(segment)),
    boluses: draft.boluses,
    primings: draft.primings,
    fills: draft.fills,
    sessions: draft.sessions,
    complications: draft.complications,
    alarms: alarmsAt(draft.alarms, asOf),
    bolusCounts: draft.bolusCounts,
    flags: [...past.flags.filter(({ entry }) => known.includes(entry)), ...draft.flags],
    held: [...past.held, ...draft.held],
    problems: past.problems,
    nextChangeAt: changes.length > 0 ? changes.reduce(earlier) : undefined,
  };
}

/** Reports that lie in the future of their receipt: from their time on, what they programme is not known. */
function heldButFelt({ held }: History, settings: TherapySettings): Entry[] {
  return held
    .filter(({ entry, problem }) => problem.code === 'event-in-future' && changesProgram(entry.event, settings))
    .map(({ entry }) => entry);
}

const byTime = (a: Entry, b: Entry): number => Temporal.Instant.compare(placeInTime(a), placeInTime(b));

/** The segment that runs now, of the pump or of any. */
export function runningSegment(therapy: Timeline, pumpKey?: string): Segment | undefined {
  return therapy.segments.findLast((segment) => !segment.end && (!pumpKey || segment.pumpKey === pumpKey));
}

function stateOf(
  { life, program, reservoir, forecast, battery, zone }: PumpDraft,
  settings: TherapySettings,
): PumpState {
  return { life, program, reservoir, forecast, battery, zone, model: modelFacts(settings, life.label) };
}

/** Two reports of one instant leave a segment of no length: nothing was delivered under it. */
function isEmpty({ start, end }: Segment): boolean {
  return end !== undefined && Temporal.Instant.compare(start, end) === 0;
}
