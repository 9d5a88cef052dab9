import type { Dosage, TimingRepeat } from '@medplum/fhirtypes';
import { type FlexStep, flexStepMinutes, type Program, type Weekday, weekdays } from '../event/program.ts';
import type { Measured } from '../event/units.ts';
import { itb } from '../fhir/systems.ts';
import { quantity, times, toNumber } from '../therapy/quantity.ts';
import type { Segment } from '../therapy/records.ts';
import type { MappingContext } from './context.ts';
import { concept, intrathecal, measured } from './element.ts';
import { daysInWords, doseUgPerDay } from './programmed-dose.ts';
import { concentrationInWords, othersInWords } from './reservoir-drug.ts';

/**
 * A programme as dosage instructions. In FHIR R4 what has a sequence comes one after the other: first a bridge, then the
 * rate or the steps. What the patient may request has none, for it runs beside them.
 */
export function instructions(program: Program, bridge: Segment | undefined, context: MappingContext): Dosage[] {
  const ofProgram = programmed(program, context);
  const inOrder = bridge ? [bridging(bridge, context), ...ofProgram] : ofProgram;
  const numbered = inOrder.length > 1 ? inOrder.map((dosage, n) => ({ sequence: n + 1, ...dosage })) : inOrder;
  return [...numbered, ...onRequest(program, context)];
}

function programmed(program: Program, context: MappingContext): Dosage[] {
  if (program.mode === 'flex') {
    return days(program).flatMap((day) => day.flexSteps.map(stepOf(day.days, drugOf(program), context)));
  }
  if (program.mode === 'periodic-bolus') return [periodic(program, context)];
  const dose = doseUgPerDay(program);
  if (dose === undefined) return [];
  const method = concept(context, itb.infusionMode, program.mode);
  return [
    {
      text: `${method.text}, ${dose} ug per day${drugOf(program)}`,
      route: intrathecal(context),
      method,
      doseAndRate: [{ rateQuantity: measured(dose, 'ug/d') }],
    },
  ];
}

function drugOf({ concentrationUgPerMl, additionalDrugs = [] }: Program): string {
  const concentration = concentrationUgPerMl === undefined ? '' : `; concentration ${concentrationUgPerMl} ug/mL`;
  const others = othersInWords(additionalDrugs);
  return others ? `${concentration}; ${others}` : concentration;
}

type Flex = Extract<Program, { mode: 'flex' }>;

interface Days {
  /** Empty: every day. */
  readonly days: readonly Weekday[];
  readonly flexSteps: readonly FlexStep[];
}

/** The steps of the days that have their own pattern, and those of all other days. */
function days({ flexSteps, weekdayPatterns = [] }: Flex): Days[] {
  if (weekdayPatterns.length === 0) return [{ days: [], flexSteps }];
  const own = new Set(weekdayPatterns.flatMap((pattern) => pattern.days));
  const others = weekdays.filter((day) => !own.has(day));
  return [...(others.length > 0 ? [{ days: others, flexSteps }] : []), ...weekdayPatterns];
}

function stepOf(on: readonly Weekday[], drug: string, context: MappingContext) {
  return (step: FlexStep, n: number): Dosage => ({
    text:
      `Step ${n + 1}: ${step.doseUg} ug from ${step.start} to ${step.end}` +
      `${on.length > 0 ? ` on ${daysInWords(on)}` : ''}${drug}`,
    timing: {
      repeat: {
        ...daily,
        ...(on.length > 0 && { dayOfWeek: on.map(codeOfDay) }),
        timeOfDay: [`${step.start === '24:00' ? '00:00' : step.start}:00`],
        duration: flexStepMinutes(step) / 60,
        durationUnit: 'h',
      },
    },
    route: intrathecal(context),
    method: concept(context, itb.administration, 'flex-step'),
    doseAndRate: [{ doseQuantity: measured(step.doseUg, 'ug') }],
  });
}

const daily: TimingRepeat = { frequency: 1, period: 1, periodUnit: 'd' };

/** FHIR R4 days-of-week: the first three letters. */
const codeOfDay = (day: Weekday) => day.slice(0, 3) as NonNullable<TimingRepeat['dayOfWeek']>[number];

function periodic(program: Extract<Program, { mode: 'periodic-bolus' }>, context: MappingContext): Dosage {
  const { bolus, doseUgPerDay: total } = program;
  const method = concept(context, itb.infusionMode, program.mode);
  return {
    text: `${method.text}, ${bolus.doseUg} ug every ${bolus.intervalHours} h, ${total} ug per day in all${drugOf(program)}`,
    timing: {
      repeat: { frequency: 1, period: bolus.intervalHours, periodUnit: 'h', ...during(bolus.durationMinutes) },
    },
    route: intrathecal(context),
    method,
    doseAndRate: [{ doseQuantity: measured(bolus.doseUg, 'ug') }],
  };
}

/** Old drug, at its own concentration, is cleared at the dose rate; how long was stated by the report that programmed it. */
function bridging({ program, openedBy, concentrationUgPerMl }: Segment, context: MappingContext): Dosage {
  const { event } = openedBy;
  const stated = event.type === 'bolus' ? event.bolus : 'bridge' in event ? event.bridge : undefined;
  const { durationHours, volumeMl } = { ...(stated as { durationHours?: number; volumeMl?: number } | undefined) };
  const dose = doseUgPerDay(program) as number;
  const method = concept(context, itb.administration, 'bridge-bolus');
  const forHours = durationHours === undefined ? undefined : `${volumeMl} mL in ${durationHours} h`;
  const told = [`${method.text}, ${dose} ug per day`, forHours, concentrationInWords(concentrationUgPerMl)];
  return {
    text: told.filter((text) => text).join('; '),
    ...(durationHours !== undefined && { timing: { repeat: { boundsDuration: measured(durationHours, 'h') } } }),
    route: intrathecal(context),
    method,
    doseAndRate: [{ rateQuantity: measured(dose, 'ug/d') }],
  };
}

/** What the patient may request: amount, lockout as the shortest time from one to the next, most in a day. */
function onRequest(program: Program, context: MappingContext): Dosage[] {
  const requested = 'patientBolus' in program ? program.patientBolus : undefined;
  if (!requested) return [];
  const { doseUg, durationMinutes, lockoutMinutes, maxPerDay } = requested;
  const method = concept(context, itb.administration, 'patient-activated-bolus');
  const limits = [
    ...(lockoutMinutes === undefined ? [] : [`lockout ${lockoutMinutes} min`]),
    ...(maxPerDay === undefined ? [] : [`at most ${maxPerDay} a day`]),
  ];
  const repeat: TimingRepeat = {
    ...(lockoutMinutes && { frequency: 1, period: lockoutMinutes, periodUnit: 'min' }),
    ...during(durationMinutes),
  };
  return [
    {
      text: [`${method.text}, ${doseUg} ug`, ...limits].join(', '),
      ...(Object.keys(repeat).length > 0 && { timing: { repeat } }),
      asNeededBoolean: true,
      route: intrathecal(context),
      method,
      doseAndRate: [{ doseQuantity: measured(doseUg, 'ug') }],
      ...(maxPerDay !== undefined && {
        maxDosePerPeriod: { numerator: measured(most(doseUg, maxPerDay), 'ug'), denominator: measured(1, 'd') },
      }),
    },
  ];
}

const most = (doseUg: Measured<'ug'>, count: number): number => toNumber(times(quantity(doseUg), count), 3);

function during(minutes: number | undefined): TimingRepeat {
  return minutes === undefined ? {} : { duration: minutes, durationUnit: 'min' };
}
