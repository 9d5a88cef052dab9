import { z } from 'zod';

/**
 * What is known of a server that its CapabilityStatement cannot say, or says too widely. Facts are data: each names
 * its source and whether somebody verified it. A fact may only narrow what the statement says; one that widens it needs
 * `assert`, with a reason and a date.
 */

const provenance = {
  source: z.string().min(1),
  verified: z.boolean(),
  assert: z.strictObject({ reason: z.string().min(1), on: z.iso.date() }).optional(),
};

const resourceType = z.string().regex(/^[A-Z][A-Za-z]+$/, 'a FHIR resource type');

const ofServer = <P extends string, V extends z.ZodType>(property: P, value: V) =>
  z.strictObject({ about: z.literal('server'), property: z.literal(property), value, ...provenance });

const ofResource = <P extends string, V extends z.ZodType>(property: P, value: V) =>
  z.strictObject({ about: resourceType, property: z.literal(property), value, ...provenance });

export const interaction = z.enum(['create', 'read', 'vread', 'update', 'patch', 'delete', 'search-type']);

/** What a code of the server's own in an OperationOutcome means for us. */
export const vendorMeaning = z.enum([
  'retry',
  'pause-until-tomorrow',
  'already-there',
  'terminal-data',
  'terminal-access',
  'partial',
]);

export const fact = z.discriminatedUnion('property', [
  ofServer('transaction', z.boolean()),
  ofServer('batch', z.boolean()),
  ofServer('maxEntries', z.int().min(1)),
  ofServer('maxBytes', z.int().min(1_000)),
  ofServer('ifMatch', z.enum(['required', 'supported', 'ignored'])),
  ofServer('requestsPerSecond', z.number().positive()),
  ofServer('concurrency', z.int().min(1)),
  ofServer('vendorCodes', z.record(z.string(), vendorMeaning)),
  /** Searches have to name the patient: one by our identity alone is refused. */
  ofServer('searchNeedsPatient', z.boolean()),
  /** How long after a write a search may still not show it. */
  ofServer('searchLagSeconds', z.number().nonnegative()),
  /** `off`, also where nothing says it: single Procedures and Observations wait until the site switched them on. */
  ofServer('discrete', z.enum(['on', 'off'])),
  ofResource('interactions', z.array(interaction)),
  ofResource('conditionalCreate', z.boolean()),
  ofResource('conditionalUpdate', z.boolean()),
  ofResource('updateCreate', z.boolean()),
  ofResource('searchParameters', z.array(z.string())),
  /** Observation categories that are taken, as `system|code`. */
  ofResource('categories', z.array(z.string())),
  /** Top-level elements that are taken; any other refuses the resource. */
  ofResource('elements', z.array(z.string())),
  ofResource('codingPolicy', z.enum(['any', 'standard-only', 'proprietary-only', 'not-both'])),
  ofResource('voidBy', z.enum(['update-status', 'none'])),
]);

export type Fact = z.infer<typeof fact>;
export type Interaction = z.infer<typeof interaction>;
export type VendorMeaning = z.infer<typeof vendorMeaning>;

/** One file of mappings/destinations: a kind of server. */
export const preset = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string().min(1),
  /** What a site should know before it starts, in sentences. */
  notes: z.array(z.string()),
  facts: z.array(fact),
});

export type Preset = z.infer<typeof preset>;
