import { z } from 'zod';
import { moment, record } from './fact-schema.ts';

/**
 * How a therapy went, on one axis of time, for charts: doses, fills, devices, alarms, complications, and the reservoir by
 * calculation. Version 1. A public contract: extended, never renamed.
 */

/** Half-open `[start, end)`; without an end it goes on. */
const segment = record({
  device: z.string(),
  /** `bridge`: old drug is cleared from the tubing at the dose. */
  role: z.enum(['infusion', 'bridge']),
  start: moment,
  end: moment.nullable(),
  endReason: z.string().nullable(),
  mode: z.string(),
  /** Null: every weekday has its own, or none was reported. Never 0 for want of knowledge. */
  doseUgPerDay: z.number().nullable(),
  weekdayDoses: z.array(z.strictObject({ days: z.array(z.string()), doseUgPerDay: z.number() })),
  concentrationUgPerMl: z.number().nullable(),
});

const refill = record({
  device: z.string(),
  at: moment,
  volumeMl: z.number(),
  concentrationUgPerMl: z.number(),
  measuredResidualMl: z.number().nullable(),
  /** By our calculation; null where that is withheld or nothing is known. */
  expectedResidualMl: z.number().nullable(),
  grade: z.enum(['ok', 'warn', 'critical', 'not-assessable']).nullable(),
});

/** The reservoir from its last fill on, and ahead while the reported programme goes on. */
const reservoir = z.strictObject({
  device: z.string(),
  method: z.enum(['calculated', 'unknown', 'withheld']),
  alarmVolumeMl: z.number().nullable(),
  /** When the programme would have moved all that was filled. What is left then is not known: it is no point. */
  endAt: moment.nullable(),
  points: z.array(z.strictObject({ at: moment, volumeMl: z.number(), kind: z.enum(['past', 'projection']) })),
});

const dueDate = z.strictObject({
  device: z.string(),
  kind: z.enum(['alarm-date', 'refill-due', 'calculated-end']),
  method: z.enum(['reported', 'calculated']),
  date: z.iso.date(),
});

const deviceLife = z.strictObject({
  device: z.string(),
  kind: z.enum(['pump', 'catheter']),
  manufacturer: z.string(),
  model: z.string().nullable(),
  serialNumber: z.string().nullable(),
  /** As precise as reported; null: only that it was there on `firstReported`. */
  implanted: moment.nullable(),
  firstReported: moment,
  explanted: moment.nullable(),
});

const complication = record({
  code: z.string(),
  at: moment,
  severity: z.enum(['mild', 'moderate', 'severe']).nullable(),
  outcome: z.string().nullable(),
  resolvedAt: moment.nullable(),
});

const alarm = record({
  device: z.string(),
  code: z.string(),
  criticality: z.enum(['critical', 'non-critical']).nullable(),
  at: moment,
  clearedAt: moment.nullable(),
});

const bolus = record({
  device: z.string(),
  kind: z.enum(['single', 'patient-activated']),
  start: moment,
  end: moment,
  doseUg: z.number(),
});

export const course = z.strictObject({
  schemaVersion: z.literal(1),
  patient: z.string(),
  environment: z.enum(['live', 'test']),
  asOf: moment,
  notice: z.literal('Not an alarm or monitoring system.'),
  doses: z.array(segment),
  boluses: z.array(bolus),
  refills: z.array(refill),
  reservoirs: z.array(reservoir),
  dates: z.array(dueDate),
  devices: z.array(deviceLife),
  complications: z.array(complication),
  alarms: z.array(alarm),
});

export type Course = z.infer<typeof course>;

/** The JSON Schema of version 1. */
export const courseJsonSchema = (): object => ({
  $id: 'https://w3id.org/itb-fhir/schema/pump-course/v1.json',
  title: 'Course of pump therapy, version 1',
  ...z.toJSONSchema(course, { reused: 'ref' }),
});
