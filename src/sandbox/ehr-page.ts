import type { Patient } from '@medplum/fhirtypes';
import { type Response, Router } from 'express';
import type { AppEndpoints, SandboxApp } from './app-registry.ts';
import { nameOf } from './authorize-endpoint.ts';
import type { Launches } from './launches.ts';
import { escaped, sendPage } from './page.ts';

export interface EhrPageParts {
  readonly apps: readonly SandboxApp[];
  readonly endpoints: AppEndpoints;
  readonly launches: Launches;
  readonly patients: () => readonly Patient[];
}

/** The page of the "EHR": its patients, and for each the apps that a user can launch with that record open. */
export function ehrRoutes({ apps, endpoints, launches, patients }: EhrPageParts): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    const rows = patients().map((patient) => `<li>${escaped(nameOf(patient))}: ${linksOf(patient, apps)}</li>`);
    sendPage(response, 200, 'Patients of the sandbox hospital', `<ul>${rows.join('')}</ul>`);
  });
  router.get('/launch/:clientId/:patient', (request, response) => {
    const launchUrl = apps.find(({ clientId }) => clientId === request.params.clientId)?.launchUrl;
    const { patient } = request.params;
    if (!launchUrl || !patients().some(({ id }) => id === patient)) return notFound(response);
    const url = new URL(launchUrl);
    url.searchParams.set('iss', endpoints.fhirBaseUrl);
    url.searchParams.set('launch', launches.open({ patient, needPatientBanner: true }));
    response.set('Cache-Control', 'no-store').redirect(303, url.href);
  });
  return router;
}

const notFound = (response: Response): void =>
  sendPage(response, 404, 'Not found', '<p>There is no such app or patient here.</p>');

/** A launch is opened by following the link, so that a page that was open for long still works. */
function linksOf({ id = '' }: Patient, apps: readonly SandboxApp[]): string {
  const links = apps.flatMap(({ clientId, name = clientId, launchUrl }) => {
    const path = `/ehr/launch/${encodeURIComponent(clientId)}/${encodeURIComponent(id)}`;
    return launchUrl ? `<a href="${escaped(path)}">launch ${escaped(name)}</a>` : [];
  });
  return links.join(', ');
}
