import type { Scope } from './scopes.ts';

/** What a token says that was found good, before anybody asked whether it is meant for us. */
export interface TokenClaims {
  readonly issuer: string;
  /** Undefined: the issuer was asked about the token and named none. A signed token always names some. */
  readonly audiences: readonly string[] | undefined;
  readonly subject: string;
  readonly clientId?: string;
  readonly scopes: readonly Scope[];
  /** As the token spells them, those that are none of SMART's among them. Of a token of ours: none. */
  readonly scopeWords?: readonly string[];
  /** As the token spells it. */
  readonly patient?: string;
  readonly tokenId?: string;
  readonly expiresAt: Temporal.Instant;
  /** Of a token that we issued: what its issuer's configuration says of all others. */
  readonly granted?: Granted;
}

/** What only we can say in a token, because only we wrote it. */
export interface Granted {
  readonly environment: 'live' | 'test';
  /** The scope as it was told to the client. */
  readonly scope: string;
  readonly launch?: { readonly patientThere: string; readonly patientIdsOf: string };
}

/** Clocks differ: what has expired within this time is still good, and so is what begins within it. */
export const clockToleranceSeconds = 60;

export const text = (value: unknown): string | undefined => (isText(value) ? value : undefined);

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** NumericDate of RFC 7519, so far as an instant can be: an issuer may write any number. */
export function instantOf(seconds: number): Temporal.Instant {
  const latestMs = 8.64e15;
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(Math.min(seconds * 1000, latestMs)));
}
