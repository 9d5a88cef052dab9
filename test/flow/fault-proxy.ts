import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Asked, answer, type Fault, type Passage, type Reply, tokenRefused, wireFaults } from './wire-faults.ts';

/** A bad line to a hospital: a real HTTP proxy that forwards what it is asked, and now and then does harm. */
export interface FaultProxy {
  /** The hospital's FHIR base as it is reached through here. */
  readonly baseUrl: string;
  /** Harm done so far, by kind. */
  harm(): Readonly<Partial<Record<Fault, number>>>;
  /** Requests that came, harmed or not, as `METHOD path`, without queries. */
  readonly requests: readonly string[];
  /** Comes back when nothing is held back here any more. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface FaultProxyOptions {
  /** The FHIR base of the hospital. Its token endpoint is not behind the proxy: an assertion names it. */
  readonly target: string;
  /** What happens to a request. */
  readonly choose: (asked: Asked) => Fault | undefined;
  /** Longer than the client waits for an answer. */
  readonly lateMs: number;
  /** How long a port stays closed. */
  readonly closedMs?: number;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { target, choose, lateMs, closedMs = 200 } = options;
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { origin } = new URL(target);
  const baseUrl = target.replace(origin, `http://127.0.0.1:${port}`);
  const harm = new Map<Fault, number>();
  const revoked = new Set<string>();
  const underWay = new Set<Promise<void>>();
  const requests: string[] = [];
  let reopens: NodeJS.Timeout | undefined;

  function closePort(): void {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    reopens = setTimeout(() => server.listen(port, '127.0.0.1'), closedMs);
  }

  async function passed(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await askedBy(request);
    requests.push(`${asked.method} ${asked.url.split('?')[0]}`);
    const authorization = asked.headers.authorization ?? '';
    const passage: Passage = {
      asked,
      response,
      lateMs,
      closePort,
      revokeToken: () => void revoked.add(authorization),
      forward: () => forwarded(asked, origin, (found) => found.replaceAll(target, baseUrl)),
    };
    if (revoked.has(authorization)) return answer(response, tokenRefused);
    const fault = choose(asked);
    if (fault === undefined) return answer(response, await passage.forward());
    if (await wireFaults[fault].happen(passage)) harm.set(fault, (harm.get(fault) ?? 0) + 1);
  }

  server.on('request', (request, response) => {
    const one = passed(request, response)
      .catch(() => void response.destroy())
      .finally(() => underWay.delete(one));
    underWay.add(one);
  });

  return {
    baseUrl,
    harm: () => Object.fromEntries([...harm].sort()),
    requests,
    settled: async () => void (await Promise.all(underWay)),
    async close() {
      clearTimeout(reopens);
      await Promise.all(underWay);
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Of one connection, or of the whole message: not to be passed on. */
const ownHeaders = new Set(['host', 'connection', 'keep-alive', 'content-length', 'transfer-encoding', 'expect']);

const passedOn = (headers: Iterable<readonly [string, string]>): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => !ownHeaders.has(name)));

async function askedBy(request: IncomingMessage): Promise<Asked> {
  const { method = '', url = '' } = request;
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return { method, url, headers: passedOn(headers), body: await text(request) };
}

async function forwarded(asked: Asked, origin: string, readdress: (text: string) => string): Promise<Reply> {
  const { method, url, headers, body } = asked;
  const hasBody = method !== 'GET' && method !== 'HEAD' && method !== 'DELETE';
  const response = await fetch(origin + url, { method, headers, redirect: 'manual', ...(hasBody && { body }) });
  const answered = Object.entries(passedOn(response.headers)).map(([name, value]) => [name, readdress(value)]);
  return { status: response.status, headers: Object.fromEntries(answered), body: readdress(await response.text()) };
}
