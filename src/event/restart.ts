import { exampleProgram, examplePump, kind, reason } from './kind.ts';
import { bridge, prime, program, reported } from './program.ts';

export const restart = kind({
  type: 'restart',
  about: 'The pump was started again.',
  fields: {
    program,
    previousProgram: program.optional(),
    prime: prime.optional(),
    bridge: bridge.optional(),
    reported: reported.optional(),
    reason,
  },
  example: {
    pump: examplePump,
    program: { ...exampleProgram, doseUgPerDay: 120 },
    prime: { volumeMl: 0.172 },
    reason: 'restart below the previous dose',
  },
});
