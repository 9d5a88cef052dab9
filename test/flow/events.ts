/** What a clinic reports about its patients, in short: complete canonical events, all marked as test. */

export const mrnSystem = 'urn:oid:2.16.840.1.113883.19.5';
export const clinicSystem = 'urn:oid:2.16.840.1.113883.19.5.1';

export type Report = Record<string, unknown> & {
  readonly source: { readonly system: string; readonly eventId: string };
};

/** The clinic's reports about one patient. Event ids are unique when `mrn` and `name` are; days count from 2024-03-01. */
export function clinicOf(mrn: string, serialNumber = `SER-${mrn}`) {
  const report = (name: string, day: number, fields: Record<string, unknown>): Report => ({
    schemaVersion: 1,
    source: { system: clinicSystem, eventId: `${mrn}-${name}` },
    occurredAt: onDay(day),
    recordedAt: onDay(day + 0.01),
    patient: { identifier: { system: mrnSystem, value: mrn } },
    test: true,
    ...fields,
  });
  const pump = { manufacturer: 'Medtronic', model: '8637-40', serialNumber };
  const id = (name: string) => `${mrn}-${name}`;
  return {
    id,
    implant: (name: string, day: number, doseUgPerDay: number) => report(name, day, implantFields(pump, doseUgPerDay)),
    doseChange: (name: string, day: number, doseUgPerDay: number, more: object = {}) =>
      report(name, day, { type: 'dose-change', pump, program: program(doseUgPerDay), ...more }),
    refill: (name: string, day: number, doseUgPerDay: number) =>
      report(name, day, {
        type: 'refill',
        pump,
        residual: { expectedMl: 4, measuredMl: 4.2 },
        fill: { volumeMl: 38, concentrationUgPerMl: 500, lotNumber: 'LOTB7741' },
        program: program(doseUgPerDay),
      }),
    complication: (name: string, day: number) =>
      report(name, day, { type: 'complication', pump, code: 'withdrawal', severity: 'moderate' }),
    assessment: (name: string, day: number, scale: string, value: number | string) =>
      report(name, day, { type: 'assessment', scale, value }),
    correctDose: (name: string, replaces: string, day: number, doseUgPerDay: number, patientMrn = mrn) =>
      report(name, day + 0.5, {
        type: 'correction',
        replaces: id(replaces),
        event: {
          type: 'dose-change',
          occurredAt: onDay(day),
          patient: { identifier: { system: mrnSystem, value: patientMrn } },
          pump,
          program: program(doseUgPerDay),
        },
      }),
    /** The implant was reported for the wrong patient: it is the other one's. */
    moveImplant: (name: string, replaces: string, day: number, doseUgPerDay: number, patientMrn: string) =>
      report(name, day + 0.5, {
        type: 'correction',
        replaces: id(replaces),
        event: {
          ...implantFields(pump, doseUgPerDay),
          occurredAt: onDay(day),
          patient: { identifier: { system: mrnSystem, value: patientMrn } },
        },
      }),
    void: (name: string, voids: string, day: number) =>
      report(name, day, { type: 'void', voids: id(voids), reason: 'reported by mistake' }),
    merge: (name: string, ended: string, day: number) =>
      report(name, day, { type: 'merge', merged: { identifier: { system: mrnSystem, value: ended } } }),
    unmerge: (name: string, undoes: string, day: number) =>
      report(name, day, { type: 'unmerge', undoes: id(undoes), reason: 'two persons after all' }),
  };
}

const program = (doseUgPerDay: number) => ({
  mode: 'simple-continuous',
  drug: 'baclofen',
  concentrationUgPerMl: 500,
  doseUgPerDay,
});

const implantFields = (pump: object, doseUgPerDay: number) => ({
  type: 'implant',
  pump,
  catheter: { manufacturer: 'Medtronic', model: '8780', lotNumber: 'LOT-C1', tipLevel: 'T8', volumeMl: 0.14 },
  fill: { volumeMl: 38, concentrationUgPerMl: 500, lotNumber: 'LOTA0001' },
  program: program(doseUgPerDay),
});

const firstDay = Temporal.Instant.from('2024-03-01T09:00:00Z');

export const onDay = (day: number): string => firstDay.add({ minutes: Math.round(day * 24 * 60) }).toString();
