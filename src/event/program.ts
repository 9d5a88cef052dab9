import { z } from 'zod';
import { date } from './time.ts';
import { hours, minutes, ml, months, ug, ugPerDay, ugPerMl } from './units.ts';

const clockTime = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

export const flexStep = z.strictObject({
  start: z.string().regex(clockTime),
  end: z.string().regex(clockTime),
  doseUg: ug,
});

const drug = z.literal('baclofen').optional();
const concentrationUgPerMl = ugPerMl.optional();

const patientBolus = z.strictObject({
  doseUg: ug,
  durationMinutes: minutes.optional(),
  lockoutMinutes: minutes.optional(),
  maxPerDay: z.int().positive().optional(),
});

const basis = { drug, concentrationUgPerMl, patientBolus: patientBolus.optional() };

const flex = z
  .strictObject({
    mode: z.literal('flex'),
    ...basis,
    doseUgPerDay: ugPerDay,
    flexSteps: z.array(flexStep).min(1),
  })
  .superRefine((program, context) => {
    const fault = flexFault(program);
    if (fault) {
      context.addIssue({
        code: 'custom',
        path: ['flexSteps'],
        message: fault,
        params: { problem: 'flex-steps-invalid' },
      });
    }
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
  z.strictObject({ mode: z.literal('stopped'), drug, concentrationUgPerMl }),
]);

export type Program = z.infer<typeof program>;
export type FlexStep = z.infer<typeof flexStep>;

/** Old drug cleared from tubing and catheter at the dose rate, after a concentration change. */
export const bridge = z.strictObject({ volumeMl: ml, durationHours: hours });

/** Drug that fills tubing or catheter. It is not delivered to the patient. */
export const prime = z.strictObject({ volumeMl: ml, durationMinutes: minutes.optional() });

export const fill = z.strictObject({
  volumeMl: ml.meta({ description: 'Reservoir volume after the fill.' }),
  concentrationUgPerMl: ugPerMl,
  drug,
  lotNumber: z.string().min(1).max(100).optional(),
  expirationDate: date.optional(),
});

export const residual = z.strictObject({
  expectedMl: ml.nullable().optional(),
  measuredMl: ml.nullable().optional(),
});

/** What the programmer itself calculated or displayed; shown before anything that we calculate. */
export const reported = z.strictObject({
  reservoirMl: ml.optional(),
  lowReservoirAlarmDate: date.optional(),
  lowReservoirAlarmMl: ml.optional(),
  refillDueDate: date.optional(),
  monthsToEri: months.optional(),
  batteryStatus: z.enum(['ok', 'eri', 'eos']).optional(),
});

export type Bridge = z.infer<typeof bridge>;
export type Prime = z.infer<typeof prime>;
export type Fill = z.infer<typeof fill>;
export type Reported = z.infer<typeof reported>;

const minutesOfDay = 24 * 60;

/** Length of a step in minutes; a step may pass midnight (22:00 to 06:00). */
export function flexStepMinutes(step: FlexStep): number {
  const length = (clockMinutes(step.end) - clockMinutes(step.start) + minutesOfDay) % minutesOfDay;
  return length === 0 ? minutesOfDay : length;
}

export function clockMinutes(clock: string): number {
  return (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) % minutesOfDay;
}

/** Steps follow each other round the clock, tile 24 h, and add up to the daily dose within 1 % (programmers round). */
function flexFault(program: { doseUgPerDay: number; flexSteps: readonly FlexStep[] }): string | undefined {
  const steps = program.flexSteps;
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
