import { z } from 'zod';

/** The part `reading` of the configuration: how what readers are told is kept up to date in the background. */
export const readingConfig = z.strictObject({
  /** Share of one process's time, beside intake and answers. Default 0.3: a design default. */
  backgroundShare: z.number().positive().max(1).default(0.3),
  pollIntervalMs: z.int().positive().default(1_000),
});

export type ReadingConfig = z.output<typeof readingConfig>;
