import { z } from 'zod';
import { provenance, readDataFile } from './data-file.ts';
import type { TitrationLimits } from './therapy/settings.ts';

const positive = z.number().positive();
const hours = z.number().nonnegative();
const change = z.strictObject({ increasePercent: positive.optional(), decreasePercent: positive.optional() });
const range = z.strictObject({ from: positive, to: positive });

const ofOrigin = z.strictObject({
  titration: change,
  periodic: change,
  usualUgPerDay: range.optional(),
  upperUgPerDay: positive.optional(),
});

/** Limits on the size of a dose change, as a site states its own in the configuration. */
export const titrationLimits = z.strictObject({
  noIncreaseHoursAfterImplant: hours,
  hoursBetweenIncreases: hours,
  exemptWithinHours: hours,
  childBelowYears: positive,
  usualInChildren: z.strictObject({ belowYears: positive, from: positive, to: positive }).optional(),
  spinal: ofOrigin,
  cerebral: ofOrigin,
});

const fact = z
  .strictObject({ value: z.json(), ...provenance, conflict: z.string().min(1).optional() })
  .transform(({ value }) => value);
const factsOfOrigin = z.record(z.string(), fact);

/** The published limits: the same names, each value with its source. */
const published = z.object({ spinal: factsOfOrigin, cerebral: factsOfOrigin }).catchall(fact).pipe(titrationLimits);

/** Reads mappings/titration.json: the published limits. Throws a sentence that names the file when it cannot be used. */
export function readTitrationLimits(path: string): TitrationLimits {
  return readDataFile(path, published);
}
