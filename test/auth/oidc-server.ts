import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';

/** Someone who can sign in, by account name. */
export type Accounts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface OidcServer {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  close(): Promise<void>;
}

/**
 * An OpenID provider that is none of ours (npm package oidc-provider) with one confidential client and PKCE required. Its
 * sign-in page has one button for each account: `GET /interaction/{uid}?as={account}`.
 */
export async function startOidcServer(redirectUri: string, accounts: Accounts): Promise<OidcServer> {
  const listener = express();
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [clientId, clientSecret] = ['refill-board', crypto.randomUUID()];
  const client = { client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] };
  const provider = new Provider(issuer, { ...(await configuration(accounts)), clients: [client] });
  listener.get('/interaction/:uid', async (request, response) => {
    const account = String(request.query.as ?? '');
    if (account === 'nobody') {
      return provider.interactionFinished(request, response, { error: 'access_denied' });
    }
    if (!Object.hasOwn(accounts, account)) return void response.type('html').send(choice(request.path, accounts));
    const grant = new provider.Grant({ accountId: account, clientId });
    grant.addOIDCScope('openid profile');
    const grantId = await grant.save();
    const result = { login: { accountId: account, remember: false }, consent: { grantId } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  });
  listener.use(provider.callback());
  return {
    ...{ issuer, clientId, clientSecret },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function configuration(accounts: Accounts): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'people-1', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [crypto.randomUUID()] },
    // Like many a provider it tells what is not in the scope `openid` only at its userinfo endpoint.
    claims: { openid: ['sub'], profile: ['name', 'roles', 'clinic'] },
    pkce: { required: () => true },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...accounts[accountId] }) }),
    ttl: { Interaction: 600, Session: 600, Grant: 600, IdToken: 300, AccessToken: 300 },
    features: { devInteractions: { enabled: false } },
  };
}

const choice = (path: string, accounts: Accounts): string =>
  `<!doctype html><html lang="en"><title>Sign in</title><h1>Sign in</h1><ul>${Object.keys(accounts)
    .map((account) => `<li><a href="${path}?as=${account}">${account}</a></li>`)
    .join('')}</ul></html>`;
