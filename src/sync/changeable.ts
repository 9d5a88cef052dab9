import type { ResourceType } from '@medplum/fhirtypes';
import { contentHash } from './content.ts';
import type { Link } from './plan.ts';
import type { TailorContext, Tailored } from './tailored.ts';

/** Whether the server can change what it holds of a type, and we may have it do so. */
export const canUpdate = ({ capabilities, routes }: TailorContext, type: ResourceType): boolean =>
  capabilities.resources.get(type)?.interactions.has('update') === true && routes.withheld?.has(type) !== true;

/**
 * Whether the server can be told that something was entered in error. Of what R4 has no such word for, nothing is asked:
 * it is no matter of the server.
 */
export function canWithdraw(context: TailorContext, type: ResourceType): boolean {
  if (type === 'Provenance' || type === 'AdverseEvent') return true;
  return canUpdate(context, type) && context.capabilities.resources.get(type)?.voidBy !== 'none';
}

/** Leaves a link as it is: planned, nothing comes of it. */
export const frozen = (link: Link, group: number): Tailored => ({
  identity: link.identity,
  resource: link.content,
  contentHash: link.contentHash ?? contentHash(link.content),
  group,
  channel: 'fhir',
  frozen: true,
});
