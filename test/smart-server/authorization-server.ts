import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type ClientMetadata, type Configuration, errors, interactionPolicy } from 'oidc-provider';
import type { LaunchContexts } from './launch-contexts.ts';
import type { SmartApp } from './smart-server.ts';

export interface AuthorizationServerParts {
  readonly issuer: string;
  readonly apps: readonly SmartApp[];
  readonly tokensFor: Readonly<Record<string, 'jwt' | 'opaque'>>;
  readonly contexts: LaunchContexts;
  readonly lifetimeSeconds: number;
}

/** oidc-provider, told what SMART App Launch adds to OAuth. */
export async function authorizationServer(parts: AuthorizationServerParts) {
  const introspectionClient = { clientId: 'resource-server', clientSecret: crypto.randomUUID() };
  const backEnd = { clientId: 'back-end', clientSecret: crypto.randomUUID() };
  const clients = [
    ...parts.apps.map(publicClient),
    { ...confidentialClient(introspectionClient), grant_types: [] },
    { ...confidentialClient(backEnd), grant_types: ['client_credentials'] },
  ];
  const provider = new Provider(parts.issuer, { ...(await configuration(parts)), clients });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== '/token' || ctx.status !== 200) return;
    const context = parts.contexts.ofGrant(ctx.oidc.entities.Grant?.jti);
    if (!context) return;
    const { patient, needPatientBanner: need_patient_banner = true } = context;
    ctx.body = { ...(ctx.body as object), patient, need_patient_banner };
  });
  return { provider, introspectionClient, backEnd };
}

const publicClient = ({ clientId, redirectUris }: SmartApp): ClientMetadata => ({
  client_id: clientId,
  redirect_uris: [...redirectUris],
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code'],
  response_types: ['code'],
});

const confidentialClient = (client: { clientId: string; clientSecret: string }): ClientMetadata => ({
  client_id: client.clientId,
  client_secret: client.clientSecret,
  redirect_uris: [],
  response_types: [],
});

async function configuration({ contexts, tokensFor, lifetimeSeconds, issuer }: AuthorizationServerParts) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'smart-1', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [crypto.randomUUID()] },
    scopes: ['openid', 'fhirUser'],
    claims: { openid: ['sub'], fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false,
    extraParams: ['aud', 'launch'],
    clientBasedCORS: () => true,
    interactions: { policy: askedEachTime(), url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, fhirUser: `${issuer}/fhir/Practitioner/${accountId}` }),
    }),
    extraTokenClaims: (_ctx, token) => {
      const patient = contexts.ofGrant('grantId' in token ? token.grantId : undefined)?.patient;
      return patient === undefined ? undefined : { patient };
    },
    ttl: {
      ...{ Interaction: 600, Session: 600, Grant: 600, IdToken: 300 },
      ...{ AccessToken: lifetimeSeconds, ClientCredentials: lifetimeSeconds },
    },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx, _client, oneOf) => oneOf ?? (ctx.oidc.params?.aud as string | undefined) ?? [],
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, resource) => {
          const accessTokenFormat = tokensFor[resource];
          if (!accessTokenFormat) throw new errors.InvalidTarget();
          const scope = scopesAsked(ctx.oidc);
          return { scope, audience: resource, accessTokenFormat, accessTokenTTL: lifetimeSeconds };
        },
      },
    },
  } satisfies Configuration;
}

/** Every launch has a patient of its own, so that an earlier session never answers for a later one. */
function askedEachTime() {
  const policy = interactionPolicy.base();
  const says = 'each launch has its own context';
  policy
    .get('login')
    ?.checks.add(new interactionPolicy.Check('every_launch', says, (ctx) => !ctx.oidc.result?.consent));
  return policy;
}

/** A SMART server's scopes cannot be listed: what may be granted is what was asked, when the code is redeemed as before. */
function scopesAsked({
  params,
  entities,
}: {
  params?: { scope?: unknown };
  entities: { AuthorizationCode?: { scope?: string } };
}) {
  return String(params?.scope ?? entities.AuthorizationCode?.scope ?? '');
}
