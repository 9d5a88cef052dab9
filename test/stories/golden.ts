import type { BundleEntry } from '@medplum/fhirtypes';
import { resourceIdentifierSystem } from '../../src/fhir/systems.ts';
import { type Desired, desired } from '../../src/mapping/desired.ts';
import { wantedOf } from '../../src/pipeline.ts';
import type { Answer } from '../../src/sync/fhir-client.ts';
import { type Link, type Operation, plan } from '../../src/sync/plan.ts';
import { bundleOf, readBundle } from '../../src/sync/send-bundle.ts';
import { tailor } from '../../src/sync/tailor.ts';
import { contextOf } from '../sync/destination-context.ts';
import { placeOf } from '../sync/places.ts';
import { desiredOf, mappingContext, patientsOf, reportedEvents, therapyOf } from './story.ts';

/** What the golden files of a story hold, by patient: resources whole, what a human is told, what is sent when. */
export const golden = {
  resources: (name: string) =>
    byPatient(name, ({ resources }) =>
      Object.fromEntries(resources.map(({ identity, resource }) => [identity, resource])),
    ),
  remarks: (name: string) =>
    byPatient(name, ({ remarks }) =>
      remarks.map(({ problem: { code, severity, place }, held }) => ({ code, severity, held, ...place })),
    ),
  requests: (name: string) => byPatient(name, ({ patientId }) => requestsOf(name, patientId)),
};

export const goldenFiles = ['resources', 'remarks', 'requests'] as const;

function byPatient<T>(name: string, told: (result: Desired) => T): Record<string, T> {
  const events = reportedEvents(name);
  return Object.fromEntries(patientsOf(events).map((patientId) => [patientId, told(desiredOf(events, patientId))]));
}

const identifierSystem = resourceIdentifierSystem('demo');

/** The transaction that each report causes at a hospital that takes them one by one; the bodies are in `resources`. */
function requestsOf(name: string, patientId: string) {
  const events = reportedEvents(name);
  const links = new Map<string, Link>();
  return events.map((event, n) => {
    const therapy = therapyOf(events.slice(0, n + 1), patientId);
    const wanted = wantedOf(therapy, desired(therapy, mappingContext(patientId)));
    const tailored = tailor(wanted, [], contextOf({ patientId, patientServerId: 'hospital-patient', links }));
    const operations = plan(tailored.items, links).flat();
    const place = placeOf({ links, identifierSystem, patientId });
    const entries = bundleOf('transaction', operations, place).entry ?? [];
    const confirmed = readBundle(operations, answerTo(operations, links.size), place).links;
    for (const link of confirmed) links.set(link.identity, link);
    return { after: `${event.type} ${event.source.eventId}`, sent: entries.map(briefly) };
  });
}

/** A hospital that does what it is asked: new resources get the next number, changed ones the next version. */
function answerTo(operations: readonly Operation[], held: number): Answer {
  let created = held;
  const entry = operations.map((operation) => {
    const isNew = operation.kind === 'create';
    if (isNew) created += 1;
    const id = isNew ? String(created) : operation.link.serverId;
    const version = isNew ? 1 : Number(operation.link.versionId) + 1;
    return {
      response: { status: isNew ? '201' : '200', location: `x/${id}/_history/${version}`, etag: `W/"${version}"` },
    };
  });
  return { kind: 'answered', status: 200, body: { resourceType: 'Bundle', type: 'transaction-response', entry } };
}

function briefly({ fullUrl, request, resource }: BundleEntry): string {
  const condition = request?.ifNoneExist ? `if none exist ${request.ifNoneExist}` : `if match ${request?.ifMatch}`;
  const status = resource && 'status' in resource ? ` (${resource.status})` : '';
  return `${request?.method} ${request?.url}${status} ${condition} ${fullUrl}`;
}
