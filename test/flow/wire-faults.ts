import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationOutcomeIssue } from '@medplum/fhirtypes';

/** What can go wrong between us and a hospital, and how each of it looks on the wire. */

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request on its way through the proxy. */
export interface Passage {
  readonly asked: Asked;
  readonly response: ServerResponse;
  /** Longer than the client waits. */
  readonly lateMs: number;
  /** Asks the hospital. */
  forward(): Promise<Reply>;
  /** Nobody can connect for a while. */
  closePort(): void;
  /** The hospital takes the token of this request no more. */
  revokeToken(): void;
}

interface WireFault {
  /** Whether it could happen to such a request. */
  readonly fits: (asked: Asked) => boolean;
  /** Lets it happen; false: there was nothing to harm. */
  readonly happen: (passage: Passage) => Promise<boolean>;
}

export type Fault = keyof typeof kinds;

const always = () => true;
const isWrite = ({ method, url }: Asked): boolean => method !== 'GET' && !url.endsWith('/_search');
const bearsToken = ({ headers }: Asked): boolean => headers.authorization !== undefined;
const namesVersion = ({ headers, body }: Asked): boolean => 'if-match' in headers || body.includes('"ifMatch"');
/** Of what was written before: a first version has none before it. */
const tellsVersions = (asked: Asked): boolean =>
  namesVersion(asked) || (asked.method === 'GET' && /\/[0-9a-f-]{36}$/.test(asked.url));
const createsIfNone = ({ headers, body }: Asked): boolean =>
  'if-none-exist' in headers || body.includes('"ifNoneExist"');

const kinds = {
  'connection refused for a while': done(always, ({ closePort }) => closePort()),
  'reset before it arrived': done(always, ({ response }) => reset(response)),
  'reset after it was applied': done(always, async ({ forward, response }) => {
    await forward();
    reset(response);
  }),
  'half a body, then a reset': done(always, async ({ forward, response }) => {
    const reply = await forward();
    announce(response, reply).write(half(reply.body));
    await sleep(5);
    reset(response);
  }),
  'half a body that looks whole': done(always, async ({ forward, response }) => {
    const reply = await forward();
    answer(response, { ...reply, body: half(reply.body) });
  }),
  'applied, and answered too late': done(always, async ({ forward, response, lateMs }) => {
    const reply = await forward();
    await sleep(lateMs);
    answer(response, reply);
  }),
  'arrived after the client gave up': done(always, async ({ forward, response, lateMs }) => {
    await sleep(lateMs);
    answer(response, await forward());
  }),
  'a slow drip': done(always, async ({ forward, response }) => {
    const reply = await forward();
    announce(response, reply);
    for (const part of inThree(reply.body)) {
      response.write(part);
      await sleep(20);
    }
    response.end();
  }),
  'an older version': { fits: tellsVersions, happen: tellOlderVersions },
  '401: the token is revoked': done(bearsToken, ({ response, revokeToken }) => {
    revokeToken();
    answer(response, tokenRefused);
  }),
  '409: somebody holds a lock': done(isWrite, says(409, 'conflict')),
  '412: applied, then refused when a gateway sent it again': {
    fits: namesVersion,
    happen: appliedBut(412, 'conflict'),
  },
  '400: applied, then a lost race when a gateway sent it again': {
    fits: createsIfNone,
    happen: appliedBut(400, 'processing'),
  },
  '429 without Retry-After': done(always, says(429, 'throttled')),
  '429 with seconds': done(
    always,
    says(429, 'throttled', () => '1'),
  ),
  '429 with a date': done(
    always,
    says(429, 'throttled', () => httpDateInMs(1_000)),
  ),
  '429 with nonsense': done(
    always,
    says(429, 'throttled', () => 'soon'),
  ),
  '500': done(always, says(500, 'exception')),
  '500 after it was applied': { fits: isWrite, happen: appliedBut(500, 'exception') },
  '502 with a page for people': done(always, ({ response }) => answer(response, badGateway)),
  '503': done(always, says(503, 'transient')),
} satisfies Record<string, WireFault>;

export const wireFaults: Readonly<Record<Fault, WireFault>> = kinds;

export const tokenRefused: Reply = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  body: outcome('expired'),
};

/** Says nothing where the client has gone. */
export function answer(response: ServerResponse, reply: Reply): void {
  if (!response.destroyed) announce(response, reply).end(reply.body);
}

function announce(response: ServerResponse, { status, headers, body }: Reply): ServerResponse {
  const length = Buffer.byteLength(body);
  return response.writeHead(status, {
    'content-type': 'application/fhir+json',
    ...headers,
    ...(length > 0 && { 'content-length': length }),
  });
}

function done(fits: WireFault['fits'], happen: (passage: Passage) => void | Promise<void>): WireFault {
  return {
    fits,
    happen: async (passage) => {
      await happen(passage);
      return true;
    },
  };
}

function says(status: number, code: OperationOutcomeIssue['code'], retryAfter?: () => string) {
  return ({ response }: Passage): void => {
    const headers = retryAfter && { 'retry-after': retryAfter() };
    answer(response, { status, ...(headers && { headers }), body: outcome(code) });
  };
}

/** The hospital did what it was asked; what comes back is a refusal. What it refused itself is passed on. */
function appliedBut(status: number, code: OperationOutcomeIssue['code']) {
  return async (passage: Passage): Promise<boolean> => {
    const reply = await passage.forward();
    const isApplied = reply.status < 300;
    if (isApplied) says(status, code)(passage);
    else answer(passage.response, reply);
    return isApplied;
  };
}

/** A cache on the way that lags behind: what it tells of versions was so once. */
async function tellOlderVersions({ forward, response }: Passage): Promise<boolean> {
  const reply = await forward();
  const headers = Object.entries(reply.headers ?? {}).map(([name, value]) => [name, aged(value)]);
  const older = { ...reply, headers: Object.fromEntries(headers), body: aged(reply.body) };
  answer(response, older);
  return older.body !== reply.body;
}

/** In JSON and in headers; a first version has none before it. */
const aged = (text: string): string =>
  text.replace(
    /("versionId":"|W\/\\?"|\/_history\/)(\d+)/g,
    (_, before, version) => `${before}${Math.max(1, Number(version) - 1)}`,
  );

/** A TCP reset, not an orderly end. */
function reset({ socket }: ServerResponse): void {
  socket?.resetAndDestroy();
}

const half = (body: string): string => body.slice(0, Math.ceil(body.length / 2));
const inThree = (body: string): string[] => [body.slice(0, 1), body.slice(1, 2), body.slice(2)];

function outcome(code: OperationOutcomeIssue['code']): string {
  return JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] });
}

const badGateway: Reply = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<html><body><h1>502 Bad Gateway</h1></body></html>',
};

/** RFC 9110 §5.6.7. Temporal has no such format. */
const httpDateInMs = (ms: number): string =>
  new Date(Temporal.Now.instant().add({ milliseconds: ms }).epochMilliseconds).toUTCString();
