import type { Response } from 'express';
import { operationOutcome } from '../fhir/outcome.ts';
import { type Denial, wwwAuthenticate } from './denial.ts';

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

const issueType = { 401: 'login', 403: 'forbidden', 503: 'transient' } as const;
