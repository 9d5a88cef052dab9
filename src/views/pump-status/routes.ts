import { type RequestHandler, Router } from 'express';
import type { Principal } from '../../auth/bearer.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { PumpStatus } from './status.ts';

export interface StatusRouteOptions {
  /** Checks the bearer token; leaves `principal` and `confinedToPatient` in `response.locals`. */
  readonly guard: RequestHandler;
  readonly statusOf: (principal: Principal, patient: string) => Promise<PumpStatus | undefined>;
}

/** `GET /status/{patient}`: one call, one truth. `{patient}` is our keyed id, the same as the token's `patient`. */
export function statusRoutes({ guard, statusOf }: StatusRouteOptions): Router {
  const router = Router();
  router.get('/status/:patient', guard, async (request, response) => {
    const { principal, confinedToPatient } = response.locals as {
      principal: Principal;
      confinedToPatient?: string;
    };
    const patient = String(request.params.patient);
    // Another patient's id and an id that nobody has get the same answer.
    const allowed = confinedToPatient === undefined || confinedToPatient === patient;
    const status = allowed ? await statusOf(principal, patient) : undefined;
    response.set('Cache-Control', 'no-store');
    if (status) response.json(status);
    else {
      response
        .status(404)
        .type('application/fhir+json')
        .send(
          JSON.stringify(operationOutcome([{ severity: 'error', code: 'not-found', diagnostics: 'no such patient' }])),
        );
    }
  });
  return router;
}
