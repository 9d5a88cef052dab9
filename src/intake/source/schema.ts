import { z } from 'zod';
import { eventTypes } from '../../event/event.ts';
import { timeZone } from '../../event/time.ts';

/** The language of field maps (mappings/sources/*.json): what an integration engineer edits. Read with `load.ts`. */

const text = z.string().min(1);
const path = text.meta({
  description:
    'Where the value stands. CSV: the column. HL7 v2: PID-3.1; one of several repetitions by what its components say: PID-3[5=MR].1.',
});

const words = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).meta({
  description: 'Word of the source → value of the event; null: it says nothing. Any other word is a problem.',
});

const condition = z
  .strictObject({
    from: path.optional(),
    observation: text.optional().meta({ description: 'That there is such an observation, or what its value is.' }),
    codeMap: z.union([text, z.array(text).min(1)]).optional(),
    asWord: z.literal(true).optional().meta({ description: 'As in a row.' }),
    is: z.array(text).min(1).optional().meta({ description: 'One of these, after the code map where there is one.' }),
    isNot: z.array(text).min(1).optional(),
    absent: z.literal(true).optional().meta({ description: 'That there is none.' }),
  })
  .refine(({ from, observation }) => (from === undefined) !== (observation === undefined), {
    message: 'a condition looks either at `from` or at `observation`',
  });

const row = z
  .strictObject({
    from: path.optional(),
    observation: text
      .optional()
      .meta({ description: 'HL7 v2: the value (OBX-5) of the observation of this name; its unit is OBX-6.' }),
    field: z
      .string()
      .regex(/^OBX-\d+(\.\d+){0,2}$/)
      .optional()
      .meta({ description: 'With `observation`: another field of it than OBX-5.1.' }),
    text: text.optional().meta({ description: 'A text made of several fields: {RXA-10.3?} {RXA-10.2}.' }),
    constant: z.union([z.string(), z.boolean()]).optional().meta({ description: 'Only for what is not clinical.' }),
    to: text.meta({ description: 'Field of the event: program.doseUgPerDay, symptoms[], program.flexSteps[].start.' }),
    required: z.literal(true).optional(),
    unit: text.optional().meta({ description: 'UCUM unit of the field. A value in any other unit is refused.' }),
    unitFrom: path
      .optional()
      .meta({ description: 'Where the source states the unit. Absent: the column is in `unit`.' }),
    values: z.union([text, words]).optional().meta({ description: 'Words, or the name of a table in `tables`.' }),
    codeMap: z
      .union([text, z.array(text).min(1)])
      .optional()
      .meta({ description: 'ConceptMaps (their id) that translate the code; an unmapped code is a problem.' }),
    asWord: z
      .literal(true)
      .optional()
      .meta({ description: 'With `codeMap`: it is looked up as a word, whatever code system it names.' }),
    whenPartial: z
      .literal('leave-out')
      .optional()
      .meta({ description: 'A time that is less exact than the field needs is left out, with a remark.' }),
    unknown: z
      .array(text)
      .min(1)
      .optional()
      .meta({ description: 'Words that say that the value is not known. Only for fields that can say so.' }),
    dates: z.enum(['Y-M-D', 'D-M-Y', 'M-D-Y']).optional(),
    separator: text.optional().meta({ description: 'One value holds a list, parted by this.' }),
    pattern: z
      .union([text, z.array(text).min(1)])
      .optional()
      .meta({ description: 'How a member of a list is written: {start}/{durationHours}h/{rateUgPerHour}.' }),
    join: z.string().optional().meta({ description: 'Several values are one text, joined by this.' }),
    when: z.array(condition).min(1).optional(),
    note: text.optional().meta({ description: 'For who reads the map.' }),
  })
  .refine(
    (it) => [it.from, it.observation, it.text, it.constant].filter((source) => source !== undefined).length === 1,
    {
      message: 'a row has exactly one of `from`, `observation`, `text` and `constant`',
    },
  )
  .refine(({ constant, to }) => constant === undefined || isEnvelope(to), {
    message: 'only what is not clinical may be constant: time zone, test, identifier systems, clinic',
    path: ['constant'],
  });

/** Fields that a map may state by itself: nothing that a clinician reads as a fact about the patient. */
const envelope = /^(timeZone|test|clinic\.display|clinic\.identifier\.value|(\w+\.)+identifier\.system)$/;
const isEnvelope = (to: string): boolean => envelope.test(to);

const clinicalTypes = eventTypes.filter((type) => type !== 'correction' && type !== 'void');

const event = z
  .strictObject({
    type: z.enum(clinicalTypes as [string, ...string[]]).optional(),
    ignore: text.optional().meta({ description: 'In place of `type`: such a report is left alone, for this reason.' }),
    per: z
      .enum(['row', 'message', 'OBR', 'RXA', 'MRG', 'OBX-4'])
      .meta({ description: 'One event for each of these. OBX-4: for each group of observations.' }),
    when: z.array(condition).min(1).optional().meta({ description: 'All of these hold.' }),
    with: z.array(text).optional().meta({ description: 'Rows of `shared` that belong to it.' }),
    fields: z.array(row).optional(),
    eventId: text.optional().meta({ description: 'In place of that of `source`.' }),
  })
  .refine(({ type, ignore }) => (type === undefined) !== (ignore === undefined), {
    message: 'an event has either a `type` or a reason to `ignore` it',
  });

const decision = z.strictObject({ path, reason: text });

export const sourceMap = z
  .strictObject({
    $schema: z.string().optional(),
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
    version: text,
    description: text,
    format: z.enum(['csv', 'hl7v2']),
    match: z
      .strictObject({
        messages: z.array(text).min(1).optional().meta({ description: 'HL7 v2: MSH-9, such as ORU^R01.' }),
        versions: z
          .array(text)
          .min(1)
          .optional()
          .meta({ description: 'HL7 v2: MSH-12. Absent: every version we read.' }),
        sendingApplications: z.array(text).min(1).optional().meta({ description: 'MSH-3.1. Absent: any.' }),
        sendingFacilities: z.array(text).min(1).optional().meta({ description: 'MSH-4.1. Absent: any.' }),
        profiles: z.array(text).min(1).optional().meta({ description: 'MSH-21.1, such as IHE_PCD_001. Absent: any.' }),
        columns: z
          .array(text)
          .min(1)
          .optional()
          .meta({ description: 'CSV: columns that the header has, and perhaps others.' }),
      })
      .meta({
        description: 'Which messages or files are read by this map. More than one map may; the narrowest wins.',
      }),
    source: z.strictObject({
      system: z
        .union([text, z.array(text).min(1)])
        .optional()
        .meta({
          description:
            'URI of the sending system, fixed or made of fields: urn:x-site:{MSH-4.1}. Of several, the first one that is complete. Absent: who sends says it.',
        }),
      eventId: text.meta({
        description:
          'Id of an event there, made of fields: {OBR-3.1}^{OBR-3.2?}/{type}. A field with ? may be absent; {subId} is OBX-4, {group} the number of the OBR, RXA or MRG in its message.',
      }),
    }),
    timeZone: timeZone.optional().meta({ description: 'IANA zone of times without offset. Absent: they are refused.' }),
    overlap: z
      .enum(['earlier', 'refuse'])
      .default('earlier')
      .meta({ description: 'A time that the clocks showed twice: the earlier one with a remark, or a problem.' }),
    dates: z.enum(['Y-M-D', 'D-M-Y', 'M-D-Y']).default('Y-M-D').meta({ description: 'CSV: how dates are written.' }),
    decimal: z.enum(['point', 'comma']).default('point'),
    csv: z
      .strictObject({
        delimiter: z.string().length(1).optional().meta({ description: 'Absent: found by the header.' }),
        encoding: text.optional().meta({ description: 'Such as windows-1252. Absent: found by the bytes.' }),
        widths: z.record(text, z.int().positive()).optional().meta({
          description: 'Columns of digits, with how many they have: fewer mean that leading zeros were lost.',
        }),
      })
      .optional(),
    units: z
      .record(text, text)
      .default({})
      .meta({ description: 'Unit as the source spells it → UCUM. Never a conversion.' }),
    tables: z.record(text, words).default({}).meta({ description: 'Tables of words that rows name in `values`.' }),
    codeSystems: z.record(z.string(), text).default({}).meta({
      description: 'Code system as messages name it (99ITB, LN) → its URI in the code maps; "" where none is named.',
    }),
    observations: z
      .strictObject({
        codeMap: z.union([text, z.array(text).min(1)]),
        ignored: z.array(z.strictObject({ code: text, system: z.string().optional(), reason: text })).default([]),
      })
      .optional()
      .meta({
        description: 'HL7 v2: the ConceptMaps that give an observation (OBX-3) the name by which rows find it.',
      }),
    amendment: z
      .strictObject({
        from: path,
        values: z.record(z.string(), z.enum(['new', 'correction', 'void', 'ignore'])),
        names: path.meta({ description: 'Where the id of the amended event stands.' }),
        reason: path.optional(),
        at: path.optional().meta({ description: 'When it was amended. Absent: when the event happened.' }),
      })
      .optional()
      .meta({ description: 'CSV: which rows correct or withdraw what was told before.' }),
    shared: z.record(text, z.array(row)).default({}),
    events: z.array(event).min(1),
    kept: z.array(path).default([]).meta({ description: 'Verbatim into `extra` of the event, never interpreted.' }),
    ignored: z.array(decision).default([]).meta({
      description: 'What is not used, and why. PID-5 means all of it, NTE the whole segment, OBX[name] an observation.',
    }),
  })
  .meta({ title: 'Field map of a source', description: 'What a message or a file of one source means, as events.' });

export type SourceMap = z.output<typeof sourceMap>;
export type MapRow = z.output<typeof row>;
export type MapCondition = z.output<typeof condition>;
export type MapEvent = z.output<typeof event>;

/** JSON Schema 2020-12 of a field map, for editors. */
export function sourceMapJsonSchema(): Record<string, unknown> {
  return {
    $id: 'https://w3id.org/itb-fhir/schema/source/1',
    ...z.toJSONSchema(sourceMap, { target: 'draft-2020-12', io: 'input' }),
  };
}
