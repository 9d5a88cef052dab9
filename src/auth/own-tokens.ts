import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, type JWTVerifyGetKey, SignJWT } from 'jose';
import * as z from 'zod';
import { type Denial, invalidToken } from './denial.ts';
import { KeyUnknown } from './issuer-keys.ts';
import type { KeyRing } from './key-ring.ts';
import { publicJwks, type SigningKey, signingKeyFor } from './keys.ts';
import { claimsOf, isDenied, type Verified, verified } from './signed-token.ts';
import type { Granted } from './token-claims.ts';
import { type CheckToken, remembering } from './token-memory.ts';

/** Whose tokens we issue: one tenant's. */
export interface OwnIssuer {
  readonly issuer: string;
  /** Our FHIR base as our tokens name it. */
  readonly audience: string;
  readonly keys: KeyRing;
  readonly clock: () => Temporal.Instant;
}

export interface Grant {
  readonly subject: string;
  readonly clientId: string;
  /** As it is told to the client. */
  readonly scope: string;
  readonly lifetimeSeconds: number;
  readonly environment: 'live' | 'test';
  /** Our keyed id, and how the EHR calls the patient. */
  readonly launch?: NonNullable<Granted['launch']> & { readonly patient: string };
}

export interface IssuedToken {
  readonly token: string;
  readonly tokenId: string;
}

/** A signed access token of ours (RFC 9068). It cannot be refreshed. */
export async function issueToken({ issuer, audience, keys, clock }: OwnIssuer, grant: Grant): Promise<IssuedToken> {
  const key = signingKeyFor(await keys.current(), [ownAlgorithm]);
  if (!key) throw new Error('No key signs our tokens.');
  const issuedAt = Math.floor(clock().epochMilliseconds / 1000);
  const { subject, clientId, scope, environment, launch } = grant;
  const tokenId = randomUUID();
  const payload = {
    ...{ client_id: clientId, scope, environment },
    ...(launch && { patient: launch.patient, patient_there: launch.patientThere, patient_ids_of: launch.patientIdsOf }),
  };
  const token = await new SignJWT(payload)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: ownType })
    .setIssuer(issuer)
    .setSubject(subject)
    .setAudience(audience)
    .setJti(tokenId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + grant.lifetimeSeconds)
    .sign(key.privateKey);
  return { token, tokenId };
}

export const ownAlgorithm = 'ES384';
const ownType = 'at+jwt';

/** Checks a token of ours with the keys that we publish now. */
export function checkOwn(own: OwnIssuer): CheckToken {
  const read = readOwn(own);
  const check: CheckToken = async (token, now) => {
    const found = await read(token, now);
    if (isDenied(found)) return found;
    const claims = claimsOf(found.payload);
    const grant = ours.safeParse(found.payload);
    if (isDenied(claims)) return claims;
    if (!grant.success) return invalidToken('claim-wrong');
    const { environment, scope, patient_there: patientThere, patient_ids_of: patientIdsOf } = grant.data;
    const launch = patientThere && patientIdsOf ? { patientThere, patientIdsOf } : undefined;
    return { ...claims, granted: { environment, scope, ...(launch && { launch }) } };
  };
  return remembering(check, { refusedMs: 0 });
}

/** What a token of ours says, word by word. */
export function readOwn({ issuer, keys }: OwnIssuer) {
  const key = ownKeys(keys);
  return (token: string, now: Temporal.Instant): Promise<Verified | Denial> =>
    verified(token, key, { issuer, types: [ownType] }, now);
}

const ours = z.object({
  environment: z.enum(['live', 'test']),
  scope: z.string(),
  patient_there: z.string().optional(),
  patient_ids_of: z.string().optional(),
});

function ownKeys(ring: KeyRing): JWTVerifyGetKey {
  let known: { readonly keys: readonly SigningKey[]; readonly set: JWTVerifyGetKey } | undefined;
  return async (header, token) => {
    const keys = await ring.current();
    if (known?.keys !== keys) known = { keys, set: createLocalJWKSet(publicJwks(keys)) };
    if (header.kid === undefined) throw new KeyUnknown();
    try {
      return await known.set(header, token);
    } catch {
      throw new KeyUnknown();
    }
  };
}
