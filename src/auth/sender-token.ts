import { bearerToken, claimedIssuer } from './bearer.ts';
import { type Denial, invalidToken } from './denial.ts';
import type { IssuerChecks } from './issuer-checks.ts';
import { isDenied } from './signed-token.ts';
import type { TokenClaims } from './token-claims.ts';

/** Whose tokens of which issuer are those of a sender. */
export interface SenderToken<Sender> {
  readonly sender: Sender;
  readonly checks: IssuerChecks;
  readonly audiences: readonly string[];
  /** All that is stated has to be so. */
  readonly subject?: string | undefined;
  readonly clientId?: string | undefined;
  /** Without it nothing may be sent. */
  readonly scope: string;
}

/** Who sends, by the bearer token of the request (RFC 6750, RFC 9068). */
export async function senderOfToken<Sender>(
  authorization: string | undefined,
  known: readonly SenderToken<Sender>[],
  now: Temporal.Instant,
): Promise<Sender | Denial> {
  const token = bearerToken(authorization);
  if (token === undefined) return invalidToken('not-a-jwt');
  const issuer = claimedIssuer(token);
  const ofIssuer = known.filter(({ checks }) => checks.issuer === issuer);
  const check = ofIssuer[0]?.checks.signed;
  if (!check) return invalidToken(issuer === undefined ? 'not-a-jwt' : 'issuer-unknown');
  const claims = await check(token, now);
  if (isDenied(claims)) return claims;
  const meant = ofIssuer.filter((one) => isFor(claims, one));
  if (meant.length === 0) return invalidToken('sender-unknown');
  const allowed = meant.find(({ scope }) => claims.scopeWords?.includes(scope));
  return allowed ? allowed.sender : insufficient(meant[0]?.scope ?? '');
}

function isFor<Sender>(claims: TokenClaims, { audiences, subject, clientId }: SenderToken<Sender>): boolean {
  return (
    (subject === undefined || claims.subject === subject) &&
    (clientId === undefined || claims.clientId === clientId) &&
    claims.audiences?.some((one) => audiences.includes(one)) === true
  );
}

const insufficient = (scope: string): Denial => ({
  ...{ status: 403, error: 'insufficient_scope', description: 'The access token does not open this.', scope },
  reason: 'scope-insufficient',
});
