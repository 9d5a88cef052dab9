import { exportSPKI, importJWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { claimsFor, exchangedToken, nowSeconds, signedToken } from './matrix-callers.ts';
import { type Hospitals, type MatrixPatient, now } from './matrix-hospitals.ts';

/** A token that must open nothing; undefined: none is sent. */
export interface SpoiledToken {
  readonly what: string;
  readonly token: (hospitals: Hospitals) => Promise<string | undefined>;
  /** A token that is only too old may be told so. */
  readonly isExpired?: true;
}

const everything = { scope: 'system/*.rs user/*.rs patient/*.rs' };

/** All that is claimed is right; what is wrong is how it is proven, or for whom, or when. */
const changed = (
  what: string,
  claims: JWTPayload,
  header: object = {},
  more: Partial<SpoiledToken> = {},
): SpoiledToken => ({
  what,
  token: (hospitals) => signedToken(hospitals, { ...everything, ...claims }, header),
  ...more,
});

export const spoiledTokens: readonly SpoiledToken[] = [
  { what: 'none', token: async () => undefined },
  { what: 'an opaque one that nobody knows', token: async () => 'opaque-nobody' },
  {
    what: 'an opaque one that was revoked',
    token: async ({ opaque }) => {
      opaque.says('opaque-revoked', { active: false, ...everything, client_id: 'app', exp: nowSeconds + 300 });
      return 'opaque-revoked';
    },
  },
  {
    what: 'an opaque one whose end is not told',
    token: async ({ opaque }) => {
      opaque.says('opaque-endless', { active: true, ...everything, client_id: 'app' });
      return 'opaque-endless';
    },
  },
  { what: 'alg none', token: async (hospitals) => new UnsecuredJWT(rightClaims(hospitals)).encode() },
  { what: 'HMAC with the public key for a secret', token: withPublicKeyAsSecret },
  changed('for another audience', { aud: 'https://elsewhere.test/fhir' }),
  changed('for no audience', { aud: undefined }),
  changed('of another issuer', { iss: 'https://elsewhere.test' }),
  changed('of no issuer', { iss: undefined }),
  changed('expired', { exp: nowSeconds - 61 }, {}, { isExpired: true }),
  changed('without an end', { exp: undefined }),
  changed('not yet valid', { nbf: nowSeconds + 61 }),
  changed('under an unknown kid', {}, { kid: 'unknown' }),
  changed('without a kid', {}, { kid: undefined }),
  changed('of another type', {}, { typ: 'logout+jwt' }),
  changed('with a critical header', {}, { crit: ['b64'], b64: true }),
  changed('an id_token (nonce)', { nonce: 'n' }),
  changed('an id_token (at_hash)', { at_hash: 'h' }),
  { what: 'an id_token of a launch', token: ({ ehr }) => ehr.idToken(everything) },
  { what: 'under the kid of a key of another type', token: underKidOfAnotherType },
  { what: 'by somebody else under a known kid', token: bySomebodyElse },
  {
    what: 'with another patient written in',
    token: (hospitals) => withOtherPatient(hospitals, signedToken(hospitals, rightClaims(hospitals))),
  },
  {
    what: 'ours with another patient written in',
    token: (hospitals) => withOtherPatient(hospitals, exchangedToken(hospitals, 'patient/*.rs')),
  },
  { what: 'ours by somebody else', token: asOurs },
  {
    what: 'of the other hospital',
    token: ({ south, site }) =>
      south.sign(south.key, { ...claimsFor(south.issuer, `${site.url}/t/south/fhir`), ...everything }),
  },
  {
    what: 'of the other hospital, for this one',
    token: ({ south, site }) =>
      south.sign(south.key, { ...claimsFor(south.issuer, `${site.url}/t/north/fhir`), ...everything }),
  },
];

const rightClaims = ({ jwks, site, patients }: Hospitals): JWTPayload => ({
  ...{ ...claimsFor(jwks.issuer, `${site.url}/t/north/fhir`), ...everything },
  patient: patients.own.id,
});

async function withPublicKeyAsSecret(hospitals: Hospitals): Promise<string> {
  const { key } = hospitals.jwks;
  const publicKey = (await importJWK(key.jwk, key.alg, { extractable: true })) as CryptoKey;
  const secret = new TextEncoder().encode(await exportSPKI(publicKey));
  return new SignJWT(rightClaims(hospitals))
    .setProtectedHeader({ alg: 'HS256', kid: key.jwk.kid as string })
    .sign(secret);
}

async function underKidOfAnotherType(hospitals: Hospitals): Promise<string> {
  const { jwks } = hospitals;
  return jwks.sign(await jwks.newKey('RS384'), rightClaims(hospitals), { kid: jwks.key.jwk.kid });
}

async function bySomebodyElse(hospitals: Hospitals): Promise<string> {
  const { jwks } = hospitals;
  return jwks.sign(await jwks.newKey('ES384'), rightClaims(hospitals), { kid: jwks.key.jwk.kid });
}

async function asOurs({ jwks, site, ownKey }: Hospitals): Promise<string> {
  const claims = {
    ...claimsFor(`${site.url}/t/north`, `${site.url}/t/north/fhir`),
    ...everything,
    environment: 'test',
  };
  return jwks.sign(jwks.key, claims, { kid: ownKey.kid, typ: 'at+jwt' });
}

/** Signed for one patient, then read with another in its place. */
async function withOtherPatient({ patients }: Hospitals, good: Promise<string>): Promise<string> {
  const [header, payload = '', signature] = (await good).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as JWTPayload;
  const other: MatrixPatient = patients.other;
  const there = claims.patient_there === undefined ? {} : { patient_there: other.there };
  const spoiled = { ...claims, patient: other.id, ...there, iat: Math.floor(now.epochMilliseconds / 1000) };
  return [header, Buffer.from(JSON.stringify(spoiled)).toString('base64url'), signature].join('.');
}
