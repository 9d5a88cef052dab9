/**
 * The SMART Backend Services client of one destination: hands out its access token, and to that destination only.
 *
 * empty    no usable token. Left by `accessToken`, which asks.
 * asking   one request under way; everybody who asks waits for it. Left to `holding`, or to `empty` with a failure.
 * holding  a token that is used until its renewal time. Left at that time, or when the server refused that very token.
 * waiting  the server said when to come back; until then everybody gets that failure without a request.
 */

import type { ProblemCode } from '../event/problem.ts';
import type { Fetch } from '../outgoing/guarded-fetch.ts';
import { discover, type SmartConfiguration } from './discovery.ts';
import { type Failure, failed, unauthorized } from './failure.ts';
import type { KeyRing } from './key-ring.ts';
import { type SigningAlg, signingKeyFor } from './keys.ts';
import { parseScopes, type Scope } from './scopes.ts';
import { fhirBase, isUnder } from './secure-url.ts';
import { requestToken, type TokenGrant } from './token-request.ts';

export interface BackendClientOptions {
  /** https, or http on loopback. */
  readonly fhirBaseUrl: string;
  readonly clientId: string;
  /** Looked at for each token: they may have been replaced since the last. */
  readonly keys: KeyRing;
  readonly scopes: readonly string[];
  readonly requestTimeoutMs: number;
  /** Sign with this algorithm, whatever the server advertises. Without it: the newest key that the server advertises to accept. */
  readonly algorithm?: SigningAlg;
  readonly fetch?: Fetch;
  readonly clock?: () => Temporal.Instant;
  /** What came of each token that was asked for. */
  readonly asked?: (outcome: 'granted' | ProblemCode) => void;
}

export interface AccessToken {
  readonly token: string;
  /** What the server granted; may be narrower than what was asked for. */
  readonly scopes: readonly Scope[];
}

export interface BackendServicesClient {
  /** The current token; asks for one if there is none. Concurrent calls share one request. */
  accessToken(): Promise<AccessToken | Failure>;
  /**
   * The Authorization header for a request to `url`, with the token that it carries (for `refused`).
   * Throws when `url` is not under the FHIR base: the token belongs to nobody else.
   */
  authorizationFor(url: string): Promise<(AccessToken & { readonly authorization: string }) | Failure>;
  /** The FHIR server answered 401 to this token: it is not used again. A token that was renewed meanwhile stays. */
  refused(token: string): void;
  /** The server's SMART configuration as it was last read; reads it if there is none. */
  configuration(): Promise<SmartConfiguration | Failure>;
}

interface Held extends AccessToken {
  readonly renewAt: Temporal.Instant;
}

interface Known {
  readonly configuration: SmartConfiguration;
  readonly until: Temporal.Instant;
}

interface Waiting {
  readonly failure: Failure;
  readonly until: Temporal.Instant;
}

export function backendServicesClient(options: BackendClientOptions): BackendServicesClient {
  const base = fhirBase(options.fhirBaseUrl);
  const fetch = options.fetch ?? globalThis.fetch;
  const now = options.clock ?? (() => Temporal.Now.instant());
  const scope = options.scopes.join(' ');
  let held: Held | undefined;
  let asking: Promise<AccessToken | Failure> | undefined;
  let known: Known | undefined;
  let waiting: Waiting | undefined;

  async function accessToken(): Promise<AccessToken | Failure> {
    if (held && isBefore(now(), held.renewAt)) return { token: held.token, scopes: held.scopes };
    if (waiting && isBefore(now(), waiting.until)) return stillWaiting(waiting, now());
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  async function ask(): Promise<AccessToken | Failure> {
    const askedAt = now();
    const grant = await grantFromServer(askedAt);
    options.asked?.(failed(grant) ? grant.problem.code : 'granted');
    if (failed(grant)) return remembered(grant);
    const scopes = parseScopes(grant.scope).scopes;
    held = { token: grant.token, scopes, renewAt: renewalTime(askedAt, grant.lifetimeSeconds) };
    return { token: grant.token, scopes };
  }

  function remembered(result: Failure): Failure {
    if (result.retryAfterMs !== undefined) {
      waiting = { failure: result, until: now().add({ milliseconds: result.retryAfterMs }) };
    }
    // A refusal may mean that the token endpoint has moved: the next attempt reads the configuration again.
    if (result.problem.code === 'destination-unauthorized') known = undefined;
    return result;
  }

  async function grantFromServer(askedAt: Temporal.Instant): Promise<TokenGrant | Failure> {
    const server = await configuration();
    if (failed(server)) return server;
    const keys = await options.keys.current();
    const key = signingKeyFor(keys, options.algorithm ? [options.algorithm] : server.signingAlgorithms);
    if (!key) return unauthorized('The server accepts none of the algorithms that our signing keys have.');
    const { tokenEndpoint } = server;
    const { clientId, requestTimeoutMs: timeoutMs } = options;
    return requestToken(fetch, { tokenEndpoint, clientId, scope, key, now: askedAt, timeoutMs });
  }

  async function configuration(): Promise<SmartConfiguration | Failure> {
    if (known && isBefore(now(), known.until)) return known.configuration;
    const found = await discover(fetch, options.fhirBaseUrl, options.requestTimeoutMs, now());
    if (!failed(found)) known = { configuration: found, until: now().add(configurationLifetime) };
    return found;
  }

  async function authorizationFor(url: string): ReturnType<BackendServicesClient['authorizationFor']> {
    if (!URL.canParse(url) || !isUnder(base, new URL(url))) {
      throw new Error('A token was asked for an address outside the FHIR base.');
    }
    const access = await accessToken();
    return failed(access) ? access : { ...access, authorization: `Bearer ${access.token}` };
  }

  function refused(token: string): void {
    if (held?.token === token) held = undefined;
  }

  return { accessToken, authorizationFor, refused, configuration };
}

const configurationLifetime = { hours: 1 };

/** After four fifths of the lifetime, and at least 10 s before its end: a request under way must not outlive its token. */
function renewalTime(askedAt: Temporal.Instant, lifetimeSeconds: number): Temporal.Instant {
  const usableSeconds = Math.max(0, Math.min(lifetimeSeconds * 0.8, lifetimeSeconds - 10));
  return askedAt.add({ milliseconds: Math.floor(usableSeconds * 1000) });
}

function stillWaiting({ failure, until }: Waiting, now: Temporal.Instant): Failure {
  return { ...failure, retryAfterMs: until.epochMilliseconds - now.epochMilliseconds };
}

const isBefore = (a: Temporal.Instant, b: Temporal.Instant): boolean => Temporal.Instant.compare(a, b) < 0;
