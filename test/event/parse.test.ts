import { describe, expect, it } from 'vitest';
import { eventKinds } from '../../src/event/event.ts';
import { parseEvent } from '../../src/event/parse.ts';

/** What is wrong with an event is a value: a stable code and the path of the field, never what the sender wrote. */
type Json = Record<string, unknown>;

const example = (type: string): Json => structuredClone(eventKinds.find((kind) => kind.type === type)?.example) as Json;

/** The example of a kind with one field set (`undefined` removes it). */
function spoiled(type: string, path: string, value: unknown): Json {
  const event = example(type);
  const keys = path.split('.');
  const last = keys.pop() as string;
  const parent = keys.reduce<Json>((object, key) => object[key] as Json, event);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return event;
}

function problemsOf(input: unknown) {
  const parsed = parseEvent(input);
  return 'problems' in parsed ? parsed.problems : [];
}

const brief = (input: unknown) => problemsOf(input).map(({ code, place }) => [code, place?.field]);

const steps = (...cuts: readonly [string, string, number][]) =>
  cuts.map(([start, end, doseUg]) => ({ start, end, doseUg }));

const cases: readonly [says: string, type: string, path: string, value: unknown, code: string, field: string][] = [
  ['a type that nobody knows', 'refill', 'type', 'top-up', 'event-type-unknown', 'type'],
  ['no type', 'refill', 'type', undefined, 'event-type-unknown', 'type'],
  ['a later version of the contract', 'refill', 'schemaVersion', 2, 'event-version-unknown', 'schemaVersion'],
  ['no version', 'refill', 'schemaVersion', undefined, 'event-version-unknown', 'schemaVersion'],
  ['no source', 'refill', 'source', undefined, 'field-missing', 'source'],
  ['no source event id', 'refill', 'source.eventId', undefined, 'field-missing', 'source.eventId'],
  ['an empty source event id', 'refill', 'source.eventId', '', 'field-range', 'source.eventId'],
  ['a sequence below zero', 'refill', 'source.sequence', -1, 'field-range', 'source.sequence'],
  ['no patient', 'refill', 'patient', undefined, 'field-missing', 'patient'],
  [
    'a patient without the system of the number',
    'refill',
    'patient.identifier.system',
    undefined,
    'field-missing',
    'patient.identifier.system',
  ],
  [
    'half a character in a record number',
    'refill',
    'patient.identifier.value',
    'A\ud800',
    'field-format',
    'patient.identifier.value',
  ],
  [
    'U+0000 in a record number',
    'refill',
    'patient.identifier.value',
    'A\0',
    'field-format',
    'patient.identifier.value',
  ],
  ['half a character in a source event id', 'refill', 'source.eventId', '\udfffA', 'field-format', 'source.eventId'],
  ['U+0000 in a field of the sender', 'refill', 'extra', { note: ['a', '\0'] }, 'field-format', 'extra.note[1]'],
  ['U+0000 in the name of such a field', 'refill', 'extra', { 'a\0': 1 }, 'field-format', 'extra'],
  ['no time', 'refill', 'occurredAt', undefined, 'field-missing', 'occurredAt'],
  ['an instant without its offset', 'refill', 'occurredAt', '2024-06-25T10:00', 'time-offset-missing', 'occurredAt'],
  ['a day that does not exist', 'refill', 'occurredAt', '2023-02-29', 'field-format', 'occurredAt'],
  ['a month that does not exist', 'implant', 'occurredAt', '2018-13', 'field-format', 'occurredAt'],
  ['an American date', 'refill', 'occurredAt', '06/25/2024', 'field-format', 'occurredAt'],
  ['a time of recording that is only a date', 'refill', 'recordedAt', '2024-06-25', 'field-format', 'recordedAt'],
  ['a time zone that is none', 'refill', 'timeZone', 'Eastern', 'field-value', 'timeZone'],
  ['a pump without serial number', 'refill', 'pump.serialNumber', undefined, 'field-missing', 'pump.serialNumber'],
  ['a test flag in words', 'refill', 'test', 'yes', 'field-type', 'test'],
  ['a refill without a fill', 'refill', 'fill', undefined, 'field-missing', 'fill'],
  [
    'a fill of unknown concentration: it is never guessed',
    'refill',
    'fill.concentrationUgPerMl',
    undefined,
    'field-missing',
    'fill.concentrationUgPerMl',
  ],
  ['a concentration of zero', 'refill', 'fill.concentrationUgPerMl', 0, 'field-range', 'fill.concentrationUgPerMl'],
  ['a volume with its unit in the value', 'refill', 'fill.volumeMl', '38 mL', 'field-type', 'fill.volumeMl'],
  ['a volume below zero', 'refill', 'fill.volumeMl', -1, 'field-range', 'fill.volumeMl'],
  ['a drug other than baclofen', 'refill', 'fill.drug', 'morphine', 'field-value', 'fill.drug'],
  ['an expiry that is no date', 'refill', 'fill.expirationDate', '2026-02-30', 'field-format', 'fill.expirationDate'],
  ['a mode that nobody knows', 'refill', 'program.mode', 'turbo', 'field-value', 'program.mode'],
  [
    'a continuous programme without a dose',
    'refill',
    'program.doseUgPerDay',
    undefined,
    'field-missing',
    'program.doseUgPerDay',
  ],
  ['a dose of zero: a stop is a stop', 'refill', 'program.doseUgPerDay', 0, 'field-range', 'program.doseUgPerDay'],
  ['a misspelt field, which would lose its value', 'refill', 'fill.volumeML', 38, 'field-unknown', 'fill.volumeML'],
  [
    'flex steps with a gap',
    'dose-change',
    'program.flexSteps',
    steps(['00:00', '06:00', 42], ['07:00', '24:00', 168]),
    'flex-steps-invalid',
    'program.flexSteps',
  ],
  [
    'flex steps that overlap',
    'dose-change',
    'program.flexSteps',
    steps(['00:00', '08:00', 42], ['06:00', '24:00', 168]),
    'flex-steps-invalid',
    'program.flexSteps',
  ],
  [
    'flex steps that do not add up to the daily dose',
    'dose-change',
    'program.flexSteps',
    steps(['00:00', '12:00', 100], ['12:00', '24:00', 107]),
    'flex-steps-invalid',
    'program.flexSteps',
  ],
  ['a bolus of a kind nobody knows', 'bolus', 'bolus.kind', 'extra', 'field-value', 'bolus.kind'],
  [
    'a battery state nobody knows',
    'interrogation',
    'reported.batteryStatus',
    'low',
    'field-value',
    'reported.batteryStatus',
  ],
  ['a complication without its code', 'complication', 'code', undefined, 'field-missing', 'code'],
  ['a score that is neither number nor text', 'assessment', 'value', { score: 3 }, 'field-type', 'value'],
  ['an explant of nothing', 'explant', 'removed', [], 'field-range', 'removed'],
  ['a correction that names no event', 'correction', 'replaces', undefined, 'field-missing', 'replaces'],
  [
    'a correction whose event is no clinical event',
    'correction',
    'event.type',
    'void',
    'event-type-unknown',
    'event.type',
  ],
  [
    'a correction whose event is wrong inside',
    'correction',
    'event.fill.volumeMl',
    'full',
    'field-type',
    'event.fill.volumeMl',
  ],
  ['a void without a reason', 'void', 'reason', undefined, 'field-missing', 'reason'],
];

describe('flex steps of which one is refused by itself', () => {
  const withSteps = (flexSteps: unknown) => ({
    ...example('dose-change'),
    program: { mode: 'flex', concentrationUgPerMl: 500, doseUgPerDay: 100, flexSteps },
  });

  it.each([
    ['no dose', [{ start: '00:00' }], 'flex-steps-invalid', 'program.flexSteps[0]'],
    ['a start that is no time', [{ start: 'x', doseUg: 100 }], 'field-format', 'program.flexSteps[0].start'],
    ['a rate in words', [{ start: '00:00', rateUgPerHour: 'x' }], 'field-type', 'program.flexSteps[0].rateUgPerHour'],
  ])('for %s are not added up', (_what, flexSteps, code, field) => {
    expect(brief(withSteps(flexSteps))).toEqual([[code, field]]);
  });
});

it('an event id that cannot be kept is not told as a place', () => {
  const [found] = problemsOf(spoiled('refill', 'source.eventId', 'A\0'));
  expect(found?.place).toEqual({ field: 'source.eventId' });
});

describe('an event is refused for', () => {
  it.each(cases)('%s', (_says, type, path, value, code, field) => {
    expect(brief(spoiled(type, path, value))).toEqual([[code, field]]);
  });

  it.each([[null], ['refill'], [7], [[example('refill')]]])('being %j, not an object', (input) => {
    expect(brief(input)).toEqual([['event-not-object', undefined]]);
  });
});

describe('problems', () => {
  it('tell of a wrong flex step where it stands, beside what it does to the whole pattern', () => {
    expect(brief(spoiled('dose-change', 'program.flexSteps.0.start', '24:30'))).toEqual([
      ['field-format', 'program.flexSteps[0].start'],
      ['flex-steps-invalid', 'program.flexSteps'],
    ]);
    expect(brief(spoiled('dose-change', 'program.flexSteps', []))).toEqual([
      ['field-range', 'program.flexSteps'],
      ['flex-steps-invalid', 'program.flexSteps'],
    ]);
  });

  it('of a wrong type list the types that are allowed there', () => {
    const [problem] = problemsOf(spoiled('correction', 'event.type', 'void'));
    expect(problem?.message).toMatch(/^expected one of implant, refill, /);
    expect(problem?.message).not.toMatch(/void|correction|merge/);
  });

  it('come all at once, each with its own field', () => {
    const event = { ...spoiled('refill', 'fill.volumeMl', -1), pumpp: {}, occurredAt: 'yesterday' };
    expect(brief(event).toSorted()).toEqual([
      ['field-format', 'occurredAt'],
      ['field-range', 'fill.volumeMl'],
      ['field-unknown', 'pumpp'],
    ]);
  });

  it('name the source event and a remedy', () => {
    const [problem] = problemsOf(spoiled('refill', 'fill', undefined));
    expect(problem).toEqual({
      code: 'field-missing',
      severity: 'error',
      place: { field: 'fill', eventId: 'R-000123' },
      message: 'object is required',
      remedy: 'Add the field; it is required.',
    });
  });

  it('never repeat what the sender wrote: it may be a name or a number of a patient', () => {
    const secret = 'Jane-Doe-1971';
    const texts = cases.flatMap(([, type, path]) =>
      problemsOf(spoiled(type, path, secret)).map(({ message, remedy }) => `${message} ${remedy}`),
    );
    expect(texts.length).toBeGreaterThan(20);
    expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  });
});
