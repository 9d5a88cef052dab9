import { Router } from 'express';
import type { App } from '../app.ts';
import { pumpStatusOperation } from '../views/pump-status/operation.ts';
import { statusRoutes } from '../views/pump-status/routes.ts';
import type { Reading } from '../views/read-model/reading.ts';
import type { Access } from './access.ts';
import { appPage } from './app-page.ts';
import { openCards } from './cards.ts';
import { fhirReadRouter } from './fhir-read.ts';
import { openApiRoutes } from './openapi-routes.ts';
import { unservedRoutes } from './unserved-routes.ts';

/** What apps read: the FHIR API and pump status, at every address of every tenant, and the tokens that we issue for it. */
export function readerRoutes(app: App, accepts: Access, reading: Reading): Router {
  const { config, now } = app;
  const { allowOrigins } = config.fhir;
  const { projectionDays } = config.statusRules;
  const record = app.access.record;
  const router = Router();
  router.use(openApiRoutes(config, accepts.urls));
  router.use(accepts.routes);
  const pumpStatus = pumpStatusOperation({ reading, db: app.store.db, codes: app.codes, projectionDays, now });
  router.use(fhirReadRouter(app, { accepts, reading, pumpStatus }));
  for (const tenant of accepts.urls.tenants) {
    for (const base of accepts.urls.basesOf(tenant)) {
      const check = (authorization: string | undefined) => accepts.check(authorization, tenant);
      const routes = statusRoutes({ check, tenant, reading, record, allowOrigins, projectionDays, now });
      router.use(base.slice(config.server.publicUrl.length) || '/', routes);
    }
  }
  router.use(unservedRoutes(accepts, app.access));
  const page = appPage(config, accepts.urls);
  if (page) router.use(page);
  const cards = openCards(app, accepts.urls, reading);
  if (cards) router.use(cards);
  return router;
}
