import { addressPolicy } from '../outgoing/address-policy.ts';
import { dispatcher } from '../outgoing/dispatcher.ts';
import { type Fetch, guardedFetch } from '../outgoing/guarded-fetch.ts';

export interface Reaching {
  /** Ranges, addresses and hosts inside the network that may be reached. */
  readonly allowAddresses: readonly string[];
  readonly timeoutMs: number;
}

/** `fetch` for what an issuer or a client publishes: only an address on this machine makes this machine reachable. */
export function issuerFetch(baseUrl: string, { allowAddresses, timeoutMs }: Reaching): Fetch {
  const policy = addressPolicy({ allow: allowAddresses, baseUrl });
  return guardedFetch(dispatcher({ policy, tls: {}, timeoutMs, maxAnswerBytes }));
}

/** Key sets, metadata and answers about a token are a few kilobytes. */
const maxAnswerBytes = 262_144;
