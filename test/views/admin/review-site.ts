import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Patient } from '@medplum/fhirtypes';
import { type App, openApp } from '../../../src/app.ts';
import { generateSigningKey } from '../../../src/auth/keys.ts';
import { type ConfigFile, configFrom } from '../../../src/config.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts';
import { startService } from '../../../src/service.ts';
import { type Browser, browser, type Page } from '../../auth/browser.ts';
import { type Accounts, type OidcServer, startOidcServer } from '../../auth/oidc-server.ts';

/** The real service with people who sign in, and a sandbox hospital that it writes to. */
export interface ReviewSite {
  readonly app: App;
  readonly url: string;
  readonly folder: string;
  readonly oidc: OidcServer;
  readonly hospital: Sandbox;
  send(path: string, mediaType: string, body: string): Promise<Response>;
  /** A browser without scripts in which this account has signed in. */
  signedIn(account: Account): Promise<Browser>;
  close(): Promise<void>;
}

const people = {
  vera: { name: 'Vera Viewer', roles: ['readers'], clinic: 'default' },
  otto: { name: 'Otto Operator', roles: ['operators'], clinic: 'default' },
  mia: { name: 'Mia Mapper', roles: ['table-keepers'], clinic: 'default' },
  ada: { name: 'Ada Admin', roles: ['administrators'], clinic: 'default' },
  alan: { name: 'Alan Admin', roles: ['administrators'], clinic: 'default' },
} satisfies Accounts;

export type Account = keyof typeof people;

const roles = {
  viewer: ['readers'],
  operator: ['operators'],
  mapper: ['table-keepers'],
  admin: ['administrators'],
};

export const mrnSystem = 'urn:oid:2.16.840.1.113883.19.5';
const client = 'adapter';

/** `mrn`: whom the hospital knows. */
export async function startReviewSite(mrn: string, file: ConfigFile = {}): Promise<ReviewSite> {
  const folder = await mkdtemp(join(tmpdir(), 'itb-fhir-review-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const patient: Patient = { resourceType: 'Patient', identifier: [{ system: mrnSystem, value: mrn }] };
  const hospital = await startSandbox({
    clients: [{ clientId: client, jwksUri: `${url}/.well-known/jwks.json`, scopes: ['system/*.crus'] }],
    patients: [patient],
  });
  const oidc = await startOidcServer(`${url}/sign-in/callback`, people);
  await writeFile(join(folder, 'client.secret'), oidc.clientSecret);
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: [await generateSigningKey('ES384')] }), {
    mode: 0o600,
  });
  const { issuer, clientId } = oidc;
  const app = await openApp(
    configFrom(
      {
        logLevel: 'silent',
        destinations: [destinationAt(hospital)],
        ...file,
        people: {
          environment: 'test',
          signIn: { issuer, clientId, clientSecretFile: 'client.secret', roles },
          ...file.people,
        },
        server: { port, publicUrl: url },
      },
      folder,
    ),
  );
  const service = await startService(app, { pollIntervalMs: 50 });
  return {
    ...{ app, url, folder, oidc, hospital },
    send: (path, mediaType, body) =>
      fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': mediaType }, body }),
    async signedIn(account) {
      const visitor = browser();
      const choice = await visitor.get(`${url}/admin/review`);
      await visitor.get(`${choice.url}?as=${account}`);
      return visitor;
    },
    async close() {
      await service.stop();
      await oidc.close();
      await hospital.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const destinationAt = ({ baseUrl }: Sandbox) => ({
  name: 'hospital',
  environment: 'test' as const,
  fhirBaseUrl: baseUrl,
  clientId: client,
  signingKeysFile: 'keys.json',
  patientIdentifierSystems: { [mrnSystem]: mrnSystem },
  allowAddresses: ['127.0.0.1'],
});

/** The provider has to know our address before we have it. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** A page without its markup. */
export const wordsOf = ({ text }: Page): string =>
  text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** A note with one complication, as an engine sends it; MSH-11 says that it is a test. */
export function complicationNote(
  mrn: string,
  { code, display, document = 'DOC1' }: { code: string; display: string; document?: string },
): string {
  return [
    String.raw`MSH|^~\&|EPIC|STJUDE|ITBADAPT|REGISTRY|20241120090500-0600||MDM^T02^MDM_T02|${document}-M|T|2.5.1`,
    'EVN|T02|20241120090500-0600',
    `PID|1||${mrn}^^^STJUDE^MR||Rivera^Ana^M||20130214|F`,
    `TXA|1|CN^Consultation|TX|20241120080000-0600||20241120090000-0600||||||${document}^EPIC|||||AU`,
    `OBX|1|CWE|itb-complication^ITB complication^99ITB|2|${code}^${display}^99ITB||||||F|||20241119`,
    'OBX|2|CWE|complication-severity^Severity^99ITB|2|severe^Severe^99ITB||||||F',
  ].join('\r');
}
