import type { Catheter } from '../event/device.ts';
import type { ClinicalEventOf } from '../event/event.ts';
import { flagBridgeAlone, flagConcentrationChange } from './bridge.ts';
import { addPriming, setProgram, stop } from './delivery.ts';
import { type CatheterLife, isImplanted, sameCatheter } from './device-life.ts';
import type { Draft, PumpDraft } from './draft.ts';
import { addFill, flagConcentrationMismatch, rebaseAfterPriming, residualOf } from './filling.ts';
import { programOfFill } from './fixed-flow.ts';
import { type Entry, placeInTime } from './history.ts';
import { volumeLost } from './reservoir.ts';
import type { ResidualAssessment } from './residual.ts';
import { isBefore } from './when.ts';

/** What was implanted, replaced or removed, and what the pump ran from then on. */

export function implant(draft: Draft, pump: PumpDraft, entry: Entry, event: ClinicalEventOf<'implant'>): undefined {
  if (pump.life.explanted) pump.reservoir = volumeLost(pump.reservoir);
  const { kind, key, label, firstEntry } = pump.life;
  pump.life = { kind, key, label, firstEntry, implanted: entry.when };
  pump.implantedBy = entry;
  implantCatheter(draft, entry, event, pump);
  if (event.fill) addFill(draft, pump, entry, event.fill, undefined);
  if (event.prime) addPriming(draft, pump, entry, event.prime);
  if (event.fill && event.prime) rebaseAfterPriming(pump);
  const program = event.program ?? (event.fill && programOfFill(draft, pump, event.fill));
  if (program) setProgram(draft, pump, entry, program, event.bridge);
  else if (event.bridge) flagBridgeAlone(draft, pump, entry);
  if (event.fill) flagConcentrationMismatch(draft, pump, entry, event.fill);
}

/** A new pump was implanted and the one before it never reported as removed: one of two reports is missing. */
export function flagPumpsLeft(draft: Draft): void {
  const implanted = draft.implantedPumps();
  for (const pump of implanted) {
    const { implantedBy } = pump;
    if (!implantedBy || !implanted.some((other) => isKnownBefore(other, implantedBy))) continue;
    const message = 'another pump had been implanted before, and its explant was not reported';
    draft.flag(implantedBy, pump, 'order-incomplete', message);
  }
}

const isKnownBefore = ({ life, implantedBy }: PumpDraft, entry: Entry): boolean =>
  isBefore(placeInTime(implantedBy ?? life.firstEntry), placeInTime(entry));

/** A catheter is implanted, alone or with a pump, or joins the pump that is implanted. */
export function implantCatheter(
  draft: Draft,
  entry: Entry,
  event: ClinicalEventOf<'implant'>,
  pump: PumpDraft | undefined,
): void {
  const kept = () => (pump && event.catheterKept ? keptCatheter(draft, entry, pump) : undefined);
  const index = event.catheter ? draft.namedCatheter(event.catheter, entry) : kept();
  if (index === undefined) return;
  const known = draft.catheters[index] as CatheterLife;
  const pumpKey = pump?.life.key ?? known.pumpKey;
  if (!isImplanted(known)) {
    const removal = { explanted: undefined, abandoned: undefined, explantReason: undefined, explantCause: undefined };
    return draft.updateCatheter(index, { implanted: entry.when, pumpKey, ...removal });
  }
  // A date on a label gives way to the report of the implant, unless it says that the catheter was there before.
  const isEarlier = known.implanted && isBefore(known.implanted.latest, entry.when.earliest);
  const implanted = event.catheterKept || isEarlier ? known.implanted : entry.when;
  draft.updateCatheter(index, { implanted, pumpKey });
}

/** The catheter that stays at the replacement of its pump: the only one that hangs on no other implanted pump. */
function keptCatheter(draft: Draft, entry: Entry, pump: PumpDraft): number | undefined {
  const connected = new Set(draft.implantedPumps().map(({ life }) => life.key));
  connected.delete(pump.life.key);
  const free = draft.catheters.flatMap((life, index) =>
    isImplanted(life) && !(life.pumpKey && connected.has(life.pumpKey)) ? [index] : [],
  );
  const candidates = free.length > 0 ? free : draft.catheters.flatMap((life, n) => (isImplanted(life) ? [n] : []));
  if (candidates.length > 1) {
    draft.flag(entry, pump, 'order-incomplete', 'several catheters are implanted, and which one was kept is not said');
    return undefined;
  }
  return candidates[0];
}

export function revise(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  event: ClinicalEventOf<'revision'>,
): ResidualAssessment | undefined {
  const measured = event.residual?.measuredMl;
  const residual = event.residual && residualOf(draft, pump, entry, measured);
  reviseCatheter(draft, pump, entry, event);
  if (event.component === 'pump' && event.action === 'replaced') replacePump(draft, pump, entry, event);
  const filled = event.fill && addFill(draft, pump, entry, event.fill, measured);
  if (event.prime) addPriming(draft, pump, entry, event.prime);
  if (event.fill && event.prime) rebaseAfterPriming(pump);
  const program = event.program ?? (event.fill && programOfFill(draft, pump, event.fill));
  if (program) {
    if (event.program && !event.prime && !event.bridge) flagConcentrationChange(draft, pump, entry, program);
    setProgram(draft, pump, entry, program, event.bridge);
  } else if (event.bridge) flagBridgeAlone(draft, pump, entry);
  if (event.fill) flagConcentrationMismatch(draft, pump, entry, event.fill);
  return filled ?? residual;
}

function reviseCatheter(draft: Draft, pump: PumpDraft, entry: Entry, event: ClinicalEventOf<'revision'>): void {
  if (event.component !== 'catheter' || event.action !== 'replaced') {
    if (event.catheter) draft.namedCatheter(event.catheter, entry);
    return;
  }
  const removed = catheterMeant(draft, pump, entry, event.removedCatheter);
  if (removed !== undefined) {
    draft.updateCatheter(removed, { explanted: entry.when, explantReason: event.reason });
  }
  if (!event.catheter) return;
  const index = draft.namedCatheter(event.catheter, entry);
  draft.updateCatheter(index, { implanted: entry.when, pumpKey: pump.life.key });
}

/** The pump named is the new one: what was implanted until then is explanted, and the catheter joins the new pump. */
function replacePump(draft: Draft, pump: PumpDraft, entry: Entry, event: ClinicalEventOf<'revision'>): void {
  pump.life = { ...pump.life, implanted: entry.when };
  const [old, ...others] = draft.implantedPumps().filter((other) => other !== pump);
  if (others.length > 0) {
    draft.flag(entry, pump, 'order-incomplete', 'several pumps were implanted, and which one was replaced is not said');
  }
  if (!old || others.length > 0) return;
  stop(draft, old, entry, 'pump-explanted');
  old.life = { ...old.life, explanted: entry.when, explantReason: event.reason };
  for (const [index, life] of draft.catheters.entries()) {
    if (isImplanted(life) && life.pumpKey === old.life.key) draft.updateCatheter(index, { pumpKey: pump.life.key });
  }
}

export function explant(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  event: ClinicalEventOf<'explant'>,
): ResidualAssessment | undefined {
  const removed = event.removed ?? ['pump'];
  const residual = event.residual ? residualOf(draft, pump, entry, event.residual.measuredMl) : undefined;
  if (removed.includes('catheter')) explantCatheter(draft, pump, entry, event);
  else if (event.catheterAbandoned) abandonCatheter(draft, pump, entry, event);
  if (removed.includes('pump')) {
    stop(draft, pump, entry, 'pump-explanted');
    pump.life = { ...pump.life, ...removal(entry, event) };
  }
  return residual;
}

/** A catheter may be removed when no pump is implanted any more, or while a pump runs on. */
export function explantCatheter(
  draft: Draft,
  pump: PumpDraft | undefined,
  entry: Entry,
  event: ClinicalEventOf<'explant'>,
): void {
  const index = catheterMeant(draft, pump, entry, event.catheter);
  if (index !== undefined) draft.updateCatheter(index, removal(entry, event));
}

/** Left in the body: no pump uses it, until a report says that one is connected to it again. */
function abandonCatheter(draft: Draft, pump: PumpDraft, entry: Entry, event: ClinicalEventOf<'explant'>): void {
  const index = catheterMeant(draft, pump, entry, event.catheter);
  if (index !== undefined) draft.updateCatheter(index, { abandoned: entry.when });
}

const removal = (entry: Entry, { reason, cause }: ClinicalEventOf<'explant'>) => ({
  explanted: entry.when,
  explantReason: reason,
  explantCause: cause,
});

/**
 * The catheter in the body that a report means: the one it names, known before or not, else that of its pump, else the
 * only one.
 */
function catheterMeant(
  draft: Draft,
  pump: PumpDraft | undefined,
  entry: Entry,
  named: Catheter | undefined,
): number | undefined {
  const implanted = [...draft.catheters.entries()].filter(([, life]) => life.explanted === undefined);
  const fitting = named ? implanted.filter(([, life]) => sameCatheter(life.label, named)) : implanted;
  const ofPump = fitting.find(([, life]) => pump && life.pumpKey === pump.life.key);
  const [index] = ofPump ?? (fitting.length === 1 || named ? fitting[0] : undefined) ?? [];
  return index ?? (named && draft.namedCatheter(named, entry));
}
