import type { ClinicalEventOf } from '../event/event.ts';
import type { Program } from '../event/program.ts';
import { flagBridgeAlone, flagConcentrationChange } from './bridge.ts';
import { addBolus, addPriming, readWhileStalled, setProgram } from './delivery.ts';
import type { Draft, PumpDraft } from './draft.ts';
import { addFill, flagConcentrationMismatch, residualOf } from './filling.ts';
import { programOfFill } from './fixed-flow.ts';
import type { Entry } from './history.ts';
import { noVolume } from './quantity.ts';
import { fillTo } from './reservoir.ts';
import type { ResidualAssessment } from './residual.ts';
import { start } from './running.ts';
import { sameProgram } from './same-program.ts';
import { isExact } from './when.ts';

/** What is done to an implanted pump with needle and programmer. */

export function refill(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  event: ClinicalEventOf<'refill'>,
): ResidualAssessment {
  flagPrevious(draft, pump, entry, event.previousProgram);
  const residual = addFill(draft, pump, entry, event.fill, event.residual?.measuredMl);
  if (event.program) {
    if (!event.bridge && pump.program) flagConcentrationChange(draft, pump, entry, event.program);
    setProgram(draft, pump, entry, event.program, event.bridge);
  } else {
    if (event.bridge) flagBridgeAlone(draft, pump, entry);
    const derived = programOfFill(draft, pump, event.fill);
    if (derived) setProgram(draft, pump, entry, derived);
    else certainAgain(draft, pump, entry);
  }
  flagConcentrationMismatch(draft, pump, entry, event.fill);
  return residual;
}

/** A pump that was seen and filled runs as it was programmed, where nobody reports anything else. */
function certainAgain(draft: Draft, pump: PumpDraft, entry: Entry): void {
  if (pump.interrupted?.kind !== 'uncertain' || !pump.program || !isExact(entry.when)) return;
  start(draft, pump, entry, pump.program);
}

export function reprogrammed(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  event: ClinicalEventOf<'dose-change'> | ClinicalEventOf<'restart'>,
): undefined {
  flagPrevious(draft, pump, entry, event.previousProgram);
  const prime = event.type === 'restart' ? event.prime : undefined;
  if (prime) addPriming(draft, pump, entry, prime);
  if (!event.bridge && !prime) flagConcentrationChange(draft, pump, entry, event.program);
  setProgram(draft, pump, entry, event.program, event.bridge);
}

export function interrogated(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  event: ClinicalEventOf<'interrogation'>,
): ResidualAssessment | undefined {
  if (event.program) programRead(draft, pump, entry, event.program);
  return event.residual ? residualOf(draft, pump, entry, event.residual.measuredMl) : undefined;
}

/** A programme that is read runs from then on where what ran was not known. It does not say that a stall is over. */
function programRead(draft: Draft, pump: PumpDraft, entry: Entry, program: Program): void {
  const isSame = pump.program !== undefined && sameProgram(pump.program, program);
  if (pump.program && !isSame) {
    draft.flag(entry, pump, 'unreported-program-change', 'the programme read is not the last one reported');
  }
  if (pump.interrupted?.kind === 'stopped') {
    if (!isSame) readWhileStalled(draft, pump, entry, program);
    return;
  }
  if (!isSame || pump.open === undefined) setProgram(draft, pump, entry, program);
}

export function bolus(draft: Draft, pump: PumpDraft, entry: Entry, event: ClinicalEventOf<'bolus'>): undefined {
  const given = event.bolus;
  switch (given.kind) {
    case 'single':
    case 'patient-activated':
      return addBolus(draft, pump, entry, given) as undefined;
    case 'priming':
      return addPriming(draft, pump, entry, given) as undefined;
    case 'bridge':
      if (pump.program) setProgram(draft, pump, entry, pump.program, given);
      else draft.hold(entry, 'program-incomplete', 'a bridge needs a known programme', 'bolus');
  }
}

/** Emptied on purpose: nothing is left, and what the pump is set to do stays as it was. */
export function emptied(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  event: ClinicalEventOf<'reservoir-emptied'>,
): ResidualAssessment {
  const residual = residualOf(draft, pump, entry, event.residual?.measuredMl);
  pump.reservoir = fillTo(pump.reservoir, noVolume);
  pump.emptied = { volumeMl: noVolume, filledAt: isExact(entry.when) ? entry.when.earliest : undefined };
  return residual;
}

function flagPrevious(draft: Draft, pump: PumpDraft, entry: Entry, previous: Program | undefined): void {
  if (previous && pump.program && !sameProgram(pump.program, previous)) {
    draft.flag(entry, pump, 'previous-program-differs', 'the previous programme is not the last one known');
  }
}
