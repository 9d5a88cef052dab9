import { z } from 'zod';
import { identifier } from './envelope.ts';
import { kind } from './kind.ts';

export const merge = kind({
  type: 'merge',
  about: 'Two patient records are the same person: `patient` survives, `merged` ends.',
  fields: { merged: z.strictObject({ identifier }) },
  example: { merged: { identifier: { system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN0002' } } },
});
