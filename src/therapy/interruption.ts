import { alarmFacts } from './alarm-facts.ts';
import { type BridgeLeft, leftOf } from './bridge.ts';
import { type Draft, isAbout, type PumpDraft } from './draft.ts';
import { type Entry, placeInTime } from './history.ts';
import { isClearing } from './pump-log.ts';
import { programmed } from './reservoir.ts';
import { end, start } from './running.ts';
import { isExact } from './when.ts';

/**
 * The pump is programmed, and an alarm says that it does not deliver so.
 *
 * - `stopped` (a motor stall): nothing is delivered until a recovery, a clearing or a new programme is reported. A
 *   programme that is only read does not say that the motor turns.
 * - `uncertain` (a reset, a critical memory error): what is delivered is not known until a programme is reported or
 *   read, or the reservoir is filled. It outlasts a stall: the end of the stall does not make it certain.
 */
export interface Interruption {
  readonly kind: 'stopped' | 'uncertain';
  /** Old drug that was still to be cleared. */
  readonly bridge?: BridgeLeft | undefined;
}

/** Delivery ends at the alarm, or is uncertain from it on. Where nothing runs, an alarm changes nothing. */
export function interrupt(draft: Draft, pump: PumpDraft, entry: Entry, kind: Interruption['kind']): void {
  const isWorse = pump.interrupted?.kind === 'stopped' && kind === 'uncertain';
  if (pump.open === undefined && !isWorse) return;
  const at = placeInTime(entry);
  const bridge = kind === 'stopped' && isExact(entry.when) && pump.bridge ? leftOf(pump.bridge, at) : undefined;
  end(draft, pump, at, kind === 'stopped' ? 'delivery-stopped-by-alarm' : 'delivery-uncertain', entry);
  pump.bridge = undefined;
  pump.interrupted = { kind, bridge };
  const isMeasurable = kind === 'stopped' && isExact(entry.when);
  pump.reservoir = programmed(pump.reservoir, [{ from: at, flow: { kind: isMeasurable ? 'none' : 'unknown' } }]);
}

/** The motor turns again: the same programme goes on, and a bridge with what was left of it. */
export function resume(draft: Draft, pump: PumpDraft, entry: Entry): void {
  if (pump.interrupted?.kind !== 'stopped' || !pump.program) return;
  if (isExact(entry.when)) return start(draft, pump, entry, pump.program, pump.interrupted.bridge);
  pump.interrupted = { kind: 'uncertain' };
  pump.reservoir = programmed(pump.reservoir, [{ from: entry.when.earliest, flow: { kind: 'unknown' } }]);
}

/** Whether a later report says that the stall of now ended: then no programme runs before that. */
export function endIsKnown(draft: Draft, pump: PumpDraft): boolean {
  const next = draft.ahead().find((entry) => isAbout(entry, pump) && saysOfStall(draft, entry) !== 'nothing');
  return next !== undefined && saysOfStall(draft, next) === 'end';
}

function saysOfStall(draft: Draft, entry: Entry): 'end' | 'begin' | 'nothing' {
  if (entry.event.type !== 'alarm') return 'nothing';
  if (isClearing(entry)) return 'end';
  const delivery = alarmFacts(draft.settings, entry.event.code)?.delivery;
  if (delivery === 'recovered') return 'end';
  return delivery === 'stopped' ? 'begin' : 'nothing';
}
