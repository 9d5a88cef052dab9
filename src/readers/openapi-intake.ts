import { z } from 'zod';
import { eventJsonSchema } from '../event/json-schema.ts';
import { receiptSchema, takenSchema, waitingSchema } from '../intake/receipt-schema.ts';
import { csvFormats } from '../receiving/csv-route.ts';
import { eventFormats } from '../receiving/events-route.ts';
import { hl7v2Formats } from '../receiving/hl7v2-route.ts';
import type { Senders } from '../receiving/senders.ts';
import type { Operation, Parameter, Section, Way } from './openapi.ts';

/** What OpenAPI says of the routes at which events are reported: from the tables and schemas that they themselves use. */
export function intakeSection({ ways }: Pick<Senders, 'ways'>): Section {
  const access = ways.map((way) => schemeOf[way]);
  return {
    tag: {
      name: 'Intake',
      description:
        'Where events are reported. What is answered with 200 is in the ledger, durably; what cannot be used is kept for a human, and the answer says why.',
    },
    schemas: { Event: eventSchema(), Taken: schemaOf(takenSchema), Receipt: schemaOf(receiptSchema) },
    paths: {
      '/events': { post: reported('Report events', bodies(eventFormats), access) },
      '/events/csv': {
        post: {
          ...reported('Report events as a table', bodies(csvFormats), access),
          parameters: [
            { name: 'source', in: 'query', description: 'Name of the field map, where the header does not tell it.' },
            ...namedAndLater,
          ],
        },
      },
      '/hl7v2': {
        post: {
          summary: 'Send an HL7 v2 message or batch; the answer is its acknowledgement',
          answers: 'application/hl7-v2',
          otherwise: {
            400: { description: 'Acknowledged with AR.', answers: 'application/hl7-v2', schema: text },
            500: { description: 'Acknowledged with AE.', answers: 'application/hl7-v2', schema: text },
            ...turnedAway,
          },
          ...{ body: bodies(hl7v2Formats), access },
        },
      },
      '/receipts/{receipt}': {
        get: {
          summary: 'What became of a message, for its sender',
          ...{ answers: 'application/json', schema: { $ref: '#/components/schemas/Receipt' }, access },
          otherwise: { 404: { description: 'There is no such receipt of this sender.' } },
        },
      },
    },
  };
}

const schemeOf: Readonly<Record<Senders['ways'][number], Way>> = {
  ...{ bearer: 'senderToken', clientCertificate: 'clientCertificate', hmac: 'webhookSignature' },
};

const namedAndLater: readonly Parameter[] = [
  {
    ...{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 257 } },
    description: 'The same key with the same body is answered as before; with another body it is refused.',
  },
  {
    ...{ name: 'Prefer', in: 'header', schema: { type: 'string', examples: ['respond-async'] } },
    description: 'respond-async: it is made durable, answered with 202, and read afterwards.',
  },
];

const text = { type: 'string' };

const turnedAway: NonNullable<Operation['otherwise']> = {
  413: { description: 'It is larger than the limit.' },
  415: { description: 'This media type, charset or encoding is not understood.' },
  429: { description: 'More requests than this sender may make; Retry-After says when to go on.' },
  503: { description: 'More is being taken than can be made durable; Retry-After says when to send it again.' },
};

function reported(summary: string, body: NonNullable<Operation['body']>, access: readonly Way[]): Operation {
  return {
    ...{ summary, body, access, parameters: namedAndLater },
    ...{ answers: 'application/json', schema: { $ref: '#/components/schemas/Taken' } },
    otherwise: {
      202: {
        description: 'It is durable, and read afterwards; Location says where to look.',
        ...{ answers: 'application/json', schema: schemaOf(waitingSchema) },
      },
      400: { description: 'It cannot be read.' },
      409: { description: 'An event id was used for another event, or this Idempotency-Key is under way.' },
      422: { description: 'Some of it cannot be used, and is kept for a human; the rest was taken.' },
      ...turnedAway,
    },
  };
}

/** JSON is described; what else there is says itself what it holds. */
function bodies(formats: Readonly<Record<string, string>>): Record<string, object> {
  const event = { $ref: '#/components/schemas/Event' };
  const schemas: Readonly<Record<string, object>> = { json: { oneOf: [event, { type: 'array', items: event }] } };
  return Object.fromEntries(Object.entries(formats).map(([type, format]) => [type, schemas[format] ?? text]));
}

function schemaOf(schema: z.ZodType): object {
  const { $schema, ...said } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'output' });
  return said;
}

/** Its own definitions stay inside it: a reference to them starts at the schema, not at the document. */
function eventSchema(): object {
  const { $schema, ...said } = eventJsonSchema();
  return said;
}
