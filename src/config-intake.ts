import { z } from 'zod';

/** How much is taken in, of one body and of all together. Above it a sender is told to come back; nothing is kept in memory for it. */

const count = z.int().positive();

export const intakeConfig = z.strictObject({
  /** Of one body, as sent and unpacked. */
  maxBytes: count.default(5_000_000),
  /** Where it is another one for a format. */
  maxBytesOf: z.partialRecord(z.enum(['json', 'ndjson', 'csv', 'hl7v2', 'fhir']), count).default({}),
  maxEvents: count.default(5_000),
  maxDepth: count.default(20),
  pressure: z
    .strictObject({
      /** Bodies that are read or made durable at the same time, and their bytes. */
      maxBodies: count.default(1_000),
      maxBodyBytes: count.default(500_000_000),
      /** How long the first of them waits for the store before no other is taken. */
      maxSeconds: z.number().positive().max(600).default(10),
      /** Messages that are durable and wait to be read (`Prefer: respond-async`). */
      maxWaiting: count.default(10_000),
    })
    .prefault({}),
  /** Failed attempts to prove who sends, from one address in a minute, that are told why and written down. */
  failuresPerMinute: count.default(30),
  /** How often the reading of a message that waits is begun before it is set aside for a human. */
  readingAttempts: count.default(5),
});

export type IntakeConfig = z.output<typeof intakeConfig>;
