import * as z from 'zod';
import type { Fetch } from '../outgoing/guarded-fetch.ts';
import { parsedJson } from './exchange.ts';

/**
 * Fetches a key set, and after an answer that is none not again for ten seconds: tokens, which anybody can make up, do
 * not make us ask a server that is in trouble once each. Meanwhile it throws, as it does for each failure.
 */
export function keySetFetch(fetch: Fetch, clock: () => Temporal.Instant): Fetch {
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  return async (url, options) => {
    if (clock().epochMilliseconds < notBeforeMs) throw new Error('the key set could not be had a moment ago');
    try {
      const response = await fetch(url, options);
      const text = await response.text();
      if (response.status !== 200) throw new Error('the key set cannot be had');
      keySet.parse(parsedJson(text));
      return new Response(text, { headers: response.headers });
    } catch (error) {
      notBeforeMs = clock().epochMilliseconds + coolDownMs;
      throw error;
    }
  };
}

const coolDownMs = 10_000;

const keySet = z.object({ keys: z.array(z.looseObject({})) });
