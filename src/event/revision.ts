import { z } from 'zod';
import { catheter } from './device.ts';
import { examplePump, kind, reason } from './kind.ts';
import { bridge, fill, prime, program, reported, residual } from './program.ts';
import { label } from './text.ts';

export const revision = kind({
  type: 'revision',
  about:
    'A part was replaced, repositioned or repaired; the rest of the system stays. ' +
    'Where the pump was replaced, `pump` names the new one and `catheter` what stays.',
  fields: {
    component: z.enum(['pump', 'catheter']),
    action: z.enum(['replaced', 'repositioned', 'repaired']),
    removedCatheter: catheter.optional(),
    program: program.optional(),
    fill: fill.optional(),
    prime: prime.optional(),
    bridge: bridge.optional(),
    reported: reported.optional(),
    residual: residual.optional(),
    anaesthesia: label.optional(),
    reason,
  },
  example: {
    pump: examplePump,
    component: 'catheter',
    action: 'replaced',
    removedCatheter: { manufacturer: 'Medtronic', model: '8780', lotNumber: 'LOT-C1' },
    catheter: {
      manufacturer: 'Medtronic',
      model: '8780',
      lotNumber: 'LOT-C2',
      tipLevel: 'T9',
      implantedLengthCm: 78,
      volumeMl: 0.172,
    },
    reason: 'kink at the lumbar fascia',
  },
});
