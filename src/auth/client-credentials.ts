import { type AssertionSettings, assertionCheck } from './client-assertion.ts';
import { narrowed } from './granted-scopes.ts';
import { type OAuthAnswer, refused } from './oauth-form.ts';
import { issueToken, type OwnIssuer } from './own-tokens.ts';

export interface BackendGrant extends AssertionSettings {
  readonly own: OwnIssuer;
  readonly types: readonly string[];
  /** Writes down who got a token before it leaves. */
  readonly issued: (granted: GrantedToken) => Promise<void>;
}

/** What the audit keeps of it. */
export interface GrantedToken {
  readonly clientId: string;
  readonly environment: 'live' | 'test';
  readonly scope: string;
  readonly tokenId: string;
}

/** Answers one token request whose grant_type is known. */
export type AnswerGrant = (form: URLSearchParams) => Promise<OAuthAnswer>;

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** SMART App Launch 2.2 "Backend Services": five minutes, and no refresh token. */
const lifetimeSeconds = 300;

/** The client credentials grant for back-end applications: registries, export jobs. */
export function clientCredentials(grant: BackendGrant): AnswerGrant {
  const check = assertionCheck(grant);
  return async (form) => {
    if (form.get('client_assertion_type') !== assertionType) {
      return { ...refused('invalid_client', `client_assertion_type is ${assertionType}.`), status: 400 };
    }
    const asked = form.get('scope')?.trim();
    if (!asked) return refused('invalid_scope', 'scope is required.');
    const proven = await check(form.get('client_assertion') ?? '');
    if (proven === 'again') return refused('temporarily_unavailable', 'The keys of the client cannot be read now.');
    if ('refused' in proven) return refused('invalid_client', proven.refused);
    const { clientId, environment, scopes } = proven.client;
    const scope = narrowed(asked, { level: 'system', scopes, types: grant.types });
    if (scope === '') return refused('invalid_scope', 'None of the scopes is granted to this client.');
    const about = { clientId, scope, environment };
    const { token, tokenId } = await issueToken(grant.own, { ...about, subject: clientId, lifetimeSeconds });
    await grant.issued({ ...about, tokenId });
    return { status: 200, body: { access_token: token, token_type: 'bearer', expires_in: lifetimeSeconds, scope } };
  };
}
