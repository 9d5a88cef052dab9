import { examplePump, kind, reason } from './kind.ts';
import { residual } from './program.ts';

export const reservoirEmptied = kind({
  type: 'reservoir-emptied',
  about: 'The reservoir was emptied on purpose, e.g. before magnetic resonance imaging.',
  fields: { residual: residual.optional(), reason },
  example: { pump: examplePump, residual: { measuredMl: 11.2 }, reason: 'magnetic resonance imaging' },
});
