import { backendServicesClient } from '../../src/auth/backend-client.ts';
import { failed } from '../../src/auth/failure.ts';
import { fixedKeys } from '../../src/auth/key-ring.ts';
import { generateSigningKey, loadSigningKeys, publicJwks } from '../../src/auth/keys.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { mrnSystem } from '../http/sample-events.ts';
import { type Desk, desk } from './command-line.ts';

/** A hospital that has registered us and some patients, and a folder configured to send there. */
export interface HospitalDesk {
  readonly sandbox: Sandbox;
  readonly at: Desk;
  /** What the configuration says of the hospital. */
  readonly destination: Readonly<Record<string, unknown>>;
  /** Writes the configuration with these changes to the destination, and beside it. */
  configure(changes?: Readonly<Record<string, unknown>>, beside?: Readonly<Record<string, unknown>>): void;
  /** What the hospital's own people do there. */
  staff(method: string, path: string, body?: unknown): Promise<number>;
  leave(): Promise<void>;
}

export async function hospitalDesk(...recordNumbers: readonly string[]): Promise<HospitalDesk> {
  const keys = [await generateSigningKey('ES384')];
  const signing = await loadSigningKeys({ keys });
  const sandbox = await startSandbox({
    clients: [{ clientId: 'adapter', jwks: publicJwks(signing) as never, scopes: ['system/*.cruds'] }],
    patients: recordNumbers.map((value) => ({
      resourceType: 'Patient' as const,
      identifier: [{ system: mrnSystem, value }],
    })),
  });
  const at = desk();
  at.writePrivately('keys.json', { keys });
  const destination = {
    ...{ name: 'hospital', environment: 'test', fhirBaseUrl: sandbox.baseUrl, clientId: 'adapter' },
    ...{ signingKeysFile: 'keys.json', patientIdentifierSystems: { [mrnSystem]: mrnSystem } },
  };
  const configure: HospitalDesk['configure'] = (changes = {}, beside = {}) => {
    at.write('itb-fhir.json', { logLevel: 'silent', ...beside, destinations: [{ ...destination, ...changes }] });
  };
  configure();
  const auth = backendServicesClient({
    ...{ fhirBaseUrl: sandbox.baseUrl, clientId: 'adapter', keys: fixedKeys(signing) },
    ...{ scopes: ['system/*.cruds'], requestTimeoutMs: 5_000 },
  });
  return {
    ...{ sandbox, at, destination, configure },
    async staff(method, path, body) {
      const url = `${sandbox.baseUrl}/${path}`;
      const access = await auth.authorizationFor(url);
      if (failed(access)) throw new Error(access.problem.message);
      const response = await fetch(url, {
        method,
        headers: { authorization: access.authorization, 'content-type': 'application/fhir+json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      await response.text();
      return response.status;
    },
    async leave() {
      await sandbox.close();
      await at.clear();
    },
  };
}

/** What changed anything at the hospital: everything but looking, and asking for tokens. */
export const writesTo = ({ requests }: Sandbox): number =>
  requests.filter(({ method, path }) => method !== 'GET' && !/_search$|\/auth\//.test(path)).length;
