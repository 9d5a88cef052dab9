/**
 * A hospital's SMART server that is not ours: the authorization server is the npm package oidc-provider (authorization code with
 * PKCE, JWT and opaque access tokens, introspection, JWKS, id tokens), to which this folder adds what SMART App Launch adds
 * to OAuth: `aud` names the FHIR server, `launch` and `launch/patient` put a patient in context, the token response says
 * which. Nobody signs in and nobody consents by hand: whoever has the browser is the one user.
 *
 * Two uses, which may be mixed:
 *
 * 1. It issues tokens for another FHIR server, e.g. the adapter under test:
 *
 *      const smart = await startSmartServer({
 *        apps: [{ clientId: 'page', redirectUris: [`${adapter}/app/`] }],
 *        tokensFor: { [`${adapter}/fhir`]: 'jwt' },          // or 'opaque'
 *        patients: [{ id: 'the id that launches put into context', name: 'Shown for choice' }],
 *      });
 *
 *    The adapter trusts `smart.issuer` with `smart.jwksUri` (JWT), or asks `smart.introspection` (opaque: url, clientId,
 *    clientSecret for client_secret_basic).
 *
 * 2. It is the SMART server in front of an EHR: `ehr: sandbox` makes `smart.fhirBaseUrl` a gateway to the sandbox hospital's
 *    FHIR API, whose tokens are opaque and whose patients are the sandbox's. Discovery stands below that base.
 *
 * A browser starts with `${launchUrl}?iss=…&launch=${smart.launch({ patient })}`, or standalone, where the page that asks for
 * a patient has one link each (`getByRole('link', { name })`). A test without a browser calls `launchApp` (launch-app.ts).
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import cors from 'cors';
import express, { type Express } from 'express';
import type Provider from 'oidc-provider';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { authorizationServer } from './authorization-server.ts';
import { consentRoutes } from './consent.ts';
import { gatewayRoutes } from './gateway.ts';
import { type LaunchContext, type LaunchContexts, launchContexts } from './launch-contexts.ts';

export interface SmartApp {
  readonly clientId: string;
  readonly redirectUris: readonly string[];
}

export interface SmartServerOptions {
  readonly apps: readonly SmartApp[];
  /** Other FHIR bases for which it issues tokens, and of which form they are. */
  readonly tokensFor?: Readonly<Record<string, 'jwt' | 'opaque'>>;
  /** Stands behind `fhirBaseUrl`. */
  readonly ehr?: Sandbox;
  /** From whom a user chooses in a standalone launch. Default: those of the EHR. */
  readonly patients?: readonly { readonly id: string; readonly name: string }[];
  /** Default 300. */
  readonly tokenLifetimeSeconds?: number;
}

export interface SmartServer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** FHIR base of the EHR behind it; without one only discovery stands there. */
  readonly fhirBaseUrl: string;
  /** How a resource server asks about a token (client_secret_basic). */
  readonly introspection: { readonly url: string; readonly clientId: string; readonly clientSecret: string };
  /** Gets tokens of `client_credentials` with `resource` = FHIR base (client_secret_basic). */
  readonly backEnd: { readonly clientId: string; readonly clientSecret: string };
  /** An opaque id for the `launch` parameter. */
  launch(context: LaunchContext): string;
  close(): Promise<void>;
}

export async function startSmartServer(options: SmartServerOptions): Promise<SmartServer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fhirBaseUrl = `${issuer}/fhir`;
  const contexts = launchContexts();
  const tokensFor = { ...options.tokensFor, [fhirBaseUrl]: 'opaque' as const };
  const { provider, introspectionClient, backEnd } = await authorizationServer({
    ...{ issuer, tokensFor, contexts, apps: options.apps },
    lifetimeSeconds: options.tokenLifetimeSeconds ?? 300,
  });
  server.on('request', smartApp({ ...options, provider, contexts, issuer, fhirBaseUrl }));
  return {
    issuer,
    fhirBaseUrl,
    jwksUri: `${issuer}/jwks`,
    authorizeUrl: `${issuer}/auth`,
    tokenUrl: `${issuer}/token`,
    introspection: { url: `${issuer}/token/introspection`, ...introspectionClient },
    backEnd,
    launch: contexts.open,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Parts extends SmartServerOptions {
  readonly provider: Provider;
  readonly contexts: LaunchContexts;
  readonly issuer: string;
  readonly fhirBaseUrl: string;
}

function smartApp({ provider, contexts, issuer, fhirBaseUrl, ehr, patients }: Parts): Express {
  const app = express().disable('x-powered-by').disable('etag');
  app.use('/fhir/.well-known/smart-configuration', cors(), (_request, response) => {
    response.json(smartConfiguration(issuer));
  });
  const known = () => patients ?? (ehr?.resources('Patient') ?? []).map(({ id = '' }) => ({ id, name: id }));
  app.use('/interaction', consentRoutes({ provider, contexts, patients: known }));
  if (ehr) app.use('/fhir', cors(), gatewayRoutes({ provider, ehr, fhirBaseUrl }));
  app.use(provider.callback());
  return app;
}

const smartConfiguration = (issuer: string) => ({
  issuer,
  jwks_uri: `${issuer}/jwks`,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  introspection_endpoint: `${issuer}/token/introspection`,
  grant_types_supported: ['authorization_code', 'client_credentials'],
  response_types_supported: ['code'],
  code_challenge_methods_supported: ['S256'],
  capabilities: [
    ...['launch-ehr', 'launch-standalone', 'client-public', 'sso-openid-connect', 'context-banner'],
    ...['context-ehr-patient', 'context-standalone-patient', 'permission-patient', 'permission-v1', 'permission-v2'],
  ],
});
