import type { JWTVerifyGetKey } from 'jose';
import type { Fetch } from '../outgoing/guarded-fetch.ts';
import { type IntrospectionOptions, introspection } from './introspection.ts';
import { issuerFetch, type Reaching } from './issuer-fetch.ts';
import { issuerKeys } from './issuer-keys.ts';
import { type FindMetadata, issuerMetadata } from './issuer-metadata.ts';
import { checkSigned } from './signed-token.ts';
import { type CheckToken, remembering } from './token-memory.ts';

/** How an authorization server's tokens are checked. All addresses are https, or http on loopback. */
export interface IssuerSettings extends Reaching {
  readonly issuer: string;
  readonly jwksUri?: string | undefined;
  readonly introspection?:
    | (Pick<IntrospectionOptions, 'clientId' | 'credential'> & { readonly url?: string | undefined })
    | undefined;
  /** What the settings do not say stands in what it publishes. */
  readonly discover: boolean;
  readonly clock: () => Temporal.Instant;
}

/** One authorization server as a process holds it, for all tenants that its tokens open. */
export interface IssuerChecks {
  readonly issuer: string;
  /** Tokens that are JWTs of it. */
  readonly signed?: CheckToken | undefined;
  /** Tokens that say nothing to us. */
  readonly opaque?: CheckToken | undefined;
  /** For what it signs beside tokens. */
  readonly keys?: JWTVerifyGetKey | undefined;
  readonly metadata?: FindMetadata | undefined;
}

export function issuerChecks(settings: IssuerSettings): IssuerChecks {
  const { issuer, jwksUri, introspection: asking, discover, timeoutMs } = settings;
  const discovering = discover ? issuerFetch(issuer, settings) : undefined;
  const metadata = discovering && issuerMetadata(issuer, { ...settings, fetch: discovering });
  const place = (stated: string | undefined, member: 'jwksUri' | 'introspectionEndpoint') =>
    placeOf(stated, settings, { fetch: discovering, uri: async () => (await metadata?.())?.[member] });
  const hasKeys = jwksUri !== undefined || discover;
  const keys = hasKeys ? issuerKeys(place(jwksUri, 'jwksUri'), timeoutMs, settings.clock) : undefined;
  const opaque =
    asking &&
    remembering(introspection({ ...asking, issuer, timeoutMs, find: place(asking.url, 'introspectionEndpoint') }), {
      refusedMs: 10_000,
    });
  const signed = keys && remembering((token, now) => checkSigned(token, issuer, keys, now), { refusedMs: 0 });
  return { issuer, keys, metadata, opaque, signed: signed ?? opaque };
}

interface Discovered {
  readonly fetch: Fetch | undefined;
  readonly uri: () => Promise<string | undefined>;
}

function placeOf(stated: string | undefined, reaching: Reaching, discovered: Discovered): IntrospectionOptions['find'] {
  if (stated !== undefined) {
    const place = { uri: stated, fetch: issuerFetch(stated, reaching) };
    return async () => place;
  }
  return async () => {
    const uri = await discovered.uri();
    return uri === undefined || !discovered.fetch ? undefined : { uri, fetch: discovered.fetch };
  };
}
