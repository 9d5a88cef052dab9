import { z } from 'zod';
import { carePlan } from './care-plan-schema.ts';
import { fact, moment, record } from './fact-schema.ts';
import { pump } from './pump-schema.ts';

/**
 * Pump status as compact JSON, version 1: what runs, how much is left, what is wrong, how sure we are. Every value is a
 * fact with its method, its time and its source (fact-schema.ts). A public contract: extended, never renamed.
 */

export const urgency = z.enum(['urgent', 'attention', 'nothing-reported']);

const banner = z.strictObject({
  /** `nothing-reported` is no all-clear. */
  urgency,
  reasons: z.array(
    z.strictObject({
      code: z.string(),
      urgency: z.enum(['urgent', 'attention']),
      words: z.string(),
      since: moment.nullable(),
      /** The pump that it is about; null: the patient. */
      device: z.string().nullable(),
    }),
  ),
  words: z.string(),
});

/** Which time the answer is about. What is to come holds only while nothing is changed. */
const time = z.strictObject({
  kind: z.enum(['now', 'past', 'projection']),
  words: z.string().nullable(),
});

const person = z.strictObject({
  ageYears: fact(z.int()),
  birthDate: fact(z.string()),
  diagnosis: fact(z.strictObject({ system: z.string(), code: z.string(), display: z.string().nullable() })),
  indication: fact(z.enum(['spasticity', 'dystonia', 'other'])),
  origin: fact(z.enum(['spinal', 'cerebral'])),
  deathReported: fact(moment),
});

const complication = record({
  code: z.string().meta({ description: 'Of our CodeSystem itb-complication; else as the source wrote it.' }),
  at: moment,
  severity: z.enum(['mild', 'moderate', 'severe']).nullable(),
  outcome: z.string().nullable(),
  /** The pump that it was reported with. */
  device: z.string().nullable(),
});

/** What a reader should check: contradictions in what was reported, and values out of the ordinary. */
const conflict = record({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'information']),
  words: z.string(),
  device: z.string().nullable(),
});

const lastEvent = record({ type: z.string() });

const dataAsOf = z.strictObject({
  /** When the newest report happened, as the source wrote it. */
  lastReportAt: moment.nullable(),
  /** When we last received a report about this patient. */
  lastReceivedAt: moment.nullable(),
  /** Days from the newest report to the asked instant. */
  ageDays: z.int().nullable(),
  sources: z.array(z.strictObject({ system: z.string(), lastReportAt: moment })),
  words: z.string(),
});

export const pumpStatus = z.strictObject({
  schemaVersion: z.literal(1),
  /** The id in the URL: our keyed id, or what the caller's server calls the patient. */
  patient: z.string(),
  /** Test patients are marked: nothing of them is about a real person. */
  environment: z.enum(['live', 'test']),
  /** The asked instant. */
  asOf: moment,
  time,
  notice: z.literal('Not an alarm or monitoring system.'),
  banner,
  reportsHeld: z.strictObject({ count: z.int(), since: moment.nullable(), words: z.string().nullable() }),
  dataAsOf,
  conflicts: z.array(conflict),
  person,
  /** Those in use first, then those taken out, newest first. */
  pumps: z.array(pump),
  openComplications: z.array(complication),
  carePlan,
  /** General signs, where no plan of this patient states its own. Not about this patient. */
  generalSigns: z.strictObject({
    withdrawal: z.array(z.string()),
    overdose: z.array(z.string()),
    words: z.string(),
  }),
  /** The last ten, newest first. */
  lastEvents: z.array(lastEvent),
});

export type PumpStatus = z.infer<typeof pumpStatus>;

/** The JSON Schema of version 1. */
export const statusJsonSchema = (): object => ({
  $id: 'https://w3id.org/itb-fhir/schema/pump-status/v1.json',
  title: 'Pump status, version 1',
  ...z.toJSONSchema(pumpStatus, { reused: 'ref' }),
});
