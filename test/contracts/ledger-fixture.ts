import { createHash } from 'node:crypto';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { type AppendResult, append, type Incoming } from '../../src/ledger/append.ts';
import { contentHash } from '../../src/ledger/content-hash.ts';
import type { PatientKey } from '../../src/ledger/patient-key.ts';
import { findPatient } from '../../src/ledger/patients.ts';
import { therapyEvents } from '../../src/ledger/therapy-events.ts';
import type { Environment } from '../../src/store/schema.ts';
import type { Store } from '../../src/store/store.ts';

/** Canonical events of one sending system, in short, and a ledger of one tenant to put them in. */

export const mrnSystem = 'urn:oid:2.16.840.1.113883.19.5';
export const pumpClinic = 'urn:oid:2.16.840.1.113883.19.5.1';

const envelope = (eventId: string, mrn: string) => ({
  schemaVersion: 1 as const,
  source: { system: pumpClinic, eventId },
  occurredAt: '2024-06-25T10:00:00-04:00',
  patient: { identifier: { system: mrnSystem, value: mrn } },
});

type Changes = Partial<Pick<CanonicalEvent, 'occurredAt' | 'test' | 'recordedAt' | 'source'>>;

export const assessment = (eventId: string, mrn: string, value = 3, changes: Changes = {}): CanonicalEvent =>
  ({ ...envelope(eventId, mrn), type: 'assessment', scale: 'ashworth', value, ...changes }) as CanonicalEvent;

/** `restatedMrn`: the restated event is about another patient than the envelope. */
export const correction = (eventId: string, mrn: string, replaces: string, restatedMrn = mrn): CanonicalEvent =>
  ({
    ...envelope(eventId, mrn),
    type: 'correction',
    replaces,
    event: {
      type: 'assessment',
      occurredAt: '2024-06-25T10:00:00-04:00',
      scale: 'ashworth',
      value: 2,
      patient: { identifier: { system: mrnSystem, value: restatedMrn } },
    },
  }) as CanonicalEvent;

export const voiding = (eventId: string, mrn: string, voids: string): CanonicalEvent =>
  ({ ...envelope(eventId, mrn), type: 'void', voids, reason: 'wrong patient' }) as CanonicalEvent;

export const merge = (eventId: string, survivor: string, ended: string, changes: Changes = {}): CanonicalEvent =>
  ({
    ...envelope(eventId, survivor),
    type: 'merge',
    merged: { identifier: { system: mrnSystem, value: ended } },
    ...changes,
  }) as CanonicalEvent;

export const unmerge = (eventId: string, mrn: string, undoes: string): CanonicalEvent =>
  ({ ...envelope(eventId, mrn), type: 'unmerge', undoes, reason: 'different persons' }) as CanonicalEvent;

export const incoming = (event: CanonicalEvent): Incoming => ({
  event,
  payload: JSON.stringify(event),
  contentHash: contentHash(event),
});

export const receivedAtMs = 1_719_324_000_000;

export const identify = (tenant: string, environment: Environment, system: string, value: string): string =>
  createHash('sha256')
    .update(JSON.stringify([tenant, environment, system, value]))
    .digest('hex')
    .slice(0, 16);

/** One tenant's ledger, in the words of the tests: patients are named by their record number. */
export function ledgerOf(store: Store, tenant: string) {
  const key = (mrn: string, environment: Environment = 'live'): PatientKey => ({
    tenant,
    environment,
    patientId: identify(tenant, environment, mrnSystem, mrn),
  });
  return {
    key,
    id: (mrn: string, environment?: Environment): string => key(mrn, environment).patientId,
    append: (...events: CanonicalEvent[]): Promise<readonly AppendResult[]> =>
      store.transaction((trx) => append(trx, { tenant, receivedAtMs, identify }, events.map(incoming))),
    revision: async (mrn: string): Promise<number | undefined> => (await findPatient(store.db, key(mrn)))?.revision,
    survivor: async (mrn: string): Promise<string | null | undefined> =>
      (await findPatient(store.db, key(mrn)))?.mergedInto,
    eventIds: async (mrn: string): Promise<string[]> =>
      (await therapyEvents(store.db, key(mrn))).map(({ event }) => event.source.eventId),
  };
}

/** The patients that a result touched, as a sorted list of ids. */
export const touchedIds = (result: AppendResult | undefined): string[] =>
  (result?.touched ?? []).map(({ patientId }) => patientId).sort();
