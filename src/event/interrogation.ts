import { z } from 'zod';
import { exampleProgram, examplePump, kind, reason } from './kind.ts';
import { program, reported, residual } from './program.ts';
import { label } from './text.ts';
import { instant } from './time.ts';

export const interrogation = kind({
  type: 'interrogation',
  about: 'The pump was read with its programmer; nothing was changed.',
  fields: {
    program: program.optional(),
    residual: residual.optional(),
    reported: reported.optional(),
    pumpLog: z
      .array(
        z.strictObject({
          code: label.meta({ description: 'An alarm code, or the code of the source for it.' }),
          at: instant,
          clearedAt: instant.optional(),
        }),
      )
      .optional()
      .meta({ description: 'Lines of the log of the pump. Each counts at its own time, however late it was read.' }),
    deviceClockAt: instant.optional(),
    reason,
  },
  example: {
    pump: examplePump,
    program: exampleProgram,
    reported: { reservoirMl: 24.1, monthsToEri: 52, batteryStatus: 'ok' },
  },
});
