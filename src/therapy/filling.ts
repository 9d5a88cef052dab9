import type { Fill, Program } from '../event/program.ts';
import { statedDose } from './dose.ts';
import { concentrationOf, type Draft, type PumpDraft } from './draft.ts';
import type { Entry } from './history.ts';
import { after, equals, ml, quantity, ratio, times, timeToMove, toNumber } from './quantity.ts';
import type { PossibleDelivery } from './records.ts';
import { fillTo, volumeLost } from './reservoir.ts';
import { assessResidual, type ResidualAssessment } from './residual.ts';
import { programmedFlow } from './running.ts';
import { isExact, localDate } from './when.ts';

/** The reservoir was emptied and filled: what came out is compared with what should have been left. */
export function addFill(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  fill: Fill,
  measuredMl: number | null | undefined,
): ResidualAssessment {
  const residual = residualOf(draft, pump, entry, measuredMl);
  draft.fills.push({ pumpKey: pump.life.key, fill, entry, residual });
  const volumeMl = quantity(fill.volumeMl);
  const filled = fillTo(pump.reservoir, volumeMl);
  const exact = isExact(entry.when);
  pump.reservoir = exact ? filled : volumeLost(filled);
  pump.emptied = undefined;
  pump.lastFill = {
    volumeMl,
    filledOn: entry.when.precision === 'month' || entry.when.precision === 'year' ? undefined : dateOf(entry),
    filledAt: exact ? entry.when.earliest : undefined,
    concentration: quantity(fill.concentrationUgPerMl),
  };
  return residual;
}

/** The baseline of the next residual comparison is what was left after the prime. */
export function rebaseAfterPriming(pump: PumpDraft): void {
  if (pump.lastFill && pump.reservoir.volumeMl) pump.lastFill = { ...pump.lastFill, volumeMl: pump.reservoir.volumeMl };
}

export function residualOf(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  measuredMl: number | null | undefined,
): ResidualAssessment {
  const measured = measuredMl === null || measuredMl === undefined ? undefined : ml(measuredMl);
  const ofModel = draft.factsOf(pump)?.residualDiscrepancy;
  const limits = { ...draft.settings, ...(ofModel && { residualDiscrepancy: ofModel }) };
  // After the reservoir was emptied on purpose, what is left is counted from there.
  const baseline = pump.lastFill && (pump.emptied ?? pump.lastFill);
  return assessResidual(baseline, pump.reservoir.volumeMl, measured, entry.when.earliest, limits);
}

/** Filled with one concentration, programmed for another: every dose is off by their ratio. */
export function flagConcentrationMismatch(draft: Draft, pump: PumpDraft, entry: Entry, fill: Fill): void {
  const programmed = concentrationOf(pump.program);
  const filled = quantity(fill.concentrationUgPerMl);
  if (!programmed || !pump.program || equals(programmed, filled)) return;
  draft.flag(
    entry,
    pump,
    'concentration-mismatch',
    'concentration filled and concentration programmed differ',
    possibleDelivery(draft, pump, entry, pump.program, ratio(filled, programmed)?.toNumber()),
  );
}

function possibleDelivery(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  program: Program,
  factor: number | undefined,
): PossibleDelivery | undefined {
  const dose = statedDose(program);
  if (dose === undefined || factor === undefined) return undefined;
  const flow = programmedFlow(draft, pump, program);
  const tubing = draft.tubingMl(pump);
  const clearing = tubing && flow.kind === 'constant' ? timeToMove(tubing, flow.rate) : undefined;
  return {
    programmedUgPerDay: dose,
    possibleUgPerDay: toNumber(times(quantity(dose), factor), 3),
    ratio: factor,
    from: clearing && after(entry.when.earliest, clearing),
  };
}

const dateOf = (entry: Entry): Temporal.PlainDate => localDate(entry.when.earliest, entry.when.zone);
