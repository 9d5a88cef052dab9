import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { operationOutcome } from '../../fhir/outcome.ts';

/** Lets a request through that carries the operators' own token. It is no SMART token: it opens nothing else. */
export function adminGuard(token: string): RequestHandler {
  const expected = digest(`Bearer ${token}`);
  return (request, response, next) => {
    if (timingSafeEqual(digest(request.get('authorization') ?? ''), expected)) return next();
    const diagnostics = 'Send the admin token as a bearer token.';
    response
      .status(401)
      .set('WWW-Authenticate', 'Bearer')
      .set('Cache-Control', 'no-store')
      .type('application/fhir+json')
      .send(JSON.stringify(operationOutcome([{ severity: 'error', code: 'login', diagnostics }])));
  };
}

/** Of one length, whatever was sent. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
