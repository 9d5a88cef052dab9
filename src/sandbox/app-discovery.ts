import { type AppEndpoints, appScopes, contextScopes } from './app-registry.ts';
import type { smartConfiguration } from './capability.ts';

/** `.well-known/smart-configuration` of a hospital that has apps: what its back-end clients find, and what apps need. */
export function withAppLaunch(backend: ReturnType<typeof smartConfiguration>, endpoints: AppEndpoints) {
  return {
    ...backend,
    ...authorizationServer(endpoints),
    introspection_endpoint: endpoints.introspectionUrl,
    token_endpoint_auth_methods_supported: [...backend.token_endpoint_auth_methods_supported, 'none'],
    scopes_supported: [...contextScopes, ...appScopes, ...backend.scopes_supported],
    capabilities: [...backend.capabilities, ...appCapabilities],
  };
}

/** `.well-known/openid-configuration` (OpenID Connect Discovery 1.0). */
export const openidConfiguration = (endpoints: AppEndpoints) => ({
  issuer: endpoints.issuer,
  jwks_uri: endpoints.jwksUri,
  ...authorizationServer(endpoints),
  token_endpoint: endpoints.tokenUrl,
  introspection_endpoint: endpoints.introspectionUrl,
  token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
  scopes_supported: [...contextScopes, ...appScopes],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS384'],
  claims_supported: ['iss', 'sub', 'aud', 'exp', 'iat', 'nonce', 'at_hash', 'fhirUser'],
});

const authorizationServer = ({ authorizeUrl }: AppEndpoints) => ({
  authorization_endpoint: authorizeUrl,
  grant_types_supported: ['client_credentials', 'authorization_code'],
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  code_challenge_methods_supported: ['S256'],
});

const appCapabilities = [
  'launch-ehr',
  'launch-standalone',
  'authorize-post',
  'client-public',
  'sso-openid-connect',
  'context-banner',
  'context-style',
  'context-ehr-patient',
  'context-standalone-patient',
  'permission-patient',
];

/** What `smart_style_url` answers (SMART App Launch 2.2 "Styling"). */
export const style = {
  color_background: '#fbfaf7',
  color_error: '#9e2d2d',
  color_highlight: '#1f5f8b',
  color_modal_backdrop: '#3a3a3a',
  color_success: '#2f6b3a',
  color_text: '#1d1d1d',
  dim_border_radius: '4px',
  dim_font_size: '15px',
  dim_spacing_size: '16px',
  font_family_body: 'Georgia, "Times New Roman", serif',
  font_family_heading: '"Helvetica Neue", Arial, sans-serif',
};
