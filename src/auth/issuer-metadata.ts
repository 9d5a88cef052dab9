import * as z from 'zod';
import type { Fetch } from '../outgoing/guarded-fetch.ts';
import { parsedJson } from './exchange.ts';
import { failed } from './failure.ts';
import { isSecureFrom, urlUnder } from './secure-url.ts';
import { getWithinOrigin } from './within-origin.ts';

/** What an issuer publishes of itself (OpenID Connect Discovery 1.0, RFC 8414, SMART App Launch 2.2), so far as we use it. */
export interface IssuerMetadata {
  readonly authorizationEndpoint?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  readonly jwksUri?: string | undefined;
  readonly introspectionEndpoint?: string | undefined;
  readonly grantTypes?: readonly string[] | undefined;
  readonly capabilities?: readonly string[] | undefined;
}

/** Undefined: it cannot be had now. */
export type FindMetadata = () => Promise<IssuerMetadata | undefined>;

/** Looked up when first needed, kept for an hour; where it cannot be had, asked for again after half a minute. */
export function issuerMetadata(
  issuer: string,
  {
    fetch,
    timeoutMs,
    clock,
  }: { readonly fetch: Fetch; readonly timeoutMs: number; readonly clock: () => Temporal.Instant },
): FindMetadata {
  let known: { readonly metadata: IssuerMetadata | undefined; readonly untilMs: number } | undefined;
  let asking: Promise<IssuerMetadata | undefined> | undefined;

  async function ask(): Promise<IssuerMetadata | undefined> {
    const metadata = await published(issuer, fetch, timeoutMs);
    known = { metadata, untilMs: clock().epochMilliseconds + (metadata ? lifetimeMs : coolDownMs) };
    return metadata;
  }

  return async () => {
    if (known && clock().epochMilliseconds < known.untilMs) return known.metadata;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

const lifetimeMs = 3_600_000;
const coolDownMs = 30_000;

/** Both documents may be there; what one does not say, the other may. */
async function published(issuer: string, fetch: Fetch, timeoutMs: number): Promise<IssuerMetadata | undefined> {
  const [openid, smart] = await Promise.all(
    ['openid-configuration', 'smart-configuration'].map((name) => read(name, issuer, fetch, timeoutMs)),
  );
  return openid || smart
    ? { ...stated(smart), ...stated(openid), ...(smart?.capabilities && { capabilities: smart.capabilities }) }
    : undefined;
}

async function read(
  name: string,
  issuer: string,
  fetch: Fetch,
  timeoutMs: number,
): Promise<IssuerMetadata | undefined> {
  const base = new URL(issuer);
  const answer = await getWithinOrigin(fetch, urlUnder(base, `.well-known/${name}`), timeoutMs);
  if (failed(answer) || answer.status !== 200) return undefined;
  const { data } = document.safeParse(parsedJson(answer.text));
  // A document that speaks of another issuer is another issuer's (OpenID Connect Discovery 1.0 §4.3).
  if (!data || (data.issuer ?? (name === 'openid-configuration' ? undefined : issuer)) !== issuer) return undefined;
  const secure = (url: string | undefined) =>
    url !== undefined && URL.canParse(url) && isSecureFrom(base, new URL(url)) ? url : undefined;
  return {
    authorizationEndpoint: secure(data.authorization_endpoint),
    tokenEndpoint: secure(data.token_endpoint),
    jwksUri: secure(data.jwks_uri),
    introspectionEndpoint: secure(data.introspection_endpoint),
    grantTypes: data.grant_types_supported,
    capabilities: data.capabilities,
  };
}

const word = z.string().optional().catch(undefined);
const words = z.array(z.string()).optional().catch(undefined);

const document = z.object({
  issuer: word,
  authorization_endpoint: word,
  token_endpoint: word,
  jwks_uri: word,
  introspection_endpoint: word,
  grant_types_supported: words,
  capabilities: words,
});

const stated = (metadata: IssuerMetadata | undefined): IssuerMetadata =>
  Object.fromEntries(Object.entries(metadata ?? {}).filter(([, value]) => value !== undefined));
