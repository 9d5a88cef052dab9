import type { Resource } from '@medplum/fhirtypes';
import { mapReferences } from '../fhir/references.ts';
import { contentHash } from './content.ts';

/** One resource as it should stand at a destination; references to others of ours are `urn:uuid:<identity>`. */
export interface Tailored {
  readonly identity: string;
  readonly resource: Resource;
  readonly contentHash: string;
  /** The event that makes it, as its place in the history: what one event makes or changes travels together. */
  readonly group: number;
  /** The later event that changed it, where one did. */
  readonly changedIn?: number | undefined;
}

export interface Wanted {
  readonly identity: string;
  readonly resource: Resource;
  readonly group: number;
  readonly changedIn?: number | undefined;
}

/** What this destination can hold. Pure. The graph tier takes everything; the patient is the destination's own. */
export function tailor(wanted: readonly Wanted[], patientId: string, patientServerId: string): Tailored[] {
  const ours = `Patient/${patientId}`;
  return wanted.map(({ identity, resource, group, changedIn }) => {
    const adapted = mapReferences(resource, (reference) =>
      reference === ours ? `Patient/${patientServerId}` : undefined,
    );
    return { identity, group, changedIn, resource: adapted, contentHash: contentHash(adapted) };
  });
}
