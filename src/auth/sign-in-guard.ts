import { timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { operationOutcome } from '../fhir/outcome.ts';
import { mayAct, type Person, type Role } from './sign-in-person.ts';
import type { Session, Sessions } from './sign-in-session.ts';
import { isFromThisMachine } from './this-machine.ts';

export interface PeopleGuardOptions {
  readonly sessions: Sessions;
  /** Origin of our pages, as browsers name it. */
  readonly origin: () => string;
  /** Who is meant where nobody signs in: then only this machine is answered. Undefined: everyone signs in. */
  readonly openTo?: Person | undefined;
  readonly isEnded: (tenant: string, sessionId: string) => Promise<boolean>;
  /** A whole HTML page of a title and paragraphs. */
  readonly page: (title: string, paragraphs: readonly string[], link: Link) => string;
  readonly nowMs: () => number;
}

export interface Link {
  readonly href: string;
  readonly words: string;
}

/** What the guard leaves on `response.locals`. */
export interface SignedIn {
  readonly person: Person;
  readonly session: Session;
}

/**
 * Lets people through who have a role. A browser without a session is sent to sign in; what asks for JSON gets a 401.
 * A request that changes something must come from a page of ours, and carry the token of the session in its form.
 */
export function requirePerson(options: PeopleGuardOptions, role: Role): RequestHandler {
  const { sessions, openTo, nowMs, page } = options;
  return async (request, response, next) => {
    response.set('Cache-Control', 'no-store');
    if (openTo && !isFromThisMachine(request)) return refuse(response, page, 421, misdirected);
    const session = await sessions.open(request, response, nowMs());
    const person = openTo ?? (await personOf(session, options));
    if (!person) return sendToSignIn(request, response, page);
    if (!mayAct(person, role)) return refuse(response, page, 403, noRole);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      if (!isFromOurPages(request, options.origin()) || !hasFormToken(request, session)) {
        return refuse(response, page, 403, notFromHere);
      }
    }
    Object.assign(response.locals, { person, session } satisfies SignedIn);
    next();
  };
}

async function personOf({ id, person }: Session, options: PeopleGuardOptions): Promise<Person | undefined> {
  if (!person || (await options.isEnded(person.tenant, id))) return undefined;
  return person;
}

/** Browsers say where a request comes from. Older ones say only their origin; what says neither is not believed. */
function isFromOurPages(request: Request, origin: string): boolean {
  const site = request.get('sec-fetch-site');
  return site === undefined ? request.get('origin') === origin : site === 'same-origin';
}

function hasFormToken(request: Request, { formToken }: Session): boolean {
  const sent = (request.body as { formToken?: unknown } | undefined)?.formToken;
  if (typeof sent !== 'string' || sent.length !== formToken.length) return false;
  return timingSafeEqual(Buffer.from(sent), Buffer.from(formToken));
}

function sendToSignIn(request: Request, response: Response, page: PeopleGuardOptions['page']): void {
  if (!wantsPage(request)) {
    const diagnostics = 'Nobody is signed in.';
    response
      .status(401)
      .set('WWW-Authenticate', 'Bearer realm="fhir"')
      .type('application/fhir+json')
      .send(JSON.stringify(operationOutcome([{ severity: 'error', code: 'login', diagnostics }])));
    return;
  }
  const back = encodeURIComponent(request.method === 'GET' ? request.originalUrl : '/board');
  if (request.method === 'GET') return response.redirect(303, `/sign-in?return=${back}`);
  const said = [
    'You were not signed in any more. Nothing was saved.',
    'Your browser’s back button shows what you wrote.',
  ];
  const link = { href: `/sign-in?return=${back}`, words: 'Sign in again' };
  response
    .status(401)
    .type('html')
    .send(page('Your session has ended', said, link));
}

const wantsPage = (request: Request): boolean => request.accepts(['html', 'json']) === 'html';

interface Refusal {
  readonly title: string;
  readonly says: readonly string[];
}

function refuse(response: Response, page: PeopleGuardOptions['page'], status: number, { title, says }: Refusal): void {
  response
    .status(status)
    .type('html')
    .send(page(title, says, { href: '/board', words: 'To the refill board' }));
}

const misdirected: Refusal = {
  title: 'Open to this machine only',
  says: ['Nobody signs in here, so these pages answer only to an address of this machine, such as 127.0.0.1.'],
};

const noRole: Refusal = {
  title: 'Not permitted',
  says: ['Your role at this clinic does not include this.'],
};

const notFromHere: Refusal = {
  title: 'Nothing was changed',
  says: ['The request did not come from a page of this session. Load the page again, then repeat what you did.'],
};
