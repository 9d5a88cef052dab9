import type { Patient } from '@medplum/fhirtypes';
import cors from 'cors';
import { Router } from 'express';
import { openidConfiguration, style } from './app-discovery.ts';
import type { AppEndpoints, SandboxApp } from './app-registry.ts';
import { authorizeRoutes } from './authorize-endpoint.ts';
import type { AssertionCheck } from './client-assertion.ts';
import type { Codes } from './codes.ts';
import { ehrRoutes } from './ehr-page.ts';
import { introspectionRoutes } from './introspection-endpoint.ts';
import type { Launches } from './launches.ts';
import type { ResourceStore } from './resource-store.ts';
import type { SandboxTokens } from './tokens.ts';

export interface AppLaunchParts {
  readonly apps: readonly SandboxApp[];
  readonly endpoints: AppEndpoints;
  readonly launches: Launches;
  readonly codes: Codes;
  readonly tokens: SandboxTokens;
  readonly store: ResourceStore;
  readonly check: AssertionCheck;
}

/** Pages in browsers are among the clients of these; not of the pages for users, which no other page may read. */
export const forBrowsers = cors({ exposedHeaders: ['ETag', 'Last-Modified', 'Location', 'WWW-Authenticate'] });

/** SMART App Launch 2.2 beside the token endpoint: discovery, authorization, introspection, style, the EHR's own page. */
export function appLaunchRoutes({ store, tokens, check, ...parts }: AppLaunchParts): Router {
  const { endpoints } = parts;
  const patients = () => [...store.all('Patient')] as Patient[];
  const isPatient = (id: string) => typeof store.current('Patient', id) === 'object';
  const router = Router();
  router.use('/.well-known/openid-configuration', forBrowsers, (_request, response) => {
    response.json(openidConfiguration(endpoints));
  });
  router.use('/auth/authorize', authorizeRoutes({ ...parts, patients, isPatient }));
  const { issuer, fhirBaseUrl } = endpoints;
  router.use('/auth/introspect', forBrowsers, introspectionRoutes({ check, tokens, issuer, fhirBaseUrl }));
  router.use('/style.json', forBrowsers, (_request, response) => {
    response.json(style);
  });
  router.use('/ehr', ehrRoutes({ ...parts, patients }));
  return router;
}
