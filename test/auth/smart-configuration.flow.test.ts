import express from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import type { ConfigFile } from '../../src/config.ts';
import { servedTypes } from '../../src/views/read-model/search-parameters.ts';
import { type AccessSite, newKey, startAccessSite } from './access-site.ts';
import { exchangingWith, startLaunchingEhr } from './launching-ehr.ts';
import { type LocalServer, listen } from './local-server.ts';

const closers: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const scopesOf = (...levels: string[]) =>
  levels.flatMap((level) => ['*', ...servedTypes].map((type) => `${level}/${type}.rs`));

describe('where a hospital says where apps sign in', () => {
  const smart = {
    authorizationEndpoint: 'https://auth.test/authorize',
    tokenEndpoint: 'https://auth.test/token',
    capabilities: [
      'launch-ehr',
      'sso-openid-connect',
      'context-ehr-patient',
      'context-ehr-encounter',
      'smart-app-state',
    ],
  };
  const issuer = { issuer: 'https://auth.test', jwksUri: 'https://auth.test/jwks', smart };

  test('its endpoints are ours, with what of its capabilities holds here (SAL@30, 373, 381-394)', async () => {
    const { access } = await site({ issuers: [issuer] });
    expect(await access.smartConfiguration('default')).toEqual({
      issuer: 'https://auth.test',
      jwks_uri: 'https://auth.test/jwks',
      authorization_endpoint: 'https://auth.test/authorize',
      token_endpoint: 'https://auth.test/token',
      grant_types_supported: ['authorization_code'],
      scopes_supported: ['openid', 'fhirUser', 'launch', 'launch/patient', ...scopesOf('patient', 'user', 'system')],
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      capabilities: ['launch-ehr', 'sso-openid-connect', 'context-ehr-patient', 'permission-v1', 'permission-v2'],
    });
  });

  test('without its keys no sign-in by OpenID is promised, and its issuer is not named (SAL@394)', async () => {
    const introspection = { url: 'https://auth.test/introspect', clientId: 'a', clientSecretFile: 'secret.json' };
    const { jwksUri: _, ...opaque } = issuer;
    const { access } = await site(({ keyFile }) => {
      keyFile('secret.json');
      return {
        issuers: [{ ...opaque, introspection, smart: { ...smart, introspectionEndpoint: 'https://auth.test/i' } }],
      };
    });
    const document = await access.smartConfiguration('default');
    expect(document).not.toHaveProperty('issuer');
    expect(document).toMatchObject({
      introspection_endpoint: 'https://auth.test/i',
      capabilities: ['launch-ehr', 'context-ehr-patient', 'permission-v1', 'permission-v2'],
    });
  });

  test('of two the first counts', async () => {
    const second = { ...issuer, issuer: 'https://b.test', audience: 'https://b.test' };
    const { access } = await site({
      issuers: [
        { ...issuer, smart: undefined },
        { ...second, smart: { ...smart, tokenEndpoint: 'https://b.test/token' } },
      ],
    });
    expect(await access.smartConfiguration('default')).toMatchObject({ token_endpoint: 'https://b.test/token' });
  });
});

describe('where a hospital is discovered', () => {
  test('what it publishes of itself counts, from both of its documents', async () => {
    const hospital = await publishing((url) => ({
      'openid-configuration': {
        ...{ issuer: url, jwks_uri: `${url}/jwks`, authorization_endpoint: `${url}/authorize` },
        ...{ token_endpoint: `${url}/token`, grant_types_supported: ['authorization_code', 'refresh_token'] },
      },
      'smart-configuration': {
        token_endpoint: `${url}/other`,
        capabilities: ['launch-standalone', 'sso-openid-connect'],
      },
    }));
    const { access } = await site({ issuers: [{ issuer: hospital.url, discover: true }] });
    expect(await access.smartConfiguration('default')).toMatchObject({
      ...{ issuer: hospital.url, jwks_uri: `${hospital.url}/jwks`, token_endpoint: `${hospital.url}/token` },
      ...{ authorization_endpoint: `${hospital.url}/authorize` },
      grant_types_supported: ['authorization_code', 'refresh_token'],
      capabilities: ['launch-standalone', 'sso-openid-connect', 'permission-v1', 'permission-v2'],
    });
  });

  test('and cannot be had nothing is promised', async () => {
    const hospital = await publishing(() => ({}));
    const { access } = await site({ issuers: [{ issuer: hospital.url, discover: true }] });
    expect(await access.smartConfiguration('default')).toBeUndefined();
  });
});

describe('where apps sign in nowhere', () => {
  test('our own endpoints are told, and no endpoint is made up', async () => {
    const key = await newKey();
    const { access, url } = await site(({ keyFile }) => ({
      tokens: {
        signingKeysFile: keyFile('keys.json', key),
        clients: [{ clientId: 'registry', jwksUri: 'https://r.test/jwks', scopes: ['system/*.rs'] }],
      },
    }));
    expect(await access.smartConfiguration('default')).toEqual({
      token_endpoint: `${url}/token`,
      introspection_endpoint: `${url}/introspect`,
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
      scopes_supported: scopesOf('system'),
      code_challenge_methods_supported: ['S256'],
      capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
    });
  });

  test('but launches are exchanged, the exchange is told and the EHR is not: its tokens are for itself', async () => {
    const ehr = await startLaunchingEhr(() => Temporal.Now.instant());
    closers.push(ehr.close);
    const key = await newKey();
    const { access, url } = await site(({ keyFile }) => exchangingWith(ehr, keyFile('keys.json', key)));
    expect(await access.smartConfiguration('default')).toEqual({
      token_endpoint: `${url}/token`,
      introspection_endpoint: `${url}/introspect`,
      grant_types_supported: ['urn:ietf:params:oauth:grant-type:token-exchange'],
      token_endpoint_auth_methods_supported: ['none'],
      scopes_supported: scopesOf('patient'),
      code_challenge_methods_supported: ['S256'],
      capabilities: ['permission-v1', 'permission-v2'],
    });
  });

  test.each([
    ['and nobody is trusted', {}],
    ['and only signed tokens are known', { issuers: [{ issuer: 'https://a.test', jwksUri: 'https://a.test/jwks' }] }],
  ])('%s there is nothing to tell', async (_what, file) => {
    const { access } = await site(file);
    expect(await access.smartConfiguration('default')).toBeUndefined();
    expect(await access.smartConfiguration('elsewhere')).toBeUndefined();
  });

  test('and no token is issued, there is no token endpoint', async () => {
    const { url } = await site({});
    expect((await fetch(`${url}/token`, { method: 'POST', body: new URLSearchParams() })).status).toBe(404);
    expect((await fetch(`${url}/introspect`, { method: 'POST', body: new URLSearchParams() })).status).toBe(404);
  });
});

type FileOf = Parameters<typeof startAccessSite>[0]['file'];

async function site(file: ConfigFile | FileOf): Promise<AccessSite> {
  const started = await startAccessSite({ file: typeof file === 'function' ? file : () => file });
  closers.push(started.close);
  return started;
}

async function publishing(documents: (url: string) => Record<string, object>): Promise<LocalServer> {
  const server = await listen(
    express().get('/.well-known/:name', (request, response) => {
      const document = documents(server.url)[request.params.name];
      response.status(document ? 200 : 404).json(document ?? {});
    }),
  );
  closers.push(server.close);
  return server;
}
