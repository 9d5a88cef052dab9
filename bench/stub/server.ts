/**
 * A FHIR server that answers after a set time and remembers what it was sent: the process at the other end of the
 * delivery rows. It keeps nothing on disk and validates nothing, so that what is measured is the sender.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { capabilityStatement } from '../../src/sandbox/capability.ts';
import { Hospital, type Written } from './hospital.ts';
import type { FromStub, ToStub } from './messages.ts';
import { patientIn } from './watch.ts';

let hospital = new Hospital();
let latencyMs = 0;
let isDead = false;
let counts = { requests: 0, matches: 0, transactions: 0 };

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.writeHead(500).end());
});
server.listen(0, '127.0.0.1', () => tell({ kind: 'listening', port: (server.address() as AddressInfo).port }));
process.on('message', (message: ToStub) => {
  if (message.kind === 'reset') {
    hospital = new Hospital();
    ({ latencyMs } = message);
  }
  if (message.kind !== 'report') {
    isDead = message.kind === 'die';
    counts = { requests: 0, matches: 0, transactions: 0 };
    return tell({ kind: 'ready' });
  }
  const { writes, staleVersions, watch } = hospital;
  const [identities, origins] = [hospital.identities(), hospital.origins()];
  tell({ kind: 'seen', seen: { writes, ...counts, staleVersions, identities, origins, violations: watch.counts } });
});
process.on('disconnect', () => process.exit(0));

function tell(message: FromStub): void {
  process.send?.(message);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await textOf(request);
  if (isDead) return;
  count(request);
  const leave = hospital.watch.enter(patientIn(body));
  if (latencyMs > 0) await sleep(latencyMs);
  const [status, headers, content] = handle(request, body);
  hospital.watch.requestApplied();
  leave();
  response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers }).end(JSON.stringify(content));
}

function count({ method, url }: IncomingMessage): void {
  counts.requests++;
  if (url === '/fhir/Patient/_search') counts.matches++;
  if (method === 'POST' && url === '/fhir') counts.transactions++;
}

type Reply = [status: number, headers: Record<string, string>, content: unknown];

function handle({ method, url = '', headers }: IncomingMessage, body: string): Reply {
  if (url === '/fhir/.well-known/smart-configuration')
    return [200, {}, { token_endpoint: `http://${headers.host}/token` }];
  if (url === '/fhir/metadata') return [200, {}, statement];
  if (url === '/token') return [200, {}, { access_token: 'bench', token_type: 'bearer', expires_in: 3600 }];
  if (url === '/fhir/Patient/_search') return [200, {}, patientFor(body)];
  if (method === 'POST' && url === '/fhir') return [200, {}, hospital.transaction(JSON.parse(body) as Bundle)];
  const [, , type, id] = url.split('/');
  if (method === 'POST' && type && !id) {
    return replyTo(hospital.create(JSON.parse(body) as Resource, headers['if-none-exist'] as string | undefined));
  }
  if (method === 'GET' && type && id) {
    const read = hospital.read(`${type}/${id}`);
    return read ? replyTo(read) : [404, {}, notFound];
  }
  if (method === 'GET' && type) return searched(new URL(url, 'http://stub'));
  hospital.watch.counts.unexpected++;
  return [501, {}, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-supported' }] }];
}

const replyTo = ({ status, resource, versionId }: Written): Reply => [status, { etag: `W/"${versionId}"` }, resource];

function searched({ pathname, searchParams }: URL): Reply {
  const tokens = searchParams.get('identifier') ?? searchParams.get('_tag') ?? '';
  return [200, {}, hospital.search(pathname.split('/').at(-1) ?? '', tokens.split(','))];
}

const statement = capabilityStatement({ fhirBaseUrl: '', issuer: '', tokenUrl: '', jwksUri: '' }, '2026-01-01');

const notFound = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] };

/** Every record number has one Patient, whose id is made of it. */
function patientFor(body: string): Bundle {
  const [system = '', number = ''] = new URLSearchParams(body).get('identifier')?.split('|') ?? [];
  const identifier = [{ system, value: number }];
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    entry: [{ resource: { resourceType: 'Patient', id: `p-${number}`, identifier } }],
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
