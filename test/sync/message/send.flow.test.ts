import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import type { Hl7Message } from '@medplum/core';
import { Hl7Connection, type Hl7MessageEvent, Hl7Server } from '@medplum/hl7';
import { afterEach, describe, expect, it } from 'vitest';
import { addressPolicy } from '../../../src/outgoing/address-policy.ts';
import type { MessageAnswer } from '../../../src/sync/message/acknowledgement.ts';
import { fieldOf } from '../../../src/sync/message/er7.ts';
import { messageSender, type SendOptions } from '../../../src/sync/message/send.ts';
import { engine } from './engine.ts';

const er7 = 'MSH|^~\\&|ITB|CLINIC|ENGINE|HOSPITAL|||ORU^R01^ORU_R01|0123456789ABCDEF0123|T|2.5.1\rPID|1||Zażółć\r';
const pem = (name: string) => readFileSync(join(import.meta.dirname, '../../outgoing/certificates', name), 'utf8');

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return (server.address() as AddressInfo).port;
}

/** A port at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const mllp = (port: number, tls: 'plain' | 'tls' = 'plain', options: Partial<SendOptions> = {}) =>
  messageSender(engine({ transport: { kind: 'mllp', host: '127.0.0.1', port, tls: tls === 'tls' } }), {
    timeoutMs: 2_000,
    ...options,
  });

const http = (port: number, options: Partial<SendOptions> = {}) =>
  messageSender(engine({ transport: { kind: 'http', url: `http://127.0.0.1:${port}/hl7` } }), {
    timeoutMs: 2_000,
    ...options,
  });

const withOutcome = (answer: MessageAnswer) =>
  answer.kind === 'accepted' ? 'accepted' : `${answer.kind} ${answer.problem.code}`;

const ack = (code: string, controlId = fieldOf(er7, 'MSH', 10)) =>
  `MSH|^~\\&|ENGINE|HOSPITAL|ITB|CLINIC|20240625||ACK|1|T|2.5.1\rMSA|${code}|${controlId}\r`;

describe('a message by MLLP', () => {
  it('arrives whole at an engine, with the time when it was sent, and is accepted', async () => {
    const received: Hl7Message[] = [];
    const server = new Hl7Server((connection) => {
      connection.addEventListener('message', ({ message }: Hl7MessageEvent) => {
        received.push(message);
        connection.send(message.buildAck());
      });
    });
    const port = await closedPort();
    await server.start(port);
    open.push({ close: () => server.stop({ forceDrainTimeoutMs: 0 }) });
    expect(await mllp(port).send(er7)).toEqual({ kind: 'accepted' });
    const [message] = received;
    expect(message?.getSegment('MSH')?.getField(7).toString()).toMatch(/^\d{14}\+0000$/);
    expect(message?.getSegment('PID')?.getField(3).toString()).toBe('Zażółć');
    expect(
      message
        ?.toString()
        .trimEnd()
        .replace(/\d{14}\+0000/, ''),
    ).toBe(er7.trimEnd());
  });

  const engineOf = (answer: (socket: Socket) => void) =>
    listening(createServer((socket) => socket.on('error', () => {}).once('data', () => answer(socket))));
  const framed = (text: string) => `\x0b${text}\x1c\r`;

  it.each([
    ['AA', 'accepted'],
    ['CA', 'accepted'],
    ['AE', 'terminal message-refused'],
    ['CE', 'terminal message-refused'],
    ['AR', 'terminal message-refused'],
    ['CR', 'terminal message-refused'],
    ['ZZ', 'unknown destination-unavailable'],
  ])('answered with %s is %s', async (code, outcome) => {
    const port = await engineOf((socket) => socket.write(framed(ack(code))));
    expect(withOutcome(await mllp(port).send(er7))).toBe(outcome);
  });

  it('is not accepted by the acknowledgement of another one', async () => {
    const port = await engineOf((socket) => socket.write(framed(ack('AA', 'another'))));
    expect(withOutcome(await mllp(port).send(er7))).toBe('unknown destination-unavailable');
  });

  it('is accepted by an acknowledgement that comes in pieces', async () => {
    const port = await engineOf((socket) => {
      const [first, second] = [framed(ack('AA')).slice(0, 20), framed(ack('AA')).slice(20)];
      socket.write(first);
      setTimeout(() => socket.write(second), 20);
    });
    expect(await mllp(port).send(er7)).toEqual({ kind: 'accepted' });
  });

  it.each([
    ['says nothing', () => {}],
    ['hangs up', (socket: Socket) => socket.destroy()],
    ['says something without an end', (socket: Socket) => socket.end('\x0bMSH|')],
    ['never stops', (socket: Socket) => socket.write('x'.repeat(1_100_000))],
  ])('may have arrived at an engine that %s', async (_what, answer) => {
    const port = await engineOf(answer as (socket: Socket) => void);
    expect(withOutcome(await mllp(port, 'plain', { timeoutMs: 300 }).send(er7))).toBe(
      'unknown destination-unavailable',
    );
  });

  it('has certainly not arrived where nobody listens', async () => {
    expect(withOutcome(await mllp(await closedPort()).send(er7))).toBe('retry destination-unavailable');
  });

  it('goes nowhere where it may not: also to a host that is an address', async () => {
    const port = await engineOf((socket) => socket.write(framed(ack('AA'))));
    const policy = addressPolicy({ allow: [], baseUrl: 'https://hospital.test/fhir' });
    expect(withOutcome(await mllp(port, 'plain', { policy }).send(er7))).toBe('retry address-refused');
  });
});

describe('a message by MLLP over TLS', () => {
  let askedFor: string | false | null = null;
  const secured = () =>
    listening(
      createTlsServer({ cert: pem('server.pem'), key: pem('server.key') }, (socket) => {
        askedFor = socket.servername;
        const connection = new Hl7Connection(socket.on('error', () => {}));
        connection.addEventListener('message', ({ message }: Hl7MessageEvent) => connection.send(message.buildAck()));
      }),
    );
  const named = (port: number, socket: SendOptions['socket']) =>
    messageSender(engine({ transport: { kind: 'mllp', host: 'localhost', port, tls: true } }), {
      timeoutMs: 2_000,
      socket,
    });

  it('is accepted by an engine whose certificate the site trusts', async () => {
    expect(await named(await secured(), { ca: pem('ca.pem') }).send(er7)).toEqual({ kind: 'accepted' });
  });

  it('says which engine it means, for gateways that answer for several', async () => {
    await named(await secured(), { ca: pem('ca.pem') }).send(er7);
    expect(askedFor).toBe('localhost');
  });

  it('is not sent to one whose certificate nobody trusts', async () => {
    expect(withOutcome(await named(await secured(), {}).send(er7))).toBe('retry destination-unavailable');
  });

  it('is not sent to one that speaks no TLS', async () => {
    const port = await listening(createServer((socket) => socket.on('error', () => {}).end('hello')));
    expect(withOutcome(await mllp(port, 'tls', { socket: { ca: pem('ca.pem') } }).send(er7))).toBe(
      'retry destination-unavailable',
    );
  });
});

describe('a message by HTTP', () => {
  const serving = (answer: RequestListener) => listening(createHttpServer(answer));
  const answering = (status: number, body = '') =>
    serving((request, response) => {
      request.resume().on('end', () => response.writeHead(status).end(body));
    });

  it('is posted as HL7 v2 in UTF-8, and accepted by the acknowledgement in the answer', async () => {
    let seen: { type?: string | undefined; body: string } | undefined;
    const port = await serving((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen = { type: request.headers['content-type'], body: Buffer.concat(chunks).toString('utf8') };
        response.end(ack('AA'));
      });
    });
    expect(await http(port).send(er7)).toEqual({ kind: 'accepted' });
    expect(seen?.type).toBe('x-application/hl7-v2+er7; charset=utf-8');
    expect(seen?.body.replace(/\d{14}\+0000/, '')).toBe(er7);
  });

  it.each([
    [200, ack('AE'), 'terminal message-refused'],
    [500, ack('AR'), 'terminal message-refused'],
    [200, '', 'unknown destination-unavailable'],
    [202, 'queued', 'unknown destination-unavailable'],
    [400, 'no', 'terminal message-refused'],
    [401, '', 'terminal message-refused'],
    [408, '', 'retry destination-unavailable'],
    [429, '', 'retry destination-unavailable'],
    [500, '', 'unknown destination-unavailable'],
    [502, '<html>', 'unknown destination-unavailable'],
    [504, '<html>', 'unknown destination-unavailable'],
    [503, '<html>', 'retry destination-unavailable'],
  ])('answered with %i %j is %s', async (status, body, outcome) => {
    expect(withOutcome(await http(await answering(status, body)).send(er7))).toBe(outcome);
  });

  it('follows no redirect', async () => {
    const port = await serving((_request, response) => response.writeHead(307, { location: '/elsewhere' }).end());
    expect(withOutcome(await http(port).send(er7))).toBe('unknown destination-unavailable');
  });

  it('may have arrived at an engine that gives no answer in time', async () => {
    const port = await serving(() => {});
    expect(withOutcome(await http(port, { timeoutMs: 200 }).send(er7))).toBe('unknown destination-unavailable');
  });

  it('has certainly not arrived where nobody listens', async () => {
    expect(withOutcome(await http(await closedPort()).send(er7))).toBe('retry destination-unavailable');
  });

  it('goes through the fetch that guards the destination', async () => {
    const asked: string[] = [];
    const fetch = async (url: string | URL | Request) => {
      asked.push(String(url));
      return new Response(ack('AA'));
    };
    expect(await http(1, { fetch: fetch as typeof globalThis.fetch }).send(er7)).toEqual({ kind: 'accepted' });
    expect(asked).toEqual(['http://127.0.0.1:1/hl7']);
  });
});
