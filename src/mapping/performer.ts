import type { Practitioner, Procedure, Reference } from '@medplum/fhirtypes';
import type { ClinicalEvent } from '../event/event.ts';

/** Who did it, as a logical reference: we never create a Practitioner. */
export function performerOf(event: ClinicalEvent): Reference<Practitioner> | undefined {
  const { performer } = event;
  if (!performer?.identifier && !performer?.display) return undefined;
  return { ...(performer.identifier && { identifier: performer.identifier }), display: performer.display };
}

export function performers(event: ClinicalEvent): Pick<Procedure, 'performer'> {
  const actor = performerOf(event);
  return actor ? { performer: [{ actor }] } : {};
}
