import type { IssuerMetadata } from './issuer-metadata.ts';
import type { ScopeLevel } from './scopes.ts';

/** `.well-known/smart-configuration` (SMART App Launch 2.2 "Conformance"), so far as it is true here. */
export interface SmartDocument {
  readonly issuer?: string;
  readonly jwks_uri?: string;
  readonly authorization_endpoint?: string;
  readonly token_endpoint: string;
  readonly introspection_endpoint?: string;
  readonly grant_types_supported: readonly string[];
  readonly token_endpoint_auth_methods_supported?: readonly string[];
  readonly token_endpoint_auth_signing_alg_values_supported?: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly response_types_supported?: readonly string[];
  readonly code_challenge_methods_supported: readonly string[];
  readonly capabilities: readonly string[];
}

/** Where apps that read here sign in: an authorization server that is not ours. */
export interface AppLaunch extends IssuerMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
}

export interface OwnEndpoints {
  readonly tokenEndpoint: string;
  readonly introspectionEndpoint: string;
  readonly grantTypes: readonly string[];
  /** Back-end applications prove who they are; the exchange of a launch is proven by the launch. */
  readonly clients: readonly ('back-end' | 'launched')[];
}

/** As the document of an app launch: where an app gets the token with which it reads here. */
export function launchDocument(launch: AppLaunch, types: readonly string[]): SmartDocument {
  const { issuer, jwksUri, introspectionEndpoint } = launch;
  const capabilities = (launch.capabilities ?? []).filter((one) => holding.has(one));
  const hasOpenId = capabilities.includes('sso-openid-connect') && jwksUri !== undefined;
  const grants = new Set(['authorization_code', ...(launch.grantTypes ?? [])]);
  return {
    ...(hasOpenId && { issuer, jwks_uri: jwksUri }),
    authorization_endpoint: launch.authorizationEndpoint,
    token_endpoint: launch.tokenEndpoint,
    ...(introspectionEndpoint !== undefined && { introspection_endpoint: introspectionEndpoint }),
    grant_types_supported: [...grants],
    scopes_supported: [
      'openid',
      'fhirUser',
      'launch',
      'launch/patient',
      ...scopesOn(types, ['patient', 'user', 'system']),
    ],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    capabilities: [...new Set([...capabilities.filter((one) => hasOpenId || one !== 'sso-openid-connect'), ...ours])],
  };
}

/** Without an app launch: our own endpoint, and nothing of launches. */
export function ownDocument(own: OwnEndpoints, types: readonly string[]): SmartDocument {
  const isFor = (one: OwnEndpoints['clients'][number]) => own.clients.includes(one);
  const levels: readonly ScopeLevel[] = [
    ...(isFor('back-end') ? (['system'] as const) : []),
    ...(isFor('launched') ? (['patient'] as const) : []),
  ];
  return {
    token_endpoint: own.tokenEndpoint,
    introspection_endpoint: own.introspectionEndpoint,
    grant_types_supported: own.grantTypes,
    token_endpoint_auth_methods_supported: [
      ...(isFor('back-end') ? ['private_key_jwt'] : []),
      ...(isFor('launched') ? ['none'] : []),
    ],
    ...(isFor('back-end') && { token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'] }),
    scopes_supported: scopesOn(types, levels),
    code_challenge_methods_supported: ['S256'],
    capabilities: [...(isFor('back-end') ? ['client-confidential-asymmetric'] : []), ...ours],
  };
}

/** Both syntaxes of scopes are understood here, whoever issues the token. */
const ours = ['permission-v1', 'permission-v2'];

/** Of what an authorization server can do, what holds for an app that reads here: it is true of the launch alone. */
const holding = new Set([
  ...['launch-ehr', 'launch-standalone', 'authorize-post', 'sso-openid-connect'],
  ...['client-public', 'client-confidential-symmetric', 'client-confidential-asymmetric'],
  ...['context-banner', 'context-style', 'context-ehr-patient', 'context-standalone-patient'],
  ...['permission-offline', 'permission-online', 'permission-patient', 'permission-user'],
]);

const scopesOn = (types: readonly string[], levels: readonly ScopeLevel[]): readonly string[] =>
  levels.flatMap((level) => ['*', ...types].map((type) => `${level}/${type}.rs`));
