import type { Bridge, Prime, Program } from '../event/program.ts';
import { concentrationOf, type Draft, type PumpDraft, type RunningBridge } from './draft.ts';
import { flowOfProgram } from './flow.ts';
import { type Entry, placeInTime } from './history.ts';
import {
  after,
  days,
  elapsed,
  equals,
  flowOver,
  hoursAsDays,
  isMore,
  type Ml,
  massOf,
  minutesAsDays,
  quantity,
  ratio,
  subtract,
  times,
  timeToClear,
  toNumber,
  type UgPerMl,
  volumeOf,
} from './quantity.ts';
import type { EndReason, Segment } from './records.ts';
import { advance, programmed, take } from './reservoir.ts';
import { sameProgram } from './same-program.ts';
import { isBefore, isExact } from './when.ts';

/** Brings every pump to an instant: bridges that ended on the way hand over to the programme behind them. */
export function settleAll(draft: Draft, at: Temporal.Instant): void {
  for (const pump of draft.pumps.values()) settle(draft, pump, at);
}

function settle(draft: Draft, pump: PumpDraft, at: Temporal.Instant): void {
  const { bridge } = pump;
  if (bridge && !isBefore(at, bridge.end)) {
    pump.bridge = undefined;
    close(draft, pump, bridge.end, 'bridge-ended', bridge.entry);
    open(draft, pump, { role: 'infusion', program: bridge.program, start: bridge.end, openedBy: bridge.entry });
  }
  pump.reservoir = advance(pump.reservoir, at);
}

/** The pump runs this programme from the event on. The running segment goes on where nothing changes. */
export function setProgram(draft: Draft, pump: PumpDraft, entry: Entry, program: Program, bridge?: Bridge): void {
  if (!isExact(entry.when)) return programUnknown(draft, pump, entry, program);
  if (program.mode === 'stopped') return stop(draft, pump, entry, 'pump-stopped');
  if (program.mode === 'single-bolus') return bolusThenStop(draft, pump, entry, program);
  const running = pump.open !== undefined;
  const unchanged = running && pump.program !== undefined && sameProgram(pump.program, program);
  if (unchanged && (pump.bridge || !bridge)) {
    if (!pump.bridge) reprogram(pump, entry, { ...pump.program, ...program } as Program);
    return;
  }
  const oldConcentration = concentrationOf(pump.program) ?? pump.lastFill?.concentration;
  const next = bridge
    ? statedBridge(bridge, entry, program, oldConcentration)
    : remainingBridge(pump.bridge, entry, program);
  close(draft, pump, entry.when.earliest, 'programme-changed', entry);
  pump.program = program;
  pump.bridge = next;
  if (next) startBridge(draft, pump, next);
  else {
    open(draft, pump, { role: 'infusion', program, start: entry.when.earliest, openedBy: entry });
    reprogram(pump, entry, program);
  }
}

/** Delivery ends at the event: stop, stall or explant. */
export function stop(draft: Draft, pump: PumpDraft, entry: Entry, reason: EndReason): void {
  const at = placeInTime(entry);
  close(draft, pump, at, reason, entry);
  pump.bridge = undefined;
  pump.program = { mode: 'stopped', concentrationUgPerMl: pump.program?.concentrationUgPerMl };
  pump.reservoir = programmed(pump.reservoir, [{ from: at, flow: { kind: 'none' } }]);
}

export function addPriming(draft: Draft, pump: PumpDraft, entry: Entry, prime: Prime): void {
  const volumeMl = quantity(prime.volumeMl);
  draft.primings.push({ pumpKey: pump.life.key, volumeMl, at: entry.when.earliest, entry });
  pump.reservoir = take(pump.reservoir, volumeMl, 'primedMl');
}

export function addBolus(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  bolus: {
    kind: 'single' | 'patient-activated';
    doseUg: Parameters<typeof quantity<'ug'>>[0];
    durationMinutes: number;
  },
): void {
  const start = entry.when.earliest;
  const doseUg = quantity(bolus.doseUg);
  const end = after(start, minutesAsDays(bolus.durationMinutes));
  draft.boluses.push({ pumpKey: pump.life.key, kind: bolus.kind, doseUg, start, end, openedBy: entry });
  const concentration = concentrationOf(pump.program) ?? pump.lastFill?.concentration;
  if (concentration) pump.reservoir = take(pump.reservoir, volumeOf(doseUg, concentration), 'bolusedMl');
}

/** Drug of the new concentration follows old drug in the tubing: without a bridge the dose is not the programmed one. */
export function flagConcentrationChange(draft: Draft, pump: PumpDraft, entry: Entry, program: Program): void {
  const before = concentrationInTubing(draft, pump);
  const now = concentrationOf(program);
  if (!before || !now || equals(before, now)) return;
  const dose = 'doseUgPerDay' in program ? program.doseUgPerDay : undefined;
  const factor = ratio(before, now);
  draft.flag(
    entry,
    pump,
    'concentration-change-without-bridge',
    'the programmed concentration changed and no bridge was reported',
    dose && factor
      ? {
          programmedUgPerDay: dose,
          possibleUgPerDay: toNumber(times(quantity(dose), factor), 3),
          ratio: factor.toDecimalPlaces(3).toNumber(),
          from: entry.when.earliest,
        }
      : undefined,
  );
}

/** What was filled last, once it has passed the whole tubing; until then, what was programmed before. */
function concentrationInTubing(draft: Draft, pump: PumpDraft): UgPerMl | undefined {
  const { lastFill, program } = pump;
  const tubingMl = draft.tubingMl(pump);
  const leftMl = pump.reservoir.volumeMl;
  const isPast = lastFill && tubingMl && leftMl && isMore(subtract(lastFill.volumeMl, leftMl), tubingMl);
  return isPast ? lastFill.concentration : (concentrationOf(program) ?? lastFill?.concentration);
}

/** A bridge as a report states it: so much volume over so many hours. */
function statedBridge(
  bridge: Bridge,
  entry: Entry,
  program: Program,
  oldConcentration: UgPerMl | undefined,
): RunningBridge {
  const start = entry.when.earliest;
  const volumeMl = quantity(bridge.volumeMl);
  return { start, end: after(start, hoursAsDays(bridge.durationHours)), volumeMl, oldConcentration, program, entry };
}

/**
 * The dose was changed while a bridge ran: what is left of the old drug is cleared at the new dose, so the bridge ends
 * earlier or later (duration = volume × old concentration ÷ new dose).
 */
function remainingBridge(
  running: RunningBridge | undefined,
  entry: Entry,
  program: Program,
): RunningBridge | undefined {
  const dose = 'doseUgPerDay' in program ? program.doseUgPerDay : undefined;
  if (!running?.oldConcentration || dose === undefined) return undefined;
  const start = entry.when.earliest;
  const share = ratio(elapsed(start, running.end), elapsed(running.start, running.end));
  if (!share?.isPositive()) return undefined;
  const volumeMl: Ml = times(running.volumeMl, share);
  const clearing = timeToClear(massOf(volumeMl, running.oldConcentration), quantity(dose));
  return { ...running, start, end: after(start, clearing), volumeMl, program, entry };
}

function startBridge(draft: Draft, pump: PumpDraft, bridge: RunningBridge): void {
  const { start, end, program, entry, oldConcentration } = bridge;
  open(draft, pump, { role: 'bridge', program, start, openedBy: entry, concentrationUgPerMl: oldConcentration });
  const duration = elapsed(start, end);
  const flow = isMore(duration, days(0))
    ? { kind: 'constant' as const, rate: flowOver(bridge.volumeMl, duration) }
    : { kind: 'none' as const };
  pump.reservoir = programmed(pump.reservoir, [
    { from: start, flow },
    { from: end, flow: flowOfProgram(program, clockOffsetMs(entry)) },
  ]);
}

function reprogram(pump: PumpDraft, entry: Entry, program: Program): void {
  const flow = flowOfProgram(program, clockOffsetMs(entry));
  pump.program = program;
  pump.reservoir = programmed(pump.reservoir, [{ from: entry.when.earliest, flow }]);
}

/** A programme whose time is only a date opens no segment: delivery is unknown from then on, visibly. */
function programUnknown(draft: Draft, pump: PumpDraft, entry: Entry, program: Program): void {
  if (pump.program && sameProgram(pump.program, program)) return;
  close(draft, pump, placeInTime(entry), 'programme-unknown', entry);
  pump.bridge = undefined;
  pump.program = program;
  pump.reservoir = programmed(pump.reservoir, [{ from: placeInTime(entry), flow: { kind: 'unknown' } }]);
}

function bolusThenStop(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  program: Extract<Program, { mode: 'single-bolus' }>,
): void {
  stop(draft, pump, entry, 'programme-changed');
  pump.program = program;
  addBolus(draft, pump, entry, { kind: 'single', ...program.bolus });
}

function open(draft: Draft, pump: PumpDraft, segment: Omit<Segment, 'pumpKey'>): void {
  const concentrationUgPerMl = segment.concentrationUgPerMl ?? concentrationOf(segment.program);
  pump.open = draft.segments.push({ ...segment, pumpKey: pump.life.key, concentrationUgPerMl }) - 1;
}

function close(draft: Draft, pump: PumpDraft, end: Temporal.Instant, endReason: EndReason, closedBy: Entry): void {
  if (pump.open === undefined) return;
  draft.segments[pump.open] = { ...(draft.segments[pump.open] as Segment), end, endReason, closedBy };
  pump.open = undefined;
}

/** The pump clock is set in the site's zone where the event names one, else in the offset that the sender wrote. */
function clockOffsetMs(entry: Entry): number {
  const { timeZone, occurredAt } = entry.event;
  const zone = timeZone ?? /[+-]\d{2}:\d{2}$/.exec(occurredAt)?.[0] ?? entry.when.zone;
  return entry.when.earliest.toZonedDateTimeISO(zone).offsetNanoseconds / 1_000_000;
}
