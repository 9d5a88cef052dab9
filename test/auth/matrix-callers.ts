import { randomUUID } from 'node:crypto';
import { importJWK, type JWTPayload, SignJWT } from 'jose';
import { type Hospitals, now, wideAudience } from './matrix-hospitals.ts';
import type { Asker } from './matrix-oracle.ts';
import type { Naming } from './matrix-requests.ts';
import { type MatrixScope, mixedScopes, scopesOf } from './matrix-scopes.ts';

/** Somebody with a token for the hospital in the north. */
export interface MatrixCaller extends Asker {
  readonly what: string;
  readonly naming: Naming;
  readonly token: (hospitals: Hospitals) => Promise<string>;
}

/** Every kind of issuer with every scope that it can give. */
export const callers: readonly MatrixCaller[] = [
  ...[...scopesOf('patient'), ...mixedScopes, ...few([...scopesOf('user'), ...scopesOf('system')])].map((scope) =>
    signed('launched', scope, { isLaunched: true, userReach: 'patient' }),
  ),
  ...few([...scopesOf('patient'), ...scopesOf('user'), ...mixedScopes]).map((scope) =>
    signed('without a launch', scope, { isLaunched: false, userReach: 'patient' }),
  ),
  ...few(scopesOf('user')).map((scope) =>
    signed('of the whole clinic', scope, { isLaunched: true, userReach: 'tenant' }),
  ),
  ...few([...scopesOf('patient'), ...mixedScopes]).map(opaque),
  ...few(scopesOf('patient')).filter(isReading).map(exchanged),
  ...few(scopesOf('system')).filter(isReading).map(backEnd),
];

export const nowSeconds = now.epochMilliseconds / 1000;

/** As the issuer in the north signs it; `changed` replaces claims, `header` members of the header. */
export function signedToken({ jwks, site }: Hospitals, changed: JWTPayload = {}, header: object = {}): Promise<string> {
  return jwks.sign(jwks.key, { ...claimsFor(jwks.issuer, `${site.url}/t/north/fhir`), ...changed }, header);
}

export const claimsFor = (issuer: string, audience: string): JWTPayload => ({
  ...{ iss: issuer, aud: audience, sub: 'user-1', client_id: 'app', jti: randomUUID() },
  ...{ iat: nowSeconds, exp: nowSeconds + 300 },
});

/** A token of ours for a back-end application. */
export async function backEndToken({ site, registryKey }: Hospitals, scope: string): Promise<string> {
  const { alg = '', kid = '' } = registryKey;
  const url = `${site.url}/t/north/token`;
  const client_assertion = await new SignJWT({ iss: 'registry', sub: 'registry', aud: url, jti: randomUUID() })
    .setExpirationTime(nowSeconds + 300)
    .setProtectedHeader({ alg, kid, typ: 'JWT' })
    .sign(await importJWK(registryKey, alg));
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  return granted(
    await site.post('/t/north/token', {
      grant_type: 'client_credentials',
      scope,
      client_assertion_type,
      client_assertion,
    }),
  );
}

/** A token of ours in exchange for a launch of the patient `own`. */
export async function exchangedToken({ site, ehr }: Hospitals, scope: string): Promise<string> {
  return granted(
    await site.post('/t/north/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await ehr.idToken(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      ...{ patient: 'there-1', ehr_access_token: ehr.accessToken, scope },
    }),
  );
}

function granted({ status, body }: { status: number; body: Record<string, unknown> }): string {
  if (status !== 200) throw new Error(`No token was granted: ${JSON.stringify(body)}`);
  return String(body.access_token);
}

/** Every third, and those of which several go together. */
function few(scopes: readonly MatrixScope[]): readonly MatrixScope[] {
  return scopes.filter(({ gives }, n) => n % 3 === 0 || gives.length > 2);
}

/** What gives nothing that we grant is refused at the token endpoint already. */
function isReading({ gives }: MatrixScope): boolean {
  return gives.every(({ can }) => can !== '');
}

function signed(how: string, scope: MatrixScope, asker: Omit<Asker, 'gives'>): MatrixCaller {
  return {
    ...{ what: `JWT, ${how}: ${scope.text}`, naming: 'ours', gives: scope.gives, ...asker },
    token: (hospitals) =>
      signedToken(hospitals, {
        scope: scope.text,
        ...(asker.isLaunched && { patient: hospitals.patients.own.id }),
        ...(asker.userReach === 'tenant' && { aud: wideAudience }),
      }),
  };
}

function opaque(scope: MatrixScope): MatrixCaller {
  return {
    ...{ what: `opaque, launched: ${scope.text}`, naming: 'theirs', gives: scope.gives },
    ...{ isLaunched: true, userReach: 'patient' },
    token: async (hospitals) => {
      const token = `opaque-${randomUUID()}`;
      const exp = nowSeconds + 300;
      hospitals.opaque.says(token, { active: true, scope: scope.text, client_id: 'app', exp, patient: 'there-1' });
      return token;
    },
  };
}

function exchanged(scope: MatrixScope): MatrixCaller {
  return {
    ...{ what: `ours, in exchange for a launch: ${scope.text}`, naming: 'theirs', gives: scope.gives },
    ...{ isLaunched: true, userReach: 'patient' },
    token: (hospitals) => exchangedToken(hospitals, scope.text),
  };
}

function backEnd(scope: MatrixScope): MatrixCaller {
  return {
    ...{ what: `ours, for a back-end application: ${scope.text}`, naming: 'ours', gives: scope.gives },
    ...{ isLaunched: false, userReach: 'patient' },
    token: (hospitals) => backEndToken(hospitals, scope.text),
  };
}
