import { z } from 'zod';
import { exampleProgram, examplePump, kind, reason } from './kind.ts';
import { bridge, fill, prime, program, reported } from './program.ts';
import { label } from './text.ts';

export const implant = kind({
  type: 'implant',
  about: 'A pump or catheter was implanted. A history may carry a partial date.',
  fields: {
    program: program.optional(),
    fill: fill.optional(),
    prime: prime.optional(),
    bridge: bridge.optional(),
    reported: reported.optional(),
    anaesthesia: label.optional(),
    reason,
    catheterKept: z
      .boolean()
      .optional()
      .meta({ description: 'true: the pump is new and joins a catheter already implanted.' }),
    informationSource: label.optional().meta({ description: 'Where a history comes from, e.g. patient report.' }),
  },
  example: {
    pump: { ...examplePump, reservoirMl: 40, pocketSite: 'left lower quadrant of abdomen' },
    catheter: {
      manufacturer: 'Medtronic',
      model: '8780',
      lotNumber: 'LOT-C1',
      tipLevel: 'T10',
      implantedLengthCm: 84,
      volumeMl: 0.185,
    },
    fill: { volumeMl: 38, concentrationUgPerMl: 2000 },
    prime: { volumeMl: 0.485 },
    program: { ...exampleProgram, doseUgPerDay: 100 },
  },
});
