import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { discover } from '../../src/auth/discovery.ts';
import { listen } from './local-server.ts';

const closers: Array<() => Promise<void>> = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

describe('the SMART configuration', () => {
  test('is fetched under the FHIR base, asking for JSON', async () => {
    const seen: unknown[] = [];
    const { url } = await serve((request, response) => {
      seen.push([request.method, request.url, request.headers.accept, request.headers.authorization]);
      json(response, {
        token_endpoint: 'https://auth.hospital.test/token',
        token_endpoint_auth_signing_alg_values_supported: ['RS384'],
        token_endpoint_auth_methods_supported: ['private_key_jwt'],
        grant_types_supported: ['client_credentials'],
        scopes_supported: ['system/*.rs'],
        capabilities: ['client-confidential-asymmetric'],
        vendor_extension: true,
      });
    });
    expect(await discover(fetch, `${url}/fhir/r4/`, 1000)).toEqual({
      tokenEndpoint: 'https://auth.hospital.test/token',
      signingAlgorithms: ['RS384'],
      authMethods: ['private_key_jwt'],
      grantTypes: ['client_credentials'],
      scopesSupported: ['system/*.rs'],
      capabilities: ['client-confidential-asymmetric'],
    });
    expect(seen).toEqual([['GET', '/fhir/r4/.well-known/smart-configuration', 'application/json', undefined]]);
  });

  test.each([
    ['auth/token', '/fhir/auth/token'],
    ['/auth/token', '/auth/token'],
  ])('resolves the relative token endpoint %s against the FHIR base', async (endpoint, path) => {
    const { url } = await serve((_request, response) => json(response, { token_endpoint: endpoint }));
    expect(await discover(fetch, `${url}/fhir`, 1000)).toMatchObject({ tokenEndpoint: `${url}${path}` });
  });

  test('keeps an absolute token endpoint letter by letter, because it is the audience of the assertion', async () => {
    const endpoint = 'https://AUTH.hospital.test:443/token';
    const { url } = await serve((_request, response) => json(response, { token_endpoint: endpoint }));
    expect(await discover(fetch, url, 1000)).toMatchObject({ tokenEndpoint: endpoint });
  });

  test('counts a malformed optional list as not stated', async () => {
    const { url } = await serve((_request, response) =>
      json(response, { token_endpoint: '/token', capabilities: 'launch-ehr', scopes_supported: null }),
    );
    expect(await discover(fetch, url, 1000)).toEqual({ tokenEndpoint: `${url}/token` });
  });
});

describe('a SMART configuration is refused', () => {
  test.each([
    ['without a token endpoint', {}, /names no token endpoint/],
    ['with an empty token endpoint', { token_endpoint: '' }, /names no token endpoint/],
    ['that is no object', [], /names no token endpoint/],
    ['with a token endpoint over plain http', { token_endpoint: 'http://auth.hospital.test/token' }, /not https/],
    ['with a token endpoint of another scheme', { token_endpoint: 'javascript:0' }, /not https/],
  ])('%s', async (_what, document, message) => {
    const { url } = await serve((_request, response) => json(response, document));
    expect(await discover(fetch, url, 1000)).toEqual(problem('destination-unauthorized', message));
  });

  test('when a server of the network sends our assertion to this machine', async () => {
    const answer = async () => Response.json({ token_endpoint: 'https://localhost:9/token' });
    expect(await discover(answer, 'https://fhir.hospital.test', 1000)).toEqual(
      problem('destination-unauthorized', /not https/),
    );
  });

  test('before any request when the base is neither https nor loopback', async () => {
    let requests = 0;
    const counting = async () => {
      requests++;
      return Response.json({});
    };
    await expect(discover(counting, 'http://fhir.hospital.test', 1000)).rejects.toThrow(/not https/);
    expect(requests).toBe(0);
  });
});

describe('redirects', () => {
  test('within the origin are followed', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/moved') json(response, { token_endpoint: '/token' });
      else response.writeHead(302, { location: '/moved' }).end();
    });
    expect(await discover(fetch, url, 1000)).toMatchObject({ tokenEndpoint: `${url}/token` });
  });

  test('to another origin are not followed', async () => {
    let asked = 0;
    const other = await serve((_request, response) => {
      asked++;
      json(response, { token_endpoint: '/token' });
    });
    const { url } = await serve((_request, response) => response.writeHead(302, { location: other.url }).end());
    expect(await discover(fetch, url, 1000)).toEqual(problem('destination-unauthorized', /another origin/));
    expect(asked).toBe(0);
  });

  test('in a circle end', async () => {
    const { url } = await serve((_request, response) => response.writeHead(302, { location: '/again' }).end());
    expect(await discover(fetch, url, 1000)).toEqual(problem('destination-unauthorized', /without end/));
  });
});

describe('a server that cannot answer now', () => {
  test.each([
    [404, {}, 'destination-unauthorized', undefined],
    [401, {}, 'destination-unauthorized', undefined],
    [500, {}, 'destination-unavailable', undefined],
    [503, { 'retry-after': '20' }, 'destination-unavailable', 20_000],
    [429, { 'retry-after': '5' }, 'destination-unavailable', 5000],
  ] as const)('with status %s', async (status, headers, code, retryAfterMs) => {
    const { url } = await serve((_request, response) => response.writeHead(status, headers).end('<html>canary</html>'));
    const result = await discover(fetch, url, 1000);
    expect(result).toEqual({ ...problem(code, new RegExp(`status ${status}`)), ...(retryAfterMs && { retryAfterMs }) });
    expect(JSON.stringify(result)).not.toContain('canary');
  });

  test('because nobody listens', async () => {
    const { url, close } = await listen(() => undefined);
    await close();
    expect(await discover(fetch, url, 1000)).toEqual(
      problem('destination-unavailable', /^The connection failed \(ECONNREFUSED\)\.$/),
    );
  });

  test('because it is silent: the time limit holds', async () => {
    const { url } = await serve(() => undefined);
    expect(await discover(fetch, url, 50)).toEqual(problem('destination-unavailable', /time limit/));
  });

  test('because it stops in the middle of the body: the time limit holds', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"token_endpoint":');
    });
    expect(await discover(fetch, url, 100)).toEqual(problem('destination-unavailable', /time limit/));
  });

  test('with a page of a proxy', async () => {
    const { url } = await serve((_request, response) => response.end('<html>maintenance</html>'));
    expect(await discover(fetch, url, 1000)).toEqual(problem('destination-unavailable', /not JSON/));
  });

  test('with a body without end: it is not read to its end', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200);
      const write = () => {
        while (response.write(' '.repeat(65_536)));
        response.once('drain', write);
      };
      write();
    });
    expect(await discover(fetch, url, 5000)).toEqual(problem('destination-unavailable', /larger/));
  });
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => unknown) {
  const server = await listen(handle);
  closers.push(server.close);
  return server;
}

const json = (response: ServerResponse, body: unknown) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const problem = (code: string, message: RegExp) => ({
  problem: expect.objectContaining({ code, message: expect.stringMatching(message) }),
});
