import { errors } from 'jose';
import type { Bearer } from './repository.ts';
import { grants, parseScopes } from './scopes.ts';
import { letterOf } from './served-types.ts';
import type { AccessGranted, SandboxTokens } from './tokens.ts';

export interface AccessRefused {
  refused: string;
  /** For `WWW-Authenticate` (RFC 6750). */
  challenge: string;
}

/** Reads an `Authorization` header: what its token permits, or why it is not accepted. */
export function accessCheck(tokens: SandboxTokens) {
  return async (authorization: string | undefined): Promise<Bearer | AccessRefused> => {
    const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '') ?? [];
    if (!token) return { refused: 'A bearer token is required', challenge: 'Bearer realm="itb-fhir-sandbox"' };
    try {
      return bearerOf(await tokens.verifyAccessToken(token));
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      return invalidToken(error instanceof errors.JWTExpired ? 'The token has expired' : 'The token is not valid here');
    }
  };
}

/** A token with a patient in context was given to an app, any other to a back-end client. */
function bearerOf({ scope, patient }: AccessGranted): Bearer {
  const scopes = parseScopes(scope, patient === undefined ? 'system' : 'patient');
  return {
    permits: (resourceType, interaction) => grants(scopes, resourceType, letterOf[interaction]),
    ...(patient !== undefined && { patient }),
  };
}

const invalidToken = (refused: string): AccessRefused => ({
  refused,
  challenge: `Bearer realm="itb-fhir-sandbox", error="invalid_token", error_description="${refused}"`,
});
