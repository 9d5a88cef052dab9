import type { Bridge, Program } from '../event/program.ts';
import { itb } from '../fhir/systems.ts';
import { dailyDoseOf } from '../therapy/dose.ts';
import { concentrationOf } from '../therapy/draft.ts';
import { flowOf } from '../therapy/quantity.ts';
import type { MappingContext } from './context.ts';
import { inText, type Value } from './observed.ts';
import { daysInWords, singleDailyDose, stepInWords, weekdayPatterns } from './programmed-dose.ts';
import { amount, codedAs, type Reading, rounded } from './reading.ts';
import { otherInWords } from './reservoir-drug.ts';

/** What a pump is programmed to do, value by value: also for servers that take no MedicationRequest. */
export function programmeReadings(program: Program | undefined, context: MappingContext): Reading[] {
  if (!program) return [];
  return [
    ['infusion-mode', codedAs(context, itb.infusionMode, program.mode)],
    ['programmed-daily-dose', amount(singleDailyDose(program), 'ug/d')],
    ['flow-rate', amount('rateMlPerDay' in program ? program.rateMlPerDay : undefined, 'mL/d')],
    ...steps(program),
    ...(program.additionalDrugs?.map((drug): Reading => ['additional-drug', inText(otherInWords(drug))]) ?? []),
    ...boluses(program),
  ];
}

function steps(program: Program): Reading[] {
  if (program.mode !== 'flex') return [];
  return [
    ...program.flexSteps.map((step): Reading => ['flex-step', inText(stepInWords(step))]),
    ...weekdayPatterns(program).map(({ days, doseUgPerDay, flexSteps }): Reading => {
      const words = [`${daysInWords(days)}: ${doseUgPerDay} ug per day`, ...flexSteps.map(stepInWords)];
      return ['weekday-pattern', inText(words.join('; '))];
    }),
  ];
}

function boluses(program: Program): Reading[] {
  const ofPatient = 'patientBolus' in program ? program.patientBolus : undefined;
  return [
    ...(program.mode === 'single-bolus' ? bolus('single', program.bolus) : []),
    ...(program.mode === 'periodic-bolus'
      ? ([
          ...bolus('periodic', program.bolus),
          ['periodic-bolus-interval', amount(program.bolus.intervalHours, 'h')],
        ] satisfies Reading[])
      : []),
    ...(ofPatient ? bolus('patient', ofPatient) : []),
    ['patient-bolus-lockout', amount(ofPatient?.lockoutMinutes, 'min')],
    ['patient-bolus-maximum', amount(ofPatient?.maxPerDay, '/d')],
  ];
}

function bolus(kind: string, stated: { doseUg: number; durationMinutes?: number | undefined }): Reading[] {
  return [
    [`${kind}-bolus-dose`, amount(stated.doseUg, 'ug')],
    [`${kind}-bolus-duration`, amount(stated.durationMinutes, 'min')],
  ];
}

/** Old drug to be cleared, as it was programmed. */
export function bridgeReadings(bridge: Bridge | undefined): Reading[] {
  return [
    ['bridge-volume', amount(bridge?.volumeMl, 'mL')],
    ['bridge-duration', amount(bridge?.durationHours, 'h')],
  ];
}

/** Dose ÷ concentration. A constant-flow pump has the flow that it was made with, whatever its dose. */
export function calculatedFlow(program: Program | undefined, pumpKind: string | undefined): Value | undefined {
  const dose = program && singleDailyDose(program) === undefined ? undefined : dailyDoseOf(program);
  const concentration = concentrationOf(program);
  if (!dose || !concentration || pumpKind === 'constant-flow-pump') return undefined;
  return rounded(flowOf(dose, concentration), 'mL/d', 4);
}
