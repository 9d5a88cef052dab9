import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientError,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { addressPolicy } from '../outgoing/address-policy.ts';
import { dispatcher } from '../outgoing/dispatcher.ts';
import { guardedFetch } from '../outgoing/guarded-fetch.ts';
import { secureUrl } from './secure-url.ts';
import { type Claims, claimAt } from './sign-in-person.ts';

export interface ProviderSettings {
  /** https, or http on this machine. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly scope: string;
  readonly rolesClaim: string;
  /** Where inside the network the provider may be reached. */
  readonly allowAddresses: readonly string[];
}

/** What the browser keeps (sealed) between leaving for the provider and coming back. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export type Answer =
  | { readonly claims: Claims }
  /** `declined`: the provider or the person said no. `invalid`: the answer is not one to this attempt. */
  | { readonly failed: 'unavailable' | 'declined' | 'invalid' };

export interface Provider {
  /**
   * Where to send the browser; undefined: the provider cannot be reached. `anew`: whoever is signed in there shows again who
   * they are.
   */
  begin(redirectUri: string, how: 'as-known' | 'anew'): Promise<Begun | undefined>;
  /** `callback`: the address at which the browser came back, with what the provider put into its query. */
  finish(callback: URL, attempt: Attempt): Promise<Answer>;
}

export interface Begun {
  readonly url: URL;
  readonly attempt: Attempt;
}

/**
 * An OpenID provider (OpenID Connect Core 1.0): authorization code with PKCE S256, state and nonce. Discovery happens at
 * the first sign-in, so that a provider that is down does not keep the service from starting.
 */
export function openIdProvider(settings: ProviderSettings): Provider {
  const discovered = remembered(() => configurationOf(settings));
  return {
    async begin(redirectUri, how) {
      const configuration = await discovered();
      if (!configuration) return undefined;
      const attempt = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
      const { state, nonce } = attempt;
      const url = buildAuthorizationUrl(configuration, {
        ...{ redirect_uri: redirectUri, scope: settings.scope, response_type: 'code', state, nonce },
        code_challenge: await calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: 'S256',
        ...(how === 'anew' && { prompt: 'login' }),
      });
      return { url, attempt };
    },
    async finish(callback, { state, nonce, codeVerifier }) {
      const configuration = await discovered();
      if (!configuration) return { failed: 'unavailable' };
      try {
        const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier };
        const tokens = await authorizationCodeGrant(configuration, callback, checks);
        return { claims: await claimsOf(configuration, settings, tokens) };
      } catch (error) {
        return { failed: failureOf(error) };
      }
    },
  };
}

const timeoutMs = 10_000;
const maxAnswerBytes = 262_144;
const discoveryLastsMs = 3_600_000;

async function configurationOf(settings: ProviderSettings): Promise<Configuration> {
  const issuer = secureUrl(settings.issuer, 'The issuer that people sign in at');
  const policy = addressPolicy({ allow: settings.allowAddresses, baseUrl: settings.issuer });
  const fetch = guardedFetch(dispatcher({ policy, tls: {}, timeoutMs, maxAnswerBytes }));
  // The signature of the id_token is checked as well as the connection that brought it.
  const execute = [enableNonRepudiationChecks, ...(issuer.protocol === 'http:' ? [allowInsecureRequests] : [])];
  const { clientId, clientSecret } = settings;
  const authentication = clientSecret === undefined ? None() : ClientSecretBasic(clientSecret);
  return discovery(issuer, clientId, {}, authentication, {
    execute,
    timeout: timeoutMs / 1000,
    [customFetch]: (url, options) => fetch(url, options as RequestInit),
  });
}

/** A discovery that failed is tried again at the next sign-in; one that worked counts for an hour. */
function remembered(discover: () => Promise<Configuration>): () => Promise<Configuration | undefined> {
  let known: { readonly configuration: Configuration; readonly untilMs: number } | undefined;
  return async () => {
    const nowMs = performance.now();
    if (known && nowMs < known.untilMs) return known.configuration;
    try {
      known = { configuration: await discover(), untilMs: nowMs + discoveryLastsMs };
    } catch {
      return known?.configuration;
    }
    return known.configuration;
  };
}

type Tokens = Awaited<ReturnType<typeof authorizationCodeGrant>>;

/** Many providers put roles only into the answer of their userinfo endpoint. */
async function claimsOf(configuration: Configuration, settings: ProviderSettings, tokens: Tokens): Promise<Claims> {
  const claims: Claims = { ...tokens.claims() };
  const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
  if (claimAt(claims, settings.rolesClaim) !== undefined || !hasMore) return claims;
  const more = await fetchUserInfo(configuration, tokens.access_token, String(claims.sub));
  return { ...more, ...claims };
}

/** What the library refuses is about this answer, unless no answer came at all. Anything else is a bug. */
function failureOf(error: unknown): 'unavailable' | 'declined' | 'invalid' {
  if (error instanceof AuthorizationResponseError) return 'declined';
  if (error instanceof TypeError && error.message === 'fetch failed') return 'unavailable';
  if (error instanceof ClientError) return error.code === 'OAUTH_TIMEOUT' ? 'unavailable' : 'invalid';
  if (error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError) return 'invalid';
  throw error;
}
