import type { Bridge, Program } from '../event/program.ts';
import { statedDose } from './dose.ts';
import { concentrationOf, type Draft, type PumpDraft, type RunningBridge } from './draft.ts';
import type { Entry } from './history.ts';
import {
  after,
  type Days,
  elapsed,
  equals,
  flowOf,
  hoursAsDays,
  isMore,
  type Ml,
  magnitude,
  massOf,
  type Quantity,
  quantity,
  ratio,
  subtract,
  times,
  timeToClear,
  timeToMove,
  toNumber,
  type UgPerMl,
} from './quantity.ts';
import type { PossibleDelivery } from './records.ts';

/** Old drug that is still to be cleared from tubing and catheter, and the time that is set for it. */
export interface BridgeLeft {
  readonly volumeMl: Ml;
  readonly duration: Days;
  readonly oldConcentration: UgPerMl | undefined;
}

/** A bridge as a report states it: so much volume over so many hours. */
export function statedBridge(bridge: Bridge, oldConcentration: UgPerMl | undefined): BridgeLeft {
  return { volumeMl: quantity(bridge.volumeMl), duration: hoursAsDays(bridge.durationHours), oldConcentration };
}

/** What of a bridge is left at an instant within it. */
export function leftOf(bridge: RunningBridge, at: Temporal.Instant): BridgeLeft | undefined {
  const share = ratio(elapsed(at, bridge.end), elapsed(bridge.start, bridge.end));
  if (!share) return undefined;
  return {
    volumeMl: times(bridge.volumeMl, share),
    duration: elapsed(at, bridge.end),
    oldConcentration: bridge.oldConcentration,
  };
}

/**
 * The dose was changed while old drug was being cleared: what is left of it is cleared at the new dose, so the bridge
 * ends earlier or later (duration = volume × old concentration ÷ new dose).
 */
export function atNewDose({ volumeMl, oldConcentration }: BridgeLeft, program: Program): BridgeLeft | undefined {
  const dose = statedDose(program);
  if (!oldConcentration || dose === undefined) return undefined;
  const duration = timeToClear(massOf(volumeMl, oldConcentration), quantity(dose));
  return { volumeMl, duration, oldConcentration };
}

/** The concentration that leaves the reservoir's side of the tubing now: of a bridge, the old one. */
export function concentrationRunning(pump: PumpDraft): UgPerMl | undefined {
  const bridge = pump.bridge ?? pump.interrupted?.bridge;
  return bridge?.oldConcentration ?? concentrationOf(pump.program) ?? pump.lastFill?.concentration;
}

/**
 * A bridge clears the volume of tubing and catheter at the dose: volume × old concentration ÷ dose. Where the volumes
 * are not known, the volume that it states is taken.
 */
export function checkBridge(draft: Draft, pump: PumpDraft, entry: Entry, bridge: BridgeLeft, program: Program): void {
  const tolerance = draft.settings.bridgeToleranceShare;
  const tubingMl = pump.uncleared?.volumeMl ?? draft.tubingMl(pump);
  const expected = atNewDose({ ...bridge, volumeMl: tubingMl ?? bridge.volumeMl }, program);
  const volumeDiffers = tubingMl && isOff(bridge.volumeMl, tubingMl, tolerance);
  const durationDiffers = expected && isOff(bridge.duration, expected.duration, tolerance);
  if (!volumeDiffers && !durationDiffers) return;
  const message = 'the bridge is not what tubing volume, old concentration and dose come to';
  draft.flag(entry, pump, 'bridge-differs', message);
}

function isOff<Unit extends string>(stated: Quantity<Unit>, expected: Quantity<Unit>, share: number): boolean {
  return isMore(magnitude(subtract<string>(stated, expected)), times<string>(expected, share));
}

/** A bridge belongs to the programme that follows it; where none is stated, what runs after it is not known to have changed. */
export function flagBridgeAlone(draft: Draft, pump: PumpDraft, entry: Entry): void {
  draft.flag(entry, pump, 'program-incomplete', 'a bridge was reported without the programme that follows it');
}

/** Drug of the new concentration follows old drug in the tubing: without a bridge the dose is not the programmed one. */
export function flagConcentrationChange(draft: Draft, pump: PumpDraft, entry: Entry, program: Program): void {
  const before = concentrationInTubing(draft, pump);
  const now = concentrationOf(program);
  if (!before || !now || equals(before, now)) return;
  const message = 'the programmed concentration changed and no bridge was reported';
  const possible = possibleUntilCleared(draft, pump, entry, program, before, now);
  draft.flag(entry, pump, 'concentration-change-without-bridge', message, possible);
}

/** Until the new drug has passed tubing and catheter, at the new rate, the dose is that of the old drug. */
function possibleUntilCleared(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  program: Program,
  before: UgPerMl,
  now: UgPerMl,
): PossibleDelivery | undefined {
  const dose = statedDose(program);
  const factor = ratio(before, now);
  if (dose === undefined || !factor) return undefined;
  const from = entry.when.earliest;
  const tubingMl = pump.uncleared?.volumeMl ?? draft.tubingMl(pump);
  const clearing = tubingMl && timeToMove(tubingMl, flowOf(quantity(dose), now));
  return {
    programmedUgPerDay: dose,
    possibleUgPerDay: toNumber(times(quantity(dose), factor), 3),
    ratio: factor.toDecimalPlaces(3).toNumber(),
    from,
    until: clearing && after(from, clearing),
  };
}

/** What a bridge that was cut off has left; else what was filled last, once it has passed the whole tubing; until then, what was programmed before. */
function concentrationInTubing(draft: Draft, pump: PumpDraft): UgPerMl | undefined {
  const { lastFill, program, uncleared } = pump;
  if (uncleared?.oldConcentration) return uncleared.oldConcentration;
  const tubingMl = draft.tubingMl(pump);
  const leftMl = pump.reservoir.volumeMl;
  const isPast = lastFill && tubingMl && leftMl && isMore(subtract(lastFill.volumeMl, leftMl), tubingMl);
  return isPast ? lastFill.concentration : (concentrationOf(program) ?? lastFill?.concentration);
}
