import { type Request, Router } from 'express';
import { type BearerCheck, denied } from './bearer.ts';
import type { AnswerGrant } from './client-credentials.ts';
import { wwwAuthenticate } from './denial.ts';
import { formEndpoint, type OAuthAnswer, refused } from './oauth-form.ts';
import { type OwnIssuer, readOwn } from './own-tokens.ts';
import { isDenied } from './signed-token.ts';
import { text } from './token-claims.ts';

/** What one tenant's endpoints need. */
export interface TokenEndpoints {
  /** By `grant_type`. */
  readonly grants: ReadonlyMap<string, AnswerGrant>;
  readonly own: OwnIssuer;
  /** Whoever may ask about our tokens: anybody whose own token is good here. */
  readonly check: BearerCheck;
}

/**
 * `POST /token` and `POST /introspect`, and both under `/t/{tenant}`.
 * @param at the endpoints of a tenant, or those at the root; undefined: there are none
 */
export function tokenRoutes(at: (tenant: string | undefined) => TokenEndpoints | undefined): Router {
  const router = Router();
  const place = ({ params }: Request) => at(text(params.tenant));
  router.all(['/token', '/t/:tenant/token'], ...formEndpoint(place, token));
  router.all(['/introspect', '/t/:tenant/introspect'], ...formEndpoint(place, introspect));
  return router;
}

async function token(form: URLSearchParams, { grants }: TokenEndpoints): Promise<OAuthAnswer> {
  const answer = grants.get(form.get('grant_type') ?? '');
  return answer ? answer(form) : refused('unsupported_grant_type', `grant_type is ${[...grants.keys()].join(' or ')}.`);
}

/** RFC 7662 for the tokens that we issued. Of any other text nothing is said but that it is not active. */
async function introspect(
  form: URLSearchParams,
  { own, check }: TokenEndpoints,
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
