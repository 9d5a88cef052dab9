import type { CodeableConcept, Practitioner, Reference } from '@medplum/fhirtypes';
import type { ClinicalEvent } from '../event/event.ts';
import { itb } from '../fhir/systems.ts';
import type { MappingContext } from './context.ts';
import { concept } from './element.ts';
import { logical } from './party.ts';

/** What the person who is named did: a code of our CodeSystem itb-performer-function. */
export type PerformerFunction = 'operator' | 'refiller' | 'programmer';

/** Who did it, as a logical reference: we never create a Practitioner. */
export function performerOf({ performer }: ClinicalEvent): Reference<Practitioner> | undefined {
  return logical(performer);
}

/** As `performer` of a Procedure or a MedicationAdministration; nothing where nobody is named. */
export function performers(
  context: MappingContext,
  event: ClinicalEvent,
  did: PerformerFunction,
): { performer?: { function: CodeableConcept; actor: Reference<Practitioner> }[] } {
  const actor = performerOf(event);
  return actor ? { performer: [{ function: concept(context, itb.performerFunction, did), actor }] } : {};
}
