import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { label } from './text.ts';
import { date, instant } from './time.ts';
import { hours, type Measured, minutes, ml, mlPerDay, months, ug, ugPerDay, ugPerHour, ugPerMl } from './units.ts';

const clockTime = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

export interface FlexStep {
  /** Clock times of the pump, `00:00` to `24:00`; a step may pass midnight. */
  readonly start: string;
  readonly end: string;
  readonly doseUg: z.infer<typeof ug>;
}

/** A step as programmers write it: its end may be left to the next start, its amount may be a rate. */
const statedStep = z
  .strictObject({
    start: z.string().regex(clockTime),
    end: z.string().regex(clockTime).optional().meta({ description: 'Absent: the start of the next step.' }),
    doseUg: ug.optional().meta({ description: 'Amount of the whole step. Or `rateUgPerHour`.' }),
    rateUgPerHour: ugPerHour.optional(),
  })
  .refine(({ doseUg, rateUgPerHour }) => (doseUg === undefined) !== (rateUgPerHour === undefined), {
    message: 'a step states either its dose or its rate',
    params: { problem: 'flex-steps-invalid' },
  });

const flexSteps = z.array(statedStep).min(1).transform(completeSteps);

const weekday = z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']);

/** A week, from Monday. */
export const weekdays = weekday.options;

const drug = z.literal('baclofen').optional();
const concentrationUgPerMl = ugPerMl.optional();

const patientBolus = z.strictObject({
  doseUg: ug,
  durationMinutes: minutes.optional(),
  lockoutMinutes: minutes.optional(),
  maxPerDay: z.int().positive().optional(),
});

/** A drug in the same reservoir beside baclofen. It is named for the reader; no dose of it is calculated. */
const additionalDrugs = z
  .array(z.strictObject({ name: label, concentrationUgPerMl: ugPerMl.optional() }))
  .min(1)
  .optional();

const rateMlPerDay = mlPerDay
  .optional()
  .meta({ description: 'Volume a day as the programmer shows it; checked against dose and concentration.' });

const basis = { drug, additionalDrugs, concentrationUgPerMl, rateMlPerDay, patientBolus: patientBolus.optional() };

const flex = z
  .strictObject({
    mode: z.literal('flex'),
    ...basis,
    doseUgPerDay: ugPerDay,
    flexSteps,
    weekdayPatterns: z
      .array(z.strictObject({ days: z.array(weekday).min(1), doseUgPerDay: ugPerDay, flexSteps }))
      .min(1)
      .optional()
      .meta({ description: 'Days on which another pattern runs than `flexSteps`.' }),
  })
  .superRefine((program, context) => {
    const refuse = (fault: string | undefined, path: (string | number)[]) => {
      if (!fault) return;
      context.addIssue({ code: 'custom', path, message: fault, params: { problem: 'flex-steps-invalid' } });
    };
    refuse(flexFault(program), ['flexSteps']);
    for (const [n, pattern] of (program.weekdayPatterns ?? []).entries()) {
      refuse(flexFault(pattern), ['weekdayPatterns', n, 'flexSteps']);
    }
    const days = (program.weekdayPatterns ?? []).flatMap((pattern) => pattern.days);
    refuse(new Set(days).size < days.length ? 'a weekday has two patterns' : undefined, ['weekdayPatterns']);
  });

/** What the pump is set to do, after the event that carries it (domain: infusion modes). */
export const program = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('simple-continuous'), ...basis, doseUgPerDay: ugPerDay }),
  flex,
  z.strictObject({
    mode: z.literal('periodic-bolus'),
    ...basis,
    doseUgPerDay: ugPerDay,
    bolus: z.strictObject({ doseUg: ug, durationMinutes: minutes.optional(), intervalHours: hours }),
  }),
  z.strictObject({ mode: z.literal('patient-activated'), ...basis, patientBolus, doseUgPerDay: ugPerDay.optional() }),
  z.strictObject({ mode: z.literal('minimum-rate'), ...basis, doseUgPerDay: ugPerDay.optional() }),
  z.strictObject({
    mode: z.literal('single-bolus'),
    ...basis,
    bolus: z.strictObject({ doseUg: ug, durationMinutes: minutes }),
  }),
  z.strictObject({ mode: z.literal('stopped'), drug, additionalDrugs, concentrationUgPerMl }),
]);

export type Program = z.infer<typeof program>;
export type Weekday = z.infer<typeof weekday>;

/** Old drug cleared from tubing and catheter at the dose rate, after a concentration change. */
export const bridge = z.strictObject({ volumeMl: ml, durationHours: hours });

/** Drug that fills tubing or catheter. It is not delivered to the patient. */
export const prime = z.strictObject({ volumeMl: ml, durationMinutes: minutes.optional() });

export const fill = z.strictObject({
  volumeMl: ml.meta({ description: 'Reservoir volume after the fill.' }),
  concentrationUgPerMl: ugPerMl,
  drug,
  additionalDrugs,
  productName: label.optional(),
  ndc: label.optional().meta({ description: 'National Drug Code of the product, as on its label.' }),
  lotNumber: z.string().min(1).max(100).optional(),
  expirationDate: date.optional(),
  programmedVolumeMl: ml
    .optional()
    .meta({ description: 'Volume that the programmer was told is now in the reservoir.' }),
});

export const residual = z.strictObject({
  expectedMl: ml.nullable().optional(),
  measuredMl: ml.nullable().optional(),
  differenceMl: z.number().optional().meta({ description: 'Measured less expected, as the source calculated it.' }),
});

/** What the programmer itself calculated or displayed; shown before anything that we calculate. */
export const reported = z.strictObject({
  reservoirMl: ml.optional(),
  lowReservoirAlarmDate: date.optional(),
  lowReservoirAlarmMl: ml.optional(),
  refillDueDate: date.optional(),
  refillIntervalDays: z.int().positive().optional(),
  criticalAlarmIntervalMinutes: minutes.optional(),
  monthsToEri: months.optional(),
  batteryStatus: z.enum(['ok', 'eri', 'eos']).optional(),
  eriDate: date.optional().meta({ description: 'Since when the elective replacement indicator is on.' }),
  estimatedReplacementDate: date.optional(),
  patientBoluses: z
    .strictObject({
      delivered: z.int().nonnegative(),
      denied: z.int().nonnegative().optional(),
      since: instant.optional().meta({ description: 'Start of the count. Absent: the session before.' }),
    })
    .optional()
    .meta({ description: 'Patient-activated boluses that the pump counted.' }),
});

export type Bridge = z.infer<typeof bridge>;
export type Prime = z.infer<typeof prime>;
export type Fill = z.infer<typeof fill>;
export type Reported = z.infer<typeof reported>;

const minutesOfDay = 24 * 60;

type StatedStep = z.output<typeof statedStep>;

/** The end of a step is the next start; a rate becomes the amount of its step. */
function completeSteps(stated: readonly StatedStep[]): FlexStep[] {
  return stated.map(({ start, end = nextStart(stated, start), doseUg, rateUgPerHour }) => {
    if (doseUg !== undefined) return { start, end, doseUg };
    const amount = new Decimal(rateUgPerHour as number).times(flexStepMinutes({ start, end })).div(60);
    return { start, end, doseUg: amount.toDecimalPlaces(6).toNumber() as Measured<'ug'> };
  });
}

function nextStart(stated: readonly StatedStep[], start: string): string {
  const next = stated[(stated.findIndex((step) => step.start === start) + 1) % stated.length] as StatedStep;
  return next.start;
}

/** Length of a step in minutes; a step may pass midnight (22:00 to 06:00). */
export function flexStepMinutes(step: Pick<FlexStep, 'start' | 'end'>): number {
  const length = (clockMinutes(step.end) - clockMinutes(step.start) + minutesOfDay) % minutesOfDay;
  return length === 0 ? minutesOfDay : length;
}

export function clockMinutes(clock: string): number {
  return (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) % minutesOfDay;
}

/** Steps of which one is refused by itself come here as they were stated. */
const isComplete = (step: Partial<FlexStep>): step is FlexStep => step.end !== undefined && step.doseUg !== undefined;

/** Steps follow each other round the clock, tile 24 h, and add up to the daily dose within 1 % (programmers round). */
function flexFault(program: { doseUgPerDay: number; flexSteps: readonly FlexStep[] }): string | undefined {
  const steps: readonly Partial<FlexStep>[] = program.flexSteps;
  if (!steps.every(isComplete)) return undefined;
  const follow = steps.every((step, n) => {
    const next = steps[(n + 1) % steps.length] as FlexStep;
    return clockMinutes(step.end) === clockMinutes(next.start);
  });
  if (!follow) return 'flex steps leave a gap or overlap';
  if (steps.reduce((sum, step) => sum + flexStepMinutes(step), 0) !== minutesOfDay)
    return 'flex steps do not tile 24 h';
  const totalUg = steps.reduce((sum, step) => sum + step.doseUg, 0);
  const tolerated = program.doseUgPerDay * 0.01;
  return Math.abs(totalUg - program.doseUgPerDay) > tolerated
    ? 'flex steps do not add up to the daily dose'
    : undefined;
}
