import { type AppEndpoints, appScopes, contextScopes, type SandboxApp } from './app-registry.ts';
import type { Authorization } from './codes.ts';
import type { LaunchContext, Launches } from './launches.ts';
import { narrow, parseScopes } from './scopes.ts';

export interface AuthorizeParts {
  readonly apps: readonly SandboxApp[];
  readonly endpoints: AppEndpoints;
  readonly launches: Launches;
  readonly isPatient: (id: string) => boolean;
}

/** What becomes of an authorization request. */
export type Decision =
  /** Told to the user alone: the app is not known, so nothing is sent to it (RFC 6749 4.1.2.1). */
  | { readonly kind: 'untrusted'; readonly says: string }
  | {
      readonly kind: 'refused';
      readonly redirectUri: string;
      readonly error: string;
      readonly says: string;
      state?: string;
    }
  | { readonly kind: 'choose-patient' }
  | { readonly kind: 'granted'; readonly authorization: Authorization; readonly state: string };

/** The name under which the page for choosing a patient adds the choice to the request. */
export const chosenPatient = 'chosen_patient';

/** Each rule of SMART App Launch 2.2 "Obtain authorization code", in the order in which it can be told to the app. */
export function decide(request: URLSearchParams, parts: AuthorizeParts): Decision {
  const app = parts.apps.find(({ clientId }) => clientId === request.get('client_id'));
  const redirectUri = request.get('redirect_uri') ?? '';
  if (!app) return { kind: 'untrusted', says: 'This app is not registered here.' };
  if (!app.redirectUris.includes(redirectUri)) {
    return { kind: 'untrusted', says: 'The app asked to be answered at an address that is not registered for it.' };
  }
  const state = request.get('state') ?? undefined;
  const problem = problemOf(request, parts);
  if (problem) return { kind: 'refused', redirectUri, ...problem, ...(state !== undefined && { state }) };
  if (needsChoice(request)) return { kind: 'choose-patient' };
  return granted(request, app, parts);
}

type OAuthProblem = { readonly error: string; readonly says: string };

function problemOf(
  request: URLSearchParams,
  { endpoints, launches, isPatient }: AuthorizeParts,
): OAuthProblem | undefined {
  const invalid = (says: string): OAuthProblem => ({ error: 'invalid_request', says });
  const scopes = scopesAsked(request);
  if ([...request.keys()].some((name) => request.getAll(name).length > 1)) return invalid('a parameter is repeated');
  if (request.get('response_type') !== 'code') {
    return { error: 'unsupported_response_type', says: 'response_type is code here' };
  }
  if (!request.get('state')) return invalid('state is required');
  if (request.get('aud') !== endpoints.fhirBaseUrl) return invalid('aud is not the FHIR base of this server');
  if (request.get('code_challenge_method') !== 'S256') return invalid('code_challenge_method is S256');
  if (!/^[\w-]{43}$/.test(request.get('code_challenge') ?? '')) return invalid('code_challenge is missing');
  if (scopes.length === 0) return { error: 'invalid_scope', says: 'scope is required' };
  const launch = request.get('launch');
  if (launch !== null && !launches.contextOf(launch)) return invalid('launch is not one of this EHR, or is too old');
  if (scopes.includes('launch') && launch === null) return invalid('launch is missing');
  const patient = request.get(chosenPatient);
  if (patient !== null && !isPatient(patient)) return invalid('the chosen patient is not registered');
  return undefined;
}

const scopesAsked = (request: URLSearchParams): string[] => (request.get('scope') ?? '').split(' ').filter(Boolean);

const needsChoice = (request: URLSearchParams): boolean =>
  scopesAsked(request).includes('launch/patient') &&
  request.get('launch') === null &&
  request.get(chosenPatient) === null;

function granted(request: URLSearchParams, { clientId }: SandboxApp, { launches }: AuthorizeParts): Decision {
  const redirectUri = request.get('redirect_uri') ?? '';
  const state = request.get('state') ?? '';
  const context = contextOf(request, launches);
  const scope = grantedScopes(scopesAsked(request), context).join(' ');
  if (!scope)
    return { kind: 'refused', redirectUri, error: 'invalid_scope', says: 'nothing of this can be granted', state };
  const nonce = request.get('nonce');
  const authorization: Authorization = {
    ...{ clientId, redirectUri, scope, codeChallenge: request.get('code_challenge') ?? '' },
    ...(nonce !== null && { nonce }),
    ...(context && { context }),
  };
  return { kind: 'granted', authorization, state };
}

/** In a launch from the EHR its open record; standalone the user's choice, which no frame around the app shows. */
function contextOf(request: URLSearchParams, launches: Launches): LaunchContext | undefined {
  const patient = request.get(chosenPatient);
  if (patient !== null) return { patient, needPatientBanner: true };
  return launches.contextOf(request.get('launch') ?? '');
}

/** Without a patient in context a patient scope would open nothing, so it is not granted. */
function grantedScopes(asked: readonly string[], context: LaunchContext | undefined): string[] {
  const allowed = parseScopes(appScopes.join(' '), 'patient');
  const ofRecord = context ? narrow(parseScopes(asked.join(' '), 'patient'), allowed).map(({ text }) => text) : [];
  return [...new Set([...asked.filter((scope) => contextScopes.includes(scope)), ...ofRecord])];
}
