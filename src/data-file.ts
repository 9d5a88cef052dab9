import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What is wrong with a data file, in a sentence for whoever edits it. */
export class DataFileError extends Error {}

/** Reads a data file that an integration team edits. Throws a sentence that names the file when it cannot be used. */
export function readDataFile<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(jsonOf(path));
  if (!parsed.success) throw new DataFileError(`${path} cannot be used:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Where a statement of a data file comes from, and whether that source was seen. */
export const provenance = { source: z.string().min(1), verified: z.boolean() };

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new DataFileError(`${path} cannot be used: ${(error as Error).message}`);
  }
}
