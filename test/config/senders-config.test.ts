import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigFile, configFrom } from '../../src/config.ts';
import { addressesIn } from '../../src/config-server.ts';

const certificates = join(import.meta.dirname, '..', 'outgoing', 'certificates');
const tls = { certFile: join(certificates, 'server.pem'), keyFile: join(certificates, 'server.key') };
const ca = join(certificates, 'ca.pem');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'itb-fhir-senders-config-'));
  writeFileSync(join(folder, 'secret'), `whsec_${Buffer.alloc(24, 7).toString('base64')}\n`);
  writeFileSync(join(folder, 'bare'), Buffer.alloc(64, 9).toString('base64'));
  writeFileSync(join(folder, 'short'), Buffer.alloc(23, 7).toString('base64'));
  writeFileSync(join(folder, 'long'), Buffer.alloc(65, 7).toString('base64'));
  writeFileSync(join(folder, 'words'), 'this is no base64, it is a sentence');
});
afterEach(() => rmSync(folder, { recursive: true }));

const from = (content: ConfigFile) => configFrom(content, folder);

const registry = { name: 'registry', auth: { hmac: { secretFiles: ['secret'] } } };
const open = { host: '0.0.0.0', publicUrl: 'https://itb.test' };

describe('a sender', () => {
  test('reports live events for the default tenant, as often as a thousand a second, unless it is said otherwise', () => {
    expect(from({ senders: [registry] }).senders).toEqual([
      {
        ...{ name: 'registry', tenant: 'default', environment: 'live', rate: { requests: 60_000, seconds: 60 } },
        auth: { hmac: { secrets: [Buffer.alloc(24, 7)] } },
      },
    ]);
  });

  test('has the secrets of its files, the newest first, with and without their prefix', () => {
    const [one] = from({ senders: [{ name: 'r', auth: { hmac: { secretFiles: ['bare', 'secret'] } } }] }).senders;
    expect(one?.auth.hmac?.secrets).toEqual([Buffer.alloc(64, 9), Buffer.alloc(24, 7)]);
  });

  test('with a fingerprint may have it with colons and in capitals', () => {
    const sha256 = Array.from({ length: 32 }, () => 'AB').join(':');
    const senders = [{ name: 'e', auth: { clientCertificate: { sha256 } } }];
    const [one] = from({ server: { tls: { ...tls, clientCaFile: ca } }, senders }).senders;
    expect(one?.auth.clientCertificate?.sha256).toBe('ab'.repeat(32));
  });

  test('has a scope of its own by default, which no token for readers has', () => {
    const bearer = { issuer: 'https://i.test', audience: 'a', clientId: 'c' };
    expect(from({ senders: [{ name: 'e', auth: { bearer } }] }).senders[0]?.auth.bearer?.scope).toBe(
      'itb/events.write',
    );
  });

  const bearer = { issuer: 'https://i.test', audience: 'a' };
  test.each<[string, ConfigFile['senders'], RegExp]>([
    ['configured twice', [registry, registry], /the sender registry is configured twice/],
    ['called as this machine is', [{ ...registry, name: 'this-machine' }], /a name that is not ours/],
    ['of no issued client', [{ name: 'e', auth: { bearer } }], /subject or clientId says whose tokens/],
    ['with an issuer in clear', [{ name: 'e', auth: { bearer: { ...bearer, issuer: 'http://i.test' } } }], /https/],
    [
      'that disagrees with another about where the keys are',
      [
        { name: 'e', auth: { bearer: { ...bearer, clientId: 'e' } } },
        { name: 'f', auth: { bearer: { ...bearer, clientId: 'f', jwksUri: 'https://i.test/keys' } } },
      ],
      /the senders of https:\/\/i\.test disagree about where its keys are/,
    ],
    ['with any certificate', [{ name: 'e', auth: { clientCertificate: {} } }], /says which certificate it is/],
    [
      'with a certificate that nobody asks for',
      [{ name: 'e', auth: { clientCertificate: { dnsName: 'e.test' } } }],
      /the sender e shows a certificate, and nobody asks for one: configure server\.tls\.clientCaFile/,
    ],
    [
      'without its secret',
      [{ name: 'e', auth: { hmac: { secretFiles: ['none'] } } }],
      /there is no secret file .*none/,
    ],
    ['with a short secret', [{ name: 'e', auth: { hmac: { secretFiles: ['short'] } } }], /24 to 64 bytes/],
    ['with a long secret', [{ name: 'e', auth: { hmac: { secretFiles: ['long'] } } }], /24 to 64 bytes/],
    [
      'with words for a secret',
      [{ name: 'e', auth: { hmac: { secretFiles: ['words'] } } }],
      /24 to 64 bytes in base64/,
    ],
    ['with three secrets', [{ name: 'e', auth: { hmac: { secretFiles: ['bare', 'secret', 'bare'] } } }], /Too big/],
  ])('%s is refused', (_what, senders, says) => {
    expect(() => from({ senders })).toThrow(says);
  });
});

describe('a service that other machines reach', () => {
  test('has senders, TLS and a name', () => {
    const { server } = from({ server: { ...open, tls }, senders: [registry] });
    expect(server).toMatchObject({ host: '0.0.0.0', publicUrl: 'https://itb.test', tls });
  });

  test('or a proxy that is said to stand before it', () => {
    const { server } = from({ server: { ...open, behindProxy: true, proxies: ['10.0.0.0/8'] }, senders: [registry] });
    expect([server.behindProxy, server.proxies]).toEqual([true, ['10.0.0.0/8']]);
  });

  test.each<[string, ConfigFile, RegExp]>([
    ['no sender', { server: { ...open, tls } }, /opens the service to other machines: configure senders/],
    [
      'only a sender that cannot prove itself over HTTP',
      { server: { ...open, tls }, senders: [{ name: 'mllp-only' }] },
      /configure senders/,
    ],
    ['no TLS', { server: open, senders: [registry] }, /configure server\.tls, or say server\.behindProxy/],
    ['no name', { server: { host: '0.0.0.0', tls }, senders: [registry] }, /say server\.publicUrl/],
    [
      'a name in clear',
      { server: { host: '::', tls, publicUrl: 'http://127.0.0.1' }, senders: [registry] },
      /has to begin with https/,
    ],
    ['a proxy before it and no sender', { server: { behindProxy: true } }, /behindProxy brings others here/],
    ['no such certificate', { server: { tls: { ...tls, certFile: 'gone.pem' } } }, /there is no server\.tls\.certFile/],
    [
      'the key of another certificate',
      { server: { tls: { ...tls, keyFile: join(certificates, 'client.key') } } },
      /have to be a certificate and its key/,
    ],
    [
      'an authority that is none',
      { server: { tls: { ...tls, clientCaFile: join(certificates, 'server.key') } } },
      /clientCaFile certificates/,
    ],
    ['a host that is a name', { server: { host: 'itb.test' } }, /an IP address of this machine, or localhost/],
    ['a proxy that is a name', { server: { proxies: ['proxy.test'] } }, /an address, or a range/],
    ['a range that is too long', { server: { metricsFrom: ['10.0.0.0/33'] } }, /an address, or a range/],
  ])('is refused with %s', (_what, content, says) => {
    expect(() => from(content)).toThrow(says);
  });

  test('is named by https where it speaks TLS to this machine', () => {
    expect(from({ server: { tls, port: 9443 } }).server.publicUrl).toBe('https://127.0.0.1:9443');
  });
});

describe('a list of addresses', () => {
  test.each([
    ['10.1.2.3', true],
    ['11.0.0.1', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['2001:db8::1', true],
    ['2001:db9::1', false],
    ['nothing', false],
  ])('of ranges and single ones holds %s: %s', (address, isIn) => {
    expect(addressesIn(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'])(address)).toBe(isIn);
  });
});
