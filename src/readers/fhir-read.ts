import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';
import type { App } from '../app.ts';
import type { FhirReadOptions } from '../views/fhir-read/options.ts';
import { fhirReadRoutes } from '../views/fhir-read/routes.ts';
import type { Access } from './access.ts';

/** What stands behind the FHIR API, for every tenant. */
export interface FhirReadParts extends Pick<FhirReadOptions, 'reading' | 'pumpStatus'> {
  readonly accepts: Pick<Access, 'check' | 'smartConfiguration' | 'urls'>;
}

/** The FHIR API of every tenant, at each of its addresses. */
export function fhirReadRouter(app: App, { accepts, reading, pumpStatus }: FhirReadParts): Router {
  const { config, store, access } = app;
  const statement = { softwareVersion, date: app.now().toString({ smallestUnit: 'second' }) };
  const router = Router();
  for (const tenant of accepts.urls.tenants) {
    for (const base of accepts.urls.fhirBasesOf(tenant)) {
      const options: FhirReadOptions = {
        ...{ tenant, base, db: store.db, reading, pumpStatus },
        check: (authorization) => accepts.check(authorization, tenant),
        record: (row) => access.record(row),
        smartConfiguration: () => accepts.smartConfiguration(tenant),
        statement,
        pageKey: config.deploymentKey,
        allowOrigins: config.fhir.allowOrigins,
        now: app.now,
      };
      router.use(base.slice(config.server.publicUrl.length), fhirReadRoutes(options));
    }
  }
  return router;
}

export const softwareVersion: string = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
).version;
