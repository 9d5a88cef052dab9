import { connectionFailure } from '../outgoing/connection-failure.ts';
import type { Fetch } from '../outgoing/guarded-fetch.ts';
import { type Failure, unauthorized, unavailable } from './failure.ts';
import { retryAfterMs } from './retry-after.ts';

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly body?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back, whole. A redirect is an answer like any other: whoever asked decides whether to follow it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** SMART documents and token responses are a few kilobytes; more than this is not one of them. */
const maxBodyBytes = 262_144;

/**
 * One HTTP exchange that ends: within `timeoutMs` (body included), without following redirects, with a bounded body.
 * Failures are values without any text of the server, because an error text may echo the assertion.
 */
export async function exchange(fetch: Fetch, request: Request, timeoutMs: number): Promise<Answer | Failure> {
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: { accept: 'application/json', ...request.headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(request.body && { body: request.body }),
    });
    const text = await boundedText(response);
    if (text === undefined) return unavailable('The answer is larger than a SMART document or token can be.');
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    return { problem: connectionFailure(error).problem };
  }
}

async function boundedText(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** What an answer that is no success means. `what` begins the sentence; `detail` is a word of a closed set. */
export function refusal(what: string, answer: Answer, now: Temporal.Instant, detail = ''): Failure {
  const message = `${what} was answered with status ${answer.status}${detail && ` (${detail})`}.`;
  return isTransient(answer.status) ? unavailable(message, retryAfterMs(answer.headers, now)) : unauthorized(message);
}

/** Statuses after which the same request may succeed later. */
const isTransient = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

/** JSON, or undefined: null is no answer that anybody here expects. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
