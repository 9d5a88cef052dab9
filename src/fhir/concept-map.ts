import { z } from 'zod';

/** A ConceptMap as we read it: each code has one target, and the target means the same or something wider. */
export const conceptMapResource = z.object({
  resourceType: z.literal('ConceptMap'),
  url: z.url(),
  group: z.array(
    z.object({
      source: z.string().min(1),
      target: z.string().min(1),
      element: z.array(
        z.object({
          code: z.string().min(1),
          target: z
            .array(
              z.object({
                code: z.string().min(1),
                equivalence: z.enum(['relatedto', 'equivalent', 'equal', 'wider', 'subsumes']),
              }),
            )
            .length(1),
        }),
      ),
    }),
  ),
});

export type ConceptMapFile = z.output<typeof conceptMapResource>;
