import { z } from 'zod';
import { type ProblemCode, problemCodes } from '../event/problem.ts';

/** The answers of intake as schemas: what the description of our HTTP interface is made of. */

const count = z.int().nonnegative();

const place = z
  .object({
    field: z.string().optional().meta({ description: 'A path in the event, a field of a segment, a column.' }),
    row: z.int().optional(),
    line: z.int().optional(),
    segment: z.string().optional(),
    eventId: z.string().optional(),
  })
  .meta({ description: 'Where in what was sent.' });

const problemSchema = z
  .object({
    code: z.enum(Object.keys(problemCodes) as [ProblemCode, ...ProblemCode[]]),
    severity: z.enum(['error', 'warning', 'information']),
    place: place.optional(),
    message: z.string().meta({ description: 'What is wrong, without anything that was sent.' }),
    remedy: z.string().meta({ description: 'What to do about it.' }),
  })
  .meta({ description: 'What is wrong, or what is to be said beside what was taken.' });

const outcome = z.enum(['accepted', 'duplicate', 'refused', 'left-alone']);

const unused = z.array(
  z.object({
    path: z.string().meta({ description: 'In the words of the format: OBX-18, a column, a FHIRPath.' }),
    count,
    decision: z.enum(['kept', 'ignored', 'unknown']),
    reason: z.string().optional(),
  }),
);

const counts = { received: count, accepted: count, duplicates: count, refused: count, leftAlone: count };

const patient = z.string().meta({ description: 'Our keyed id of the patient.' });

/** The answer where everything was taken. */
export const takenSchema = z.object({
  receiptId: z.uuid(),
  ...counts,
  events: z.array(
    z.object({
      outcome: outcome.exclude(['refused']),
      eventId: z.string().optional(),
      patient: patient.optional(),
      problems: z.array(problemSchema).optional(),
    }),
  ),
  unused: unused.meta({ description: 'What held something and reached no event, and by whose decision.' }),
});

/** The answer where it is left to the background. */
export const waitingSchema = z.object({ receiptId: z.uuid(), state: z.literal('waiting') });

/** What is looked up later. */
export const receiptSchema = z.object({
  receiptId: z.uuid(),
  state: z.enum(['waiting', 'done']),
  format: z.enum(['json', 'ndjson', 'csv', 'hl7v2', 'fhir']),
  source: z.string().optional().meta({ description: 'Name of the field map by which it was read.' }),
  receivedAt: z.iso.datetime(),
  ...counts,
  events: z.array(
    z.object({
      outcome,
      eventId: z.string().optional(),
      patient: patient.optional(),
      place,
      problems: z.array(problemSchema),
    }),
  ),
  unused,
});
