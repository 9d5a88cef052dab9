import { z } from 'zod';
import { kind, reason } from './kind.ts';

export const unmerge = kind({
  type: 'unmerge',
  about: 'An earlier merge was wrong and is undone.',
  fields: {
    undoes: z.string().min(1).max(200).meta({ description: 'Source event id, same source system, of the merge.' }),
    reason,
  },
  example: { undoes: 'EX-merge', reason: 'different persons' },
});
