import type { Bridge, Prime, Program } from '../event/program.ts';
import type { Measured } from '../event/units.ts';
import { atNewDose, type BridgeLeft, checkBridge, concentrationRunning, leftOf, statedBridge } from './bridge.ts';
import { isImplanted } from './device-life.ts';
import type { Draft, PumpDraft } from './draft.ts';
import { fixedFlow, isConstantFlow } from './fixed-flow.ts';
import type { Flow } from './flow.ts';
import { type Entry, placeInTime } from './history.ts';
import { endIsKnown } from './interruption.ts';
import { after, minutesAsDays, quantity, volumeOf } from './quantity.ts';
import type { EndReason } from './records.ts';
import { programmed, take } from './reservoir.ts';
import { end, goOn, start } from './running.ts';
import { sameProgram } from './same-program.ts';
import { isExact } from './when.ts';

/** The pump runs this programme from the event on. The running segment goes on where nothing changes. */
export function setProgram(draft: Draft, pump: PumpDraft, entry: Entry, program: Program, bridge?: Bridge): void {
  if (!isExact(entry.when)) return programUnknown(draft, pump, entry, program);
  if (program.mode === 'stopped') return stop(draft, pump, entry, 'pump-stopped');
  if (program.mode === 'single-bolus') return bolusThenStop(draft, pump, entry, program);
  const isSame = pump.program !== undefined && sameProgram(pump.program, program);
  const wanted = isSame ? ({ ...pump.program, ...program } as Program) : program;
  pump.clockOffsetMs = clockOffsetMs(entry);
  if (isSame && pump.open !== undefined && (!bridge || pump.bridge)) return goOn(draft, pump, entry, wanted);
  if (!isSame || bridge) pump.programmedBy = entry;
  const next = bridge ? bridgeTo(draft, pump, entry, wanted, bridge) : bridgeGoingOn(pump, entry, wanted, isSame);
  if (pump.interrupted?.kind === 'stopped') {
    if (endIsKnown(draft, pump)) {
      pump.program = wanted;
      pump.interrupted = { kind: 'stopped', bridge: next };
      return;
    }
    draft.flag(entry, pump, 'order-incomplete', 'a programme is reported, and not the end of the stall before it');
  }
  end(draft, pump, entry.when.earliest, 'programme-changed', entry);
  start(draft, pump, entry, wanted, next);
}

/** What a stalled pump is set to, as it was read: it runs once the stall is over, unless it is set to rest. */
export function readWhileStalled(draft: Draft, pump: PumpDraft, entry: Entry, program: Program): void {
  if (program.mode === 'stopped' || program.mode === 'single-bolus') return setProgram(draft, pump, entry, program);
  pump.interrupted = { kind: 'stopped', bridge: bridgeGoingOn(pump, entry, program, false) };
  pump.program = program;
  pump.programmedBy = entry;
  pump.clockOffsetMs = clockOffsetMs(entry);
}

/** Delivery ends at the event: stop or explant. A constant-flow pump flows on until it is removed. */
export function stop(draft: Draft, pump: PumpDraft, entry: Entry, reason: EndReason): void {
  const at = placeInTime(entry);
  end(draft, pump, at, reason, entry);
  const isRemoved = reason === 'pump-explanted' || !isImplanted(pump.life);
  const flow: Flow = isRemoved ? { kind: 'none' } : flowAtRest(draft, pump);
  if (pump.bridge) pump.uncleared = leftOf(pump.bridge, at);
  pump.bridge = undefined;
  pump.interrupted = undefined;
  pump.program = { mode: 'stopped', concentrationUgPerMl: pump.program?.concentrationUgPerMl };
  pump.reservoir = programmed(pump.reservoir, [{ from: at, flow }]);
}

/** What a pump moves that is set to rest: of a constant-flow pump what it moved before, also where it rested already. */
function flowAtRest(draft: Draft, pump: PumpDraft): Flow {
  if (!isConstantFlow(draft, pump)) return { kind: 'none' };
  const rate = fixedFlow(draft, pump);
  if (rate) return { kind: 'constant', rate };
  const rests = pump.program?.mode === 'stopped' || pump.program?.mode === 'single-bolus';
  return (rests && pump.reservoir.schedule[0]?.flow) || { kind: 'unknown' };
}

export function addPriming(draft: Draft, pump: PumpDraft, entry: Entry, prime: Prime): void {
  const volumeMl = quantity(prime.volumeMl);
  draft.primings.push({ pumpKey: pump.life.key, volumeMl, at: entry.when.earliest, entry });
  pump.reservoir = take(pump.reservoir, volumeMl, 'primedMl');
  pump.uncleared = undefined;
}

/** Drug given to the patient. While a bridge runs it is drawn at the old concentration, which is still in the tubing. */
export function addBolus(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  bolus: {
    kind: 'single' | 'patient-activated';
    doseUg: Measured<'ug'>;
    durationMinutes: number;
  },
): void {
  const from = entry.when.earliest;
  const doseUg = quantity(bolus.doseUg);
  const until = after(from, minutesAsDays(bolus.durationMinutes));
  draft.boluses.push({
    pumpKey: pump.life.key,
    kind: bolus.kind,
    doseUg,
    start: from,
    end: until,
    openedBy: entry,
  });
  const concentration = concentrationRunning(pump);
  if (concentration) pump.reservoir = take(pump.reservoir, volumeOf(doseUg, concentration), 'bolusedMl');
}

function bridgeTo(draft: Draft, pump: PumpDraft, entry: Entry, program: Program, bridge: Bridge): BridgeLeft {
  const stated = statedBridge(bridge, pump.uncleared?.oldConcentration ?? pump.running);
  checkBridge(draft, pump, entry, stated, program);
  return stated;
}

/** What is left of a bridge that runs, or that a stall cut off: at the new dose where the dose is another. */
function bridgeGoingOn(pump: PumpDraft, entry: Entry, program: Program, isSame: boolean): BridgeLeft | undefined {
  const left = pump.bridge ? leftOf(pump.bridge, entry.when.earliest) : pump.interrupted?.bridge;
  return left && (isSame ? left : atNewDose(left, program));
}

/** A programme whose time is only a date opens no segment: delivery is unknown from then on, visibly. */
function programUnknown(draft: Draft, pump: PumpDraft, entry: Entry, program: Program): void {
  if (pump.program && sameProgram(pump.program, program)) return;
  end(draft, pump, placeInTime(entry), 'programme-unknown', entry);
  pump.bridge = undefined;
  pump.interrupted = undefined;
  pump.program = program;
  pump.programmedBy = entry;
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

/** The pump clock is set in the site's zone where the event names one, else in the offset that the sender wrote. */
function clockOffsetMs(entry: Entry): number {
  const { timeZone, occurredAt } = entry.event;
  const zone = timeZone ?? /[+-]\d{2}:\d{2}/.exec(occurredAt)?.[0] ?? entry.when.zone;
  return entry.when.earliest.toZonedDateTimeISO(zone).offsetNanoseconds / 1_000_000;
}
