import type { IncomingHttpHeaders } from 'node:http';
import { type Problem, problem } from '../event/problem.ts';

/** How the sender of a request names it, so that the same again is answered as before. */
export function nameOfRequest(
  headers: IncomingHttpHeaders,
  webhookId: string | undefined,
): string | Problem | undefined {
  const stated = headers['idempotency-key'];
  // It was signed: whoever sends the same body once more cannot give it another name.
  if (webhookId !== undefined) return `webhook:${webhookId}`;
  if (stated === undefined) return undefined;
  const [, quoted] = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(String(stated)) ?? [];
  const key = quoted?.replaceAll(/\\(.)/g, '$1') ?? String(stated);
  // The draft wants a quoted string; many send it bare, and what they mean is plain.
  const isKey = quoted === undefined ? /^[\x21\x23-\x2b\x2d-\x7e]{1,255}$/.test(key) : /^.{1,255}$/.test(key);
  return isKey ? `key:${key}` : problem('idempotency-key-invalid', 'this Idempotency-Key cannot be used');
}

/** RFC 7240: the sender would rather not wait until it is read. */
export const prefersLater = ({ prefer }: IncomingHttpHeaders): boolean =>
  [prefer ?? []].flat().some((one) => /(?:^|[,\s])respond-async(?:$|[,;\s])/i.test(one));
