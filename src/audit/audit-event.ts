import type {
  AuditEvent,
  AuditEventAgent,
  AuditEventAgentNetwork,
  AuditEventEntity,
  Coding,
  ResourceType,
} from '@medplum/fhirtypes';
import {
  applicationServer,
  entityRole,
  entityType,
  exported,
  imported,
  interactionCode,
  operation,
  restful,
  role,
  testData,
} from './audit-codes.ts';

/** A row of the audit table, its detail read. */
export interface AuditRow {
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly action: string;
  readonly actor: string;
  readonly outcome: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * A row as R4 AuditEvents. Requests have the shapes of IHE Basic Audit Log Patterns (RESTful create, read, update,
 * delete and query, with and without a patient); a transaction is one event for each of its entries, bound by the
 * request id. Other acts are one event with what was counted in its detail.
 *
 * @param identifierSystem names this deployment: the observer, and the system of the keyed ids of patients
 */
export function auditEventsOf(row: AuditRow, identifierSystem: string): AuditEvent[] {
  const acts = actsOf(row);
  return acts.map((act, n) => ({
    resourceType: 'AuditEvent',
    id: acts.length > 1 ? `audit-${row.seq}-${n + 1}` : `audit-${row.seq}`,
    ...(row.detail.environment === 'test' && { meta: { security: [testData] } }),
    ...kindOf(row, act),
    recorded: Temporal.Instant.fromEpochMilliseconds(row.at).toString({ fractionalSecondDigits: 3 }),
    outcome: outcomeOf(row, act),
    outcomeDesc: `${row.action}: ${act.outcome}`,
    agent: agentsOf(row, act),
    source: {
      ...(text(row.detail.machine) && { site: text(row.detail.machine) }),
      observer: adapter(identifierSystem),
      type: [applicationServer],
    },
    entity: entitiesOf(row, act, identifierSystem),
  }));
}

/** One thing that was done: a request, or one entry of a Bundle. */
interface Act {
  /** undefined: no request. */
  readonly interaction?: string;
  readonly resourceType?: string | undefined;
  readonly serverId?: string | undefined;
  /** A status class (`2xx`), or a word of ours. */
  readonly outcome: string;
}

function actsOf({ action, outcome, detail }: AuditRow): Act[] {
  if (action === 'access') {
    const [interaction, resourceType] = [text(detail.interaction) ?? 'operation', text(detail.resourceType)];
    return [{ interaction, resourceType, serverId: text(detail.resourceId), outcome }];
  }
  if (action !== 'request') return [{ outcome }];
  const entries = Array.isArray(detail.entries) ? detail.entries.map(String) : [];
  if (entries.length > 0) return entries.map((entry) => actOfEntry(entry, outcome));
  const interaction = text(detail.interaction) ?? 'operation';
  return [{ interaction, resourceType: text(detail.resourceType), serverId: text(detail.serverId), outcome }];
}

/** `create Observation/17 201`; without a status it fared as the whole did. */
function actOfEntry(entry: string, whole: string): Act {
  const [, interaction = 'operation', resourceType, serverId, status] =
    /^(\w+)(?: ([A-Za-z]+)(?:\/(\S+))?)?(?: (\d{3}))?$/.exec(entry) ?? [];
  return { interaction, resourceType, serverId, outcome: status ? `${status[0]}xx` : whole };
}

function kindOf({ action }: AuditRow, { interaction }: Act): Pick<AuditEvent, 'type' | 'subtype' | 'action'> {
  if (interaction === undefined) return { type: typeOfAction[action] ?? operation, action: 'E' };
  return { type: restful, subtype: [interactionCode(interaction)], action: actionOf[interaction] ?? 'E' };
}

const typeOfAction: Readonly<Record<string, Coding>> = { append: imported, export: exported };

const actionOf: Readonly<Record<string, AuditEvent['action']>> = {
  create: 'C',
  read: 'R',
  vread: 'R',
  history: 'R',
  capabilities: 'R',
  update: 'U',
  delete: 'D',
};

/** 4: it was refused. 8: it failed, or nobody can tell whether it was done. Whatever else is said is that it was done. */
function outcomeOf({ action }: AuditRow, { outcome }: Act): AuditEvent['outcome'] {
  // Who reads here is redirected nowhere: it is told that what it has is still so.
  if (action === 'access' && outcome === '3xx') return '0';
  return severityOf[outcome] ?? '0';
}

const severityOf: Readonly<Record<string, AuditEvent['outcome']>> = {
  '3xx': '4',
  '4xx': '4',
  'not-found': '4',
  terminal: '4',
  parked: '4',
  refused: '4',
  '5xx': '8',
  unknown: '8',
  failed: '8',
  retry: '8',
};

/** Who asked whom. Data flow from source to destination; a delete knows an application and a custodian instead. */
function agentsOf({ action, actor, detail }: AuditRow, { interaction }: Act): AuditEventAgent[] {
  if (action === 'access') return agentsOfAccess(actor, detail, interaction ?? '');
  if (action !== 'request') return [{ type: { coding: [role.application] }, who: named(actor), requestor: true }];
  const [client, server] = rolesOf[interaction ?? ''] ?? [role.source, role.destination];
  const host = text(detail.host);
  return [
    { ...agent(client, text(detail.clientId) ?? actor, text(detail.machine)), name: actor, requestor: true },
    { ...agent(server, text(detail.destination) ?? '', host), requestor: false },
  ];
}

/** Somebody read here: the application, whoever used it, and we who answered. The token is named, never shown. */
function agentsOfAccess(actor: string, detail: AuditRow['detail'], interaction: string): AuditEventAgent[] {
  const [client, server] = rolesOf[interaction] ?? [role.source, role.destination];
  const [subject, tokenId] = [text(detail.subject), text(detail.tokenId)];
  const policy = tokenId ? { policy: [`urn:ietf:params:oauth:jti:${tokenId}`] } : {};
  const isPerson = subject !== undefined && subject !== actor;
  return [
    { ...agent(client, actor, text(detail.network)), ...policy, requestor: !isPerson },
    ...(isPerson ? [{ ...agent(role.recipient, subject), requestor: true }] : []),
    { ...agent(server, 'itb-fhir'), requestor: false },
  ];
}

const reading = [role.destination, role.source] as const;

const rolesOf: Readonly<Record<string, readonly [client: Coding, server: Coding]>> = {
  read: reading,
  vread: reading,
  history: reading,
  capabilities: reading,
  delete: [role.application, role.custodian],
};

function agent(coding: Coding, who: string, address?: string): Omit<AuditEventAgent, 'requestor'> {
  return { type: { coding: [coding] }, who: named(who), ...(address && { network: networkOf(address) }) };
}

const named = (value: string) => ({ identifier: { value } });

/** 1: a machine's name, 2: an IP address (FHIR R4 network-type). */
const networkOf = (address: string): AuditEventAgentNetwork => ({
  address,
  type: /^[\d.]+$|:/.test(address) ? '2' : '1',
});

const adapter = (identifierSystem: string) => ({
  identifier: { system: 'urn:ietf:rfc:3986', value: identifierSystem },
  display: 'ITB FHIR adapter',
});

function entitiesOf(row: AuditRow, act: Act, identifierSystem: string): AuditEventEntity[] {
  const patients = [row.detail.patient ?? [], row.detail.patients ?? []].flat().flatMap((id) => text(id) ?? []);
  const requestId = text(row.detail.requestId);
  return [
    ...(act.interaction === undefined ? [countsIn(row)] : [objectOf(row, act)]),
    ...patients.map((patient) => patientEntity(patient, identifierSystem)),
    ...(requestId ? [{ type: entityType.requestId, what: { identifier: { value: requestId } } }] : []),
  ];
}

const reports: ReadonlySet<string> = new Set(['DocumentReference', 'DiagnosticReport']);

function objectOf({ detail }: AuditRow, { interaction, resourceType, serverId }: Act): AuditEventEntity {
  const type = entityType.systemObject;
  if (interaction === 'search') {
    const searched = `${resourceType ?? ''}?${text(detail.query) ?? ''}`;
    return { type, role: entityRole.query, query: Buffer.from(searched).toString('base64') };
  }
  const isReport = resourceType !== undefined && reports.has(resourceType);
  return {
    type,
    role: isReport ? entityRole.report : entityRole.domainResource,
    what: placeOf(resourceType, serverId),
    ...(text(detail.operation) && { name: text(detail.operation) }),
  };
}

function placeOf(resourceType: string | undefined, serverId: string | undefined) {
  if (resourceType === undefined) return { display: 'the server as a whole' };
  if (serverId === undefined)
    return { type: resourceType as ResourceType, display: `a ${resourceType} without a known id` };
  return { reference: `${resourceType}/${serverId}` };
}

function patientEntity(patient: string, identifierSystem: string): AuditEventEntity {
  return {
    type: entityType.person,
    role: entityRole.patient,
    what: { type: 'Patient', identifier: { system: identifierSystem, value: patient } },
  };
}

/** What an act of ours was about: names from the configuration, keyed ids and counts. */
function countsIn({ action, detail }: AuditRow): AuditEventEntity {
  const told = Object.entries(detail).filter(([name]) => name !== 'patient');
  const counts = told.flatMap(([type, value]) => {
    const valueString = value === null ? '' : String(value);
    return valueString === '' ? [] : [{ type, valueString }];
  });
  return { type: entityType.systemObject, name: action, ...(counts.length > 0 && { detail: counts }) };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
