import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, openApp } from '../../../src/app.ts';
import { type ConfigFile, configFrom } from '../../../src/config.ts';
import { startService } from '../../../src/service.ts';
import { type Browser, browser, type Page } from '../../auth/browser.ts';
import { type Accounts, type OidcServer, startOidcServer } from '../../auth/oidc-server.ts';

export interface BoardService {
  readonly app: App;
  readonly url: string;
  readonly oidc: OidcServer;
  /** Sends events as a sender does; the keyed id of each one's patient. */
  tell(events: readonly unknown[]): Promise<readonly string[]>;
  /** A browser in which this account has signed in, and the page where it came to. */
  signedIn(account: string): Promise<SignedInBrowser>;
  /** From now on it is so much later. */
  pass(duration: Temporal.DurationLike): void;
  close(): Promise<void>;
}

export interface SignedInBrowser {
  readonly visitor: Browser;
  readonly page: Page;
}

export const accounts: Accounts = {
  nora: { name: 'Nora Nurse', roles: ['pump-team'], clinic: 'default' },
  otto: { name: 'Otto Office', roles: ['pump-team'], clinic: 'default' },
  vera: { name: 'Vera <b>Viewer</b>', roles: ['readers'], clinic: 'default' },
  zoe: { name: 'Zoe Elsewhere', roles: ['cooks'], clinic: 'default' },
  kim: { name: 'Kim Elsewhere', roles: ['pump-team'], clinic: 'other' },
};

const roles = { viewer: ['readers'], operator: ['pump-team'] };

export interface BoardServiceOptions {
  /** When the service believes to be. */
  readonly now?: string;
  /** What its sign-in is configured with beside the provider; `none`: nobody signs in. */
  readonly signIn?: { readonly tenantClaim?: string; readonly idleMinutes?: number } | 'none';
}

/** The real service with a store of its own and a real OpenID provider. */
export async function startBoardService(
  file: ConfigFile = {},
  { now = '2024-11-20T12:00:00Z', signIn: asked = {} }: BoardServiceOptions = {},
): Promise<BoardService> {
  const folder = await mkdtemp(join(tmpdir(), 'itb-fhir-board-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const oidc = await startOidcServer(`${url}/sign-in/callback`, accounts);
  await writeFile(join(folder, 'client.secret'), oidc.clientSecret);
  const { issuer, clientId } = oidc;
  const signIn = { issuer, clientId, clientSecretFile: 'client.secret', roles };
  const people = asked === 'none' ? {} : { signIn: { ...signIn, ...asked } };
  const content: ConfigFile = {
    ...{ logLevel: 'silent', calculatedValues: { show: true, clinicalOwner: 'pump clinic' }, ...file },
    people: { environment: 'test', ...people, ...file.people },
    server: { port, publicUrl: url },
  };
  let clock = Temporal.Instant.from(now);
  const app: App = { ...(await openApp(configFrom(content, folder))), now: () => clock };
  const service = await startService(app);
  return {
    ...{ app, url, oidc },
    tell: (events) => tell(url, events),
    async signedIn(account) {
      const visitor = browser();
      const choice = await visitor.get(`${url}/board`);
      return { visitor, page: await visitor.get(`${choice.url}?as=${account}`) };
    },
    pass: (duration) => {
      clock = clock.add(duration);
    },
    async close() {
      await service.stop();
      await oidc.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function tell(url: string, events: readonly unknown[]): Promise<string[]> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/events`, { method: 'POST', headers, body: JSON.stringify(events) });
  const receipts = (await response.json()) as { events?: readonly { patient: string }[] };
  if (!response.ok) throw new Error(`the intake answered ${response.status}: ${JSON.stringify(receipts)}`);
  return (receipts.events ?? []).map(({ patient }) => patient);
}

/** The provider has to know our address before we have it. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
