import type { Resource } from '@medplum/fhirtypes';
import { canonicalBase, itb } from '../../fhir/systems.ts';
import { identifiersOf } from './document.ts';

/** Which report of which source a resource comes from, as its identifiers say. */
export interface Origin {
  readonly system: string;
  readonly eventId: string;
}

/** An identity that an adapter gave: ours, or that of another deployment. */
export interface Identity {
  readonly system: string;
  readonly value: string;
}

/** Identities that an adapter issued to this resource: identifiers, and tags where R4 has no identifier to search by. */
export function identitiesOf(resource: Resource): Identity[] {
  const tags = (resource.meta?.tag ?? []).map(({ system, code }) => ({ system, value: code }));
  const isTagged = tags.some(({ system }) => system === itb.sync);
  const named = [...identifiersOf(resource), ...tags.filter(({ system }) => system !== itb.sync)];
  return named.flatMap(({ system, value }) => {
    if (!system || !value) return [];
    const isIssued = isOfAdapter(system) || (isTagged && keyed.test(value));
    return isIssued ? [{ system, value }] : [];
  });
}

/** Whether an adapter wrote it, this deployment or another one. */
export const isOfAnAdapter = (resource: Resource): boolean => identitiesOf(resource).length > 0;

/** The report as the adapter's source named it: what an adapter writes carries its identity first, the source's id next. */
export function originIn(resource: Resource): Origin | undefined {
  const issued = new Set(identitiesOf(resource).map(({ system, value }) => `${system}|${value}`));
  for (const { system, value } of identifiersOf(resource)) {
    if (system && value && !issued.has(`${system}|${value}`)) return { system, eventId: value };
  }
  return undefined;
}

/** Where a deployment uses the default, its identifier system begins so. */
const isOfAdapter = (system: string): boolean => system.startsWith(`${canonicalBase}/sid/`);

/** A keyed identity is a UUID of version 8. */
export const keyed = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
