import type { ResourceType } from '@medplum/fhirtypes';

/**
 * How each kind of resource travels to one destination, and why. `graph`: as it is. `discrete`: single Procedures and
 * Observations, adapted. `document`: told in a readable DocumentReference. `hl7v2`: told to the interface engine.
 * `worklist`: listed for a human to enter.
 */
export type Tier = 'graph' | 'discrete' | 'document' | 'hl7v2' | 'worklist';

export interface Route {
  readonly tier: Tier;
  /** Why not the tier above, in a sentence for an operator. */
  readonly reason: string;
}

export interface Routes {
  /** How resources are sent that travel as FHIR. */
  readonly sending: 'transaction' | 'batch' | 'single';
  /** Every kind of resource that the adapter makes. */
  readonly byType: ReadonlyMap<ResourceType, Route>;
  /** How an event is told of which some kind does not travel as FHIR of its own. */
  readonly report: Extract<Tier, 'document' | 'hl7v2' | 'worklist'>;
}
