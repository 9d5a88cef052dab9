import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CookieJar, getIronSession, nodeCookies, type SessionOptions } from 'iron-session';
import type { Person } from './sign-in-person.ts';
import type { Attempt } from './sign-in-provider.ts';

export interface SessionSettings {
  /** Of the deployment: all its processes open each other's sessions. */
  readonly deploymentKey: string;
  /** Whether the pages are served over https. */
  readonly isSecure: boolean;
  readonly idleMs: number;
  readonly longestMs: number;
}

/** What a browser keeps of us, sealed: it can neither read nor change it. */
export interface Session {
  readonly id: string;
  /** Every form carries it: a page of somebody else does not know it. */
  readonly formToken: string;
  readonly person?: Person | undefined;
  readonly signedInAtMs?: number | undefined;
  /** What a view was asked to remember, by its name. */
  readonly remembered: Readonly<Record<string, string>>;
}

export interface Sessions {
  /** That of this browser, or a new one without a person. Goes on living with each look at it. */
  open(request: IncomingMessage, response: ServerResponse, nowMs: number): Promise<Session>;
  keep(request: IncomingMessage, response: ServerResponse, session: Session): Promise<void>;
  /** A new session: nothing of an earlier one goes on under a person. */
  signIn(request: IncomingMessage, response: ServerResponse, person: Person, nowMs: number): Promise<void>;
  /** A new session without a person. */
  signOut(request: IncomingMessage, response: ServerResponse, remembered: Session['remembered']): Promise<void>;
  keepAttempt(request: IncomingMessage, response: ServerResponse, attempt: BegunAttempt): Promise<void>;
  /** Once: an attempt cannot be finished twice. */
  takeAttempt(request: IncomingMessage, response: ServerResponse): Promise<BegunAttempt | undefined>;
}

export interface BegunAttempt extends Attempt {
  readonly returnTo: string;
}

/** Sessions in sealed cookies (iron-session): httpOnly, SameSite=Lax, Secure wherever the pages are. */
export function sessions({ deploymentKey, isSecure, idleMs, longestMs }: SessionSettings): Sessions {
  const password = Buffer.from(hkdfSync('sha256', deploymentKey, '', 'itb-fhir sign-in session', 32)).toString('hex');
  const cookieOptions = { httpOnly: true, secure: isSecure, sameSite: 'lax', path: '/' } as const;
  const kept = (name: string, ms: number): SessionOptions => ({
    ...{ password, cookieOptions, ttl: Math.ceil(ms / 1000) },
    // Browsers take a cookie of this prefix only when Secure, for this host alone and for all its paths.
    cookieName: isSecure ? `__Host-${name}` : name,
  });
  const session = kept('itb-session', idleMs);
  const attempt = kept('itb-sign-in', attemptMs);

  async function write(request: IncomingMessage, response: ServerResponse, next: Session): Promise<void> {
    const cookie = await getIronSession<Session>(jar(request, response), session);
    await rewritten(cookie, next);
  }

  return {
    async open(request, response, nowMs) {
      const cookie = await getIronSession<Session>(jar(request, response), session);
      const { id, formToken, person, signedInAtMs = 0, remembered = {} } = cookie;
      const isOver = person !== undefined && nowMs >= signedInAtMs + longestMs;
      const opened = id && formToken && !isOver ? { id, formToken, person, signedInAtMs, remembered } : newSession();
      await rewritten(cookie, opened);
      return opened;
    },
    keep: write,
    signIn: (request, response, person, nowMs) =>
      write(request, response, { ...newSession(), person, signedInAtMs: nowMs }),
    signOut: (request, response, remembered) => write(request, response, { ...newSession(), remembered }),
    async keepAttempt(request, response, begun) {
      await rewritten(await getIronSession<BegunAttempt>(jar(request, response), attempt), begun);
    },
    async takeAttempt(request, response) {
      const cookie = await getIronSession<BegunAttempt>(jar(request, response), attempt);
      const { state, nonce, codeVerifier, returnTo } = cookie;
      cookie.destroy();
      return state && nonce && codeVerifier && returnTo ? { state, nonce, codeVerifier, returnTo } : undefined;
    },
  };
}

/** To sign in at the provider. */
const attemptMs = 600_000;

const newSession = (): Session => ({
  id: randomUUID(),
  formToken: randomBytes(24).toString('base64url'),
  remembered: {},
});

/** An answer carries each cookie once: as it was written last. */
function jar(request: IncomingMessage, response: ServerResponse): CookieJar {
  const cookies = nodeCookies(request, response);
  return {
    ...cookies,
    write(name, value, options) {
      const earlier = [response.getHeader('set-cookie') ?? []].flat().map(String);
      const others = earlier.filter((line) => !line.startsWith(`${name}=`));
      if (others.length > 0) response.setHeader('set-cookie', others);
      else response.removeHeader('set-cookie');
      cookies.write(name, value, options);
    },
  };
}

type Cookie = Record<string, unknown> & { save(): Promise<void> };

async function rewritten(cookie: object, content: object): Promise<void> {
  for (const name of Object.keys(cookie)) delete (cookie as Cookie)[name];
  Object.assign(cookie, content);
  await (cookie as Cookie).save();
}
