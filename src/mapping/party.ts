import type { Encounter, Identifier, Location, Organization, Reference } from '@medplum/fhirtypes';
import type { ClinicalEvent } from '../event/event.ts';

/** Where something happened, as logical references: identifier and name. We never create an Encounter or a clinic. */

/** The encounter at the hospital. A MedicationAdministration has it as `context`, others as `encounter`. */
export function encounterOf({ encounter }: ClinicalEvent): Reference<Encounter> | undefined {
  return encounter && { type: 'Encounter', identifier: encounter.identifier };
}

/** The clinic as the place. */
export function locationOf({ clinic }: ClinicalEvent): Reference<Location> | undefined {
  return logical(clinic);
}

/** The clinic as the organisation that somebody acts for. */
export function organizationOf({ clinic }: ClinicalEvent): Reference<Organization> | undefined {
  return logical(clinic);
}

/** A party that is named by its identifier or its name; undefined where it has neither. */
export function logical(
  party: { readonly identifier?: Identifier | undefined; readonly display?: string | undefined } | undefined,
): Reference<never> | undefined {
  if (!party?.identifier && !party?.display) return undefined;
  return {
    ...(party.identifier && { identifier: party.identifier }),
    ...(party.display && { display: party.display }),
  };
}
