import { createHash } from 'node:crypto';
import type { Meta, Resource } from '@medplum/fhirtypes';
import { identityIn, mapReferences } from '../../fhir/references.ts';
import { withdrawn } from '../../fhir/withdrawn.ts';
import type { Found } from './values.ts';

/** A resource as readers get it, but for its version and time. */
export interface Served {
  readonly type: string;
  readonly id: string;
  readonly resource: Resource;
}

/** Our identities become ids: a reference to one of `types` is `Type/identity`. */
export function served(identity: string, resource: Resource, types: ReadonlyMap<string, string>): Served {
  const named = mapReferences(resource, (reference) => {
    const target = identityIn(reference);
    const type = target && types.get(target);
    return type && `${type}/${target}`;
  });
  return { type: resource.resourceType, id: identity, resource: { ...named, id: identity } };
}

/** What was served and is no longer so, as it says so itself; undefined for a type that cannot. */
export function withdrawnFrom(content: string, patientId: string): Resource | undefined {
  const resource = JSON.parse(content) as Resource;
  const { versionId: _version, lastUpdated: _time, ...meta } = resource.meta ?? {};
  const gone = withdrawn({ ...resource, meta });
  return (
    gone && mapReferences(gone, (reference) => (reference.startsWith('Patient/') ? `Patient/${patientId}` : undefined))
  );
}

/** The text that is kept and sent: id and meta first, as readers expect them. */
export function contentOf({ id, resource }: Served, version: number, atMs: number): string {
  const lastUpdated = Temporal.Instant.fromEpochMilliseconds(atMs).toString({ smallestUnit: 'millisecond' });
  return textOf(id, resource, { versionId: String(version), lastUpdated });
}

/** What stays the same stays the same version: of all that is sent but version and time. */
export const contentHash = ({ id, resource }: Served): string => hashOf(textOf(id, resource, {}));
export const foundHash = (found: Found): string => hashOf(JSON.stringify(found));

function textOf(id: string, { resourceType, id: _id, meta, ...rest }: Resource, version: Meta): string {
  return JSON.stringify({ resourceType, id, meta: { ...version, ...meta }, ...rest });
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);
