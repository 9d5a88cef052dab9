import { type CatheterLife, type PumpLife, pumpKey, sameCatheter } from '../therapy/device-life.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { isBefore, type When } from '../therapy/when.ts';
import { identityOfCatheter } from './catheter-device.ts';
import type { MappingContext } from './context.ts';
import { identityOfPump } from './pump-device.ts';

/** Which device an event about the patient concerns. A device is never guessed: none, where several may be meant. */

/** The pump that the event names, else the only one that was in place then. */
export function concernedPump(therapy: Timeline, entry: Entry, context: MappingContext): string | undefined {
  const lives = therapy.pumps.map(({ life }) => life);
  const key = entry.event.pump && pumpKey(entry.event.pump);
  const life = key ? lives.find((candidate) => candidate.key === key) : onlyOneThen(lives, entry.when);
  return life && identityOfPump(context, life);
}

/** The catheter that the event names, else the only one that was in place then. */
export function concernedCatheter(therapy: Timeline, entry: Entry, context: MappingContext): string | undefined {
  const label = entry.event.catheter;
  const fitting = therapy.catheters.filter((life) => !label || sameCatheter(life.label, label));
  const life = onlyOneThen(fitting, entry.when) ?? (label && fitting.length === 1 ? fitting[0] : undefined);
  return life && identityOfCatheter(context, life);
}

/** The pump and the catheter that the event names. */
export function namedDevices(therapy: Timeline, entry: Entry, context: MappingContext): string[] {
  const { pump, catheter } = entry.event;
  return [
    pump && concernedPump(therapy, entry, context),
    catheter && concernedCatheter(therapy, entry, context),
  ].flatMap((identity) => identity ?? []);
}

/** Whether the event names a pump of which nothing else is known. */
export function namesUnknownPump(therapy: Timeline, { event }: Entry): boolean {
  const key = event.pump && pumpKey(event.pump);
  return key !== undefined && !therapy.pumps.some(({ life }) => life.key === key);
}

/** A part that was replaced just then is the one that is meant, not the one that took its place. */
function onlyOneThen<Life extends PumpLife | CatheterLife>(lives: readonly Life[], when: When): Life | undefined {
  const inPlace = lives.filter((life) => wasInPlace(life, when));
  const before = inPlace.filter(({ implanted }) => !implanted || isBefore(implanted.earliest, when.earliest));
  const [first, ...others] = before.length > 0 ? before : inPlace;
  return others.length === 0 ? first : undefined;
}

function wasInPlace({ implanted, explanted }: PumpLife | CatheterLife, when: When): boolean {
  const notYet = implanted && isBefore(when.latest, implanted.earliest);
  const noLonger = explanted && isBefore(explanted.latest, when.earliest);
  return !notYet && !noLonger;
}
