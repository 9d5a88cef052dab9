import type { IncomingMessage } from 'node:http';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIdProvider, type Provider } from '../../src/auth/sign-in-provider.ts';
import { type LocalServer, listen } from './local-server.ts';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

/** A provider that answers as a test says: what a well-behaved one never would. */
let server: LocalServer;
let pen: TokenIssuer;
let good: IssuerKey;
let idToken: () => Promise<string>;
let provider: Provider;
let sent: URLSearchParams;
beforeAll(async () => {
  pen = await startTokenIssuer();
  good = await pen.newKey('RS256');
  pen.publish(good);
  server = await listen(async (request, response) => {
    const json = (body: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const { pathname } = new URL(request.url ?? '', server.url);
    if (pathname === '/.well-known/openid-configuration') return json(metadata());
    if (pathname !== '/token') return response.writeHead(404).end();
    sent = new URLSearchParams(await bodyOf(request));
    return json({ access_token: 'a', token_type: 'Bearer', id_token: await idToken() });
  });
  const settings = { issuer: server.url, clientId: 'board', scope: 'openid', rolesClaim: 'roles', allowAddresses: [] };
  provider = openIdProvider(settings);
});
afterAll(async () => {
  await server.close();
  await pen.close();
});

const metadata = () => ({
  issuer: server.url,
  authorization_endpoint: `${server.url}/authorize`,
  token_endpoint: `${server.url}/token`,
  jwks_uri: pen.jwksUri,
  response_types_supported: ['code'],
  id_token_signing_alg_values_supported: ['RS256'],
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks = await Array.fromAsync(request);
  return Buffer.concat(chunks as Buffer[]).toString();
}

/** Finishes an attempt to which the provider answers with these claims; `by`: who signs. */
async function answered(change: (claims: JWTPayload) => JWTPayload, by: IssuerKey = good) {
  const begun = await provider.begin('https://pumps.test/sign-in/callback', 'as-known');
  if (!begun) throw new Error('the provider was not found');
  const { attempt } = begun;
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: server.url,
    sub: 'nora',
    aud: 'board',
    nonce: attempt.nonce,
    iat: now,
    exp: now + 60,
    roles: ['r'],
  };
  idToken = () => pen.sign(by, change(claims), { kid: good.jwk.kid });
  const callback = new URL(`https://pumps.test/sign-in/callback?code=c&state=${attempt.state}`);
  return { answer: await provider.finish(callback, attempt), attempt };
}

describe('the answer of a provider', () => {
  it('is believed when it is signed by its key and meant for this attempt', async () => {
    const { answer, attempt } = await answered((claims) => claims);
    expect(answer).toMatchObject({ claims: { sub: 'nora', roles: ['r'] } });
    expect(sent.get('code_verifier')).toBe(attempt.codeVerifier);
    expect(sent.get('redirect_uri')).toBe('https://pumps.test/sign-in/callback');
  });

  it.each<[string, (claims: JWTPayload) => JWTPayload]>([
    ['another nonce', (claims) => ({ ...claims, nonce: 'other' })],
    ['no nonce', ({ nonce: _, ...claims }) => claims],
    ['another client', (claims) => ({ ...claims, aud: 'other' })],
    ['another issuer', (claims) => ({ ...claims, iss: 'https://other.test' })],
    ['a time that is over', (claims) => ({ ...claims, exp: Number(claims.iat) - 60 })],
    ['no subject', ({ sub: _, ...claims }) => claims],
  ])('is not believed with %s', async (_what, change) => {
    expect((await answered(change)).answer).toEqual({ failed: 'invalid' });
  });

  it('is not believed when somebody else signed it', async () => {
    const stranger = await pen.newKey('RS256');
    expect((await answered((claims) => claims, stranger)).answer).toEqual({ failed: 'invalid' });
  });

  it('is not believed without a signature', async () => {
    const begun = await answered((claims) => claims);
    expect(begun.answer).toHaveProperty('claims');
    const { attempt } = begun;
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: server.url, sub: 'nora', aud: 'board', nonce: attempt.nonce, iat: now, exp: now + 60 };
    idToken = async () => `${part({ alg: 'none' })}.${part(claims)}.`;
    const callback = new URL(`https://pumps.test/sign-in/callback?code=c&state=${attempt.state}`);
    expect(await provider.finish(callback, attempt)).toEqual({ failed: 'invalid' });
  });

  it('is told apart: the provider said no', async () => {
    const begun = await provider.begin('https://pumps.test/sign-in/callback', 'as-known');
    const state = begun?.attempt.state;
    const callback = new URL(`https://pumps.test/sign-in/callback?error=access_denied&state=${state}`);
    expect(await provider.finish(callback, begun?.attempt as NonNullable<typeof begun>['attempt'])).toEqual({
      failed: 'declined',
    });
  });

  it('is none where it cannot be reached, or may not', async () => {
    const settings = { clientId: 'board', scope: 'openid', rolesClaim: 'roles', allowAddresses: [] };
    const gone = openIdProvider({ ...settings, issuer: 'http://127.0.0.1:9' });
    expect(await gone.begin('https://pumps.test/cb', 'as-known')).toBeUndefined();
    const inside = openIdProvider({ ...settings, issuer: 'https://10.0.0.1' });
    expect(await inside.begin('https://pumps.test/cb', 'as-known')).toBeUndefined();
  });
});
