import type { Request, RequestHandler, Response } from 'express';
import { denied, type Principal } from '../../auth/bearer.ts';
import type { Denial } from '../../auth/denial.ts';
import { refuse } from '../../auth/guard.ts';
import { reachOf } from '../../auth/reach.ts';
import type { SignedIn } from '../../auth/sign-in-guard.ts';
import { boardDay } from './board-day.ts';
import type { Narrowing, Question } from './entries.ts';
import type { Viewer } from './layout.ts';
import type { BoardLook, BoardOptions } from './options.ts';
import { type BoardView, viewOf } from './view.ts';

/** Who asks for the board: a person with a session, or an app with a token. */
export interface Asker {
  readonly tenant: string;
  readonly environment: 'live' | 'test';
  readonly who: BoardLook['who'];
  readonly narrowing: Narrowing;
}

export function personAsking(response: Response): Asker {
  const { person, session } = response.locals as SignedIn;
  const { issuer, subject, tenant, environment } = person;
  const { owner, recordNumber } = session.remembered;
  const narrowing = { ...(owner && { owner }), ...(recordNumber && { recordNumber }) };
  return { tenant, environment, who: { issuer, subject }, narrowing };
}

export function viewerOf(response: Response, { signsIn }: Pick<BoardOptions, 'signsIn'>): Viewer {
  const { person, session } = response.locals as SignedIn;
  return { person, formToken: session.formToken, signsIn };
}

/**
 * Lets apps through whose token reaches every Task and every Patient of the clinic; whoever sends no token is asked to
 * sign in as a person. Leaves an `Asker` in `response.locals.asker`.
 */
export function personOrApp({ check, requirePerson }: BoardOptions): RequestHandler {
  const person = requirePerson('viewer');
  return async (request, response, next) => {
    if (request.get('authorization') === undefined) return person(request, response, next);
    const principal = await check(request.get('authorization'));
    if (denied(principal)) return refuse(response, principal);
    if (!needed.every((type) => reachesEveryone(principal, type))) return refuse(response, tooNarrow);
    const { issuer, subject, clientId, tokenId, tenant, environment } = principal;
    const who = { issuer, subject, ...(clientId && { clientId }), ...(tokenId && { tokenId }) };
    response.locals.asker = { tenant, environment, who, narrowing: {} } satisfies Asker;
    response.set('Cache-Control', 'no-store');
    next();
  };
}

export const askerOf = (response: Response): Asker => response.locals.asker ?? personAsking(response);

const needed = ['Task', 'Patient'];

const reachesEveryone = (principal: Principal, type: string): boolean =>
  reachOf(principal, type, 'search').some(({ patient, query }) => patient === undefined && query === undefined);

const tooNarrow: Denial = {
  status: 403,
  error: 'insufficient_scope',
  description: 'The access token does not cover this request.',
  scope: 'system/Task.rs system/Patient.rs',
  reason: 'scope-insufficient',
};

/** What is asked, of whom, on which day; undefined: the address asks for something that there is not. */
export function questionOf(request: Request, asker: Asker, { settings, now }: BoardOptions): Question | undefined {
  const view: BoardView | undefined = viewOf(request.query);
  const { tenant, environment, narrowing } = asker;
  return view && { clinic: { tenant, environment }, view, narrowing, settings, day: boardDay(settings, now()) };
}

/** A look at these patients, as the audit keeps it. What narrows the board is named without its values. */
export function lookOf(
  request: Request,
  response: Response,
  { tenant, environment, who, narrowing }: Asker,
  patients: readonly string[],
): BoardLook {
  const asked = [new URLSearchParams(request.query as Record<string, string>).toString(), ...Object.keys(narrowing)];
  return {
    ...{ tenant, environment, who, patients, status: 200, query: asked.filter((part) => part !== '').join(' ') },
    requestId: String(response.get('X-Request-Id') ?? ''),
    network: request.ip,
  };
}
