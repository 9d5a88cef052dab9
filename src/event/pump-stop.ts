import { examplePump, kind, reason } from './kind.ts';
import { reported } from './program.ts';

export const pumpStop = kind({
  type: 'pump-stop',
  about: 'The pump was stopped.',
  fields: { reason, reported: reported.optional() },
  example: { pump: examplePump, reason: 'overdose' },
});
