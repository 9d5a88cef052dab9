import fc from 'fast-check';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { eventOf } from '../stories/story.ts';
import { bolusDose, concentrationUgPerMl, program } from './invented-programs.ts';

/** Invented therapies: whatever can be done to a pump and its catheter, in any order and at any distance. */
export interface Step {
  /** Minutes after the step before; 0 is the same instant. */
  readonly gapMinutes: number;
  /** How much of its time the source knew; all of it where this is absent. */
  readonly known?: 'day' | 'month' | 'year';
  /** The clinic's own record tells of it, beside the export of the programmer. */
  readonly toldBy?: 'clinic';
  /** The year was mistyped: the report lies in the future of its receipt. */
  readonly yearsAhead?: number;
  /** What the event states. A pump that it names is the pump of the steps after it; `{ minutesLater }` is an instant. */
  readonly body: Readonly<Record<string, unknown>> & { readonly type: string };
}

export const pump = {
  ...{ manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP700001H' },
  ...{ reservoirMl: 40, tubingMl: 0.3 },
};
const newPump = { ...pump, serialNumber: 'NGP700002H' };
const gasDriven = { manufacturer: 'Codman', model: 'Codman 3000', serialNumber: 'C700003' };
const labelledFlow = { ...gasDriven, serialNumber: 'C700004', flowMlPerDay: 0.5 };
export const catheter = { manufacturer: 'Medtronic', model: '8780', lotNumber: 'LOT-C1', volumeMl: 0.185 };
const newCatheter = { ...catheter, lotNumber: 'LOT-C2', volumeMl: 0.172 };

const programmer = 'urn:oid:2.16.840.1.113883.19.5.1';
const clinic = 'urn:oid:2.16.840.1.113883.19.5.2';
const patientNumbered = (value: string) => ({ identifier: { system: 'urn:oid:2.16.840.1.113883.19.5', value } });
const begin = Temporal.Instant.from('2024-03-05T15:20:00Z');
const recordingDelay = { minutes: 5 };
const zones = ['America/New_York', 'Asia/Kolkata', 'Europe/London'];

const fill = fc.record({ volumeMl: fc.integer({ min: 1, max: 40 }), concentrationUgPerMl });
const bridge = fc.record({
  volumeMl: fc.constantFrom(0.2, 0.436, 0.485),
  durationHours: fc.integer({ min: 1, max: 90 }),
});
const prime = fc.record({ volumeMl: fc.constantFrom(0.172, 0.485) });
const residual = fc.record({ measuredMl: fc.integer({ min: 0, max: 30 }) });

/** Log lines lie between the minutes, so that they never fall on another event. */
const minutesLater = (min: number, max: number) => fc.integer({ min, max }).map((n) => ({ minutesLater: n + 0.5 }));
const counted = fc.record(
  { delivered: fc.nat(8), denied: fc.nat(3), since: minutesLater(-20_000, -1) },
  { requiredKeys: ['delivered'] },
);
const reported = fc.record({ patientBoluses: counted });

function step(type: string, fields: Record<string, fc.Arbitrary<unknown>>, optional: readonly string[] = []) {
  const requiredKeys = Object.keys(fields).filter((key) => !optional.includes(key));
  return fc.record(fields, { requiredKeys }).map((rest) => ({ type, ...rest }));
}

const oneBolus = fc.oneof(
  { weight: 2, arbitrary: bolusDose.map((dose) => ({ kind: 'single', ...dose })) },
  { weight: 2, arbitrary: bolusDose.map((dose) => ({ kind: 'patient-activated', ...dose })) },
  { weight: 1, arbitrary: bridge.map((volume) => ({ kind: 'bridge', ...volume })) },
  { weight: 1, arbitrary: prime.map((volume) => ({ kind: 'priming', ...volume })) },
);

const alarmCode = fc.constantFrom(
  ...['motor-stall', 'motor-stall', 'motor-stall-recovered', 'motor-stall-recovered'],
  ...['low-battery-reset', 'low-reservoir', 'eos', 'a code that no table knows'],
);
const logLine = fc.record({ code: alarmCode, at: minutesLater(-50_000, -1) }).chain((line) =>
  fc.option(fc.nat(4000), { nil: undefined }).map((lasted) => ({
    ...line,
    ...(lasted !== undefined && { clearedAt: { minutesLater: line.at.minutesLater + lasted } }),
  })),
);

const removed = fc.constantFrom(['pump'], ['catheter'], ['pump', 'catheter']);
const replacedPump = fc.constant({ component: 'pump', action: 'replaced' });
const replacedCatheter = fc.constant({ component: 'catheter', action: 'replaced', catheter: newCatheter });

const replacement = fc
  .tuple(fc.oneof(replacedPump, replacedCatheter), step('revision', { fill, program, prime, bridge, residual }, all()))
  .map(([what, rest]) => ({ ...rest, ...what, ...(what.component === 'pump' && { pump: newPump }) }));

/** Implanted again, or another in its place that joins the catheter. */
const implantedAgain = step('implant', {
  fill,
  program,
  pump: fc.constantFrom(pump, newPump, newPump, gasDriven, labelledFlow),
  catheterKept: fc.constant(true),
});

function all(): string[] {
  return ['fill', 'program', 'prime', 'bridge', 'residual'];
}

const body = fc.oneof(
  {
    weight: 5,
    arbitrary: step('refill', { fill, program, bridge, residual, reported }, [...all().slice(1), 'reported']),
  },
  { weight: 6, arbitrary: step('dose-change', { program, bridge }, ['bridge']) },
  { weight: 3, arbitrary: step('bolus', { bolus: oneBolus }) },
  { weight: 2, arbitrary: step('pump-stop', {}) },
  { weight: 2, arbitrary: step('restart', { program, prime, bridge }, ['prime', 'bridge']) },
  { weight: 2, arbitrary: step('interrogation', { program, reported }, ['program', 'reported']) },
  { weight: 2, arbitrary: step('interrogation', { pumpLog: fc.array(logLine, { minLength: 1, maxLength: 3 }) }) },
  { weight: 1, arbitrary: step('reservoir-emptied', {}) },
  { weight: 1, arbitrary: step('explant', { removed, residual }, ['removed', 'residual']) },
  { weight: 3, arbitrary: step('alarm', { code: alarmCode, clearedAt: minutesLater(0, 5000) }, ['clearedAt']) },
  { weight: 1, arbitrary: replacement },
  { weight: 1, arbitrary: implantedAgain },
);

const implant = step(
  'implant',
  {
    fill,
    prime,
    program,
    catheter: fc.constant(catheter),
    pump: fc.oneof({ weight: 5, arbitrary: fc.constant(pump) }, { weight: 1, arbitrary: fc.constant(gasDriven) }),
  },
  ['prime', 'catheter'],
);

const someMinutes = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 601, max: 60_000 }));
const gapMinutes = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: someMinutes });
const known = fc.constantFrom('day' as const, 'month' as const, 'year' as const);
const yearsAhead = fc.constant(5);
const toldBy = fc.constant('clinic' as const);

/** A step as one source knows it to the minute, at an instant of its own. */
const exactStep: fc.Arbitrary<Step> = fc.record({ gapMinutes: someMinutes, body });

export const oneStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ gapMinutes, body }) },
  { weight: 1, arbitrary: fc.record({ gapMinutes, known, body }) },
  { weight: 1, arbitrary: fc.record({ gapMinutes, toldBy, body }) },
  { weight: 1, arbitrary: fc.record({ gapMinutes, yearsAhead, body }) },
);

/** Some steps are told again by the clinic, a little later and perhaps with another programme. */
const toldAgain = fc
  .tuple(oneStep, fc.nat(200), fc.option(program, { nil: undefined, freq: 3 }))
  .map(([first, later, other]): Step[] => [
    first,
    {
      gapMinutes: later,
      toldBy: 'clinic',
      body: { ...first.body, ...('program' in first.body && other && { program: other }) },
    },
  ]);

const someSteps = fc.oneof({ weight: 9, arbitrary: oneStep.map((one) => [one]) }, { weight: 1, arbitrary: toldAgain });

const afterImplant = (steps: fc.Arbitrary<readonly Step[]>): fc.Arbitrary<readonly Step[]> =>
  fc
    .tuple(implant, steps, fc.array(fc.nat(3), { minLength: 7, maxLength: 7 }))
    .map(([first, rest, dice]) => restating([{ gapMinutes: 0, body: first }, ...rest], dice));

/** Where the die shows 0, the step states the programme that was stated before it once more. */
function restating(steps: readonly Step[], dice: readonly number[]): Step[] {
  let last: unknown;
  return steps.map((one, n) => {
    const { program: own } = one.body;
    if (!own) return one;
    const isAgain = dice[n % dice.length] === 0 && last !== undefined;
    last = isAgain ? last : own;
    return { ...one, body: { ...one.body, program: last } };
  });
}

/** An implant, then what follows, as two sources report it. */
export const therapySteps = afterImplant(
  fc.array(someSteps, { minLength: 2, maxLength: 6 }).map((steps) => steps.flat()),
);

/** The same from one source that knows each time to the minute, no two things at one instant. */
export const exactSteps = afterImplant(fc.array(exactStep, { minLength: 2, maxLength: 8 }));

/** The events of the steps, `G0`, `G1`, …, in the order in which they happened. */
export function eventsOf(steps: readonly Step[]): CanonicalEvent[] {
  let at = begin;
  let current: unknown = pump;
  return steps.map((one, n) => {
    at = at.add({ minutes: one.gapMinutes });
    current = one.body.pump ?? current;
    return eventOf({ ...envelope(`G${n}`, at, n, one.toldBy), ...situated(one, at, n, current) });
  });
}

/** A correction of event `n`: it restates the event as `instead`, at a time of its own. */
export function correctionOf(
  events: readonly CanonicalEvent[],
  n: number,
  instead: Step,
  { ownId = 'AMEND', replaces = `G${n}`, patient = 'MRN0700' } = {},
): CanonicalEvent {
  return eventOf({
    ...envelope(ownId, lastOf(events), 99),
    source: { system: events[n]?.source.system, eventId: ownId, sequence: 99 },
    patient: patientNumbered(patient),
    type: 'correction',
    replaces,
    event: restated(events, n, instead),
  });
}

/** Event `n` as `instead` would have said it at first. */
export function saidRight(events: readonly CanonicalEvent[], n: number, instead: Step): CanonicalEvent[] {
  const { schemaVersion, source, patient, test } = events[n] as CanonicalEvent;
  const recordedAt = insteadAt(events, n, instead).add(recordingDelay).toString();
  const first = { schemaVersion, source, patient, test, recordedAt };
  return events.with(n, eventOf({ ...first, ...restated(events, n, instead) }));
}

/** A void of the report with this id, by the source that sent it. */
export function voidOf(events: readonly CanonicalEvent[], eventId: string, ownId = 'VOID'): CanonicalEvent {
  const { system } = events.find(({ source }) => source.eventId === eventId)?.source ?? { system: programmer };
  return eventOf({
    ...envelope(ownId, lastOf(events), 99),
    source: { system, eventId: ownId, sequence: 99 },
    ...{ type: 'void', voids: eventId, reason: 'did not happen' },
  });
}

const insteadAt = (events: readonly CanonicalEvent[], n: number, instead: Step): Temporal.Instant =>
  timeOf(events[n] as CanonicalEvent).add({ minutes: instead.gapMinutes });

function restated(events: readonly CanonicalEvent[], n: number, instead: Step) {
  const { pump: named } = events[n] as { pump?: object };
  return situated(instead, insteadAt(events, n, instead), n, instead.body.pump ?? named);
}

function situated(one: Step, at: Temporal.Instant, n: number, named: unknown) {
  const zone = zones[n % zones.length] as string;
  const local = at.toZonedDateTimeISO(zone).add({ years: one.yearsAhead ?? 0 });
  const instant = local.toString({ timeZoneName: 'never', smallestUnit: 'second' });
  const occurredAt = one.known ? instant.slice(0, { day: 10, month: 7, year: 4 }[one.known]) : instant;
  return { ...(timed(one.body, at) as object), pump: named, occurredAt, timeZone: zone };
}

/** The body with its relative instants placed in time. */
function timed(value: unknown, at: Temporal.Instant): unknown {
  if (Array.isArray(value)) return value.map((one) => timed(one, at));
  if (typeof value !== 'object' || value === null) return value;
  if ('minutesLater' in value) return at.add({ seconds: Number(value.minutesLater) * 60 }).toString();
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, timed(one, at)]));
}

function envelope(eventId: string, at: Temporal.Instant, sequence: number, toldBy?: Step['toldBy']) {
  return {
    schemaVersion: 1,
    source: { system: toldBy ? clinic : programmer, eventId, sequence },
    occurredAt: at.toString(),
    recordedAt: at.add(recordingDelay).toString(),
    patient: patientNumbered('MRN0700'),
    test: true,
  };
}

/** When the step took place, also where its event knows only the day or the month. */
export const timeOf = (event: CanonicalEvent): Temporal.Instant =>
  Temporal.Instant.from(event.recordedAt as string).subtract(recordingDelay);

const lastOf = (events: readonly CanonicalEvent[]): Temporal.Instant => timeOf(events.at(-1) as CanonicalEvent);
