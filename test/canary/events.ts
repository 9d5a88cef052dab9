import { canary } from './canary.ts';

/** Events full of canaries: usable ones, and every way in which one can be refused. */

export const mrnSystem = 'urn:oid:2.16.840.1.113883.19.5';

export const mrnOf = (n: number): string => `${canary.recordNumber}-${n}`;

type Event = Record<string, unknown>;

/** An implant and a refill of the n-th patient, with everything that a sender may say of them. */
export function story(n: number): Event[] {
  const implant = event(n, 'implant', {
    type: 'implant',
    occurredAt: '2024-03-01T09:00:00Z',
    catheter: { manufacturer: 'Medtronic', model: '8780', lotNumber: canary.lot, tipLevel: 'T8', volumeMl: 0.14 },
    fill: { volumeMl: 38, concentrationUgPerMl: 500, lotNumber: canary.lot },
    program,
  });
  return [implant, refill(n, 'refill')];
}

const program = { mode: 'simple-continuous', concentrationUgPerMl: 500, doseUgPerDay: 100 };

function event(n: number, name: string, fields: Event): Event {
  return {
    schemaVersion: 1,
    source: { system: canary.sourceSystem, eventId: `${canary.eventId}-${n}-${name}` },
    patient: { identifier: { system: mrnSystem, value: mrnOf(n) } },
    pump: { manufacturer: 'Medtronic', model: '8637-40', serialNumber: `${canary.serial}${n}` },
    performer: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: canary.npi }, display: canary.name },
    extra: { note: canary.note },
    test: true,
    ...fields,
  };
}

const refill = (n: number, name: string, over: Event = {}): Event =>
  event(n, name, {
    type: 'refill',
    occurredAt: '2024-04-01T09:00:00Z',
    residual: { expectedMl: 4, measuredMl: 4.2 },
    fill: { volumeMl: 38, concentrationUgPerMl: 500, lotNumber: canary.lot },
    program,
    ...over,
  });

const json = 'application/json';

/** How it is answered, what was sent, and as what. */
export const bad: readonly (readonly [status: number, body: unknown, mediaType: string])[] = [
  [200, refill(0, 'first'), json],
  [422, refill(0, 'a', { fill: { volumeMl: canary.lot, lotNumber: canary.lot } }), json],
  [422, refill(0, 'b', { [canary.unknownField]: canary.name }), json],
  [422, refill(0, 'c', { type: canary.reason }), json],
  [422, refill(0, 'd', { occurredAt: canary.recordNumber, timeZone: canary.name }), json],
  [422, refill(0, 'e', { type: 'void', voids: 7, reason: canary.reason }), json],
  [
    422,
    refill(0, 'f', { performer: { identifier: { system: canary.sourceSystem, value: 7, assigner: canary.npi } } }),
    json,
  ],
  [422, refill(0, 'g', { schemaVersion: canary.serial }), json],
  [409, refill(0, 'first', { fill: { volumeMl: 20, concentrationUgPerMl: 500, lotNumber: canary.lot } }), json],
  [400, `{"reason": "${canary.reason}" ${canary.name}`, json],
  [400, `"${canary.name}`, 'application/x-ndjson'],
  [415, canary.note, `text/${canary.serial}`],
  [415, canary.note, `application/json; charset=${canary.lot}`],
];
