import express, { type Request, type Response, Router } from 'express';
import { errors } from 'jose';
import { type AssertionCheck, assertionType } from './client-assertion.ts';
import type { AccessGranted, SandboxTokens } from './tokens.ts';

export interface IntrospectionParts {
  readonly check: AssertionCheck;
  readonly tokens: SandboxTokens;
  readonly issuer: string;
  readonly fhirBaseUrl: string;
}

/**
 * `POST introspect` (RFC 7662; SMART App Launch 2.2 "Token Introspection"). Who asks shows a valid access token or the
 * assertion of a registered client, so that nobody can try out tokens here.
 */
export function introspectionRoutes(parts: IntrospectionParts): Router {
  const router = Router();
  router.post('/', express.text({ type: 'application/x-www-form-urlencoded', limit: '64kb' }), (request, response) =>
    answer(request, response.set('Cache-Control', 'no-store'), parts),
  );
  router.all('/', (_request, response) => {
    response.set('Allow', 'POST').status(405).json({ error: 'invalid_request' });
  });
  return router;
}

async function answer(request: Request, response: Response, parts: IntrospectionParts): Promise<void> {
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
  if (!(await isAllowed(request, form, parts))) {
    response.set('WWW-Authenticate', 'Bearer realm="itb-fhir-sandbox"').status(401).json({ error: 'invalid_client' });
    return;
  }
  const found = await tokenOf(form.get('token') ?? '', parts.tokens);
  response.json(found ? described(found, parts) : { active: false });
}

async function isAllowed(request: Request, form: URLSearchParams, parts: IntrospectionParts): Promise<boolean> {
  const [, bearer] = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
  if (bearer !== undefined) return (await tokenOf(bearer, parts.tokens)) !== undefined;
  if (form.get('client_assertion_type') !== assertionType) return false;
  return 'clientId' in (await parts.check(form.get('client_assertion') ?? ''));
}

async function tokenOf(token: string, tokens: SandboxTokens): Promise<AccessGranted | undefined> {
  try {
    return await tokens.verifyAccessToken(token);
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

const described = (token: AccessGranted, { issuer, fhirBaseUrl }: IntrospectionParts) => ({
  active: true,
  scope: token.scope,
  client_id: token.clientId,
  sub: token.subject,
  iss: issuer,
  aud: fhirBaseUrl,
  iat: token.issuedAt,
  exp: token.expiresAt,
  ...(token.patient !== undefined && { patient: token.patient }),
});
