import type { RequestHandler, Response } from 'express';
import { operationOutcome } from '../fhir/outcome.ts';
import { type BearerCheck, denied, type Principal } from './bearer.ts';
import { type Denial, wwwAuthenticate } from './denial.ts';
import { grants, type Interaction } from './scopes.ts';

export interface RequiredScope {
  readonly resource: string;
  readonly interaction: Interaction;
}

/** What the guard leaves on `res.locals` for the handler behind it. */
export interface Access {
  readonly principal: Principal;
  /** Set when only `patient/` scopes let the request in: the handler answers about this patient and about nobody else. */
  readonly confinedToPatient?: string;
}

/**
 * Lets a request through only with a valid token whose scopes cover the resource and the interaction; sets `res.locals` to an
 * `Access`. It decides before anything is looked up, so a refusal says nothing about what exists.
 */
export function requireScope(check: BearerCheck, required: RequiredScope): RequestHandler {
  return async (request, response, next) => {
    const principal = await check(request.get('authorization'));
    const access = denied(principal) ? principal : accessOf(principal, required);
    if ('status' in access) {
      refuse(response, access);
      return;
    }
    Object.assign(response.locals, access);
    next();
  };
}

/** The access that a principal's scopes give; for per-entry checks in a Bundle, where no route stands for the resource. */
export function accessOf(principal: Principal, required: RequiredScope): Access | Denial {
  const { scopes, patient } = principal;
  if (grants(scopes, { level: 'system', ...required }) || grants(scopes, { level: 'user', ...required })) {
    return { principal };
  }
  // Without a launch context a patient scope names nobody, so it opens nothing.
  if (patient !== undefined && grants(scopes, { level: 'patient', ...required })) {
    return { principal, confinedToPatient: patient };
  }
  return insufficientScope(required);
}

const letterOf: Record<Interaction, string> = { create: 'c', read: 'r', update: 'u', delete: 'd', search: 's' };

const insufficientScope = ({ resource, interaction }: RequiredScope): Denial => ({
  status: 403,
  error: 'insufficient_scope',
  description: 'The access token does not cover this request.',
  scope: `system/${resource}.${letterOf[interaction]}`,
  reason: 'scope-insufficient',
});

const issueType = { 401: 'login', 403: 'forbidden', 503: 'transient' } as const;

/** Sends a denial as FHIR clients expect it: status, challenge, OperationOutcome. */
export function refuse(response: Response, denial: Denial): void {
  const { status, description } = denial;
  if (status === 503) response.set('Retry-After', '30');
  else response.set('WWW-Authenticate', wwwAuthenticate(denial));
  response
    .status(status)
    .set('Cache-Control', 'no-store')
    .type('application/fhir+json')
    .send(JSON.stringify(operationOutcome([{ severity: 'error', code: issueType[status], diagnostics: description }])));
}
