import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { eventKinds } from '../../src/event/event.ts';
import { eventJsonSchema } from '../../src/event/json-schema.ts';
import { parseEvent } from '../../src/event/parse.ts';
import * as units from '../../src/event/units.ts';
import { contentHash } from '../../src/ledger/content-hash.ts';

/** A value may come with its unit. It has to mean the unit of the field; what is kept is the number of the field. */
type Json = Record<string, unknown>;

const dated = { occurredAt: '2024-06-25T10:00:00-04:00' };
const program = (doseUgPerDay: unknown) => ({ mode: 'simple-continuous', concentrationUgPerMl: 2000, doseUgPerDay });
const example = (type: string): Json => structuredClone(eventKinds.find((kind) => kind.type === type)?.example) as Json;
const doseChange = (dose: unknown): Json => ({ ...example('dose-change'), program: program(dose) });
const corrected = (dose: unknown): Json => ({
  ...example('correction'),
  event: { ...dated, type: 'dose-change', program: program(dose) },
});

function eventOf(input: Json): CanonicalEvent {
  const parsed = parseEvent(input);
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ code }) => code).join());
  return parsed.event;
}

function problemsOf(input: Json) {
  const parsed = parseEvent(input);
  return 'problems' in parsed ? parsed.problems : [];
}

const brief = (input: Json) => problemsOf(input).map(({ code, place, message }) => [code, place?.field, message]);

const fieldOf = new Map(Object.entries(units));
const fields: readonly [field: string, unit: string, spelled: string, larger: string][] = [
  ['ug', 'ug', 'mcg', 'mg'],
  ['ugPerDay', 'ug/d', 'mcg/day', 'mg/d'],
  ['ugPerHour', 'ug/h', 'mcg/hr', 'ug/min'],
  ['ugPerMl', 'ug/mL', 'mcg/ml', 'mg/mL'],
  ['ml', 'mL', 'ml', 'L'],
  ['mlPerDay', 'mL/d', 'ml/24h', 'mL/h'],
  ['hours', 'h', 'hours', 'd'],
  ['minutes', 'min', 'minutes', 'h'],
  ['cm', 'cm', 'centimetres', 'm'],
  ['months', 'mo', 'months', 'a'],
];

describe.each(fields)('a field in %s', (name, unit, spelled, larger) => {
  const field = fieldOf.get(name) as typeof units.ug;

  it(`takes the number alone, and with ${unit} or ${spelled}, as the same number`, () => {
    expect(field.parse(12.5)).toBe(12.5);
    expect(field.parse({ value: 12.5, unit })).toBe(12.5);
    expect(field.parse({ value: 12.5, unit: spelled })).toBe(12.5);
  });

  it(`never converts from ${larger}`, () => {
    const refused = field.safeParse({ value: 12.5, unit: larger }).error?.issues as unknown as { errors: unknown[] }[];
    expect(refused.map(({ errors }) => errors.at(-1))).toEqual([
      [{ code: 'custom', path: [], message: `this unit is not ${unit}`, params: { problem: 'unit-differs' } }],
    ]);
  });

  it('holds the value of both forms to the same range', () => {
    const mayBeZero = ['ml', 'minutes', 'cm', 'months'].includes(name);
    expect(field.safeParse(0).success).toBe(mayBeZero);
    expect(field.safeParse({ value: 0, unit }).success).toBe(mayBeZero);
    expect(field.safeParse(-0.1).success).toBe(false);
    expect(field.safeParse({ value: -0.1, unit }).success).toBe(false);
    expect(field.safeParse({ value: Number.NaN, unit }).success).toBe(false);
  });
});

it('every field with a unit is tried here', () => {
  expect(fields.map(([name]) => name).toSorted()).toEqual([...fieldOf.keys()].toSorted());
});

describe('an event whose dose comes with its unit', () => {
  it.each([
    ['reported at once', doseChange],
    ['restated by a correction', corrected],
  ])('is the event with the number alone, to its hash, where it is %s', (_says, event) => {
    const withUnit = eventOf(event({ value: 210, unit: '\u00b5g/day' }));
    expect(withUnit).toEqual(event(210));
    expect(contentHash(withUnit)).toBe(contentHash(eventOf(event(210))));
    expect(contentHash(withUnit)).not.toBe(contentHash(eventOf(event({ value: 211, unit: 'ug/d' }))));
  });

  it('keeps a residual volume that was not measured apart from one that was', () => {
    const refill = (measuredMl: unknown): Json => ({
      ...example('refill'),
      residual: { expectedMl: null, measuredMl },
    });
    expect(eventOf(refill({ value: 0, unit: 'mL' }))).toEqual(refill(0));
    expect(eventOf(refill(null))).toEqual(refill(null));
  });

  it.each([
    [{ value: 210, unit: 'mg/d' }, 'unit-differs', 'program.doseUgPerDay', 'this unit is not ug/d'],
    [
      { value: 210, unit: 'mL' },
      'unit-mismatch',
      'program.doseUgPerDay',
      'this unit measures something else than ug/d',
    ],
    [
      { value: 210, unit: 'shots' },
      'unit-unknown',
      'program.doseUgPerDay',
      'this unit is not known; the field is in ug/d',
    ],
    [
      { value: 210, unit: 'mcg/cc' },
      'unit-error-prone',
      'program.doseUgPerDay',
      'this unit is easily misread; the field is in ug/d',
    ],
    [{ value: 0, unit: 'ug/d' }, 'field-range', 'program.doseUgPerDay.value', 'expected at least more than 0'],
    [{ value: '210', unit: 'ug/d' }, 'field-type', 'program.doseUgPerDay.value', 'expected number'],
    [{ value: 210, unit: 5 }, 'field-type', 'program.doseUgPerDay.unit', 'expected string'],
    [{ value: 210 }, 'field-missing', 'program.doseUgPerDay.unit', 'string is required'],
    [{ unit: 'ug/d' }, 'field-missing', 'program.doseUgPerDay.value', 'number is required'],
    [
      { value: 210, unit: 'ug/d', system: 'u' },
      'field-unknown',
      'program.doseUgPerDay.system',
      'this field is not part of the event',
    ],
    [undefined, 'field-missing', 'program.doseUgPerDay', 'number or object is required'],
    ['210', 'field-type', 'program.doseUgPerDay', 'expected number or object'],
    [null, 'field-type', 'program.doseUgPerDay', 'expected number or object'],
    [[210], 'field-type', 'program.doseUgPerDay', 'expected number or object'],
  ])('is refused as %j', (dose, code, field, message) => {
    expect(brief(doseChange(dose))).toEqual([[code, field, message]]);
    expect(brief(corrected(dose))).toEqual([[code, `event.${field}`, message]]);
  });

  it('is told of the value and of the unit at once', () => {
    expect(brief(doseChange({ value: -1, unit: 'mg/d' })).map(([code]) => code)).toEqual([
      'field-range',
      'unit-differs',
    ]);
  });

  it('is told which unit to state it in, and that nobody converts it', () => {
    expect(problemsOf(doseChange({ value: 0.21, unit: 'mg/d' }))).toEqual([
      {
        code: 'unit-differs',
        severity: 'error',
        place: { field: 'program.doseUgPerDay', eventId: 'EX-dose-change' },
        message: 'this unit is not ug/d',
        remedy: 'State the value in the unit that the message names; a value is never converted.',
      },
    ]);
  });
});

describe('the JSON Schema', () => {
  const whole = eventJsonSchema() as Json & { $defs: Record<string, Json>; oneOf: Json[] };
  const resolved = (schema: unknown): Json => {
    const { $ref } = schema as { $ref?: string };
    return $ref ? (whole.$defs[$ref.replace('#/$defs/', '')] as Json) : (schema as Json);
  };
  const property = (schema: unknown, name: string): Json =>
    resolved((resolved(schema).properties as Json | undefined)?.[name]);

  it('shows a number, or a value with its unit', () => {
    const screening = whole.oneOf.find((option) => resolved(option).title === 'screening-bolus');
    const [number, stated] = (property(screening, 'doseUg').anyOf as unknown[]).map(resolved);
    expect(number).toEqual({ type: 'number', exclusiveMinimum: 0 });
    expect(stated).toMatchObject({ type: 'object', required: ['value', 'unit'], additionalProperties: false });
    expect(property(stated, 'value')).toEqual(number);
    expect(property(stated, 'unit')).toEqual({
      type: 'string',
      description: 'A text that means ug; never converted.',
    });
  });
});
