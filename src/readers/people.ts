import { type RequestHandler, Router } from 'express';
import type { App } from '../app.ts';
import { signInRoutes } from '../auth/sign-in.ts';
import { type PeopleGuardOptions, requirePerson, type SignedIn } from '../auth/sign-in-guard.ts';
import type { Person } from '../auth/sign-in-person.ts';
import { openIdProvider } from '../auth/sign-in-provider.ts';
import { type Sessions, sessions } from '../auth/sign-in-session.ts';
import type { ConfiguredSignIn } from '../config-people.ts';
import { isReachedFromHereOnly } from '../config-server.ts';
import { appendAudit } from '../store/audit.ts';
import { reviewRoutes } from '../views/admin/review/routes.ts';
import { messagePage } from '../views/board/layout.ts';
import type { BoardOptions } from '../views/board/options.ts';
import { boardRoutes } from '../views/board/routes.ts';
import type { Reading } from '../views/read-model/reading.ts';
import type { Access } from './access.ts';
import { reportFromBoard } from './people-report.ts';
import { endSession, isEnded } from './people-sessions.ts';
import { reviewOptions } from './review-pages.ts';

export interface PeopleParts {
  readonly app: App;
  readonly reading: Reading;
  readonly access: Pick<Access, 'check' | 'urls'>;
  readonly whenAppended: () => void;
}

/**
 * The pages that people work with, and their sign-in. Undefined: nobody can sign in here, and others than this machine
 * reach the service, so that there are none.
 */
export function peopleRouter(parts: PeopleParts): Router | undefined {
  const { app } = parts;
  const { people, server } = app.config;
  if (!people.signIn && !isReachedFromHereOnly(server)) return undefined;
  const kept = sessionsOf(app, people.signIn);
  const guard = guardOptions(app, kept);
  const router = Router();
  router.use(boardRoutes(boardOptions(parts, guard)));
  router.use(reviewRoutes(reviewOptions(parts, guard)));
  if (people.signIn) router.use(signInRoutes(signInOptions(parts, people.signIn, guard)));
  return router;
}

const defaultIdleMs = 1_800_000;
const defaultLongestMs = 28_800_000;

function sessionsOf({ config }: App, signIn: ConfiguredSignIn | undefined): Sessions {
  return sessions({
    deploymentKey: config.deploymentKey,
    isSecure: config.server.publicUrl.startsWith('https:'),
    idleMs: signIn?.idleMs ?? defaultIdleMs,
    longestMs: signIn?.longestMs ?? defaultLongestMs,
  });
}

function guardOptions(app: App, kept: Sessions): PeopleGuardOptions {
  const { people, server } = app.config;
  return {
    sessions: kept,
    origin: () => new URL(server.publicUrl).origin,
    openTo: people.signIn ? undefined : { ...nobodySignedIn, tenant: people.tenant, environment: people.environment },
    isEnded: (tenant, id) => isEnded(app.store.db, tenant, id),
    page: messagePage,
    nowMs: () => app.now().epochMilliseconds,
  };
}

/** Whoever sits at this machine: what they write carries no name. */
const nobodySignedIn: Pick<Person, 'issuer' | 'subject' | 'name' | 'roles'> = {
  issuer: 'this-machine',
  subject: 'nobody-signed-in',
  name: 'nobody signed in',
  roles: ['admin'],
};

function signInOptions(
  { app, access }: PeopleParts,
  { provider, rules, longestMs }: ConfiguredSignIn,
  guard: PeopleGuardOptions,
) {
  const { db } = app.store;
  const { tenant: ofAll } = app.config.people;
  const tenant =
    rules.tenantClaim === undefined ? { fixed: ofAll } : { claim: rules.tenantClaim, known: access.urls.tenants };
  return {
    ...guard,
    provider: openIdProvider(provider),
    rules: { ...rules, tenant },
    end: (of: string, id: string) => endSession(db, of, id, { nowMs: guard.nowMs(), keptMs: longestMs }),
    record: (entry: Parameters<Parameters<typeof signInRoutes>[0]['record']>[0]) => {
      const { action, outcome, reason, person } = entry;
      const { issuer = provider.issuer, subject = 'unknown', environment = rules.environment } = person ?? {};
      return appendAudit(db, {
        ...{ tenant: person?.tenant ?? ofAll, at: guard.nowMs(), action, actor: subject, outcome },
        detail: { issuer, environment, ...(reason && { reason }) },
      });
    },
  };
}

function boardOptions({ app, reading, access, whenAppended }: PeopleParts, guard: PeopleGuardOptions): BoardOptions {
  const { config, store, identifierSystem } = app;
  const { board, therapy, calculatedValues, server, people } = config;
  return {
    ...{ store, reading, identifierSystem, publicUrl: server.publicUrl, signsIn: people.signIn !== undefined },
    settings: { ...board, calculatedValues, timeZone: therapy.siteTimeZone },
    now: () => app.now(),
    requirePerson: (role) => requirePerson(guard, role),
    check: (authorization) => access.check(authorization, undefined),
    record: (look) => app.access.record({ ...look, interaction: 'operation', operation: 'board' }),
    remember: remember(guard.sessions),
    report: (tenant, event) => reportFromBoard(app, tenant, event, whenAppended),
  };
}

const longestRemembered = 200;

/** A name or a number that the board is narrowed to goes into the sealed session, and out of it with an empty field. */
function remember(kept: Sessions): RequestHandler {
  return async (request, response, next) => {
    const { session } = response.locals as SignedIn;
    const sent = request.body as Record<string, unknown>;
    const text = (name: string): string => {
      const value = sent.clear === undefined ? sent[name] : '';
      return typeof value === 'string' ? value.trim().slice(0, longestRemembered) : '';
    };
    const remembered = { ...session.remembered, owner: text('owner'), recordNumber: text('recordNumber') };
    await kept.keep(request, response, { ...session, remembered });
    next();
  };
}
