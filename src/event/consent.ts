import { z } from 'zod';
import { kind } from './kind.ts';
import { label } from './text.ts';

export const consent = kind({
  type: 'consent',
  about: 'Consent to share or to register was given, refused or withdrawn.',
  fields: { decision: z.enum(['given', 'refused', 'withdrawn']), scope: label },
  example: { decision: 'given', scope: 'registry' },
});
