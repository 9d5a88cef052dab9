import { decodeProtectedHeader, type JWTPayload } from 'jose';
import { claimedIssuer, type FindPatient } from './bearer.ts';
import type { CountUse } from './client-assertion.ts';
import type { AnswerGrant } from './client-credentials.ts';
import { narrowed } from './granted-scopes.ts';
import type { IssuerChecks } from './issuer-checks.ts';
import { accessTokenHash, type PatientAsked, showsPatient } from './launch-proof.ts';
import { type OAuthAnswer, refused } from './oauth-form.ts';
import { type IssuedToken, issueToken, type OwnIssuer } from './own-tokens.ts';
import { isDenied, verified } from './signed-token.ts';
import { instantOf, text } from './token-claims.ts';

/** An EHR whose launches are exchanged for tokens of ours. */
export interface ExchangedIssuer {
  readonly checks: IssuerChecks;
  readonly environment: 'live' | 'test';
  /** The destination whose ids the patients of its launches have. */
  readonly patientIdsOf: string;
  /** Our app as the EHR registered it. */
  readonly clientIds: readonly string[];
  /** Absent: the `patient` of its id_token is believed. */
  readonly asked?: PatientAsked | undefined;
  readonly trustPatientClaim: boolean;
  readonly scopes: readonly string[];
  readonly lifetimeSeconds: number;
}

export interface ExchangeGrant {
  readonly own: OwnIssuer;
  readonly tenant: string;
  /** Our FHIR bases: what a client may name as `audience` or `resource`. */
  readonly audiences: readonly string[];
  readonly issuers: readonly ExchangedIssuer[];
  readonly types: readonly string[];
  readonly findPatient: FindPatient;
  readonly countUse: CountUse;
  /** The same person at the same issuer is always called so, and nobody can tell who it is. */
  readonly pseudonym: (issuer: string, subject: string) => string;
  /** Writes down who got a token before it leaves. */
  readonly issued: (exchange: Exchanged) => Promise<void>;
  readonly clock: () => Temporal.Instant;
}

/** What the audit keeps of an exchange: with it a token can be led back to the person. */
export interface Exchanged {
  readonly issuer: string;
  readonly subject: string;
  readonly pseudonym: string;
  readonly clientId: string;
  readonly patient: string;
  readonly environment: 'live' | 'test';
  readonly tokenId: string;
}

export const exchangeGrantType = 'urn:ietf:params:oauth:grant-type:token-exchange';

const idTokenType = 'urn:ietf:params:oauth:token-type:id_token';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * An EHR launch in exchange for a short token of ours (RFC 8693): the id_token says who signed in at which client, and the
 * EHR shows that this person may see the patient. Form: `subject_token` (the id_token), `subject_token_type`, `patient` (as
 * the EHR calls it), `ehr_access_token` (RFC 8693 has no name for what only proves), `scope`. One id_token may be exchanged
 * again while it is young, because pages are loaded again.
 */
export function tokenExchange(grant: ExchangeGrant): AnswerGrant {
  return async (form) => {
    const wrong = wrongRequest(form, grant.audiences);
    if (wrong) return wrong;
    const launch = await launchIn(form, grant);
    if (launch === 'refused') return unconfirmed;
    if (launch === 'again') return refused('temporarily_unavailable', 'The launch cannot be confirmed at the moment.');
    const { issuer, clientId, subject, patientThere } = launch;
    const asked = form.get('scope')?.trim() || issuer.scopes.join(' ');
    const scope = narrowed(asked, { level: 'patient', scopes: issuer.scopes, types: grant.types });
    if (scope === '') return refused('invalid_scope', 'None of the scopes is granted to this application.');
    const { environment, patientIdsOf, lifetimeSeconds } = issuer;
    const patient = await grant.findPatient({ tenant: grant.tenant, environment, id: patientThere, patientIdsOf });
    // Whoever is told so has shown that the patient may be seen.
    if (patient === undefined) return refused('invalid_target', 'This patient is not known here.');
    const pseudonym = grant.pseudonym(issuer.checks.issuer, subject);
    const issued = await issueToken(grant.own, {
      ...{ subject: pseudonym, clientId, scope, environment, lifetimeSeconds },
      launch: { patient, patientThere, patientIdsOf },
    });
    const { tokenId } = issued;
    await grant.issued({ issuer: issuer.checks.issuer, subject, pseudonym, clientId, patient, environment, tokenId });
    return answered(issued, { scope, lifetimeSeconds, patientThere });
  };
}

function wrongRequest(form: URLSearchParams, audiences: readonly string[]): OAuthAnswer | undefined {
  const required = ['subject_token', 'subject_token_type', 'patient'].find((name) => !form.get(name));
  if (required) return refused('invalid_request', `${required} is required.`);
  if (form.get('subject_token_type') !== idTokenType) {
    return refused('invalid_request', `subject_token_type is ${idTokenType}.`);
  }
  if ((form.get('requested_token_type') ?? accessTokenType) !== accessTokenType) {
    return refused('invalid_request', `requested_token_type is ${accessTokenType}.`);
  }
  const targets = [form.get('audience'), form.get('resource')].filter((target) => target !== null);
  if (targets.every((target) => audiences.includes(target))) return undefined;
  return refused('invalid_target', 'Tokens are issued for the FHIR base of this endpoint only.');
}

/** The same for every reason: which issuers, clients and patients there are is nobody's business. */
const unconfirmed = refused('invalid_request', 'The launch could not be confirmed.');

interface Launch {
  readonly issuer: ExchangedIssuer;
  readonly clientId: string;
  readonly subject: string;
  readonly patientThere: string;
}

async function launchIn(form: URLSearchParams, grant: ExchangeGrant): Promise<Launch | 'refused' | 'again'> {
  const [token, patientThere] = [form.get('subject_token') ?? '', form.get('patient') ?? ''];
  const claimed = claimedIssuer(token);
  const issuer = grant.issuers.find(({ checks }) => checks.issuer === claimed);
  if (!issuer?.checks.keys) return 'refused';
  const now = grant.clock();
  const read = await verified(token, issuer.checks.keys, { issuer: issuer.checks.issuer, types: ['jwt'] }, now);
  if (isDenied(read)) return read.status === 503 ? 'again' : 'refused';
  const { payload } = read;
  const clientId = clientOf(payload, issuer, form.get('client_id'));
  const subject = text(payload.sub);
  if (clientId === undefined || subject === undefined || !isYoung(payload, now)) return 'refused';
  const seen = await maySee(payload, token, form, issuer);
  if (seen !== 'shown') return seen;
  const until = instantOf(payload.iat ?? 0).add({ seconds: youngSeconds + 2 * skewSeconds });
  const uses = await grant.countUse(['id-token', issuer.checks.issuer, token], until);
  return uses > mostExchanges ? 'refused' : { issuer, clientId, subject, patientThere };
}

/** Ten minutes are a launch and some reloads of its page; later the EHR launches again. */
const youngSeconds = 600;
const skewSeconds = 60;
const mostExchanges = 30;

function isYoung({ iat }: JWTPayload, now: Temporal.Instant): boolean {
  const ageSeconds = now.epochMilliseconds / 1000 - (iat ?? Number.NEGATIVE_INFINITY);
  return ageSeconds >= -skewSeconds && ageSeconds <= youngSeconds + skewSeconds;
}

/** Our app: the audience, and where there are several, the one that was authorized (OpenID Connect Core 1.0 §3.1.3.7). */
function clientOf({ aud, azp }: JWTPayload, { clientIds }: ExchangedIssuer, stated: string | null): string | undefined {
  const audiences = [aud ?? []].flat();
  const clientId = audiences.length > 1 || azp !== undefined ? text(azp) : audiences[0];
  const isOurs = clientId !== undefined && audiences.includes(clientId) && clientIds.includes(clientId);
  return isOurs && (stated === null || stated === clientId) ? clientId : undefined;
}

async function maySee(
  payload: JWTPayload,
  token: string,
  form: URLSearchParams,
  { asked, trustPatientClaim }: ExchangedIssuer,
): Promise<'shown' | 'refused' | 'again'> {
  const patient = form.get('patient') ?? '';
  const accessToken = form.get('ehr_access_token') ?? '';
  const { at_hash: hash, patient: claimed } = payload;
  const { alg = '' } = decodeProtectedHeader(token);
  if (hash !== undefined && accessToken !== '' && hash !== accessTokenHash(accessToken, alg)) return 'refused';
  if (claimed !== undefined && claimed !== patient) return 'refused';
  if (trustPatientClaim && claimed === patient) return 'shown';
  return asked ? showsPatient(asked, patient, accessToken) : 'refused';
}

function answered(
  { token }: IssuedToken,
  { scope, lifetimeSeconds, patientThere }: { scope: string; lifetimeSeconds: number; patientThere: string },
): OAuthAnswer {
  return {
    status: 200,
    body: {
      access_token: token,
      issued_token_type: accessTokenType,
      token_type: 'bearer',
      expires_in: lifetimeSeconds,
      scope,
      patient: patientThere,
    },
  };
}
