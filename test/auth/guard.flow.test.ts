import express from 'express';
import { describe, expect, test } from 'vitest';
import { type Denial, invalidToken, issuerUnavailable, noToken } from '../../src/auth/denial.ts';
import { refuse } from '../../src/auth/guard.ts';
import { listen } from './local-server.ts';

describe('a request that is refused', () => {
  test('without a token is told to send one, without an error code (RFC 6750 §3.1)', async () => {
    expect(await answerTo(noToken)).toEqual({
      ...{ status: 401, challenge: 'Bearer realm="fhir"', retryAfter: null },
      outcome: outcome('login', 'Send an access token.'),
    });
  });

  test('for its token is told so, and no cache keeps it', async () => {
    expect(await answerTo(invalidToken('expired'))).toEqual({
      status: 401,
      challenge: 'Bearer realm="fhir", error="invalid_token", error_description="The access token has expired."',
      retryAfter: null,
      outcome: outcome('login', 'The access token has expired.'),
    });
  });

  test('for its scopes is told which would have been enough', async () => {
    const description = 'The access token does not cover this request.';
    const denial: Denial = {
      ...{ status: 403, error: 'insufficient_scope', description },
      ...{ scope: 'system/Device.r', reason: 'scope-insufficient' },
    };
    expect(await answerTo(denial)).toEqual({
      status: 403,
      challenge: `Bearer realm="fhir", error="insufficient_scope", error_description="${description}", scope="system/Device.r"`,
      retryAfter: null,
      outcome: outcome('forbidden', description),
    });
  });

  test('because it cannot be checked now is told to come back, and not that its token is bad', async () => {
    expect(await answerTo(issuerUnavailable('keys-unavailable'))).toEqual({
      ...{ status: 503, challenge: null, retryAfter: '30' },
      outcome: outcome('transient', 'The access token cannot be checked at the moment.'),
    });
  });
});

const outcome = (code: string, diagnostics: string) => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code, diagnostics }],
});

async function answerTo(denial: Denial) {
  const server = await listen(express().use((_request, response) => refuse(response, denial)));
  const response = await fetch(server.url);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('content-type')).toMatch(/^application\/fhir\+json/);
  const answer = {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    retryAfter: response.headers.get('retry-after'),
    outcome: await response.json(),
  };
  await server.close();
  return answer;
}
