import * as z from 'zod';
import type { Fetch } from '../outgoing/guarded-fetch.ts';
import { parsedJson, refusal } from './exchange.ts';
import { type Failure, failed, unauthorized, unavailable } from './failure.ts';
import { fhirBase, isSecureFrom, urlUnder } from './secure-url.ts';
import { getWithinOrigin } from './within-origin.ts';

/** What we use of a server's `.well-known/smart-configuration`. A list that is absent was not stated: it forbids nothing. */
export interface SmartConfiguration {
  /** Absolute. Written as the server wrote it, because some compare the assertion's `aud` with it letter by letter. */
  readonly tokenEndpoint: string;
  readonly signingAlgorithms?: readonly string[];
  readonly authMethods?: readonly string[];
  readonly grantTypes?: readonly string[];
  readonly scopesSupported?: readonly string[];
  readonly capabilities?: readonly string[];
}

/**
 * Fetches and checks the SMART configuration under a FHIR base (SMART App Launch 2.2 "Retrieve .well-known/smart-configuration").
 * Redirects are followed within the base's origin only. The caller caches.
 */
export async function discover(
  fetch: Fetch,
  fhirBaseUrl: string,
  timeoutMs: number,
  now: Temporal.Instant = Temporal.Now.instant(),
): Promise<SmartConfiguration | Failure> {
  const base = fhirBase(fhirBaseUrl);
  const answer = await getWithinOrigin(fetch, urlUnder(base, '.well-known/smart-configuration'), timeoutMs);
  if (failed(answer)) return answer;
  if (answer.status !== 200) return refusal('The SMART configuration', answer, now);
  return configurationIn(answer.text, base);
}

/** Real servers get the optional lists wrong; one that is malformed counts as not stated. */
const list = z.array(z.string()).optional().catch(undefined);

const document = z.object({
  token_endpoint: z.string().min(1),
  token_endpoint_auth_signing_alg_values_supported: list,
  token_endpoint_auth_methods_supported: list,
  grant_types_supported: list,
  scopes_supported: list,
  capabilities: list,
});

function configurationIn(text: string, base: URL): SmartConfiguration | Failure {
  const json = parsedJson(text);
  if (json === undefined) return unavailable('The SMART configuration is not JSON: a proxy may have answered.');
  const parsed = document.safeParse(json);
  if (!parsed.success) return unauthorized('The SMART configuration names no token endpoint.');
  const tokenEndpoint = resolved(parsed.data.token_endpoint, base);
  if (tokenEndpoint === undefined) return unauthorized('The token endpoint of the SMART configuration is not https.');
  return {
    tokenEndpoint,
    signingAlgorithms: parsed.data.token_endpoint_auth_signing_alg_values_supported,
    authMethods: parsed.data.token_endpoint_auth_methods_supported,
    grantTypes: parsed.data.grant_types_supported,
    scopesSupported: parsed.data.scopes_supported,
    capabilities: parsed.data.capabilities,
  };
}

function resolved(endpoint: string, base: URL): string | undefined {
  const against = `${base.href}/`;
  if (!URL.canParse(endpoint, against)) return undefined;
  const url = new URL(endpoint, against);
  if (!isSecureFrom(base, url)) return undefined;
  return URL.canParse(endpoint) ? endpoint : url.href;
}
