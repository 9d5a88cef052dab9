import type { CanonicalEvent } from '../event/event.ts';
import type { Environment } from '../store/schema.ts';
import type { Incoming } from './append.ts';

/** What the ledger needs to know of an event, whatever its type. */
export interface Report {
  readonly environment: Environment;
  readonly system: string;
  readonly eventId: string;
  readonly type: CanonicalEvent['type'];
  readonly schemaVersion: number;
  /** Of a correction, the patient of the restated event: there the therapy changes. */
  readonly patient: PatientIdentifier;
  readonly merged: PatientIdentifier | null;
  readonly target: string | null;
  /** True when it may connect patients: it amends another event or merges. */
  readonly connects: boolean;
  readonly contentHash: string;
  readonly payload: string;
}

export interface PatientIdentifier {
  readonly system: string;
  readonly value: string;
}

export function reportOf({ event, payload, contentHash }: Incoming): Report {
  const target = targetOf(event);
  return {
    environment: event.test ? 'test' : 'live',
    system: event.source.system,
    eventId: event.source.eventId,
    type: event.type,
    schemaVersion: event.schemaVersion,
    patient: patientOf(event),
    merged: event.type === 'merge' ? event.merged.identifier : null,
    target,
    connects: target !== null || event.type === 'merge',
    contentHash,
    payload,
  };
}

/** Source system and event id as one text: unique within a scope. */
export const keyOf = ({ system, eventId }: { system: string; eventId: string }): string =>
  JSON.stringify([system, eventId]);

function patientOf(event: CanonicalEvent): PatientIdentifier {
  const restated = event.type === 'correction' ? event.event.patient : undefined;
  return (restated ?? event.patient).identifier;
}

function targetOf(event: CanonicalEvent): string | null {
  if (event.type === 'correction') return event.replaces;
  if (event.type === 'void') return event.voids;
  if (event.type === 'unmerge') return event.undoes;
  return null;
}
