import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { configFrom } from '../../src/config.ts';
import { type Listening, listening } from '../../src/listening.ts';

const certificates = join(import.meta.dirname, '..', 'outgoing', 'certificates');

let folder: string;
let app: App;
let open: Listening;
const put = (name: string) => {
  copyFileSync(join(certificates, `${name}.key`), join(folder, 'its.key'));
  copyFileSync(join(certificates, `${name}.pem`), join(folder, 'its.pem'));
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'itb-certificate-'));
  put('server');
  const server = { port: 0, tls: { certFile: 'its.pem', keyFile: 'its.key' } };
  app = await openApp(configFrom({ logLevel: 'silent', server }, folder));
  open = await listening(app, 20);
});
afterEach(async () => {
  open.stop();
  open.server.close();
  await app.close();
  rmSync(folder, { recursive: true });
});

/** Whom the service says that it is. */
const shown = () =>
  new Promise<string>((resolve, reject) => {
    const { port } = open.server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    }).on('error', reject);
  });

const untilShown = async (name: string) => {
  for (let n = 0; n < 200 && (await shown()) !== name; n++) await new Promise((resolve) => setTimeout(resolve, 20));
  return shown();
};

test('a certificate that is replaced is shown without a restart', async () => {
  expect(await shown()).toBe('hospital.test');
  put('client');
  expect(await untilShown('adapter.test')).toBe('adapter.test');
});

test('one that cannot be used changes nothing', async () => {
  writeFileSync(join(folder, 'its.pem'), 'half of a certifi');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await shown()).toBe('hospital.test');
  put('client');
  expect(await untilShown('adapter.test')).toBe('adapter.test');
});
