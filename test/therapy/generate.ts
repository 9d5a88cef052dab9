import fc from 'fast-check';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { eventOf } from '../stories/story.ts';

/** Invented therapies of one pump: everything that a programmer can do to it, in any order and at any distance. */
export interface Step {
  /** Minutes after the step before; 0 is the same instant. */
  readonly gapMinutes: number;
  /** How much of its time the source knew; all of it where this is absent. */
  readonly known?: 'day' | 'month';
  readonly body: Readonly<Record<string, unknown>> & { readonly type: string };
}

export const pump = { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP700001H', reservoirMl: 40 };
const system = 'urn:oid:2.16.840.1.113883.19.5.1';
const patient = { identifier: { system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN0700' } };
const begin = Temporal.Instant.from('2024-03-05T15:20:00Z');
const recordingDelay = { minutes: 5 };
const zones = ['America/New_York', 'Asia/Kolkata', 'Europe/London'];

const concentrationUgPerMl = fc.constantFrom(500, 1000, 2000);
const doseUgPerDay = fc.integer({ min: 20, max: 900 });

/** Steps that tile the clock from any cut to the next, so that one may pass midnight. */
const flex = fc
  .tuple(
    concentrationUgPerMl,
    fc.uniqueArray(fc.integer({ min: 0, max: 95 }), { minLength: 1, maxLength: 5 }),
    fc.array(fc.integer({ min: 5, max: 90 }), { minLength: 5, maxLength: 5 }),
  )
  .map(([concentration, quarters, doses]) => {
    const cuts = quarters.toSorted((a, b) => a - b).map(clock);
    const flexSteps = cuts.map((start, n) => ({
      start,
      end: cuts[(n + 1) % cuts.length] as string,
      doseUg: doses[n] as number,
    }));
    const total = flexSteps.reduce((sum, step) => sum + step.doseUg, 0);
    return { mode: 'flex', concentrationUgPerMl: concentration, doseUgPerDay: total, flexSteps };
  });

const clock = (quarter: number): string =>
  `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;

const simple = fc.record({ mode: fc.constant('simple-continuous'), concentrationUgPerMl, doseUgPerDay });
const bolusDose = fc.record({ doseUg: fc.integer({ min: 1, max: 100 }), durationMinutes: fc.nat(600) });

/** Programmes whose flow is known and constant or a daily pattern. */
export const measurableProgram = fc.oneof(
  { weight: 3, arbitrary: simple },
  { weight: 2, arbitrary: flex },
  fc.record({
    mode: fc.constant('periodic-bolus'),
    concentrationUgPerMl,
    doseUgPerDay,
    bolus: fc.constant({ doseUg: 10, durationMinutes: 5, intervalHours: 4 }),
  }),
);

const program = fc.oneof(
  { weight: 6, arbitrary: measurableProgram },
  fc.record(
    { mode: fc.constant('minimum-rate'), concentrationUgPerMl, doseUgPerDay },
    { requiredKeys: ['mode', 'concentrationUgPerMl'] },
  ),
  fc.record({
    mode: fc.constant('patient-activated'),
    concentrationUgPerMl,
    doseUgPerDay,
    patientBolus: fc.constant({ doseUg: 20, lockoutMinutes: 120 }),
  }),
  fc.record({ mode: fc.constant('single-bolus'), concentrationUgPerMl, bolus: bolusDose }),
  fc.constant({ mode: 'stopped' }),
);

const fill = fc.record({ volumeMl: fc.integer({ min: 1, max: 40 }), concentrationUgPerMl });
const bridge = fc.record({
  volumeMl: fc.constantFrom(0.2, 0.436, 0.5),
  durationHours: fc.integer({ min: 1, max: 90 }),
});
const prime = fc.record({ volumeMl: fc.constantFrom(0.172, 0.485) });

function step(type: string, fields: Record<string, fc.Arbitrary<unknown>>, optional: readonly string[] = []) {
  const requiredKeys = Object.keys(fields).filter((key) => !optional.includes(key));
  return fc.record(fields, { requiredKeys }).map((rest) => ({ type, ...rest }));
}

const body = fc.oneof(
  { weight: 4, arbitrary: step('refill', { fill, program, bridge }, ['program', 'bridge']) },
  { weight: 5, arbitrary: step('dose-change', { program, bridge }, ['bridge']) },
  { weight: 2, arbitrary: step('bolus', { bolus: bolusDose.map((dose) => ({ kind: 'single', ...dose })) }) },
  { weight: 1, arbitrary: step('bolus', { bolus: bridge.map((volume) => ({ kind: 'bridge', ...volume })) }) },
  { weight: 1, arbitrary: step('bolus', { bolus: prime.map((volume) => ({ kind: 'priming', ...volume })) }) },
  { weight: 2, arbitrary: step('pump-stop', {}) },
  { weight: 2, arbitrary: step('restart', { program, prime, bridge }, ['prime', 'bridge']) },
  { weight: 1, arbitrary: step('interrogation', { program }, ['program']) },
  { weight: 1, arbitrary: step('reservoir-emptied', {}) },
  { weight: 1, arbitrary: step('explant', {}) },
);

const implant = step('implant', { fill, prime, program }, ['prime']);
const gapMinutes = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 600 }), fc.integer({ min: 601, max: 60_000 }));
const known = fc.constantFrom('day' as const, 'month' as const);
export const oneStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ gapMinutes, body }) },
  { weight: 1, arbitrary: fc.record({ gapMinutes, known, body }) },
);

/** An implant, then what follows. */
export const therapySteps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    implant.map((first): Step => ({ gapMinutes: 0, body: first })),
    fc.array(oneStep, { minLength: 2, maxLength: 9 }),
  )
  .map(([first, rest]) => [first, ...rest]);

/** The events of the steps, `G0`, `G1`, …, in the order in which they happened. */
export function eventsOf(steps: readonly Step[]): CanonicalEvent[] {
  let at = begin;
  return steps.map((one, n) => {
    at = at.add({ minutes: one.gapMinutes });
    return eventOf({ ...envelope(`G${n}`, at, n), ...situated(one, at, n) });
  });
}

/** A correction of event `n`: it restates the event as `instead`, at a time of its own. */
export function correctionOf(events: readonly CanonicalEvent[], n: number, instead: Step): CanonicalEvent {
  const at = timeOf(events[n] as CanonicalEvent).add({ minutes: instead.gapMinutes });
  return eventOf({
    ...envelope('AMEND', lastOf(events), 99),
    type: 'correction',
    replaces: `G${n}`,
    event: situated(instead, at, n),
  });
}

/** Event `n` as `instead` would have said it at first. */
export function saidRight(events: readonly CanonicalEvent[], n: number, instead: Step): CanonicalEvent[] {
  const at = timeOf(events[n] as CanonicalEvent).add({ minutes: instead.gapMinutes });
  return events.with(n, eventOf({ ...envelope(`G${n}`, at, n), ...situated(instead, at, n) }));
}

export function voidOf(events: readonly CanonicalEvent[], eventId: string, ownId = 'VOID'): CanonicalEvent {
  return eventOf({ ...envelope(ownId, lastOf(events), 99), type: 'void', voids: eventId, reason: 'did not happen' });
}

function situated(one: Step, at: Temporal.Instant, n: number) {
  const zone = zones[n % zones.length] as string;
  const local = at.toZonedDateTimeISO(zone);
  const instant = local.toString({ timeZoneName: 'never', smallestUnit: 'second' });
  const occurredAt = one.known ? instant.slice(0, one.known === 'day' ? 10 : 7) : instant;
  return { ...one.body, pump, occurredAt, timeZone: zone };
}

function envelope(eventId: string, at: Temporal.Instant, sequence: number) {
  return {
    schemaVersion: 1,
    source: { system, eventId, sequence },
    occurredAt: at.toString(),
    recordedAt: at.add(recordingDelay).toString(),
    patient,
    test: true,
  };
}

/** When the step took place, also where its event knows only the day or the month. */
export const timeOf = (event: CanonicalEvent): Temporal.Instant =>
  Temporal.Instant.from(event.recordedAt as string).subtract(recordingDelay);

const lastOf = (events: readonly CanonicalEvent[]): Temporal.Instant => timeOf(events.at(-1) as CanonicalEvent);
