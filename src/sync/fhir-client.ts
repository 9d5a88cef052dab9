import { Client } from 'fhir-kit-client';
import type { BackendServicesClient } from '../auth/backend-client.ts';
import { failed } from '../auth/failure.ts';
import { retryAfterMs } from '../auth/retry-after.ts';
import { type Problem, problem } from '../event/problem.ts';
import { connectionFailure } from '../outgoing/connection-failure.ts';
import type { Gate } from '../outgoing/gate.ts';
import { type Connections, through } from '../outgoing/guarded-fetch.ts';

export interface FhirRequest {
  /** DELETE is sent for an AdverseEvent alone, which R4 gives no other way to withdraw. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the FHIR base; empty for the base itself. Never holds a record number or a serial. */
  readonly path: string;
  readonly body?: unknown;
  /** If-Match, If-None-Exist, Prefer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came of a request. Only `not-sent` says that the server certainly did nothing. */
export type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: unknown;
      readonly etag?: string | undefined;
      readonly location?: string | undefined;
      readonly retryAfterMs?: number | undefined;
    }
  | { readonly kind: 'not-sent'; readonly problem: Problem; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'unknown'; readonly problem: Problem };

export interface FhirClient {
  send(request: FhirRequest): Promise<Answer>;
}

export interface ClientOptions {
  readonly fhirBaseUrl: string;
  readonly auth: BackendServicesClient;
  readonly requestTimeoutMs: number;
  /** Every request passes it, with the token request that it may need. */
  readonly gate: Gate;
  /** The destination's own connections. */
  readonly connections: Connections;
  /** What came of each request that passed the gate, and how long it took on the wire, where it went there. */
  readonly heard?: (answer: Answer, seconds: number | undefined) => void;
}

/**
 * The one door to a destination's FHIR API: through its gate, a bearer token for its base only, a time limit on each
 * request with the token that it needs, no redirects, one new token after a 401. It never throws for what a server does.
 */
export function fhirClient(options: ClientOptions): FhirClient {
  const { auth, gate, requestTimeoutMs } = options;
  const baseUrl = options.fhirBaseUrl.replace(/\/$/, '');
  const client = new Client({ baseUrl, requestOptions: { ...through(options.connections) } });

  async function send(request: FhirRequest): Promise<Answer> {
    const endsAtMs = performance.now() + gate.longestQueueMs() + requestTimeoutMs;
    const first = await passed(request, endsAtMs);
    if (first.refusedToken === undefined) return first.answer;
    auth.refused(first.refusedToken);
    const second = await passed(request, endsAtMs);
    if (second.refusedToken !== undefined) auth.refused(second.refusedToken);
    return second.answer;
  }

  async function passed(request: FhirRequest, endsAtMs: number): Promise<Attempt> {
    const attempt = await gate.pass(() => attempted(request, endsAtMs), isDown);
    if ('turnedAway' in attempt) {
      const { turnedAway, retryAfterMs } = attempt;
      return { answer: { kind: 'not-sent', problem: turnedAway, retryAfterMs } };
    }
    options.heard?.(attempt.answer, attempt.seconds);
    const waitMs = statedWaitMs(attempt.answer);
    if (waitMs !== undefined) gate.pauseFor(waitMs);
    return attempt;
  }

  async function attempted(request: FhirRequest, endsAtMs: number): Promise<Attempt> {
    const url = urlOf(baseUrl, request.path);
    const access = await auth.authorizationFor(url);
    if (failed(access)) {
      return { answer: { kind: 'not-sent', problem: access.problem, retryAfterMs: access.retryAfterMs } };
    }
    const started = performance.now();
    // Whoever asks has a lease for one time limit: a token that took most of it is for the next request.
    const leftMs = Math.ceil(Math.min(requestTimeoutMs, endsAtMs - started));
    if (leftMs < requestTimeoutMs / 2) return { answer: { kind: 'not-sent', problem: tooLate } };
    const answer = await exchange(client, url, request, access.authorization, leftMs);
    const seconds = (performance.now() - started) / 1000;
    const isRefused = answer.kind === 'answered' && answer.status === 401;
    return { answer, seconds, ...(isRefused && { refusedToken: access.token }) };
  }

  return { send };
}

interface Attempt {
  readonly answer: Answer;
  /** Undefined: nothing was asked there. */
  readonly seconds?: number;
  /** The token that the destination answered 401 to. */
  readonly refusedToken?: string;
}

const tooLate = problem('destination-unavailable', 'The token took too long for a request to follow.');

/** Some servers page with a query on the base itself. */
const urlOf = (baseUrl: string, path: string): string =>
  path === '' || path.startsWith('?') ? `${baseUrl}${path}` : `${baseUrl}/${path}`;

/** What a gateway says of the server behind it. A 500 may be about one resource, and is not among them. */
const downStatuses: ReadonlySet<number> = new Set([502, 503, 504]);

function isDown({ answer }: Attempt): boolean {
  if (answer.kind === 'unknown') return true;
  if (answer.kind === 'answered') return downStatuses.has(answer.status) && statedWaitMs(answer) === undefined;
  return answer.problem.code !== 'destination-unauthorized' && answer.retryAfterMs === undefined;
}

/** How long the destination asks everybody to wait. */
function statedWaitMs(answer: Answer): number | undefined {
  if (answer.kind === 'unknown') return undefined;
  const isForAll = answer.kind === 'not-sent' || answer.status === 429 || answer.status === 503;
  return isForAll ? answer.retryAfterMs : undefined;
}

async function exchange(
  client: Client,
  url: string,
  { method, body, headers }: FhirRequest,
  authorization: string,
  timeoutMs: number,
): Promise<Answer> {
  const contentType = typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/fhir+json';
  try {
    const result = await client.request(url, {
      method,
      body: body as string,
      options: {
        headers: {
          ...fixedHeaders,
          ...(body !== undefined && { 'content-type': contentType }),
          ...headers,
          authorization,
        },
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'manual',
      },
    });
    const { response } = Client.httpFor(result as never) as { response: Response };
    return answered(response.status, result, response.headers);
  } catch (error) {
    return isHttpError(error)
      ? answered(error.response.status, error.response.data, error.config.headers)
      : unanswered(error);
  }
}

/** Unpacked, so that the limit on the size of an answer is one on what it takes here. */
const fixedHeaders = { accept: 'application/fhir+json', 'accept-encoding': 'identity' };

function unanswered(error: unknown): Answer {
  const { problem: found, sent } = connectionFailure(error);
  return { kind: sent === 'no' ? 'not-sent' : 'unknown', problem: found };
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function answered(status: number, body: unknown, headers: Headers): Answer {
  if (redirects.has(status)) return { kind: 'not-sent', problem: redirected };
  return {
    kind: 'answered',
    status,
    body,
    etag: headers.get('etag') ?? undefined,
    location: headers.get('location') ?? headers.get('content-location') ?? undefined,
    retryAfterMs: retryAfterMs(headers, Temporal.Now.instant()),
  };
}

const redirected = problem('destination-refused', 'the destination redirects to another address; that is not followed');

interface HttpError {
  readonly response: { readonly status: number; readonly data: unknown };
  readonly config: { readonly headers: Headers };
}

/** fhir-kit-client throws for every status that is not a success, and for a body that is not JSON. */
const isHttpError = (error: unknown): error is HttpError =>
  typeof error === 'object' && error !== null && 'response' in error && 'config' in error;
