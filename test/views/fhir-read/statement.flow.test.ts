import type { CapabilityStatement, CapabilityStatementRestResource, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventExamples } from '../../../src/event/json-schema.ts';
import { definitions } from '../../../src/fhir/definitions.ts';
import { validate } from '../../../src/fhir/validate.ts';
import { startTokenIssuer } from '../../auth/token-issuer.ts';
import { startTestService } from '../../http/test-service.ts';
import { type FhirService, matches, startFhirService, trusted } from './fhir-service.ts';

let fhir: FhirService;
/** One resource of each type that the story has. */
let samples: Map<string, Resource>;
let patient: string;
let stated: CapabilityStatement;
beforeAll(async () => {
  fhir = await startFhirService({ emit: { condition: true, flag: true, allergy: true } });
  patient = await fhir.tell('outcomes-and-course-of-a-registry-patient');
  const others = [await fhir.tell('flex-and-kinked-catheter'), await fhir.tell('infection-explant-and-reimplant')];
  const examples = ['rescue-medication', 'care-plan'].map((type) => ({
    ...eventExamples().find((one) => one.type === type)?.example,
    ...(type === 'care-plan' && { allergies: ['baclofen'] }),
    ...{ occurredAt: '2024-04-02T10:00:00-04:00', recordedAt: undefined, test: true },
  }));
  const { body } = await fhir.service.post(examples);
  const ids = [...others, patient, body.events[0]?.patient];
  const all = await Promise.all(ids.map((id) => asked(`Patient/${id}/$everything`)));
  samples = new Map(all.flatMap((answer) => matches<Resource>(answer)).map((one) => [one.resourceType, one]));
  stated = (await fhir.ask('metadata')).body as unknown as CapabilityStatement;
});
afterAll(() => fhir.close());

const asked = (path: string, more: object = {}) => fhir.ask(path, { scope: 'system/*.rs', ...more });
const resourcesOf = (): CapabilityStatementRestResource[] => stated.rest?.[0]?.resource ?? [];

describe('the CapabilityStatement', () => {
  test('is valid R4, open to all, and says what this is', async () => {
    const { status, headers } = await fhir.ask('metadata', { headers: { origin: 'https://inferno.test' } });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    expect(validate(stated)).toEqual([]);
    expect(stated).toMatchObject({
      ...{ kind: 'instance', fhirVersion: '4.0.1', format: ['application/fhir+json'], status: 'active' },
      software: { name: 'itb-fhir-adapter', version: '0.1.0' },
      implementation: { url: fhir.base },
      date: '2024-05-01T12:00:00Z',
    });
    expect(stated.rest?.[0]?.security).toMatchObject({
      cors: false,
      service: [{ coding: [{ code: 'SMART-on-FHIR' }] }],
    });
    expect([stated.instantiates, stated.implementationGuide]).toEqual([undefined, undefined]);
  });

  test('names what fhirclient asks of it: a patient or subject parameter for each clinical type', () => {
    const without = resourcesOf().filter(
      ({ searchParam }) => !searchParam?.some(({ name }) => name === 'patient' || name === 'subject'),
    );
    expect(without.map(({ type }) => type)).toEqual(['Patient', 'Medication']);
  });

  test('names profiles that there are, of the type', () => {
    const { profiles, usCore } = definitions();
    for (const { type, supportedProfile = [] } of resourcesOf()) {
      const types = supportedProfile.map((url) => (profiles.get(url) ?? usCore.get(url))?.resourceType);
      expect(types).toEqual(supportedProfile.map(() => type));
    }
    const device = resourcesOf().find(({ type }) => type === 'Device');
    expect(device?.supportedProfile).toContain(
      'http://hl7.org/fhir/us/core/StructureDefinition/us-core-implantable-device',
    );
  });

  test('names the SMART endpoints that the SMART configuration names', async () => {
    const issuer = await startTokenIssuer();
    const endpoints = { authorizationEndpoint: 'https://ehr.test/authorize', tokenEndpoint: 'https://ehr.test/token' };
    const smart = { ...endpoints, capabilities: ['launch-ehr'] };
    const service = await startTestService({ issuers: [{ ...trusted(issuer), smart }] });
    const answers = await Promise.all(
      ['metadata', '.well-known/smart-configuration'].map((path) => fetch(`${service.url}/fhir/${path}`)),
    );
    const [statement, configuration] = (await Promise.all(answers.map((answer) => answer.json()))) as [
      CapabilityStatement,
      { authorization_endpoint: string; token_endpoint: string },
    ];
    await service.close();
    await issuer.close();
    expect(statement.rest?.[0]?.security?.extension).toEqual([
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: [
          { url: 'authorize', valueUri: configuration.authorization_endpoint },
          { url: 'token', valueUri: configuration.token_endpoint },
        ],
      },
    ]);
    expect(validate(statement)).toEqual([]);
  });
});

describe('everything that the CapabilityStatement lists is there', () => {
  test('each interaction with each type', async () => {
    expect([...samples.keys()].sort()).toEqual(
      resourcesOf()
        .map(({ type }) => type)
        .sort(),
    );
    for (const { type, interaction = [] } of resourcesOf()) {
      const id = samples.get(type as string)?.id;
      const paths: Record<string, string> = {
        ...{ read: `${type}/${id}`, vread: `${type}/${id}/_history/1`, 'history-instance': `${type}/${id}/_history` },
        'search-type': `${type}?_id=${id}`,
      };
      const answers = await Promise.all(interaction.map(({ code }) => asked(paths[code as string] as string)));
      expect([type, ...answers.map(({ status }) => status)]).toEqual([type, 200, 200, 200, 200]);
      expect(interaction.map(({ code }) => code).sort()).toEqual(Object.keys(paths).sort());
      const ids = answers.flatMap(({ body }) => body.id ?? body.entry?.[0]?.resource?.id);
      expect(ids).toEqual([id, id, id, id]);
    }
  });

  test('each search parameter, include and reverse include', async () => {
    const values: Record<string, string> = {
      token: 'x',
      string: 'x',
      uri: 'http://x.test',
      date: '2024',
      reference: 'x',
    };
    const refused: string[] = [];
    for (const { type, searchParam = [], searchInclude = [], searchRevInclude = [] } of resourcesOf()) {
      const queries = [
        ...searchParam.map((one) => `${one.name}=${values[one.type as string]}`),
        ...searchInclude.map((one) => `_include=${one}&_count=1`),
        ...searchRevInclude.map((one) => `_revinclude=${one}&_count=1`),
      ];
      for (const query of queries) {
        const { status } = await asked(`${type}?${query}`);
        if (status !== 200) refused.push(`${type}?${query}: ${status}`);
      }
    }
    expect(refused).toEqual([]);
  });

  test('each operation', async () => {
    const paths = resourcesOf().flatMap(({ type, operation = [] }) =>
      operation.map(({ name }) => `${type}/${samples.get(type as string)?.id}/$${name}`),
    );
    const answers = await Promise.all(paths.map((path) => asked(path)));
    expect(answers.map(({ status, body }) => [status, body.resourceType])).toEqual(Array(3).fill([200, 'Bundle']));
  });
});

describe('what the CapabilityStatement does not list is refused', () => {
  test('every other interaction', async () => {
    for (const [type, { id }] of samples) {
      const headers = { 'content-type': 'application/fhir+json' };
      const body = JSON.stringify({ resourceType: type });
      const statuses = await Promise.all([
        asked(type, { method: 'POST', headers, body }),
        asked(`${type}/${id}`, { method: 'PUT', headers, body }),
        asked(`${type}/${id}`, { method: 'PATCH', headers, body }),
        asked(`${type}/${id}`, { method: 'DELETE' }),
        asked(`${type}?_id=${id}`, { method: 'DELETE' }),
        asked(`${type}/_history`),
      ]);
      expect([type, ...statuses.map(({ status }) => status)]).toEqual([type, 405, 405, 405, 405, 405, 404]);
    }
    const system = await Promise.all([asked(''), asked('_history'), asked('?_id=1'), asked('', { method: 'POST' })]);
    expect(system.map(({ status }) => status)).toEqual([404, 404, 404, 405]);
  });

  test.each(['Immunization', 'Encounter', 'Task', 'AuditEvent', 'Binary', 'device', 'metadata2'])(
    'the type %s',
    async (type) => {
      const answers = await Promise.all([asked(type), asked(`${type}/1`), asked(`${type}/1/_history`)]);
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    },
  );

  test.each([
    'Observation?combo-code=x',
    'Observation?encounter=1',
    'Device?url=x',
    'Procedure?performer=x',
    'Patient?name=x',
    'Provenance?agent=x',
    'Device?_text=x',
    'Device?_content=x',
    'Device?_filter=x',
    'Device?_query=x',
    'Device?_list=x',
  ])('the search %s', async (path) => {
    const { status, body } = await asked(path);
    expect([status, body.issue?.[0]?.severity]).toEqual([400, 'error']);
  });

  test('an include that there is not', async () => {
    const answers = await Promise.all(
      ['Device?_include=Device:owner', 'Device?_revinclude=Task:focus', 'Patient?_include=Patient:organization'].map(
        (path) => asked(path),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  });

  test.each([
    'Patient/{id}/$summary',
    'Device/{device}/$everything',
    'Patient/$match',
    'Observation/$lastn',
    '$export',
    'Patient/$everything',
  ])('the operation %s', async (path) => {
    const real = path.replace('{id}', patient).replace('{device}', samples.get('Device')?.id as string);
    const answers = await Promise.all([asked(real), asked(real, { method: 'POST' })]);
    expect(answers.map(({ status }) => status)).toEqual([404, 405]);
  });
});

interface OpenApi {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
}

interface OpenApiOperation {
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}

describe('the OpenAPI description', () => {
  const described = async () => (await (await fetch(`${fhir.service.url}/openapi.json`)).json()) as OpenApi;
  const operations = async () =>
    Object.entries((await described()).paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        operation.operationId === undefined ? [] : [{ path, method, ...operation }],
      ),
    );

  test('has a name of its own for every operation, and every variable of its path', async () => {
    const all = await operations();
    expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
    for (const { path, parameters = [] } of all) {
      const variables = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(variables);
    }
    expect((await described()).openapi).toBe('3.1.0');
    expect((await described()).servers).toEqual([{ url: fhir.service.url }]);
  });

  test('lists of the FHIR API what the CapabilityStatement lists, and nothing else', async () => {
    const ofInteraction: Record<string, readonly string[]> = {
      read: ['get /{id}'],
      vread: ['get /{id}/_history/{version}'],
      'history-instance': ['get /{id}/_history'],
      'search-type': ['get ', 'post /_search'],
    };
    const listed = resourcesOf().flatMap(({ type, interaction = [], operation = [] }) => [
      ...interaction
        .flatMap(({ code }) => ofInteraction[code as string] ?? [])
        .map((one) => one.replace(' ', ` /fhir/${type}`)),
      ...operation.flatMap(({ name }) => {
        const methods = name === 'pump-status' ? ['get', 'post'] : ['get'];
        return methods.map((method) => `${method} /fhir/${type}/{id}/$${name}`);
      }),
    ]);
    const open = ['get /fhir/metadata', 'get /fhir/.well-known/smart-configuration'];
    const inOpenApi = (await operations())
      .filter(({ path }) => path.startsWith('/fhir'))
      .map(({ path, method }) => `${method} ${path}`);
    expect(inOpenApi.toSorted()).toEqual([...listed, ...open].toSorted());
  });

  test('lists for each search the parameters that the CapabilityStatement lists', async () => {
    const { paths } = await described();
    for (const { type, searchParam = [] } of resourcesOf()) {
      const names = paths[`/fhir/${type}`]?.get?.parameters?.map(({ name }) => name) ?? [];
      expect(names.slice(0, searchParam.length)).toEqual(searchParam.map(({ name }) => name));
    }
  });

  test('lists nothing that is not there', async () => {
    const missing: string[] = [];
    for (const { path, method } of await operations()) {
      const response = await fetch(fhir.service.url + path.replaceAll(/\{\w+\}/g, 'x'), {
        method,
        headers: { authorization: `Bearer ${await fhir.token('system/*.rs')}` },
      });
      const text = await response.text();
      const isMissing = /no such resource here|There is nothing at this address|This server is read only/.test(text);
      // Nothing true can be said in the SMART configuration of an issuer that names no endpoints.
      if (isMissing && !path.endsWith('smart-configuration')) missing.push(`${method} ${path}: ${response.status}`);
    }
    expect(missing).toEqual([]);
  });

  test('says truly what is open to all', async () => {
    const open = (await operations()).filter(({ security }) => security === undefined);
    const closed = (await operations()).filter(({ security }) => security !== undefined);
    const statusOf = async ({ path, method }: { path: string; method: string }) =>
      (await fetch(fhir.service.url + path.replaceAll(/\{\w+\}/g, 'x'), { method })).status;
    expect(new Set(await Promise.all(closed.map(statusOf)))).toEqual(new Set([401]));
    expect((await Promise.all(open.map(statusOf))).filter((status) => status === 401)).toEqual([]);
  });

  test('names an address for each tenant, where there are several, and one for what is not a tenant’s', async () => {
    const issuer = await startTokenIssuer();
    const service = await startTestService({
      issuers: ['north', 'south'].map((tenant) => ({ ...trusted(issuer), tenant })),
      server: { publicUrl: 'https://adapter.test/itb' },
    });
    const { servers, paths } = (await (await fetch(`${service.url}/openapi.json`)).json()) as OpenApi;
    await service.close();
    await issuer.close();
    const variables = { tenant: { default: 'north', enum: ['north', 'south'] } };
    expect(servers).toEqual([{ url: 'https://adapter.test/itb/t/{tenant}', variables }]);
    expect([paths['/fhir/Device']?.servers, paths['/healthz']?.servers]).toEqual([
      undefined,
      [{ url: 'https://adapter.test/itb' }],
    ]);
  });
});
