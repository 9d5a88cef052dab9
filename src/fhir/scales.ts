/** What values an outcome scale takes, as data: `scales.json`. A scale is a row of it and a code of itb-assessment-scale. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** One scale, by its code: the value that it has as a whole, and its parts where it has several. */
export type Scale = z.infer<typeof scale>;

/** The values that a scale or a part can take. `verified`: a source says so; else the site should confirm it. */
export type ScaleValues = z.infer<typeof values>;

/** Reads `dir`/scales.json. Throws with the file's name when it is not valid. */
export function loadScales(dir: string): ReadonlyMap<string, Scale> {
  const path = join(dir, 'scales.json');
  const result = z.array(scale).safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!result.success) throw new Error(`${path}: ${z.prettifyError(result.error)}`);
  return new Map(result.data.map((row) => [row.code, row]));
}

const word = z.string().min(1);
const origin = { source: word, verified: z.boolean() };

const values = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('number'),
    min: z.number(),
    max: z.number(),
    /** Whether only whole numbers are on the scale. */
    whole: z.boolean(),
    /** The unit in UCUM first, then other ways in which sources write it. */
    units: z.tuple([z.enum(['{score}', 'deg'])], word),
    ...origin,
  }),
  z.strictObject({
    kind: z.literal('grade'),
    /** Codes of itb-assessment-grade, each with the ways in which sources write it. */
    grades: z.array(z.strictObject({ code: word, written: z.array(word).min(1) })).min(1),
    ...origin,
  }),
]);

const scale = z.strictObject({
  code: word,
  value: values,
  parts: z.array(z.strictObject({ code: word, written: z.array(word).min(1), value: values })).default([]),
});
