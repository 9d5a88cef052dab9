import { createHash, timingSafeEqual } from 'node:crypto';
import type { AppEndpoints, SandboxApp } from './app-registry.ts';
import type { Authorization, Codes } from './codes.ts';
import { type SandboxTokens, sandboxUser } from './tokens.ts';

export interface CodeGrantParts {
  readonly apps: readonly SandboxApp[];
  readonly codes: Codes;
  readonly tokens: SandboxTokens;
  readonly lifetimeSeconds: number;
  readonly endpoints: AppEndpoints;
}

export interface CodeRefused {
  readonly refused: 'invalid_client' | 'invalid_grant';
  readonly says: string;
}

/** From the form of the request to the token response, or to why there is none. */
export type CodeGrant = (form: URLSearchParams) => Promise<TokenAnswer | CodeRefused>;

/** Members as SMART App Launch 2.2 names them. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
  readonly id_token?: string;
  readonly patient?: string;
  readonly need_patient_banner?: boolean;
  readonly smart_style_url: string;
}

/** The authorization code grant of a public client with PKCE (SMART App Launch 2.2 "Obtain access token"; RFC 7636). */
export function codeGrant(parts: CodeGrantParts): CodeGrant {
  return async (form) => {
    const app = parts.apps.find(({ clientId }) => clientId === form.get('client_id'));
    if (!app) return { refused: 'invalid_client', says: 'client_id is not a registered app' };
    const authorization = parts.codes.take(form.get('code') ?? '');
    if (!authorization) return { refused: 'invalid_grant', says: 'the code was used, has expired or was never issued' };
    const problem = problemOf(authorization, form);
    return problem ? { refused: 'invalid_grant', says: problem } : tokenAnswer(authorization, parts);
  };
}

function problemOf(authorization: Authorization, form: URLSearchParams): string | undefined {
  if (authorization.clientId !== form.get('client_id')) return 'the code was issued to another app';
  if (authorization.redirectUri !== form.get('redirect_uri')) return 'redirect_uri differs from the one before';
  if (!proves(form.get('code_verifier') ?? '', authorization.codeChallenge)) return 'code_verifier is wrong';
  return undefined;
}

function proves(verifier: string, challenge: string): boolean {
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return false;
  const computed = createHash('sha256').update(verifier).digest();
  const stated = Buffer.from(challenge, 'base64url');
  return computed.length === stated.length && timingSafeEqual(computed, stated);
}

async function tokenAnswer(
  { clientId, scope, context, nonce }: Authorization,
  parts: CodeGrantParts,
): Promise<TokenAnswer> {
  const { tokens, endpoints, lifetimeSeconds } = parts;
  const scopes = scope.split(' ');
  const subject = sandboxUser;
  const patient = context?.patient;
  const accessToken = await tokens.issueAccessToken({ clientId, scope, subject, patient });
  const fhirUser = scopes.includes('fhirUser') ? `${endpoints.fhirBaseUrl}/Practitioner/${sandboxUser}` : undefined;
  const idToken =
    scopes.includes('openid') && (await tokens.issueIdToken({ clientId, subject, accessToken, fhirUser, nonce }));
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    scope,
    ...(idToken && { id_token: idToken }),
    ...(context && { patient, need_patient_banner: context.needPatientBanner }),
    smart_style_url: endpoints.styleUrl,
  };
}
