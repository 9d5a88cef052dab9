import type { Patient, Resource } from '@medplum/fhirtypes';
import canonicalize from 'canonicalize';
import { backendServicesClient } from '../../src/auth/backend-client.ts';
import { failed } from '../../src/auth/failure.ts';
import { fixedKeys } from '../../src/auth/key-ring.ts';
import {
  generateSigningKey,
  loadSigningKeys,
  type PrivateSigningJwk,
  publicJwks,
  type SigningKey,
} from '../../src/auth/keys.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';

export const clientId = 'itb-adapter';

const staffId = 'hospital-staff';

export interface Hospital {
  readonly sandbox: Sandbox;
  readonly keys: readonly SigningKey[];
  readonly privateJwk: PrivateSigningJwk;
  /** What the hospital's own staff does there; they may delete. */
  staff(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: Resource): Promise<number>;
}

/** A sandbox hospital that knows our adapter, and its own staff. */
export async function openHospital(options: Partial<SandboxOptions> = {}): Promise<Hospital> {
  const privateJwk = await generateSigningKey('ES384');
  const keys = await loadSigningKeys({ keys: [privateJwk] });
  const jwks = publicJwks(keys);
  const clients = [
    { clientId, jwks, scopes: ['system/*.crus'] },
    { clientId: staffId, jwks, scopes: ['system/*.cruds'] },
  ];
  const sandbox = await startSandbox({ clients, ...options });
  const scopes = ['system/*.cruds'];
  const fhirBaseUrl = sandbox.baseUrl;
  const auth = backendServicesClient({
    fhirBaseUrl,
    clientId: staffId,
    keys: fixedKeys(keys),
    scopes,
    requestTimeoutMs: 5_000,
  });
  const staff: Hospital['staff'] = async (method, path, body) => {
    const access = await auth.authorizationFor(`${fhirBaseUrl}/${path}`);
    if (failed(access)) throw new Error(access.problem.code);
    const headers = { authorization: access.authorization, 'content-type': 'application/fhir+json' };
    const response = await fetch(`${fhirBaseUrl}/${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    await response.arrayBuffer();
    return response.status;
  };
  return { sandbox, keys, privateJwk, staff };
}

/** The hospital's staff registers patients under one of its identifier systems. */
export async function admit({ sandbox }: Hospital, system: string, mrns: readonly string[]): Promise<void> {
  await sandbox.addPatients(
    mrns.map(
      (value): Patient => ({ resourceType: 'Patient', identifier: [{ system, value }], name: [{ text: value }] }),
    ),
  );
}

/** A live resource of ours: its identity → what it says, references by identity and patients by record number. */
export type Holdings = Readonly<Record<string, string>>;

/** What the hospital holds of a deployment and has not entered in error. Provenance is compared by presence alone. */
export function holdingsOf({ sandbox }: Hospital, identifierSystem: string): Holdings {
  const resources = sandbox.resources();
  const nameOf = new Map(
    resources.map((resource) => [`${resource.resourceType}/${resource.id}`, nameIn(resource, identifierSystem)]),
  );
  const live = ofDeployment(resources, identifierSystem).filter(({ resource }) => isLive(resource));
  return Object.fromEntries(
    live.map(({ identity, resource }) => [identity, said(resource, (reference) => nameOf.get(reference))]).sort(),
  );
}

/** Identities that more than one resource carries, entered in error or not. */
export function carriedTwice({ sandbox }: Hospital, identifierSystem: string): string[] {
  const identities = ofDeployment(sandbox.resources(), identifierSystem).map(({ identity }) => identity);
  return identities.filter((identity, n) => identities.indexOf(identity) !== n);
}

/** A resource of a deployment at the hospital, by identity: every version, newest first. */
export function versionsOf({ sandbox }: Hospital, identifierSystem: string, identity: string): Resource[] {
  const found = ofDeployment(sandbox.resources(), identifierSystem).find((one) => one.identity === identity);
  return found ? sandbox.history(found.resource.resourceType, found.resource.id as string) : [];
}

export function ofDeployment(resources: readonly Resource[], identifierSystem: string) {
  return resources.flatMap((resource) => {
    const identity = identityOf(resource, identifierSystem);
    return identity ? [{ identity, resource }] : [];
  });
}

export const isLive = (resource: Resource): boolean =>
  resource.resourceType !== 'Provenance' && (resource as { status?: string }).status !== 'entered-in-error';

/** What a resource says, as canonical text: without what servers add, with references renamed. */
export function said(resource: Resource, rename: (reference: string) => string | undefined): string {
  const { id: _id, meta, text: _text, ...rest } = resource as Resource & { text?: unknown };
  const codes = (list: readonly { system?: string; code?: string }[] = []) =>
    list.map(({ system, code }) => `${system}|${code}`).sort();
  const labels = { profile: [...(meta?.profile ?? [])].sort(), security: codes(meta?.security), tag: codes(meta?.tag) };
  return canonicalize(renamed({ ...rest, labels }, rename)) as string;
}

function renamed(value: unknown, rename: (reference: string) => string | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      key === 'reference' && typeof child === 'string' ? (rename(child) ?? child) : renamed(child, rename),
    ]),
  );
}

function nameIn(resource: Resource, identifierSystem: string): string | undefined {
  if (resource.resourceType === 'Patient') return `patient ${resource.identifier?.[0]?.value}`;
  const identity = identityOf(resource, identifierSystem);
  return identity && `urn:uuid:${identity}`;
}

function identityOf(resource: Resource, identifierSystem: string): string | undefined {
  const identifiers = 'identifier' in resource && Array.isArray(resource.identifier) ? resource.identifier : [];
  return (
    identifiers.find(({ system }) => system === identifierSystem)?.value ??
    resource.meta?.tag?.find(({ system }) => system === identifierSystem)?.code
  );
}
