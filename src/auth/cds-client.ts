import { decodeJwt, decodeProtectedHeader, type JWTVerifyGetKey } from 'jose';
import type { CountUse } from './client-assertion.ts';
import { type Denial, invalidToken, noToken } from './denial.ts';
import { issuerFetch } from './issuer-fetch.ts';
import { issuerKeys, KeyUnknown } from './issuer-keys.ts';
import { isDenied, verified } from './signed-token.ts';
import { clockToleranceSeconds, text } from './token-claims.ts';

/** An EHR that calls our CDS services, as the configuration names it. */
export interface CdsClient {
  readonly iss: string;
  readonly ehrTenant?: string | undefined;
  /** Its key sets; the first where a token names none. */
  readonly jwksUris: readonly string[];
  readonly tenant: string;
  readonly allowAddresses: readonly string[];
}

export interface CdsCaller<Client> {
  readonly client: Client;
  /** `jti` of the token. */
  readonly tokenId: string;
}

/**
 * Who calls, by the Authorization header (CDS Hooks 2.0 "Trusting CDS Clients"): a JWT of at most five minutes for exactly one
 * of the addresses at which the called service stands, and used once.
 */
export type CdsClientCheck<Client> = (
  authorization: string | undefined,
  called: (tenant: string) => readonly string[],
) => Promise<CdsCaller<Client> | Denial>;

export interface CdsClientOptions {
  readonly clock: () => Temporal.Instant;
  readonly countUse: CountUse;
  readonly timeoutMs?: number;
}

const longestSeconds = 300;

export function cdsClientCheck<Client extends CdsClient>(
  clients: readonly Client[],
  { clock, countUse, timeoutMs = 2000 }: CdsClientOptions,
): CdsClientCheck<Client> {
  const keyOf = new Map(clients.map((client) => [client, keysOf(client, timeoutMs, clock)]));
  return async (authorization, called) => {
    const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return noToken;
    const client = claimedClient(token, clients);
    const key = client && keyOf.get(client);
    if (!client || !key) return invalidToken('issuer-unknown');
    const now = clock();
    const read = await verified(token, key, { issuer: client.iss, types: ['jwt'] }, now);
    if (isDenied(read)) return read;
    const claims = read.payload;
    const audiences = [claims.aud ?? []].flat();
    if (!audiences.some((one) => called(client.tenant).includes(one))) return invalidToken('audience-wrong');
    const tokenId = text(claims.jti);
    if (tokenId === undefined || !isShortLived(claims, now)) return invalidToken('claim-wrong');
    // Last: only a token that is valid in all else uses up its jti.
    const until = now.add({ seconds: longestSeconds + 2 * clockToleranceSeconds });
    const uses = await countUse(['cds-client', client.iss, tokenId], until);
    return uses === 1 ? { client, tokenId } : invalidToken('claim-wrong');
  };
}

/** Read before anything is verified, and used only to choose the keys to verify with. */
function claimedClient<Client extends CdsClient>(token: string, clients: readonly Client[]): Client | undefined {
  try {
    const { iss, tenant } = decodeJwt(token);
    decodeProtectedHeader(token);
    return clients.find((one) => one.iss === iss && (one.ehrTenant === undefined || one.ehrTenant === tenant));
  } catch {
    return undefined;
  }
}

/** `jku` is never followed: it may only choose among the addresses that are configured. */
function keysOf(
  { jwksUris, allowAddresses }: CdsClient,
  timeoutMs: number,
  clock: CdsClientOptions['clock'],
): JWTVerifyGetKey {
  const keys = new Map(
    jwksUris.map((uri) => {
      const place = { uri, fetch: issuerFetch(uri, { allowAddresses, timeoutMs }) };
      return [uri, issuerKeys(async () => place, timeoutMs, clock)];
    }),
  );
  return async (header, token) => {
    const key = keys.get(header.jku ?? jwksUris[0] ?? '');
    if (!key) throw new KeyUnknown();
    return key(header, token);
  };
}

function isShortLived({ exp = 0, iat }: { exp?: number; iat?: number }, now: Temporal.Instant): boolean {
  const latest = now.epochMilliseconds / 1000 + clockToleranceSeconds;
  return iat !== undefined && iat <= latest && exp <= latest + longestSeconds;
}
