import express, { type Response, Router } from 'express';

import { type AssertionCheck, assertionType } from './client-assertion.ts';
import type { CodeGrant } from './code-grant.ts';
import { narrow, parseScopes } from './scopes.ts';
import type { SandboxTokens } from './tokens.ts';

export interface TokenEndpointParts {
  check: AssertionCheck;
  /** Pre-authorized scopes of a client. */
  allowedScopes: (clientId: string) => string[];
  tokens: SandboxTokens;
  lifetimeSeconds: number;
  /** For apps, where the hospital has any. */
  codeGrant?: CodeGrant;
}

type OAuthError = 'invalid_request' | 'unsupported_grant_type' | 'invalid_client' | 'invalid_scope' | 'invalid_grant';

/** `POST token`: the client credentials grant of SMART App Launch 2.2 "Backend Services", and the code grant of apps. */
export function tokenRoutes(parts: TokenEndpointParts): Router {
  const router = Router();
  router.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    next();
  });
  router.post('/', express.text({ type: 'application/x-www-form-urlencoded', limit: '64kb' }), (request, response) =>
    typeof request.body === 'string'
      ? answer(new URLSearchParams(request.body), response, parts)
      : fail(response, 415, 'invalid_request', 'send application/x-www-form-urlencoded'),
  );
  router.all('/', (_request, response) => fail(response.set('Allow', 'POST'), 405, 'invalid_request', 'use POST'));
  return router;
}

async function answer(form: URLSearchParams, response: Response, parts: TokenEndpointParts): Promise<void> {
  const repeated = [...form.keys()].some((name) => form.getAll(name).length > 1);
  if (repeated) return fail(response, 400, 'invalid_request', 'a parameter is repeated');
  const grant = form.get('grant_type');
  if (grant === 'client_credentials') return answerClient(form, response, parts);
  if (grant === 'authorization_code' && parts.codeGrant) return answerApp(form, response, parts.codeGrant);
  const known = parts.codeGrant ? 'client_credentials or authorization_code' : 'client_credentials';
  fail(response, 400, 'unsupported_grant_type', `grant_type is ${known} here`);
}

async function answerClient(form: URLSearchParams, response: Response, parts: TokenEndpointParts): Promise<void> {
  if (form.get('client_assertion_type') !== assertionType) {
    return fail(response, 400, 'invalid_client', `client_assertion_type is ${assertionType}`);
  }
  const scope = form.get('scope')?.trim();
  if (!scope) return fail(response, 400, 'invalid_scope', 'scope is required');
  const proven = await parts.check(form.get('client_assertion') ?? '');
  if ('refused' in proven) return fail(response, 401, 'invalid_client', proven.refused);
  const allowed = parseScopes(parts.allowedScopes(proven.clientId).join(' '));
  const granted = [...new Set(narrow(parseScopes(scope), allowed).map(({ text }) => text))].join(' ');
  if (!granted) return fail(response, 400, 'invalid_scope', 'none of the scopes is pre-authorized for this client');
  const access_token = await parts.tokens.issueAccessToken({ clientId: proven.clientId, scope: granted });
  response.json({ access_token, token_type: 'bearer', expires_in: parts.lifetimeSeconds, scope: granted });
}

async function answerApp(form: URLSearchParams, response: Response, codeGrant: CodeGrant): Promise<void> {
  const result = await codeGrant(form);
  if ('refused' in result) fail(response, 400, result.refused, result.says);
  else response.json(result);
}

function fail(response: Response, status: number, error: OAuthError, error_description: string): void {
  response.status(status).json({ error, error_description });
}
