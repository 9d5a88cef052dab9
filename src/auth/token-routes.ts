import { type Request, Router } from 'express';
import { type BearerCheck, denied, type Principal } from './bearer.ts';
import type { AnswerGrant } from './client-credentials.ts';
import { type Denial, wwwAuthenticate } from './denial.ts';
import { type FormEndpoint, formEndpoint, type OAuthAnswer, refused } from './oauth-form.ts';
import { type OwnIssuer, readOwn } from './own-tokens.ts';
import { isDenied, type Verified } from './signed-token.ts';
import { text } from './token-claims.ts';
import { exchangeGrantType } from './token-exchange.ts';

/** What one tenant's endpoints need. */
export interface TokenEndpoints {
  /** By `grant_type`. */
  readonly grants: ReadonlyMap<string, AnswerGrant>;
  readonly own: OwnIssuer;
  /** Whoever may ask about our tokens: anybody whose own token is good here. */
  readonly check: BearerCheck;
  /** Resolves when it is durable; nothing is answered before. */
  readonly record: (entry: TokenEntry) => Promise<void>;
}

/** What the audit keeps of a request for a token, or about one. No part of a token, and nothing that a stranger wrote. */
export interface TokenEntry {
  readonly action: 'exchange-token' | 'grant-token' | 'introspect-token';
  readonly actor: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly detail: Readonly<Record<string, string | number>>;
}

/**
 * `POST /token` and `POST /introspect`, and both under `/t/{tenant}`.
 * @param at the endpoints of a tenant, or those at the root; undefined: there are none
 */
export function tokenRoutes(at: (tenant: string | undefined) => TokenEndpoints | undefined): Router {
  const router = Router();
  const place = ({ params }: Request) => at(text(params.tenant));
  const tokens = { placeOf: place, answer: token, refused: refusing(grantAction) };
  const introspection = { placeOf: place, answer: introspect, refused: refusing(() => 'introspect-token') };
  router.all(['/token', '/t/:tenant/token'], ...formEndpoint(tokens));
  router.all(['/introspect', '/t/:tenant/introspect'], ...formEndpoint(introspection));
  return router;
}

function refusing(actionOf: (request: Request) => TokenEntry['action']): FormEndpoint<TokenEndpoints>['refused'] {
  return (what, { record }, request) => {
    const outcome = what.status < 500 ? 'refused' : 'failed';
    return record({ action: actionOf(request), actor: 'unknown', outcome, detail: { ...what, ...cameBy(request) } });
  };
}

/** A body that could not be read asks for what most ask for. */
function grantAction({ body }: Request): TokenEntry['action'] {
  const asked = typeof body === 'string' ? new URLSearchParams(body).get('grant_type') : undefined;
  return asked === exchangeGrantType ? 'exchange-token' : 'grant-token';
}

const cameBy = ({ res, ip }: Request): TokenEntry['detail'] => ({
  requestId: res?.get('X-Request-Id') ?? '',
  network: ip ?? '',
});

async function token(form: URLSearchParams, { grants }: TokenEndpoints): Promise<OAuthAnswer> {
  const answer = grants.get(form.get('grant_type') ?? '');
  return answer ? answer(form) : refused('unsupported_grant_type', `grant_type is ${[...grants.keys()].join(' or ')}.`);
}

/** RFC 7662 for the tokens that we issued. Of any other text nothing is said but that it is not active. */
async function introspect(
  form: URLSearchParams,
  { own, check, record }: TokenEndpoints,
  request: Request,
): Promise<OAuthAnswer> {
  const asking = await check(request.get('authorization'));
  if (denied(asking)) {
    if (asking.status !== 503) request.res?.set('WWW-Authenticate', wwwAuthenticate(asking));
    return { ...refused('invalid_client', asking.description), status: asking.status };
  }
  const asked = form.get('token');
  if (!asked) return refused('invalid_request', 'token is required.');
  const read = await readOwn(own)(asked, own.clock());
  const detail = { ...askedAbout(read), ...askedBy(asking), ...cameBy(request) };
  const actor = asking.clientId ?? asking.subject;
  await record({ action: 'introspect-token', actor, outcome: 'done', detail });
  if (isDenied(read)) return { status: 200, body: { active: false } };
  const { iss, sub, aud, exp, iat, jti, scope, client_id, patient, patient_there } = read.payload;
  const launched = patient_there ?? patient;
  return {
    status: 200,
    body: {
      ...{ active: true, token_type: 'bearer', iss, sub, aud, exp, iat, jti, scope, client_id },
      ...(launched !== undefined && { patient: launched }),
    },
  };
}

/** The token by its name, and our keyed id of its patient; of one that is not active nothing is known. */
function askedAbout(read: Verified | Denial): TokenEntry['detail'] {
  if (isDenied(read)) return { active: 'no' };
  const [tokenId, patient] = [text(read.payload.jti), text(read.payload.patient)];
  return { active: 'yes', ...(tokenId && { askedTokenId: tokenId }), ...(patient && { patient }) };
}

const askedBy = ({ issuer, subject, tokenId }: Principal): TokenEntry['detail'] => ({
  ...{ issuer, subject },
  ...(tokenId !== undefined && { tokenId }),
});
