/** Why a request to us is refused, and how that is said to the client. */
export interface Denial {
  readonly status: 401 | 403 | 503;
  /** RFC 6750 §3.1; absent when no bearer token was sent. */
  readonly error?: 'invalid_token' | 'insufficient_scope' | 'temporarily_unavailable';
  /** For the client. The same for every invalid token, so that it teaches nothing about issuers and keys. */
  readonly description: string;
  /** The scope that would have been enough. */
  readonly scope?: string;
  /** For our log: which rule refused. A closed set, without anything of the token. */
  readonly reason: DenialReason;
}

export type DenialReason =
  | 'no-token'
  | 'not-a-jwt'
  | 'issuer-unknown'
  | 'algorithm-not-allowed'
  | 'key-unknown'
  | 'signature-wrong'
  | 'expired'
  | 'claim-wrong'
  | 'type-wrong'
  | 'id-token'
  | 'audience-wrong'
  | 'tenant-ambiguous'
  | 'inactive'
  | 'answer-incomplete'
  | 'keys-unavailable'
  | 'introspection-unavailable'
  | 'scope-insufficient'
  | 'no-proof'
  | 'sender-unknown'
  | 'webhook-stale'
  | 'webhook-malformed';

/** The WWW-Authenticate header that goes with a denial (RFC 6750 §3). */
export function wwwAuthenticate(denial: Denial): string {
  const parameters = [
    'realm="fhir"',
    ...(denial.error ? [`error="${denial.error}"`, `error_description="${denial.description}"`] : []),
    ...(denial.scope ? [`scope="${denial.scope}"`] : []),
  ];
  return `Bearer ${parameters.join(', ')}`;
}

export const noToken: Denial = { status: 401, description: 'Send an access token.', reason: 'no-token' };

/** A token that is refused, for whatever reason. */
export const invalidToken = (reason: DenialReason): Denial => ({
  status: 401,
  error: 'invalid_token',
  description: reason === 'expired' ? 'The access token has expired.' : 'The access token is not valid.',
  reason,
});

/** The issuer could not be asked: nobody is let in, and nobody is told that the token is bad. */
export const issuerUnavailable = (reason: 'keys-unavailable' | 'introspection-unavailable'): Denial => ({
  status: 503,
  error: 'temporarily_unavailable',
  description: 'The access token cannot be checked at the moment.',
  reason,
});
