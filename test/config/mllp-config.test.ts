import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configFrom } from '../../src/config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'itb-mllp-'));
  for (const name of ['cert.pem', 'key.pem', 'ca.pem']) writeFileSync(join(folder, name), 'any');
});
afterEach(() => rmSync(folder, { recursive: true }));

const senders = [{ name: 'lab' }];
const listening = (mllp: object) => () => configFrom({ store: { url: 'sqlite::memory:' }, mllp, senders }, folder).mllp;
const tls = { certFile: 'cert.pem', keyFile: 'key.pem', clientCaFile: 'ca.pem' };

describe('where engines may speak MLLP', () => {
  it('on this machine without more', () => {
    expect(listening({ port: 2575 })()).toEqual([
      { port: 2575, host: '127.0.0.1', maxFrameBytes: 5_000_000, idleSeconds: 600, maxConnections: 256 },
    ]);
  });

  it('from elsewhere with a client certificate; files are beside the configuration', () => {
    const [found] = listening([{ port: 2575, host: '0.0.0.0', tls, sender: 'lab' }])();
    expect(found?.tls).toEqual({
      ...{ certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem'), clientCaFile: join(folder, 'ca.pem') },
      requireClientCertificate: true,
    });
  });

  it.each([
    ['with any certificate of an authority, and nobody named', { host: '0.0.0.0', tls }, 'name its sender'],
    ['without TLS', { host: '0.0.0.0' }, 'it needs tls, or unencrypted.reason'],
    [
      'in clear, from nobody that is known',
      { host: '10.0.0.5', unencrypted: { reason: 'own cable' } },
      'too_small|unencrypted',
    ],
    [
      'in clear, from nobody that has a name',
      { host: '10.0.0.5', unencrypted: { reason: 'a cable of our own' } },
      'needs the name of its sender',
    ],
    [
      'from whoever comes',
      { host: '0.0.0.0', tls: { ...tls, requireClientCertificate: false } },
      'it needs client certificates',
    ],
    ['with certificates that nobody signs', { tls: { ...tls, clientCaFile: undefined } }, 'needs tls.clientCaFile'],
    ['with a file that is not there', { tls: { ...tls, keyFile: 'other.pem' } }, 'there is no file other.pem'],
    ['from a sender that is not configured', { sender: 'engine' }, 'there is no sender engine'],
    ['in a character set that nobody knows', { charset: 'KLINGON' }, 'a character set such as'],
  ])('not %s', (_name, listener, says) => {
    expect(listening([{ port: 2575, ...listener }])).toThrow(new RegExp(says));
  });
});
