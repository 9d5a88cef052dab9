import { z } from 'zod';
import { kind, reason } from './kind.ts';
import { label } from './text.ts';

export const enrolment = kind({
  type: 'enrolment',
  about: 'The patient joined or left a programme or registry.',
  fields: { programme: label, status: z.enum(['enrolled', 'left']), reason },
  example: { programme: 'ITB registry', status: 'enrolled' },
});
