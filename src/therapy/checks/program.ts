import { flexStepMinutes, type Program } from '../../event/program.ts';
import type { Measured } from '../../event/units.ts';
import { dailyDoseOf } from '../dose.ts';
import { concentrationOf } from '../draft.ts';
import {
  doseOf,
  flowOf,
  flowOver,
  isMore,
  type MlPerDay,
  magnitude,
  minutesAsDays,
  type Quantity,
  quantity,
  subtract,
  times,
  type UgPerMl,
  volumeOf,
} from '../quantity.ts';
import { type Checked, type Finding, severityBy } from './finding.ts';

type Flex = Extract<Program, { mode: 'flex' }>;

/** Whether the programme is complete, agrees with itself, and can be run by this pump. */
export function checkProgram(checked: Checked): readonly Finding[] {
  const { event } = checked;
  const program = 'program' in event ? event.program : undefined;
  if (!program || program.mode === 'stopped') return [];
  // What the report leaves out of an unchanged programme is known from before.
  const concentration = concentrationOf(program) ?? concentrationOf(checked.program);
  return [
    ...incomplete(program, concentration),
    ...statedRate(checked, program, concentration),
    ...fixedFlow(checked, program, concentration),
    ...flowRange(checked, program, concentration),
    ...flexSteps(checked, program),
  ];
}

function incomplete(program: Program, concentration: UgPerMl | undefined): Finding[] {
  const missing = (field: string, message: string): Finding => ({ code: 'program-incomplete', field, message });
  const needsDose = program.mode === 'patient-activated' || program.mode === 'minimum-rate';
  return [
    ...(concentration
      ? []
      : [missing('program.concentrationUgPerMl', 'without a concentration the reservoir volume cannot be calculated')]),
    ...(needsDose && !dailyDoseOf(program) && program.rateMlPerDay === undefined
      ? [missing('program.doseUgPerDay', 'without a daily dose or a rate the reservoir volume cannot be calculated')]
      : []),
  ];
}

/** Rate = dose ÷ concentration. While a bridge runs the programmer may show the rate at the old concentration. */
function statedRate({ event, before, settings }: Checked, program: Program, concentration?: UgPerMl): Finding[] {
  const dose = dailyDoseOf(program);
  if (!('rateMlPerDay' in program) || program.rateMlPerDay === undefined || !dose || !concentration) return [];
  const stated = quantity(program.rateMlPerDay);
  const bridged = 'bridge' in event && event.bridge ? concentrationOf(before.program) : undefined;
  const agrees = [concentration, bridged].some(
    (drug) => drug && isNear(stated, flowOf(dose, drug), settings.checks.rateShare),
  );
  if (agrees) return [];
  const message = 'the rate stated is not the dose divided by the concentration';
  return [{ code: 'rate-contradicts-dose', field: 'program.rateMlPerDay', message }];
}

/** A constant-flow pump has one flow: its dose follows from the concentration. */
function fixedFlow({ label, model, settings }: Checked, program: Program, concentration?: UgPerMl): Finding[] {
  if ((label.kind ?? model?.kind) !== 'constant-flow-pump') return [];
  const found = (field: string, message: string): Finding => ({ code: 'dose-contradicts-flow', field, message });
  if (program.mode !== 'simple-continuous') {
    return [found('program.mode', 'a constant-flow pump has one rate and cannot run this mode')];
  }
  const flow = label.flowMlPerDay ?? model?.flowMlPerDay;
  if (flow === undefined || !concentration) return [];
  const ofFlow = doseOf(mlPerDay(flow), concentration);
  if (isNear(quantity(program.doseUgPerDay), ofFlow, settings.checks.rateShare)) return [];
  return [found('program.doseUgPerDay', 'the dose is not the flow of the pump times the concentration')];
}

function flowRange({ model }: Checked, program: Program, concentration?: UgPerMl): Finding[] {
  const { flowMinMlPerDay: least, flowMaxMlPerDay: most } = model ?? {};
  const flows = concentration ? flowsOf(program, concentration) : [];
  const found = (message: string, fact: 'flowMinMlPerDay' | 'flowMaxMlPerDay'): Finding => ({
    ...{ code: 'flow-outside-model', field: 'program', message },
    severity: severityBy(model, fact),
  });
  if (most !== undefined && flows.some((flow) => isMore(flow, mlPerDay(most)))) {
    return [found('the programme needs a flow above the range of this model', 'flowMaxMlPerDay')];
  }
  // The minimum rate keeps the pump alive; it is below the range in which a dose is delivered.
  if (least === undefined || program.mode === 'minimum-rate') return [];
  if (!flows.some((flow) => isMore(mlPerDay(least), flow))) return [];
  return [found('the programme needs a flow below the range of this model', 'flowMinMlPerDay')];
}

function flowsOf(program: Program, concentration: UgPerMl): MlPerDay[] {
  const dose = dailyDoseOf(program);
  if (program.mode !== 'flex') return dose ? [flowOf(dose, concentration)] : [];
  return patternsOf(program)
    .flat()
    .map((step) => flowOver(volumeOf(quantity(step.doseUg), concentration), minutesAsDays(flexStepMinutes(step))));
}

function flexSteps({ model }: Checked, program: Program): Finding[] {
  const most = model?.maxFlexSteps;
  if (program.mode !== 'flex' || most === undefined) return [];
  if (patternsOf(program).every((steps) => steps.length <= most)) return [];
  const message = 'the pattern has more steps than this model takes';
  const severity = severityBy(model, 'maxFlexSteps');
  return [{ code: 'flex-steps-over-model', field: 'program.flexSteps', message, severity }];
}

const patternsOf = ({ flexSteps, weekdayPatterns = [] }: Flex) => [
  flexSteps,
  ...weekdayPatterns.map((pattern) => pattern.flexSteps),
];

const mlPerDay = (value: number): MlPerDay => quantity(value as Measured<'mL/d'>);

function isNear<Unit extends string>(
  stated: Quantity<Unit>,
  expected: Quantity<NoInfer<Unit>>,
  share: number,
): boolean {
  return !isMore(magnitude(subtract(stated, expected)), times(expected, share));
}
