import { type RequestHandler, type Response, Router, urlencoded } from 'express';
import { type Link, type PeopleGuardOptions, requirePerson, type SignedIn } from './sign-in-guard.ts';
import { type ClaimRules, type Person, personOf } from './sign-in-person.ts';
import type { Answer, Provider } from './sign-in-provider.ts';

export interface SignInOptions extends PeopleGuardOptions {
  readonly provider: Provider;
  readonly rules: ClaimRules;
  /** Written down before the browser is answered. */
  readonly record: (entry: SignInEntry) => Promise<void>;
  /** Ends the session everywhere, also where a copy of its cookie is kept. */
  readonly end: (tenant: string, sessionId: string) => Promise<void>;
}

export interface SignInEntry {
  readonly action: 'sign-in' | 'sign-out';
  readonly outcome: 'done' | 'refused';
  /** Code of why it was refused. */
  readonly reason?: string;
  /** Undefined: nobody was recognised. */
  readonly person?: Pick<Person, 'issuer' | 'subject' | 'tenant' | 'environment'>;
}

/** `/sign-in`, `/sign-in/callback`, `/sign-in/ended` and `POST /sign-out`. */
export function signInRoutes(options: SignInOptions): Router {
  const router = Router();
  router.use(['/sign-in', '/sign-out'], (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/sign-in', begin(options));
  router.get('/sign-in/callback', finish(options));
  router.get('/sign-in/ended', (_request, response) => {
    show(options, response, 200, 'You are signed out', [
      'This browser shows nothing of this clinic any more.',
      'Where you signed in, you may still be: sign out there as well on a machine that others use.',
    ]);
  });
  const form = urlencoded({ extended: false, limit: '4kb' });
  router.post('/sign-out', form, requirePerson(options, 'viewer'), signOut(options));
  return router;
}

function begin({ provider, sessions, origin, ...options }: SignInOptions): RequestHandler {
  return async (request, response) => {
    const returnTo = localPath(request.query.return, origin());
    const { remembered } = await sessions.open(request, response, options.nowMs());
    // Who signed out here would else be signed in again by the next look at a page, as long as the provider knows them.
    const begun = await provider.begin(callbackAt(origin()), remembered[signedOut] ? 'anew' : 'as-known');
    if (!begun) {
      return show(options, response, 503, 'Signing in is not possible at the moment', failures.unavailable);
    }
    await sessions.keepAttempt(request, response, { ...begun.attempt, returnTo });
    response.redirect(303, begun.url.href);
  };
}

const signedOut = 'signed-out';

function finish(options: SignInOptions): RequestHandler {
  const { provider, sessions, origin, rules, record } = options;
  return async (request, response) => {
    const attempt = await sessions.takeAttempt(request, response);
    if (!attempt) return show(options, response, 400, 'Please sign in again', failures.stale);
    const callback = new URL(request.originalUrl, origin());
    const answer = await provider.finish(callback, attempt);
    const outcome = whoAnswered(answer, rules);
    if ('reason' in outcome) {
      const { reason, status, says, who } = outcome;
      await record({ action: 'sign-in', outcome: 'refused', reason, ...(who && { person: who }) });
      return show(options, response, status, 'You are not signed in', says);
    }
    await record({ action: 'sign-in', outcome: 'done', person: outcome.person });
    await sessions.signIn(request, response, outcome.person, options.nowMs());
    response.redirect(303, attempt.returnTo);
  };
}

function signOut({ sessions, end, record }: SignInOptions): RequestHandler {
  return async (request, response) => {
    const { person, session } = response.locals as SignedIn;
    await end(person.tenant, session.id);
    await record({ action: 'sign-out', outcome: 'done', person });
    await sessions.signOut(request, response, { [signedOut]: 'yes' });
    response.redirect(303, '/sign-in/ended');
  };
}

interface NotSignedIn {
  readonly reason: string;
  readonly status: number;
  readonly says: readonly string[];
  readonly who?: SignInEntry['person'];
}

function whoAnswered(answer: Answer, rules: ClaimRules): { readonly person: Person } | NotSignedIn {
  if ('failed' in answer) {
    const { failed } = answer;
    return { reason: failed, status: failed === 'unavailable' ? 503 : 403, says: failures[failed] };
  }
  const person = personOf(answer.claims, rules);
  return 'refused' in person ? { reason: person.refused, status: 403, says: failures[person.refused] } : { person };
}

const failures = {
  unavailable: ['The clinic’s sign-in does not answer. Try again in a minute.'],
  declined: ['The clinic’s sign-in did not let you in.'],
  invalid: ['The answer of the clinic’s sign-in did not fit to what was asked.'],
  stale: ['This sign-in was not begun in this browser, or it took longer than ten minutes.'],
  'no-role': ['You were recognised, but you have no role here. Whoever looks after the accounts can give you one.'],
  'no-tenant': ['You were recognised, but for no clinic that is looked after here.'],
  'no-subject': ['The clinic’s sign-in did not say who you are.'],
} as const;

const callbackAt = (origin: string): string => `${origin}/sign-in/callback`;

/** Only a path of ours is gone back to: an address of another site would make us its accomplice. */
export function localPath(asked: unknown, origin: string): string {
  if (typeof asked !== 'string' || asked.length > longestPath || !/^\/(?![/\\])/.test(asked)) return home;
  if (!URL.canParse(asked, origin)) return home;
  const { origin: target, pathname, search } = new URL(asked, origin);
  // Without its dots `/.//other.site` begins with two slashes, which to a browser is another site.
  const isElsewhere = target !== origin || pathname.startsWith('//');
  return isElsewhere || /^\/sign-(in|out)\b/.test(pathname) ? home : `${pathname}${search}`;
}

const home = '/board';
const longestPath = 500;

const again: Link = { href: '/sign-in', words: 'Sign in' };

function show(
  { page }: Pick<SignInOptions, 'page'>,
  response: Response,
  status: number,
  title: string,
  says: readonly string[],
): void {
  response
    .status(status)
    .type('html')
    .send(page(title, says, again));
}
