import { Router } from 'express';
import type { Config } from '../config.ts';
import { eventExamples } from '../event/json-schema.ts';
import { problemCodes } from '../event/problem.ts';
import { waysOf } from '../receiving/senders.ts';
import type { UrlSpace } from '../url-space.ts';
import { docsRoutes } from '../views/docs/routes.ts';
import { softwareVersion } from './fhir-read.ts';
import { openApi, type Section, type ServerAddress } from './openapi.ts';
import { fhirSection } from './openapi-fhir.ts';
import { intakeSection } from './openapi-intake.ts';
import {
  appSection,
  boardSection,
  cardsSection,
  processSection,
  statusSection,
  tokenSection,
} from './openapi-views.ts';

/** What this deployment serves, as it is configured: `GET /openapi.json`, and as a page `GET /docs`. Open to all. */
export function openApiRoutes(config: Config, urls: UrlSpace): Router {
  const root = { url: config.server.publicUrl };
  const sections: readonly Section[] = [
    { ...intakeSection({ ways: waysOf(config) }), servers: [root] },
    fhirSection(),
    statusSection,
    ...(config.tokens ? [tokenSection] : []),
    ...(config.app ? [{ ...appSection, servers: [root] }] : []),
    { ...boardSection(config.people.signIn ? 'sign-in' : 'this-machine'), servers: [root] },
    ...(config.cards ? [cardsSection] : []),
    { ...processSection, servers: [root] },
  ];
  const document = openApi({ version: softwareVersion, servers: [addressOf(root.url, urls)] }, sections);
  const router = Router().get('/openapi.json', (_request, response) => void response.json(document));
  return router.use(docsRoutes({ described: document, examples: eventExamples(), problems: problemCodes }));
}

/** Where there are several tenants each has its own address. */
function addressOf(root: string, { only, tenants }: UrlSpace): ServerAddress {
  if (only !== undefined) return { url: root };
  return { url: `${root}/t/{tenant}`, variables: { tenant: { default: tenants[0] as string, enum: tenants } } };
}
