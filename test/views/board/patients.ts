/** Patients of a clinic, as senders tell of them. */

export const system = 'urn:oid:2.16.840.1.113883.19.5';
const source = 'urn:oid:2.16.840.1.113883.19.5.1';

type Fields = Readonly<Record<string, unknown>>;

const pumpOf = (number: string) => ({ manufacturer: 'Medtronic', model: '8637-40', serialNumber: `NGP${number}H` });

export function event(type: string, number: string, occurredAt: string, fields: Fields = {}): Fields {
  return {
    schemaVersion: 1,
    type,
    source: { system: source, eventId: `${number}-${type}-${occurredAt}` },
    occurredAt,
    timeZone: 'UTC',
    patient: { identifier: { system, value: number } },
    pump: pumpOf(number),
    test: true,
    ...fields,
  };
}

/** Implanted on the first of June, and filled then with 38 mL of 2000 ug/mL at this dose: about 36 mL to the alarm. */
export const implanted = (number: string, doseUgPerDay: number, fields: Fields = {}): Fields =>
  event('implant', number, '2024-06-01T10:00:00Z', {
    fill: { volumeMl: 38, concentrationUgPerMl: 2000 },
    program: { mode: 'simple-continuous', drug: 'baclofen', concentrationUgPerMl: 2000, doseUgPerDay },
    ...fields,
  });

/** As of 2024-11-20T12:00Z, which is 172 days after the implantation. */
export const clinic: readonly Fields[] = [
  // 720 mL·ug/mL a day move the 36 mL in 100 days: the alarm day was 2024-09-09.
  implanted('LATE', 720),
  // By the stability of the drug: 180 days after the fill, 2024-11-28.
  implanted('STABLE', 100),
  // 36 mL in 175 days: alarm on 2024-11-23, five days before it is 2024-11-18.
  implanted('PAST', 411.4285714),
  // 36 mL in 179 days: alarm on 2024-11-27, due on 2024-11-22.
  implanted('SOON', 402.2346369),
  // Nothing was filled: nobody knows what is left.
  implanted('UNKNOWN', 100, { fill: undefined }),
  implanted('GONE', 100),
  event('explant', 'GONE', '2024-10-01T10:00:00Z', { reason: 'infection' }),
];
