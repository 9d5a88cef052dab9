import type { Fill, Program } from '../event/program.ts';
import type { Measured } from '../event/units.ts';
import { dailyDoseOf } from './dose.ts';
import { concentrationOf, type Draft, type PumpDraft } from './draft.ts';
import { doseOf, equals, flowOf, type MlPerDay, quantity, toNumber } from './quantity.ts';

/**
 * The flow of a constant-flow pump: as labelled, as its programme states it, as its model is made, or as the dose that
 * is reported for it says. Undefined for a programmable pump, and where nothing says it.
 */
export function fixedFlow(draft: Draft, pump: PumpDraft, program = pump.program): MlPerDay | undefined {
  if (!isConstantFlow(draft, pump)) return undefined;
  const stated = pump.life.label.flowMlPerDay ?? rateOf(program) ?? draft.factsOf(pump)?.flowMlPerDay;
  return stated === undefined ? flowOfDose(program) : quantity(stated as Measured<'mL/d'>);
}

export const isConstantFlow = (draft: Draft, pump: PumpDraft): boolean =>
  (pump.life.label.kind ?? draft.factsOf(pump)?.kind) === 'constant-flow-pump';

/**
 * What a constant-flow pump gives after a fill that states no programme: its flow and the new concentration make the
 * dose. Undefined where the concentration stays, where the flow is not known, and for a programmable pump.
 */
export function programOfFill(draft: Draft, pump: PumpDraft, fill: Fill): Program | undefined {
  const flow = fixedFlow(draft, pump);
  const filled = quantity(fill.concentrationUgPerMl);
  const before = concentrationOf(pump.program);
  if (!flow || (pump.open !== undefined && before && equals(before, filled))) return undefined;
  return {
    mode: 'simple-continuous',
    concentrationUgPerMl: fill.concentrationUgPerMl,
    doseUgPerDay: toNumber(doseOf(flow, filled), decimals) as Measured<'ug/d'>,
    rateMlPerDay: toNumber(flow, decimals) as Measured<'mL/d'>,
  };
}

const decimals = 6;

const rateOf = (program: Program | undefined): number | undefined =>
  program && 'rateMlPerDay' in program ? program.rateMlPerDay : undefined;

function flowOfDose(program: Program | undefined): MlPerDay | undefined {
  const concentration = concentrationOf(program);
  const dose = dailyDoseOf(program);
  return concentration && dose ? flowOf(dose, concentration) : undefined;
}
