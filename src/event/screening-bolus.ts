import { z } from 'zod';
import { kind } from './kind.ts';
import { label } from './text.ts';
import { hours, minutes, ml, ug, ugPerMl } from './units.ts';

export const screeningBolus = kind({
  type: 'screening-bolus',
  about: 'A trial dose before implantation.',
  fields: {
    doseUg: ug,
    volumeMl: ml.optional(),
    concentrationUgPerMl: ugPerMl.optional(),
    route: label.optional(),
    injectionMinutes: minutes.optional(),
    response: z.enum(['positive', 'equivocal', 'negative']).optional(),
    effectDurationHours: hours.optional(),
    ndc: label.optional(),
    lotNumber: label.optional(),
  },
  example: {
    doseUg: 50,
    volumeMl: 1,
    concentrationUgPerMl: 50,
    route: 'lumbar puncture',
    response: 'positive',
    effectDurationHours: 6.5,
  },
});
