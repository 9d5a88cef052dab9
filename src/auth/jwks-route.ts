import { Router } from 'express';
import { publicJwks, type SigningKey } from './keys.ts';

/** The path under our own origin that is registered at every destination as our JWKS URL. */
export const jwksPath = '/.well-known/jwks.json';

/**
 * Serves our public keys without authentication. `maxAgeSeconds` is how long servers may keep them
 * (SMART App Launch 2.2: they SHALL NOT cache longer), hence how long a new key has to be published before it signs.
 */
export function jwksRouter(keys: readonly SigningKey[], { maxAgeSeconds }: { maxAgeSeconds: number }): Router {
  const router = Router();
  const body = publicJwks(keys);
  router.get(jwksPath, (_request, response) => {
    response.set('Cache-Control', `public, max-age=${maxAgeSeconds}`).json(body);
  });
  return router;
}
