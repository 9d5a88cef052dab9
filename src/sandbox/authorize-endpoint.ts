import type { Patient } from '@medplum/fhirtypes';
import express, { type Request, type Response, Router } from 'express';
import { type AuthorizeParts, chosenPatient, type Decision, decide } from './authorize-request.ts';
import type { Codes } from './codes.ts';
import { escaped, sendPage } from './page.ts';

export interface AuthorizeEndpointParts extends AuthorizeParts {
  readonly codes: Codes;
  readonly patients: () => readonly Patient[];
}

/** `GET` and `POST authorize`. Nobody signs in: whoever sits at a sandbox is its one user, and consents. */
export function authorizeRoutes(parts: AuthorizeEndpointParts): Router {
  const router = Router();
  const answer = (request: URLSearchParams, response: Response) =>
    tell(decide(request, parts), request, response, parts);
  router.get('/', (request, response) => answer(queryOf(request), response));
  router.post('/', express.text({ type: 'application/x-www-form-urlencoded', limit: '64kb' }), (request, response) =>
    answer(new URLSearchParams(typeof request.body === 'string' ? request.body : ''), response),
  );
  return router;
}

const queryOf = (request: Request): URLSearchParams => new URL(request.originalUrl, 'http://sandbox').searchParams;

function tell(decision: Decision, request: URLSearchParams, response: Response, parts: AuthorizeEndpointParts): void {
  if (decision.kind === 'untrusted') {
    sendPage(response, 400, 'This app cannot be opened', `<p>${escaped(decision.says)}</p>`);
  } else if (decision.kind === 'choose-patient') {
    sendPage(response, 200, 'Choose a patient', choice(request, parts.patients()));
  } else if (decision.kind === 'refused') {
    const { redirectUri, error, says, state } = decision;
    redirect(response, redirectUri, { error, error_description: says, state });
  } else {
    const { authorization, state } = decision;
    redirect(response, authorization.redirectUri, { code: parts.codes.issue(authorization), state });
  }
}

/** 303: what was posted here is not posted to the app. */
function redirect(response: Response, to: string, parameters: Record<string, string | undefined>): void {
  const url = new URL(to);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  response.set('Cache-Control', 'no-store').redirect(303, url.href);
}

/** The request again, with the choice. */
function choice(request: URLSearchParams, patients: readonly Patient[]): string {
  const hidden = [...request].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const buttons = patients.map(
    (patient) =>
      `<li><button name="${chosenPatient}" value="${escaped(patient.id ?? '')}">${escaped(nameOf(patient))}</button></li>`,
  );
  return `<form method="post" action="authorize">${hidden.join('')}<ul>${buttons.join('')}</ul></form>`;
}

/** How the hospital's pages name a patient. */
export function nameOf({ name, id = '' }: Patient): string {
  const [first] = name ?? [];
  return first?.text ?? ([...(first?.given ?? []), first?.family ?? ''].join(' ').trim() || id);
}
