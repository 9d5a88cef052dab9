import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { canary } from './canary.ts';

/**
 * A hospital that answers badly and repeats what it was told: in the diagnostics of an OperationOutcome, in an HTML page,
 * in headers. What it does not spoil is answered by the real one behind it.
 */
export interface EchoingHospital {
  readonly baseUrl: string;
  /** A FHIR base whose token endpoint refuses everybody, and says why at length. */
  readonly refusingUrl: string;
  /** From now on writes (or searches) are answered so. */
  behave(way: Way): void;
  /** Comes back when so many requests were answered in the present way. */
  spoiled(count: number): Promise<void>;
  /** What others on the way saw of every request: method, address, and headers but for the token. */
  seen(): string;
  close(): Promise<void>;
}

export interface Way {
  readonly spoils: 'nothing' | 'writes' | 'searches';
  readonly with?: number | 'html' | 'silence' | 'reset' | 'half' | 'not-json' | 'redirect';
}

export async function startEchoingHospital(target: string): Promise<EchoingHospital> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = new URL(target).origin;
  const own = `http://127.0.0.1:${port}`;
  const seen: string[] = [];
  let way: Way = { spoils: 'nothing' };
  let count = 0;

  server.on('request', async (request, response) => {
    const body = await text(request);
    const { authorization: _, ...headers } = request.headers;
    seen.push(`${request.method} ${request.url} ${JSON.stringify(headers)}`);
    if (request.url?.startsWith('/refusing/')) return refuse(own, request, body, response);
    if (kindOf(request) === way.spoils) {
      count++;
      spoil(way.with ?? 500, body, response);
      return;
    }
    await forward(origin, own, request, body, response).catch(() => response.destroy());
  });

  return {
    baseUrl: target.replace(origin, own),
    refusingUrl: `${own}/refusing/fhir`,
    behave(next) {
      way = next;
      count = 0;
    },
    async spoiled(wanted) {
      const giveUpAt = performance.now() + 15_000;
      while (count < wanted) {
        if (performance.now() > giveUpAt) throw new Error(`${JSON.stringify(way)}: only ${count} requests came`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    seen: () => seen.join('\n'),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function kindOf({ method = '', url = '' }: IncomingMessage): Way['spoils'] {
  if (url.includes('_search')) return 'searches';
  return method === 'GET' ? 'nothing' : 'writes';
}

function refuse(own: string, { url = '' }: IncomingMessage, body: string, response: ServerResponse): void {
  if (!url.endsWith('/smart-configuration')) return spoil(401, body, response);
  response.setHeader('content-type', 'application/json').end(JSON.stringify(smartConfiguration(own)));
}

const smartConfiguration = (own: string) => ({
  token_endpoint: `${own}/refusing/token`,
  grant_types_supported: ['client_credentials'],
  token_endpoint_auth_methods_supported: ['private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: ['ES384', 'RS384'],
  scopes_supported: [],
  capabilities: ['client-confidential-asymmetric'],
});

function spoil(how: NonNullable<Way['with']>, body: string, response: ServerResponse): void {
  const said = `${Object.values(canary).join(' ')} ${body}`;
  if (how === 'silence') return;
  if (how === 'reset') return void response.destroy();
  if (how === 'half') {
    response.writeHead(200, { 'content-length': '100000' }).write(`{"resourceType":"Bundle","x":"${canary.name}`);
    return void setTimeout(() => response.destroy(), 5);
  }
  if (how === 'html') return void response.writeHead(500, { 'content-type': 'text/html' }).end(`<p>${said}</p>`);
  if (how === 'not-json') return void response.writeHead(200, { 'content-type': 'application/fhir+json' }).end(said);
  if (how === 'redirect') {
    return void response
      .writeHead(302, { location: `http://127.0.0.1:9/${encodeURIComponent(said.slice(0, 200))}` })
      .end();
  }
  const outcome = {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'processing', diagnostics: said, details: { text: said }, expression: [said] }],
    error: 'invalid_client',
    error_description: said,
  };
  const headers = { 'content-type': 'application/fhir+json', etag: `W/"${canary.lot}"`, 'x-patient': canary.npi };
  response.writeHead(how, `Zinnober ${canary.recordNumber}`, headers).end(JSON.stringify(outcome));
}

async function forward(origin: string, own: string, request: IncomingMessage, body: string, response: ServerResponse) {
  const { method = 'GET', url = '' } = request;
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  // What the hospital says of its own addresses leads through here, but for the token address: an assertion names it.
  const isDiscovery = url.includes('.well-known');
  const answer = await fetch(origin + url, {
    method,
    headers: headers as Record<string, string>,
    ...(hasBody && { body }),
  });
  const said = (await answer.text()).replaceAll(origin, isDiscovery ? origin : own);
  response.writeHead(answer.status, { ...keptHeaders(answer.headers) }).end(said);
}

const keptHeaders = (headers: Headers): Record<string, string> =>
  Object.fromEntries(
    [...headers].filter(([name]) => ['content-type', 'etag', 'location', 'retry-after'].includes(name)),
  );
