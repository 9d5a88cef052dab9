import { z } from 'zod';
import { examplePump, kind, reason } from './kind.ts';
import { hours, minutes, ml, ug } from './units.ts';

const delivered = { doseUg: ug, durationMinutes: minutes };

export const bolus = kind({
  type: 'bolus',
  about: 'A bolus: delivered to the patient (single, patient-activated), a bridge, or a prime of tubing and catheter.',
  fields: {
    bolus: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('single'), ...delivered }),
      z.strictObject({ kind: z.literal('patient-activated'), ...delivered }),
      z.strictObject({ kind: z.literal('bridge'), volumeMl: ml, durationHours: hours }),
      z.strictObject({ kind: z.literal('priming'), volumeMl: ml, durationMinutes: minutes.optional() }),
    ]),
    reason,
  },
  example: { pump: examplePump, bolus: { kind: 'single', doseUg: 25, durationMinutes: 10 } },
});
