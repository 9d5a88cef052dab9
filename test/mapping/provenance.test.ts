import type { Provenance } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { fill, report, simple, sourceSystem } from '../therapy/reports.ts';
import { made, referenceTo } from './made.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(100) });
const provenanceOf = (id: string, ...events: CanonicalEvent[]) => made(events).by<Provenance>('provenance', id);
const agentsOf = ({ agent }: Provenance) =>
  agent.map(({ type, who, onBehalfOf }) => [type?.coding?.[0]?.code, who.display ?? who.identifier?.value, onBehalfOf]);

describe('the Provenance of a report', () => {
  it('names the author for the clinic, the place, and the report of the session', () => {
    const event = report('pump-stop', 'B', '2024-05-01T10:00:00-04:00', {
      performer: { display: 'N. Urse' },
      clinic: { display: 'Spasticity clinic' },
      session: { reportId: 'SR-1' },
    });
    const provenance = provenanceOf('B', implant, event);
    expect(agentsOf(provenance)).toEqual([
      ['author', 'N. Urse', { display: 'Spasticity clinic' }],
      ['transmitter', 'itb-fhir-adapter', undefined],
    ]);
    expect(provenance.location).toEqual({ display: 'Spasticity clinic' });
    expect(provenance.entity).toEqual([
      { role: 'source', what: { identifier: { system: sourceSystem, value: 'B' } } },
      { role: 'source', what: { identifier: { value: 'SR-1' }, display: 'Session report of the programmer' } },
    ]);
    expect(provenance.activity?.coding?.[0]?.code).toBe('CREATE');
    expect(provenance).not.toHaveProperty('reason');
  });

  it('names the system where no person is named, and no clinic that was not reported', () => {
    const provenance = provenanceOf('A', implant);
    expect(agentsOf(provenance)).toEqual([
      ['author', sourceSystem, undefined],
      ['transmitter', 'itb-fhir-adapter', undefined],
    ]);
    expect(provenance).not.toHaveProperty('location');
    expect(provenance.entity).toHaveLength(1);
  });

  it('of a correction says why', () => {
    const { type, occurredAt, pump } = implant as CanonicalEvent & { pump: object };
    const event = { type, occurredAt, pump, fill: fill(18, 500), program: simple(100, 500) };
    const correction = (fields: object) =>
      report('correction', 'C', '2024-03-02T10:00:00-05:00', { replaces: 'A', event, ...fields });
    const provenance = provenanceOf('C', implant, correction({ reason: 'ampoule label read again' }));
    expect(provenance.reason).toEqual([{ text: 'ampoule label read again' }]);
    expect(provenance.activity?.coding?.[0]?.code).toBe('UPDATE');
    expect(provenanceOf('C', implant, correction({}))).not.toHaveProperty('reason');
  });

  it('names each of its targets once, and what a later report changed with that one', () => {
    const explant = report('explant', 'B', '2024-05-01T10:00:00-04:00');
    const { result, by } = made([implant, explant]);
    const typesOf = (id: string) => {
      const targets = by<Provenance>('provenance', id).target.map(({ reference }) => reference);
      expect(new Set(targets).size).toBe(targets.length);
      return targets.map(
        (target) => result.resources.find(({ identity }) => `urn:uuid:${identity}` === target)?.resource.resourceType,
      );
    };
    expect(typesOf('B')).toEqual(
      expect.arrayContaining(['Device', 'MedicationRequest', 'MedicationAdministration', 'Procedure']),
    );
    expect(typesOf('A')).toContain('Device');
  });

  it('names the catheter among what the implant of its next pump changed', () => {
    const catheter = { manufacturer: 'Medtronic', model: '8780', lotNumber: 'LOT-C1' };
    const first = report('implant', 'A', '2024-03-01T10:00:00-05:00', { catheter });
    const removed = report('explant', 'B', '2024-05-01T10:00:00-04:00', { removed: ['pump'] });
    const next = { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP710002H' };
    const kept = report('implant', 'C', '2024-05-01T10:30:00-04:00', { pump: next, catheter, catheterKept: true });
    const all = made([first, removed, kept]);
    const ofCatheter = referenceTo(all, 'catheter', 'A');
    const names = (id: string) =>
      all.by<Provenance>('provenance', id).target.some(({ reference }) => reference === ofCatheter);
    expect([names('A'), names('B'), names('C')]).toEqual([true, false, true]);
  });

  it('names no catheter for the implant of a pump that was there before it', () => {
    const catheter = { manufacturer: 'Medtronic', model: '8780', lotNumber: 'LOT-C1' };
    const read = report('interrogation', 'B', '2024-05-01T10:00:00-04:00', { catheter });
    const all = made([implant, read]);
    const ofCatheter = referenceTo(all, 'catheter', 'B');
    const targets = all.by<Provenance>('provenance', 'A').target.map(({ reference }) => reference);
    expect(targets).not.toContain(ofCatheter);
  });

  it('is one for an interrogation that read several lines of a log', () => {
    const read = report('interrogation', 'B', '2024-05-03T10:00:00-04:00', {
      pumpLog: [
        { code: 'motor-stall', at: '2024-05-01T10:00:00-04:00', clearedAt: '2024-05-01T12:00:00-04:00' },
        { code: 'low-reservoir', at: '2024-05-02T10:00:00-04:00' },
      ],
    });
    const { by, result } = made([implant, read]);
    const provenance = by<Provenance>('provenance', 'B');
    expect(provenance.occurredDateTime).toBe('2024-05-03T10:00:00-04:00');
    const identities = result.resources.map(({ identity }) => identity);
    expect(new Set(identities).size).toBe(identities.length);
  });
});

describe('the Provenance of an interrogation whose own procedure is held', () => {
  const log = [
    { code: 'motor-stall', at: '2024-05-01T10:00:00-04:00', clearedAt: '2024-05-01T12:00:00-04:00' },
    { code: 'low-reservoir', at: '2024-05-02T10:00:00-04:00' },
  ];
  const read = (fields: object) =>
    report('interrogation', 'B', '2024-05-03T10:00:00-04:00', {
      session: { softwareVersion: 'x\u0007' },
      pumpLog: log,
      ...fields,
    });

  it('is that of the interrogation, where the boluses that it counted stand', () => {
    const [stall] = log.map(({ code, at }) => ({ code, at }));
    const { by, of } = made([implant, read({ pumpLog: [stall], reported: { patientBoluses: { delivered: 2 } } })]);
    expect(of('procedure')).toHaveLength(1);
    expect(by<Provenance>('provenance', 'B').occurredDateTime).toBe('2024-05-03T10:00:00-04:00');
  });

  it('is that of the first line of the log, where only lines of the log stand', () => {
    const { by } = made([implant, read({ reported: { monthsToEri: 40 } })]);
    expect(by<Provenance>('provenance', 'B').occurredDateTime).toBe('2024-05-01T10:00:00-04:00');
  });
});

describe('the source of a resource', () => {
  const sourceOf = (system: string, eventId = 'A') => {
    const event = report('pump-stop', eventId, '2024-05-01T10:00:00-04:00', { source: { system, eventId } });
    return made([event]).by('pump', eventId).meta?.source;
  };

  it('is its event at its system, where that has a URI that takes a fragment', () => {
    expect(sourceOf('https://engine.hospital.test/pumps')).toBe('https://engine.hospital.test/pumps#A');
    expect(sourceOf('https://engine.hospital.test/pumps', 'R 1/ü')).toBe(
      'https://engine.hospital.test/pumps#R%201%2F%C3%BC',
    );
  });

  it('is the system alone where its URI is a URN', () => {
    expect(sourceOf('urn:oid:2.16.840.1.113883.19.5.1')).toBe('urn:oid:2.16.840.1.113883.19.5.1');
  });

  it.each([
    'engine',
    'https://engine.test/a#b',
    '1https://engine.test/a',
    'x-urn:oid:1.2',
    'urn:oid:1.2#3',
    'pumps://',
  ])('is left out where the system is no such URI: %s', (system) => {
    expect(sourceOf(system)).toBeUndefined();
  });

  it('takes any text as an event id', () => {
    expect(sourceOf('https://engine.hospital.test/pumps', 'A ü#')).toBe(
      'https://engine.hospital.test/pumps#A%20%C3%BC%23',
    );
  });
});
