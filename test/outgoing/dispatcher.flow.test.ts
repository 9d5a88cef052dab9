import { readFileSync } from 'node:fs';
import { createServer as createPlain, type Server } from 'node:http';
import { createServer as createSecure, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { addressPolicy } from '../../src/outgoing/address-policy.ts';
import { connectionFailure } from '../../src/outgoing/connection-failure.ts';
import { dispatcher, type Resolve, type TlsSettings } from '../../src/outgoing/dispatcher.ts';
import { guardedFetch } from '../../src/outgoing/guarded-fetch.ts';

const pem = (name: string) => readFileSync(join(import.meta.dirname, 'certificates', name), 'utf8');
const ca = pem('ca.pem');
const serverCertificate = { cert: pem('server.pem'), key: pem('server.key') };

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function port(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return (server.address() as AddressInfo).port;
}

/** What it heard, and the certificate of who asked. */
function hospital(options?: ServerOptions) {
  const heard: (string | undefined)[] = [];
  const answer: Parameters<typeof createPlain>[1] = (request, response) => {
    heard.push(request.headers.host);
    const { subject } = (request.socket as TLSSocket).getPeerCertificate?.() ?? {};
    response.end(subject?.CN ?? 'nobody');
  };
  return { heard, server: options ? createSecure(options, answer) : createPlain(answer) };
}

interface Connection {
  readonly allow?: readonly string[];
  readonly tls?: TlsSettings;
  readonly resolve?: Resolve;
  readonly maxAnswerBytes?: number;
}

function asking(baseUrl: string, { allow = [], tls = {}, resolve, maxAnswerBytes = 10_000 }: Connection = {}) {
  const policy = addressPolicy({ allow, baseUrl });
  const connections = dispatcher({ policy, tls, timeoutMs: 2_000, maxAnswerBytes, ...(resolve && { resolve }) });
  open.push({ close: () => connections.destroy() });
  const fetch = guardedFetch(connections);
  return async (url = baseUrl) => {
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      const { problem, sent } = connectionFailure(error);
      return { code: problem.code, message: problem.message, sent };
    }
  };
}

const always =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

const refused = (kind: string) => ({ code: 'address-refused', message: `the host has ${kind} address`, sent: 'no' });

describe('a name', () => {
  it('is connected to at the addresses that it resolved to', async () => {
    const { server, heard } = hospital();
    const url = `http://fhir.hospital.test:${await port(server)}/`;
    const ask = asking(url, { allow: ['127.0.0.1'], resolve: always('127.0.0.1') });
    expect(await ask()).toBe('nobody');
    expect(heard).toEqual([new URL(url).host]);
  });

  it('that resolves to this machine is refused, and nothing arrives', async () => {
    const { server, heard } = hospital();
    const ask = asking(`http://fhir.hospital.test:${await port(server)}/`, { resolve: always('127.0.0.1') });
    expect(await ask()).toEqual(refused('a loopback'));
    expect(heard).toEqual([]);
  });

  it.each([
    [['8.8.8.8', '10.0.0.1'], 'a private'],
    [['8.8.8.8', '::1'], 'a loopback'],
    [['169.254.169.254'], 'a cloud metadata'],
    [['64:ff9b::7f00:1'], 'a translated (NAT64, 6to4, IPv4-mapped)'],
    [['224.0.0.1'], 'a reserved or multicast'],
    [['fe80::1'], 'a link-local'],
  ])('one of whose addresses is refused is refused as a whole: %j', async (addresses, kind) => {
    const ask = asking('https://fhir.hospital.test/', { resolve: always(...addresses) });
    expect(await ask()).toEqual(refused(kind));
  });

  it('is resolved once for a connection: a second answer that names another machine is never asked for', async () => {
    const { server, heard } = hospital();
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    const asked: string[] = [];
    const resolve: Resolve = async (host) => {
      asked.push(host);
      return (answers.shift() ?? []).map((address) => ({ address, family: 4 }));
    };
    const url = `http://rebinding.test:${await port(server)}/`;
    const ask = asking(url, { allow: ['127.0.0.1'], resolve });
    expect(await ask()).toBe('nobody');
    expect(asked).toEqual(['rebinding.test']);
    expect(heard).toHaveLength(1);
  });

  it('whose next connection resolves to another machine is refused then', async () => {
    const { server, heard } = hospital();
    const answers = ['127.0.0.1', '10.0.0.1'];
    const resolve: Resolve = async () => [{ address: answers.shift() ?? '', family: 4 }];
    const url = `http://rebinding.test:${await port(server)}/`;
    const ask = asking(url, { allow: ['127.0.0.1'], resolve });
    await ask();
    server.closeAllConnections();
    expect(await ask()).toEqual(refused('a private'));
    expect(heard).toHaveLength(1);
  });

  it('that nobody knows is told by its code', async () => {
    const notFound: Resolve = () => Promise.reject(Object.assign(new Error('secret.test'), { code: 'ENOTFOUND' }));
    const message = 'The connection failed (ENOTFOUND).';
    for (const resolve of [notFound, always()]) {
      const ask = asking('https://nobody.test/', { resolve });
      expect(await ask()).toEqual({ code: 'destination-unavailable', message, sent: 'no' });
    }
  });
});

describe('an address in a URL', () => {
  it.each([
    ['http://127.0.0.1:8099/', 'a loopback'],
    ['http://[::1]:8099/', 'a loopback'],
    ['http://2130706433:8099/', 'a loopback'],
    ['http://169.254.169.254/latest/meta-data/', 'a cloud metadata'],
    ['http://[::ffff:7f00:1]:8099/', 'a translated (NAT64, 6to4, IPv4-mapped)'],
    ['https://10.0.0.1/', 'a private'],
  ])('is checked though no resolver is asked: %s', async (url, kind) => {
    expect(await asking('https://fhir.hospital.test/')(url)).toEqual(refused(kind));
  });

  it('of this machine is reached where that is what was configured', async () => {
    const { server } = hospital();
    const url = `http://127.0.0.1:${await port(server)}/`;
    expect(await asking(url)()).toBe('nobody');
  });
});

describe('TLS', () => {
  const base = async (server: Server) => `https://localhost:${await port(server)}/`;
  const failed = (code: string, sent = 'no') => ({
    code: 'destination-unavailable',
    message: `The connection failed (${code}).`,
    sent,
  });
  const atHome = always('127.0.0.1');

  it('trusts the authority of the hospital that the configuration names', async () => {
    const ask = asking(await base(hospital(serverCertificate).server), { tls: { ca }, resolve: atHome });
    expect(await ask()).toBe('nobody');
  });

  it('trusts nobody else', async () => {
    const ask = asking(await base(hospital(serverCertificate).server), { resolve: atHome });
    expect(await ask()).toEqual(failed('UNABLE_TO_VERIFY_LEAF_SIGNATURE'));
  });

  it('refuses a certificate that has expired', async () => {
    const expired = { cert: pem('expired.pem'), key: pem('expired.key') };
    const ask = asking(await base(hospital(expired).server), { tls: { ca }, resolve: atHome });
    expect(await ask()).toEqual(failed('CERT_HAS_EXPIRED'));
  });

  it('refuses the certificate of another host', async () => {
    const url = `https://other.test:${await port(hospital(serverCertificate).server)}/`;
    const ask = asking(url, { tls: { ca }, allow: ['127.0.0.1'], resolve: atHome });
    expect(await ask()).toEqual(failed('ERR_TLS_CERT_ALTNAME_INVALID'));
  });

  it('shows who we are where the hospital asks', async () => {
    const asksForIt = { ...serverCertificate, ca, requestCert: true, rejectUnauthorized: true };
    const tls = { ca, cert: pem('client.pem'), key: pem('client.key') };
    const ask = asking(await base(hospital(asksForIt).server), { tls, resolve: atHome });
    expect(await ask()).toBe('adapter.test');
  });

  it('is not answered without a certificate of ours where the hospital asks for one', async () => {
    const { server, heard } = hospital({ ...serverCertificate, ca, requestCert: true, rejectUnauthorized: true });
    const ask = asking(await base(server), { tls: { ca }, resolve: atHome });
    expect(await ask()).toMatchObject({ code: 'destination-unavailable' });
    expect(heard).toEqual([]);
  });

  it('older than 1.2 is not spoken', async () => {
    const old: ServerOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    const { server, heard } = hospital({ ...serverCertificate, ...old });
    const ask = asking(await base(server), { tls: { ca }, resolve: atHome });
    expect(await ask()).toEqual(failed('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'));
    expect(heard).toEqual([]);
  });

  it('that is none, because the server speaks plain HTTP, is told by its code', async () => {
    const ask = asking(await base(hospital().server), { tls: { ca }, resolve: atHome });
    expect(await ask()).toMatchObject({ code: 'destination-unavailable', sent: 'no' });
  });
});

describe('an answer', () => {
  it.each([
    [10_000, 'x'.repeat(10_000)],
    [
      9_999,
      {
        code: 'destination-unavailable',
        message: 'The connection failed (UND_ERR_RES_EXCEEDED_MAX_SIZE).',
        sent: 'maybe',
      },
    ],
  ])('of 10,000 bytes where %i are the most', async (maxAnswerBytes, outcome) => {
    const url = `http://127.0.0.1:${await port(createPlain((_request, response) => response.end('x'.repeat(10_000))))}/`;
    expect(await asking(url, { maxAnswerBytes })()).toEqual(outcome);
  });

  it('that was cut off may have been preceded by what was asked', async () => {
    const url = `http://127.0.0.1:${await port(createPlain((request) => request.socket.destroy()))}/`;
    expect(await asking(url)()).toMatchObject({ code: 'destination-unavailable', sent: 'maybe' });
  });

  it('that nobody can give, because nobody listens, was certainly not given', async () => {
    const { server } = hospital();
    const url = `http://127.0.0.1:${await port(server)}/`;
    await new Promise((resolve) => server.close(resolve));
    const message = 'The connection failed (ECONNREFUSED).';
    expect(await asking(url)()).toEqual({ code: 'destination-unavailable', message, sent: 'no' });
  });
});
