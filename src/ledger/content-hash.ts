import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { CanonicalEvent } from '../event/event.ts';

/**
 * SHA-256 (hex) of what an event says: canonical JSON (RFC 8785) without the time of recording, the sender's own
 * fields and the version of the contract. The same hash under the same source event id is a duplicate, another hash
 * is a conflict.
 */
export function contentHash(event: CanonicalEvent): string {
  const said = withoutTransport(event);
  const restated = 'event' in said ? { ...said, event: withoutTransport(said.event as object) } : said;
  return createHash('sha256')
    .update(canonicalize(restated) as string)
    .digest('hex');
}

function withoutTransport(event: object): object {
  const { recordedAt, extra, schemaVersion, ...said } = event as Record<string, unknown>;
  return said;
}
