import type { Bundle, BundleEntry, Observation, Patient } from '@medplum/fhirtypes';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A moment at which the sandbox's clock stands in tests that need one. */
export const noonMs = Temporal.Instant.from('2026-03-02T12:00:00Z').epochMilliseconds;

export async function clientKey(alg: 'RS384' | 'ES384' | 'RS256' = 'ES384', kid = 'k1') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export type ClientKey = Awaited<ReturnType<typeof clientKey>>;

export const patient: Patient = {
  resourceType: 'Patient',
  id: 'p1',
  identifier: [{ system: 'urn:mrn', value: 'M1' }],
  name: [{ family: 'Example' }],
};

/** A started hospital with one registered client (`adapter`, allowed everything), and what a client does with it. */
export async function startHospital(options: Partial<SandboxOptions> = {}) {
  const key = await clientKey();
  const clients = options.clients ?? [{ clientId: 'adapter', jwks: { keys: [key.jwk] }, scopes: ['system/*.cruds'] }];
  const sandbox = await startSandbox({ patients: [patient], ...options, clients });
  const nowMs = options.clock ?? Date.now;

  const assertion = (over: { claims?: JWTPayload; header?: Partial<JWTHeaderParameters>; key?: ClientKey } = {}) => {
    const signer = over.key ?? key;
    const claims = {
      ...{ iss: 'adapter', sub: 'adapter', aud: sandbox.tokenUrl, jti: crypto.randomUUID() },
      ...{ exp: Math.floor(nowMs() / 1000) + 240, ...over.claims },
    };
    const header = { alg: signer.alg, kid: signer.kid, typ: 'JWT', ...over.header };
    return new SignJWT(claims).setProtectedHeader(header).sign(signer.privateKey);
  };

  const requestToken = async (form: Record<string, string | undefined> = {}) => {
    const fields = {
      grant_type: 'client_credentials',
      scope: 'system/*.cruds',
      client_assertion_type: assertionType,
      client_assertion: form.client_assertion ?? (await assertion()),
      ...form,
    };
    const stated = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
    const response = await fetch(sandbox.tokenUrl, { method: 'POST', body: new URLSearchParams(stated) });
    return { status: response.status, headers: response.headers, body: (await response.json()) as TokenAnswer };
  };

  const bearer = async (scope = 'system/*.cruds') => (await requestToken({ scope })).body.access_token;
  let everything: Promise<string> | undefined;

  /** One FHIR request with JSON in and out. `token`: default one for everything; '' for none. */
  const fhir = async (method: string, path: string, options: FhirCall = {}) => {
    if (options.token === undefined) everything ??= bearer();
    const token = options.token ?? (await everything);
    const headers: Record<string, string> = { ...(token && { authorization: `Bearer ${token}` }) };
    if (options.body !== undefined) headers['content-type'] = 'application/fhir+json';
    const body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
    const url = path.startsWith('http') ? path : sandbox.baseUrl + path;
    const response = await fetch(url, { method, headers: { ...headers, ...options.headers }, body });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
  };

  return { sandbox, key, assertion, requestToken, bearer, fhir, close: sandbox.close };
}

export type Hospital = Awaited<ReturnType<typeof startHospital>>;

interface TokenAnswer {
  access_token: string;
  token_type?: string;
  expires_in?: number;
  scope?: string;
  error?: string;
  error_description?: string;
}

interface FhirCall {
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
}

export const identitySystem = 'https://w3id.org/itb-fhir/sid/test';

/** A valid Observation whose first identifier has this value. */
export const observation = (value: string, over: Partial<Observation> = {}): Observation => ({
  resourceType: 'Observation',
  identifier: [{ system: identitySystem, value }],
  status: 'final',
  code: { text: 'Programmed daily dose' },
  subject: { reference: 'Patient/p1' },
  ...over,
});

/** An entry that creates the observation unless one with its identifier exists. */
export const ensure = (resource: Observation): BundleEntry => ({
  fullUrl: `urn:uuid:${crypto.randomUUID()}`,
  resource,
  request: { method: 'POST', url: 'Observation', ifNoneExist: identifierQuery(resource.identifier?.[0]?.value ?? '') },
});

export const identifierQuery = (value: string) => `identifier=${encodeURIComponent(`${identitySystem}|${value}`)}`;

export const transaction = (...entry: BundleEntry[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry,
});
