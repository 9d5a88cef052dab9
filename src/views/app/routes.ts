import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Request, type RequestHandler, Router } from 'express';
import { assetRoutes, loadAssets } from './assets.ts';
import { type AppSettings, launchAt, launchesOf, originsOf, type TenantAddress } from './launches.ts';
import { pageSecurity } from './page-security.ts';

export interface AppRouteOptions {
  readonly settings: AppSettings;
  readonly addressOf: (tenant: string) => TenantAddress;
}

const pageDir = join(import.meta.dirname, 'page');

/**
 * The SMART app: `/app/` (the page, and where the EHR's sign-in returns to), `/app/launch` (where an EHR starts it).
 * What the server gives is the same for everybody: whatever is known of a patient the browser asks for with a token.
 */
export function appRoutes({ settings, addressOf }: AppRouteOptions): Router {
  const launches = launchesOf(settings, addressOf);
  const assets = loadAssets([pageDir], ['fhir-client.js', 'd3.js', 'plot.js']);
  const page = (name: string) => pageText(name, assets.version);
  const [home, launch, refused] = [page('home.html'), page('launch.html'), page('refused.html')];

  const router = Router({ strict: true });
  router.get('/app', (_request, response) => response.redirect(308, 'app/'));
  router.use('/app/assets', assetRoutes(assets));
  router.use('/app', pageSecurity({ connect: originsOf(settings), frameAncestors: settings.frameAncestors }));
  router.use('/app', (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/app/', asksOnly(answerOfSignIn, refused), (_request, response) => void response.send(home));
  router.get('/app/launch', asksOnly(['iss', 'launch'], refused), (request, response) => {
    const { iss } = request.query;
    const known = typeof iss === 'string' && launchAt(launches, iss);
    response.status(known ? 200 : 403).send(known ? launch : refused);
  });
  router.get('/app/configuration.json', (_request, response) => void response.json({ launches }));
  return router;
}

/** OAuth 2.0 §4.1.2, RFC 9207 (`iss` there names the authorization server), OpenID Connect Session Management. */
const answerOfSignIn = ['code', 'state', 'error', 'error_description', 'error_uri', 'iss', 'session_state'];

/**
 * The launch library takes settings from the address (another server, another client, a patient): none of those passes.
 */
function asksOnly(names: readonly string[], refused: string): RequestHandler {
  const isAsked = (request: Request) =>
    Object.entries(request.query).every(([name, value]) => names.includes(name) && typeof value === 'string');
  return (request, response, next) => {
    if (isAsked(request)) next();
    else response.status(400).send(refused);
  };
}

const pageText = (name: string, version: string): string =>
  readFileSync(join(pageDir, name), 'utf8').replaceAll('{version}', version);
