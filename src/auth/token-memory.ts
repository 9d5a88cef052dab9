import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Denial } from './denial.ts';
import { isDenied } from './signed-token.ts';
import type { TokenClaims } from './token-claims.ts';

export type Checked = TokenClaims | Denial;
export type CheckToken = (token: string, now: Temporal.Instant) => Promise<Checked>;

export interface Remembering {
  /** How long a token counts as inactive that its issuer called so; 0: it is checked again each time. */
  readonly refusedMs: number;
}

/**
 * Remembers what became of a token, by its hash, so that a client that asks often costs one check a minute: at most so
 * long, and not beyond its expiry, a token that was revoked, or whose key was, is still let in. Requests that bring the
 * same token together wait for one check. What could not be checked is not remembered. Refused tokens have a memory
 * of their own: whoever makes up tokens pushes no good one out.
 */
export function remembering(check: CheckToken, { refusedMs }: Remembering): CheckToken {
  const good = new LRUCache<string, Kept>({ max: keptTokens });
  const refused = new LRUCache<string, Kept>({ max: keptTokens });
  const underWay = new Map<string, Promise<Checked>>();

  async function ask(digest: string, token: string, now: Temporal.Instant): Promise<Checked> {
    const result = await check(token, now);
    const nowMs = now.epochMilliseconds;
    if (!isDenied(result)) {
      const untilMs = Math.min(nowMs + goodMs, result.expiresAt.epochMilliseconds);
      good.set(digest, { result, untilMs });
    } else if (result.reason === 'inactive') {
      good.delete(digest);
      refused.set(digest, { result, untilMs: nowMs + refusedMs });
    }
    return result;
  }

  return (token, now) => {
    const digest = hash('sha256', token, 'base64');
    const kept = good.get(digest) ?? refused.get(digest);
    if (kept && now.epochMilliseconds < kept.untilMs) return Promise.resolve(kept.result);
    const asked = underWay.get(digest) ?? ask(digest, token, now).finally(() => underWay.delete(digest));
    underWay.set(digest, asked);
    return asked;
  };
}

interface Kept {
  readonly result: Checked;
  readonly untilMs: number;
}

const goodMs = 60_000;
const keptTokens = 10_000;
