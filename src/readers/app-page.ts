import type { Router } from 'express';
import type { Config } from '../config.ts';
import type { UrlSpace } from '../url-space.ts';
import { appRoutes } from '../views/app/routes.ts';

/** The page of this deployment at `/app`; undefined: the configuration names no hospital that may launch it. */
export function appPage({ app, server }: Pick<Config, 'app' | 'server'>, urls: UrlSpace): Router | undefined {
  if (!app) return undefined;
  return appRoutes({
    settings: app,
    addressOf: (tenant) => {
      const [base = server.publicUrl] = urls.basesOf(tenant);
      return { fhirBases: urls.fhirBasesOf(tenant), path: `${base.slice(server.publicUrl.length)}/` };
    },
  });
}
