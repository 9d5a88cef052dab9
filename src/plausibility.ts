import { z } from 'zod';
import { provenance, readDataFile } from './data-file.ts';
import type { PlausibleValue } from './therapy/settings.ts';

const value = z
  .strictObject({
    fields: z.array(z.string().min(1)).min(1),
    min: z.number().optional(),
    max: z.number().optional(),
    oneOf: z.array(z.number()).min(1).optional(),
    ...provenance,
  })
  .refine(({ min, max, oneOf }) => (oneOf === undefined) !== (min === undefined && max === undefined), {
    message: 'either a range (min, max) or a list (oneOf)',
  })
  .refine(({ min = -Infinity, max = Infinity }) => min < max, { message: 'min lies above max' });

const table = z.strictObject({ values: z.array(value) });

/** Reads mappings/plausibility.json: which values of which fields are plausible. */
export function readPlausibility(path: string): PlausibleValue[] {
  return readDataFile(path, table).values.map(({ source: _, verified: _v, ...facts }) => facts);
}
