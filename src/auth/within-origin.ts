import type { Fetch } from '../outgoing/guarded-fetch.ts';
import { type Answer, exchange } from './exchange.ts';
import { type Failure, failed, unauthorized } from './failure.ts';

const mostRedirects = 3;

/** Gets a document that a server publishes about itself. Redirects are followed within its origin only. */
export async function getWithinOrigin(fetch: Fetch, start: URL, timeoutMs: number): Promise<Answer | Failure> {
  let url = start;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const answer = await exchange(fetch, { method: 'GET', url }, timeoutMs);
    if (failed(answer)) return answer;
    const location = answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null;
    if (location === null) return answer;
    if (!URL.canParse(location, url)) return unauthorized('The SMART configuration redirects to no valid address.');
    url = new URL(location, url);
    if (url.origin !== start.origin) return unauthorized('The SMART configuration redirects to another origin.');
  }
  return unauthorized('The SMART configuration redirects without end.');
}
