import { Router } from 'express';
import { jwksMaxAgeSeconds } from './key-life.ts';
import type { KeyRing } from './key-ring.ts';
import { publicJwks } from './keys.ts';

/** The path under our own origin that is registered at every destination as our JWKS URL. */
export const jwksPath = '/.well-known/jwks.json';

/**
 * Serves our public keys, as they are now, without authentication. Servers may keep them for `jwksMaxAgeSeconds`
 * (SMART App Launch 2.2: they SHALL NOT cache longer), hence so long a new key has to be published before it signs.
 */
export function jwksRouter(keys: KeyRing): Router {
  const router = Router();
  router.get(jwksPath, async (_request, response) => {
    const body = publicJwks(await keys.current());
    response.set('Cache-Control', `public, max-age=${jwksMaxAgeSeconds}`).json(body);
  });
  return router;
}
