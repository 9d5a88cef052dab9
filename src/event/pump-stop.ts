import { examplePump, kind, reason } from './kind.ts';
import { reported, residual } from './program.ts';

export const pumpStop = kind({
  type: 'pump-stop',
  about: 'The pump was stopped.',
  fields: { residual: residual.optional(), reason, reported: reported.optional() },
  example: { pump: examplePump, reason: 'overdose' },
});
