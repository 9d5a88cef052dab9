import { describe, expect, it } from 'vitest';
import { eventKinds, eventTypes } from '../../src/event/event.ts';
import { eventExamples, eventJsonSchema } from '../../src/event/json-schema.ts';
import { parseEvent } from '../../src/event/parse.ts';

/** The public contract: what senders read about each kind is what intake accepts. */
interface Schema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
}

describe.each(eventExamples().map(({ type, about, example }) => [type, about, example] as const))(
  'the kind %s',
  (type, about, example) => {
    it('is described in a sentence', () => expect(about).toMatch(/\.$/));

    it('accepts its own example, unchanged', () => {
      expect(parseEvent(example)).toEqual({ event: example });
    });

    it('refuses a field that it does not know, and keeps what stands under extra', () => {
      const parsed = parseEvent({ ...example, colour: 1 });
      expect('problems' in parsed && parsed.problems.map(({ code, place }) => [code, place?.field])).toEqual([
        ['field-unknown', 'colour'],
      ]);
      expect(parseEvent({ ...example, extra: { note: 1 } })).toEqual({ event: { ...example, extra: { note: 1 } } });
    });

    it('has a JSON Schema that requires what the example has to say and lets nothing else in', () => {
      const schema = schemaOf(type);
      const known = Object.keys(schema?.properties ?? {});
      expect(Object.keys(example).filter((field) => !known.includes(field))).toEqual([]);
      expect((schema?.required ?? []).filter((field) => !(field in example))).toEqual([]);
      expect(schema?.required).toEqual(
        expect.arrayContaining(['type', 'schemaVersion', 'source', 'occurredAt', 'patient']),
      );
      expect(schema?.additionalProperties).toBe(false);
    });
  },
);

it('every kind has a type of its own, and the JSON Schema knows them all', () => {
  expect(new Set(eventTypes).size).toBe(eventKinds.length);
  expect(eventTypes.filter((type) => !schemaOf(type))).toEqual([]);
});

/** The option of the schema whose `type` is this constant, wherever the constant is defined. */
function schemaOf(type: string): Schema | undefined {
  const whole = eventJsonSchema() as Schema & { readonly $defs?: Record<string, Schema> };
  const resolved = (schema: Schema | undefined): Schema | undefined =>
    schema?.$ref ? whole.$defs?.[schema.$ref.replace('#/$defs/', '')] : schema;
  return whole.oneOf?.find((option) => resolved(option.properties?.type)?.const === type);
}
