import { createHash } from 'node:crypto';
import type { Meta, Resource } from '@medplum/fhirtypes';
import canonicalize from 'canonicalize';

/**
 * What of a resource is ours to keep in step: not its id, versions or narrative, which are the server's, and not
 * `Provenance.recorded`, which is when somebody wrote it down.
 */
export function contentHash(resource: Resource): string {
  return createHash('sha256')
    .update(canonicalize(comparable(resource)) ?? '')
    .digest('hex');
}

function comparable(resource: Resource): object {
  const { id: _id, meta, text: _text, recorded: _recorded, ...rest } = resource as Resource & Record<string, unknown>;
  return { ...rest, meta: ourMeta(meta) };
}

/** Servers put labels of their own beside ours; order has no meaning. */
function ourMeta(meta: Meta | undefined): object {
  const codes = (list: readonly { system?: string; code?: string }[] = []) =>
    list.map(({ system, code }) => `${system ?? ''}|${code ?? ''}`).sort();
  return { profile: [...(meta?.profile ?? [])].sort(), security: codes(meta?.security), tag: codes(meta?.tag) };
}
