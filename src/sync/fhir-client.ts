import { Client } from 'fhir-kit-client';
import type { BackendServicesClient } from '../auth/backend-client.ts';
import { failed } from '../auth/failure.ts';
import { retryAfterMs } from '../auth/retry-after.ts';
import { type Problem, problem } from '../event/problem.ts';

export interface FhirRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the FHIR base; empty for the base itself. Never holds a record number or a serial. */
  readonly path: string;
  readonly body?: unknown;
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

/**
 * The one door to a destination's FHIR API: a bearer token for its base only, a time limit on each request, no
 * redirects, one new token after a 401. It never throws for what a server does.
 */
export function fhirClient(options: {
  fhirBaseUrl: string;
  auth: BackendServicesClient;
  requestTimeoutMs: number;
}): FhirClient {
  const baseUrl = options.fhirBaseUrl.replace(/\/$/, '');
  const client = new Client({ baseUrl });

  async function send(request: FhirRequest, attempt = 1): Promise<Answer> {
    const url = request.path ? `${baseUrl}/${request.path}` : baseUrl;
    const access = await options.auth.authorizationFor(url);
    if (failed(access)) return { kind: 'not-sent', problem: access.problem, retryAfterMs: access.retryAfterMs };
    const answer = await exchange(client, url, request, access.authorization, options.requestTimeoutMs);
    if (answer.kind === 'answered' && answer.status === 401) {
      options.auth.refused(access.token);
      if (attempt === 1) return send(request, 2);
    }
    return answer;
  }

  return { send: (request) => send(request) };
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
        headers: { ...(body !== undefined && { 'content-type': contentType }), ...headers, authorization },
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      },
    });
    const { response } = Client.httpFor(result as never) as { response: Response };
    return answered(response.status, result, response.headers);
  } catch (error) {
    return isHttpError(error)
      ? answered(error.response.status, error.response.data, error.config.headers)
      : { kind: 'unknown', problem: problem('destination-unavailable', 'the request ended without an answer') };
  }
}

function answered(status: number, body: unknown, headers: Headers): Answer {
  return {
    kind: 'answered',
    status,
    body,
    etag: headers.get('etag') ?? undefined,
    location: headers.get('location') ?? headers.get('content-location') ?? undefined,
    retryAfterMs: retryAfterMs(headers, Temporal.Now.instant()),
  };
}

interface HttpError {
  readonly response: { readonly status: number; readonly data: unknown };
  readonly config: { readonly headers: Headers };
}

/** fhir-kit-client throws for every status that is not a success, and for a body that is not JSON. */
const isHttpError = (error: unknown): error is HttpError =>
  typeof error === 'object' && error !== null && 'response' in error && 'config' in error;
