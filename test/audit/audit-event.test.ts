import { join } from 'node:path';
import type { AuditEvent } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, test } from 'vitest';
import { type AuditRow, auditEventsOf } from '../../src/audit/audit-event.ts';
import { loadDefinitions, validate } from '../../src/fhir/validate.ts';
import { root } from '../fhir/examples.ts';

beforeAll(() => void loadDefinitions(join(root, 'profiles')));

const system = 'https://w3id.org/itb-fhir/sid/deployment-1';

const request = (detail: Record<string, unknown>, outcome = '2xx'): AuditRow => ({
  seq: 17,
  at: Temporal.Instant.from('2026-03-01T12:00:00Z').epochMilliseconds,
  action: 'request',
  actor: 'worker',
  outcome,
  detail: {
    destination: 'general',
    environment: 'live',
    clientId: 'itb-adapter',
    requestId: '0b9f0f5e-5d0e-4f0a-9d0a-000000000001',
    host: 'fhir.general.test',
    machine: 'adapter-1',
    patient: 'p-1',
    ...{ interaction: 'read', resourceType: null, serverId: null, query: null, entries: [] },
    ...detail,
  },
});

const eventsOf = (row: AuditRow): AuditEvent[] => {
  const events = auditEventsOf(row, system);
  expect(events.flatMap((event) => validate(event))).toEqual([]);
  return events;
};

const one = (row: AuditRow): AuditEvent => {
  const [event, ...others] = eventsOf(row);
  expect(others).toEqual([]);
  return event as AuditEvent;
};

const dicom = (code: string, display: string) => ({
  coding: [{ system: 'http://dicom.nema.org/resources/ontology/DCM', code, display }],
});
const txt = (name: string) => `http://terminology.hl7.org/CodeSystem/${name}`;
const object = { system: txt('audit-entity-type'), code: '2', display: 'System Object' };
const domainResource = { system: txt('object-role'), code: '4', display: 'Domain Resource' };

const patientEntity = {
  type: { system: txt('audit-entity-type'), code: '1', display: 'Person' },
  role: { system: txt('object-role'), code: '1', display: 'Patient' },
  what: { type: 'Patient', identifier: { system, value: 'p-1' } },
};
const requestEntity = {
  type: { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', code: 'XrequestId' },
  what: { identifier: { value: '0b9f0f5e-5d0e-4f0a-9d0a-000000000001' } },
};

describe('a request as an AuditEvent of IHE Basic Audit Log Patterns', () => {
  test('a create that was done: data go from us, the source, to the destination', () => {
    expect(one(request({ interaction: 'create', resourceType: 'Observation', serverId: '9' }))).toEqual({
      resourceType: 'AuditEvent',
      id: 'audit-17',
      type: { system: txt('audit-event-type'), code: 'rest', display: 'RESTful Operation' },
      subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'create', display: 'create' }],
      action: 'C',
      recorded: '2026-03-01T12:00:00.000Z',
      outcome: '0',
      outcomeDesc: 'request: 2xx',
      agent: [
        {
          type: dicom('110153', 'Source Role ID'),
          who: { identifier: { value: 'itb-adapter' } },
          network: { address: 'adapter-1', type: '1' },
          name: 'worker',
          requestor: true,
        },
        {
          type: dicom('110152', 'Destination Role ID'),
          who: { identifier: { value: 'general' } },
          network: { address: 'fhir.general.test', type: '1' },
          requestor: false,
        },
      ],
      source: {
        site: 'adapter-1',
        observer: { identifier: { system: 'urn:ietf:rfc:3986', value: system }, display: 'ITB FHIR adapter' },
        type: [{ system: txt('security-source-type'), code: '4', display: 'Application Server' }],
      },
      entity: [
        { type: object, role: domainResource, what: { reference: 'Observation/9' } },
        patientEntity,
        requestEntity,
      ],
    });
  });

  test('a read: data go from them, the source, to us', () => {
    const event = one(request({ interaction: 'read', resourceType: 'Device', serverId: '4' }));
    expect(event.action).toBe('R');
    expect(event.agent?.map(({ type, who }) => [type?.coding?.[0]?.code, who?.identifier?.value])).toEqual([
      ['110152', 'itb-adapter'],
      ['110153', 'general'],
    ]);
    expect(event.entity?.[0]?.what).toEqual({ reference: 'Device/4' });
  });

  test('a search: an object of the role query, with what it searched by', () => {
    const event = one(request({ interaction: 'search', resourceType: 'Patient', query: 'identifier' }));
    expect(event.action).toBe('E');
    expect(event.subtype?.[0]?.code).toBe('search');
    expect(event.agent?.[0]?.type).toEqual(dicom('110153', 'Source Role ID'));
    expect(event.entity).toEqual([
      {
        type: object,
        role: { system: txt('object-role'), code: '24', display: 'Query' },
        query: Buffer.from('Patient?identifier').toString('base64'),
      },
      patientEntity,
      requestEntity,
    ]);
    const page = one(request({ interaction: 'search', query: null }));
    expect(page.entity?.[0]?.query).toBe(Buffer.from('?').toString('base64'));
  });

  test('a delete: an application and a custodian', () => {
    const event = one(request({ interaction: 'delete', resourceType: 'AdverseEvent', serverId: '5' }));
    expect(event.action).toBe('D');
    expect(event.agent?.map(({ type }) => type?.coding?.[0])).toEqual([
      dicom('110150', 'Application').coding[0],
      { system: txt('provenance-participant-type'), code: 'custodian', display: 'Custodian' },
    ]);
  });

  test('a document is a report', () => {
    const event = one(request({ interaction: 'create', resourceType: 'DocumentReference', serverId: '8' }));
    expect(event.entity?.[0]?.role).toEqual({ system: txt('object-role'), code: '3', display: 'Report' });
  });

  test('a transaction is one event an entry, each by its own fate, bound by the request id', () => {
    const entries = ['create Observation/9 201', 'update Device/4 412', 'create Provenance'];
    const events = eventsOf(request({ interaction: 'transaction', entries }));
    expect(events.map(({ id, action, outcome }) => [id, action, outcome])).toEqual([
      ['audit-17-1', 'C', '0'],
      ['audit-17-2', 'U', '4'],
      ['audit-17-3', 'C', '0'],
    ]);
    expect(events.map(({ entity }) => entity?.[0]?.what)).toEqual([
      { reference: 'Observation/9' },
      { reference: 'Device/4' },
      { type: 'Provenance', display: 'a Provenance without a known id' },
    ]);
    expect(events.map(({ entity }) => entity?.slice(1))).toEqual(Array(3).fill([patientEntity, requestEntity]));
  });

  test.each([
    ['2xx', '0'],
    ['3xx', '4'],
    ['4xx', '4'],
    ['5xx', '8'],
    ['unknown', '8'],
  ])('an answer of %s is the outcome %s', (outcome, code) => {
    const event = one(request({ interaction: 'update', resourceType: 'Device', serverId: '4' }, outcome));
    expect([event.action, event.outcome, event.outcomeDesc]).toEqual(['U', code, `request: ${outcome}`]);
  });

  test('about nobody in particular there is no patient, and a server that is asked what it can names no resource', () => {
    const event = one(request({ interaction: 'capabilities', patient: null, host: '10.0.0.7' }));
    expect(event.action).toBe('R');
    expect(event.entity).toEqual([
      { type: object, role: domainResource, what: { display: 'the server as a whole' } },
      requestEntity,
    ]);
    expect(event.agent?.[1]?.network).toEqual({ address: '10.0.0.7', type: '2' });
  });

  test('in a test environment it is labelled as test data', () => {
    const event = one(request({ environment: 'test', interaction: 'read', resourceType: 'Device', serverId: '4' }));
    expect(event.meta?.security).toEqual([{ system: txt('v3-ActReason'), code: 'HTEST', display: 'test health data' }]);
  });
});

describe('somebody who reads here, as an AuditEvent', () => {
  const row = (detail: Record<string, unknown>, outcome = '2xx'): AuditRow => ({
    seq: 5,
    at: Temporal.Instant.from('2026-03-01T12:00:00Z').epochMilliseconds,
    action: 'access',
    actor: 'pump-app',
    outcome,
    detail: {
      environment: 'live',
      requestId: '0b9f0f5e-5d0e-4f0a-9d0a-000000000001',
      issuer: 'https://ehr.test',
      subject: 'practitioner-7',
      clientId: 'pump-app',
      tokenId: 'token-1',
      network: '192.0.2.7',
      ...detail,
    },
  });
  const client = { who: { identifier: { value: 'pump-app' } }, network: { address: '192.0.2.7', type: '2' } };
  const jti = { policy: ['urn:ietf:params:oauth:jti:token-1'] };
  const user = {
    type: {
      coding: [{ system: txt('v3-ParticipationType'), code: 'IRCP', display: 'information recipient' }],
    },
    who: { identifier: { value: 'practitioner-7' } },
    requestor: true,
  };
  const adapter = { who: { identifier: { value: 'itb-fhir' } }, requestor: false };

  test('an application that reads is the destination; whoever used it is the requestor; the token is named', () => {
    const event = one(row({ interaction: 'read', resourceType: 'Device', resourceId: 'd-1', patient: 'p-1' }));
    expect([event.action, event.subtype?.[0]?.code, event.outcome]).toEqual(['R', 'read', '0']);
    expect(event.agent).toEqual([
      { type: dicom('110152', 'Destination Role ID'), ...client, ...jti, requestor: false },
      user,
      { type: dicom('110153', 'Source Role ID'), ...adapter },
    ]);
    expect(event.entity).toEqual([
      { type: object, role: domainResource, what: { reference: 'Device/d-1' } },
      patientEntity,
      requestEntity,
    ]);
  });

  test('a search names its query and every patient whom it found', () => {
    const event = one(
      row({ interaction: 'search', resourceType: 'Device', query: 'status=active', patients: ['p-1', 'p-2'] }),
    );
    expect(event.agent[0]).toEqual({ type: dicom('110153', 'Source Role ID'), ...client, ...jti, requestor: false });
    expect(event.entity).toEqual([
      {
        type: object,
        role: { system: txt('object-role'), code: '24', display: 'Query' },
        query: Buffer.from('Device?status=active').toString('base64'),
      },
      patientEntity,
      { ...patientEntity, what: { type: 'Patient', identifier: { system, value: 'p-2' } } },
      requestEntity,
    ]);
  });

  test('who was told that nothing has changed has read', () => {
    expect(one(row({ interaction: 'read', resourceType: 'Device', resourceId: 'd-1' }, '3xx')).outcome).toBe('0');
  });

  test('a system that reads for itself is the requestor', () => {
    const event = one(row({ interaction: 'history', resourceType: 'Device', resourceId: 'd-1', subject: 'pump-app' }));
    expect([event.action, event.subtype?.[0]?.code]).toEqual(['R', 'history']);
    expect(event.agent.map(({ requestor }) => requestor)).toEqual([true, false]);
  });

  test('an operation has its name; a refused one is a minor failure, a failed one a serious one', () => {
    const event = one(row({ interaction: 'operation', operation: 'pump-status', patient: 'p-1' }, '4xx'));
    expect([event.action, event.outcome, event.entity?.[0]?.name]).toEqual(['E', '4', 'pump-status']);
    expect(one(row({ interaction: 'operation', operation: 'pump-status' }, '5xx')).outcome).toBe('8');
  });
});

describe('an act of ours as an AuditEvent', () => {
  const row = { seq: 3, at: 0, actor: 'app-7', outcome: 'done' };

  test.each([
    ['append', '110107', 'Import'],
    ['export', '110106', 'Export'],
  ])('%s', (action, code, display) => {
    const event = one({ ...row, action, detail: { environment: 'live', resources: 4 } });
    expect(event.type).toEqual(dicom(code, display).coding[0]);
    expect([event.action, event.subtype]).toEqual(['E', undefined]);
    expect(event.agent).toEqual([
      { type: dicom('110150', 'Application'), who: { identifier: { value: 'app-7' } }, requestor: true },
    ]);
    expect(event.entity).toEqual([
      {
        type: object,
        name: action,
        detail: [
          { type: 'environment', valueString: 'live' },
          { type: 'resources', valueString: '4' },
        ],
      },
    ]);
  });

  test('any other act keeps its own name', () => {
    const event = one({
      ...row,
      action: 'destination-changed',
      detail: { destination: 'general', empty: '', gone: null },
    });
    expect(event.type).toEqual({
      system: 'https://w3id.org/itb-fhir/CodeSystem/itb-audit',
      code: 'operation',
      display: 'Operation',
    });
    expect(event.entity).toEqual([
      { type: object, name: 'destination-changed', detail: [{ type: 'destination', valueString: 'general' }] },
    ]);
  });

  test.each([
    ['accepted', '0'],
    ['in-step', '0'],
    ['terminal', '4'],
    ['parked', '4'],
    ['refused', '4'],
    ['retry', '8'],
    ['failed', '8'],
    ['unknown', '8'],
  ])('that ended %s has the outcome %s', (outcome, code) => {
    const event = one({ ...row, action: 'message', outcome, detail: { machine: 'adapter-1', patient: 'p-1' } });
    expect([event.outcome, event.outcomeDesc, event.source?.site]).toEqual([code, `message: ${outcome}`, 'adapter-1']);
    expect(event.entity?.[1]).toEqual(patientEntity);
  });

  test('without anything to tell it still names the act', () => {
    const event = one({ ...row, action: 'paused', detail: {} });
    expect(event.entity).toEqual([{ type: object, name: 'paused' }]);
  });
});
