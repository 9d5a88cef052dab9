import { z } from 'zod';
import { catheter, pump } from './device.ts';
import { note } from './text.ts';
import { instant, occurredAt, timeZone } from './time.ts';

/** The version of the event contract. An older version is upcast when read; the stored bytes never change. */
export const schemaVersion = 1;

const text = z.string().min(1).max(2000);

export const identifier = z.strictObject({
  system: z.string().min(1).max(500).meta({ description: 'URI of the identifier system.' }),
  value: z.string().min(1).max(200),
});

export type Identifier = z.infer<typeof identifier>;

const party = z.strictObject({ identifier: identifier.optional(), display: text.optional() });

/** The programmer's session: its own report id and clocks are kept beside the time of the event, never merged with it. */
const session = z.strictObject({
  reportId: text.optional().meta({ description: 'Id of the session report of the programmer.' }),
  programmerModel: text.optional(),
  softwareVersion: text.optional(),
  programmerClockAt: instant.optional(),
  deviceClockAt: instant
    .optional()
    .meta({ description: 'What the clock of the pump showed at the time of the event.' }),
});

/** How the event reached us: who reports it, under which id, when it was recorded. */
export const transport = {
  schemaVersion: z.literal(schemaVersion),
  source: z.strictObject({
    system: z.string().min(1).max(500).meta({ description: 'URI of the sending system.' }),
    eventId: z.string().min(1).max(200).meta({ description: 'Id of this event in the sending system; never reused.' }),
    sequence: z
      .int()
      .nonnegative()
      .optional()
      .meta({ description: 'Order of this event among events of the same instant at the source.' }),
  }),
  recordedAt: instant.optional().meta({ description: 'When the source recorded it.' }),
  test: z.boolean().optional().meta({ description: 'true: a test event. Test and live histories never mix.' }),
};

/** What the event is about: when, who, which device. */
export const situation = {
  occurredAt,
  timeZone: timeZone.optional(),
  patient: z.strictObject({ identifier }),
  pump: pump.optional(),
  catheter: catheter.optional(),
  performer: party.optional(),
  encounter: z.strictObject({ identifier }).optional(),
  clinic: party.optional().meta({ description: 'Site at which it happened.' }),
  session: session.optional(),
  note: note.optional().meta({ description: 'What the source wrote beside it, verbatim.' }),
};

/** Fields of the sender's own, kept verbatim and never interpreted. */
export const extra = z.record(z.string(), z.json()).optional();
