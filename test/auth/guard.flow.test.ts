import express from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import type { BearerCheck, Principal } from '../../src/auth/bearer.ts';
import { requireScope } from '../../src/auth/guard.ts';
import { parseScopes } from '../../src/auth/scopes.ts';
import { type LocalServer, listen } from './local-server.ts';

let server: LocalServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('a request that the scopes cover', () => {
  test.each([
    ['system/Device.r', undefined],
    ['user/*.rs', undefined],
    ['system/Device.read patient/Device.read', undefined],
    ['patient/Device.rs', 'p-1'],
  ])('passes with %s', async (scope, confinedToPatient) => {
    const who = principal(scope, 'p-1');
    const response = await ask(async () => who);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ principal: who, ...(confinedToPatient && { confinedToPatient }) });
  });

  test('is checked with the Authorization header that was sent', async () => {
    const seen: unknown[] = [];
    await ask(async (header) => {
      seen.push(header);
      return principal('system/Device.r');
    });
    expect(seen).toEqual(['Bearer secret']);
  });
});

describe('a request that the scopes do not cover', () => {
  test.each([
    ['another resource', principal('system/Observation.cruds')],
    ['another interaction', principal('system/Device.cuds')],
    ['a part of the resources only', principal('system/Device.rs?type=a')],
    ['a patient, and there is no launch context', principal('patient/Device.rs')],
    ['nothing', principal('')],
  ])('is refused with 403 and says which scope it needs: %s', async (_what, who) => {
    const response = await ask(async () => who);
    expect(await answerOf(response)).toEqual({
      status: 403,
      challenge:
        'Bearer realm="fhir", error="insufficient_scope", error_description="The access token does not cover this request.", scope="system/Device.r"',
      handled: false,
      outcome: {
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'error', code: 'forbidden', diagnostics: 'The access token does not cover this request.' }],
      },
    });
  });

  test('is refused in the same words whether the resource exists or not', async () => {
    const check: BearerCheck = async () => principal('system/Observation.r');
    const answers = [await ask(check, '/Device/exists'), await ask(check, '/Device/does-not')];
    const [one, two] = await Promise.all(answers.map(answerOf));
    expect(one).toEqual(two);
  });
});

describe('a request without a valid token', () => {
  test('that sends none is told to send one, without an error code (RFC 6750 §3.1)', async () => {
    const response = await ask(async () => ({ status: 401, description: 'Send an access token.', reason: 'no-token' }));
    expect(await answerOf(response)).toMatchObject({
      status: 401,
      challenge: 'Bearer realm="fhir"',
      handled: false,
      outcome: { issue: [{ severity: 'error', code: 'login', diagnostics: 'Send an access token.' }] },
    });
  });

  test('is refused and not kept by any cache', async () => {
    const description = 'The access token has expired.';
    const response = await ask(async () => ({ status: 401, error: 'invalid_token', description, reason: 'expired' }));
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer realm="fhir", error="invalid_token", error_description="The access token has expired."',
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toMatch(/^application\/fhir\+json/);
  });

  test('that cannot be checked now is told to come back, and not that its token is bad', async () => {
    const response = await ask(async () => ({
      status: 503,
      error: 'temporarily_unavailable',
      description: 'The access token cannot be checked at the moment.',
      reason: 'keys-unavailable',
    }));
    expect(response.headers.get('retry-after')).toBe('30');
    expect(await answerOf(response)).toMatchObject({
      status: 503,
      challenge: null,
      handled: false,
      outcome: { issue: [{ code: 'transient' }] },
    });
  });
});

test('a bug in the check is an error of ours, not a bad token, and lets nobody in', async () => {
  const response = await ask(async () => {
    throw new Error('bug');
  });
  expect(response.status).toBe(500);
  expect(response.headers.get('x-handled')).toBeNull();
});

async function ask(check: BearerCheck, path = '/Device/1'): Promise<Response> {
  const application = express()
    .get('/Device/:id', requireScope(check, { resource: 'Device', interaction: 'read' }), (_request, response) => {
      response.set('X-Handled', 'yes').json(response.locals);
    })
    .use((_error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.sendStatus(500);
    });
  await server?.close();
  server = await listen(application);
  const response = await fetch(server.url + path, { headers: { authorization: 'Bearer secret' } });
  return new Response(await response.text(), { status: response.status, headers: response.headers });
}

async function answerOf(response: Response) {
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    handled: response.headers.has('x-handled'),
    outcome: await response.json(),
  };
}

function principal(scope: string, patient?: string): Principal {
  const { scopes } = parseScopes(scope);
  return { issuer: 'https://a.test', tenant: 'north', subject: 'u', scopes, ...(patient && { patient }) };
}
