import { z } from 'zod';
import { extra, situation, transport } from './envelope.ts';

type Fields = z.core.$ZodLooseShape;

/**
 * One kind of event: its schema as senders write it, and as a correction restates it (then source, version and test
 * flag are those of the correction).
 */
export function kind<Type extends string, Shape extends Fields>(definition: {
  type: Type;
  about: string;
  fields: Shape;
  example: Record<string, unknown>;
}) {
  const { type, about, fields, example } = definition;
  return {
    type,
    about,
    schema: z
      .strictObject({ type: z.literal(type), ...transport, ...situation, ...fields, extra })
      .meta({ title: type, description: about }),
    restated: z.strictObject({
      type: z.literal(type),
      ...situation,
      patient: situation.patient.optional(),
      ...fields,
      extra,
    }),
    example: { ...exampleEnvelope(type), type, ...example } as Record<string, unknown>,
  };
}

export const reason = z.string().min(1).max(2000).optional();

/** The invented envelope that every documented example shares. */
export function exampleEnvelope(type: string) {
  return {
    schemaVersion: 1,
    type,
    source: { system: 'urn:oid:2.16.840.1.113883.19.5.1', eventId: `EX-${type}` },
    occurredAt: '2024-06-25T10:00:00-04:00',
    timeZone: 'America/New_York',
    patient: { identifier: { system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN0001' } },
    test: true,
  };
}

export const examplePump = { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP100001H' };
export const exampleProgram = { mode: 'simple-continuous', concentrationUgPerMl: 2000, doseUgPerDay: 210 };
