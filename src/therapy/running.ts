import type { Program } from '../event/program.ts';
import type { BridgeLeft } from './bridge.ts';
import { concentrationOf, type Draft, type PumpDraft } from './draft.ts';
import { fixedFlow } from './fixed-flow.ts';
import { type Flow, flowOfProgram } from './flow.ts';
import type { Entry } from './history.ts';
import { after, days, flowOver, isMore } from './quantity.ts';
import type { EndReason, Segment } from './records.ts';
import { advance, programmed } from './reservoir.ts';
import { isBefore } from './when.ts';

/** Brings every pump to an instant: bridges that ended on the way hand over to the programme behind them. */
export function settleAll(draft: Draft, at: Temporal.Instant): void {
  for (const pump of draft.pumps.values()) settle(draft, pump, at);
}

function settle(draft: Draft, pump: PumpDraft, at: Temporal.Instant): void {
  const { bridge } = pump;
  if (bridge && !isBefore(at, bridge.end)) {
    pump.bridge = undefined;
    end(draft, pump, bridge.end, 'bridge-ended', bridge.entry);
    open(draft, pump, { role: 'infusion', program: bridge.program, start: bridge.end, openedBy: bridge.entry });
  }
  pump.reservoir = advance(pump.reservoir, at);
}

/** From the entry on the pump runs the programme: at once, or behind a bridge. */
export function start(draft: Draft, pump: PumpDraft, entry: Entry, program: Program, bridge?: BridgeLeft): void {
  const from = entry.when.earliest;
  const flow = programmedFlow(draft, pump, program);
  pump.program = program;
  pump.interrupted = undefined;
  pump.uncleared = undefined;
  if (!bridge) {
    pump.bridge = undefined;
    open(draft, pump, { role: 'infusion', program, start: from, openedBy: entry });
    pump.reservoir = programmed(pump.reservoir, [{ from, flow }]);
    return;
  }
  const until = after(from, bridge.duration);
  const { volumeMl, oldConcentration } = bridge;
  pump.bridge = { start: from, end: until, volumeMl, oldConcentration, program, entry };
  open(draft, pump, {
    role: 'bridge',
    program,
    start: from,
    openedBy: entry,
    concentrationUgPerMl: oldConcentration,
  });
  pump.reservoir = programmed(pump.reservoir, [
    { from, flow: bridgeFlow(bridge) },
    { from: until, flow },
  ]);
}

/** The running segment goes on, as this report states its programme. */
export function goOn(draft: Draft, pump: PumpDraft, entry: Entry, program: Program): void {
  pump.program = program;
  const flow = programmedFlow(draft, pump, program);
  const { bridge } = pump;
  if (!bridge) {
    pump.reservoir = programmed(pump.reservoir, [{ from: entry.when.earliest, flow }]);
    return;
  }
  pump.bridge = { ...bridge, program };
  pump.reservoir = programmed(pump.reservoir, [...pump.reservoir.schedule.slice(0, 1), { from: bridge.end, flow }]);
}

/** The running segment ends, if there is one. */
export function end(draft: Draft, pump: PumpDraft, at: Temporal.Instant, endReason: EndReason, closedBy: Entry): void {
  if (pump.open === undefined) return;
  draft.segments[pump.open] = { ...(draft.segments[pump.open] as Segment), end: at, endReason, closedBy };
  pump.open = undefined;
}

/** What the pump is set to do is not known from the instant on, nor is what it delivers. */
export function loseProgram(draft: Draft, pump: PumpDraft, at: Temporal.Instant, closedBy: Entry): void {
  end(draft, pump, at, 'programme-unknown', closedBy);
  pump.bridge = undefined;
  pump.interrupted = undefined;
  pump.program = undefined;
  pump.reservoir = programmed(pump.reservoir, [{ from: at, flow: { kind: 'unknown' } }]);
}

/** What the pump moves under a programme. The clock of the pump keeps the offset of its last programming. */
export function programmedFlow(draft: Draft, pump: PumpDraft, program: Program): Flow {
  return flowOfProgram(program, pump.clockOffsetMs ?? 0, fixedFlow(draft, pump, program));
}

function bridgeFlow({ volumeMl, duration }: BridgeLeft): Flow {
  return isMore(duration, days(0)) ? { kind: 'constant', rate: flowOver(volumeMl, duration) } : { kind: 'none' };
}

function open(draft: Draft, pump: PumpDraft, segment: Omit<Segment, 'pumpKey' | 'programmedBy'>): void {
  const programmedBy = pump.programmedBy ?? segment.openedBy;
  // Of the programme behind a bridge nothing follows for the drug that the bridge clears.
  const concentrationUgPerMl =
    segment.role === 'bridge' ? segment.concentrationUgPerMl : concentrationOf(segment.program);
  pump.open = draft.segments.push({ ...segment, pumpKey: pump.life.key, programmedBy, concentrationUgPerMl }) - 1;
}
