import { z } from 'zod';
import { examplePump, kind, reason } from './kind.ts';
import { bridge, program, reported } from './program.ts';

export const doseChange = kind({
  type: 'dose-change',
  about: 'The programme was changed.',
  fields: {
    program,
    previousProgram: program.optional(),
    bridge: bridge.optional(),
    reported: reported.optional(),
    changePercent: z.number().optional().meta({ description: 'Change of the daily dose as the source calculated it.' }),
    phase: z
      .enum(['titration', 'maintenance', 'taper', 'emergency'])
      .optional()
      .meta({ description: 'Limits on the size of a change do not apply to a taper or an emergency.' }),
    reason,
  },
  example: {
    pump: examplePump,
    program: {
      mode: 'flex',
      concentrationUgPerMl: 2000,
      doseUgPerDay: 210,
      flexSteps: [
        { start: '00:00', end: '06:00', doseUg: 42 },
        { start: '06:00', end: '08:00', doseUg: 30 },
        { start: '08:00', end: '22:00', doseUg: 112 },
        { start: '22:00', end: '24:00', doseUg: 26 },
      ],
    },
    reason: 'morning stiffness',
  },
});
