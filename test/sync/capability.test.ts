import type { CapabilityStatement } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { parseCapabilities } from '../../src/sync/capability.ts';
import { fetchedAtMs, parsed, statementOf } from './capability-statements.ts';

const r4 = (rest: unknown, more: object = {}) => ({
  resourceType: 'CapabilityStatement',
  fhirVersion: '4.0.1',
  rest,
  ...more,
});
const server = (more: object) => r4([{ mode: 'server', ...more }]);
const hashOf = (statement: unknown) => parsed(statement).statement.hash;
const asProblem = (statement: unknown) => parseCapabilities(statement, fetchedAtMs, []);

describe('reading a CapabilityStatement', () => {
  it('takes what the server states of itself and of a type', () => {
    const statement = r4(
      [
        { mode: 'client', interaction: [{ code: 'batch' }] },
        {
          mode: 'server',
          interaction: [{ code: 'transaction' }, { code: 'search-system' }],
          resource: [
            {
              type: 'Device',
              interaction: [{ code: 'read' }, { code: 'update' }, { code: 'history-type' }],
              versioning: 'versioned',
              conditionalCreate: true,
              conditionalUpdate: true,
              updateCreate: true,
              searchParam: [{ name: 'identifier', type: 'token' }],
              supportedProfile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-implantable-device'],
            },
          ],
        },
      ],
      { software: { name: 'Server', version: '7' } },
    );
    const { hash, ...of } = parsed(statement).statement;
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect({ ...parsed(statement), statement: of }).toEqual({
      statement: { fetchedAtMs, software: 'Server 7', fhirVersion: '4.0.1' },
      transaction: true,
      batch: false,
      ifMatch: 'supported',
      vendorCodes: {},
      discrete: 'off',
      problems: [],
      resources: new Map([
        [
          'Device',
          {
            interactions: new Set(['read', 'update']),
            conditionalCreate: true,
            conditionalUpdate: true,
            updateCreate: true,
            versioning: 'versioned',
            searchParameters: new Set(['identifier']),
            profiles: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-implantable-device'],
            codingPolicy: 'any',
            voidBy: 'update-status',
          },
        ],
      ]),
    });
  });

  it('takes what is not stated for not there', () => {
    expect(parsed(server({ resource: [{ type: 'Device' }] })).resources.get('Device')).toEqual({
      interactions: new Set(),
      conditionalCreate: false,
      conditionalUpdate: false,
      updateCreate: false,
      versioning: 'no-version',
      searchParameters: new Set(),
      profiles: [],
      codingPolicy: 'any',
      voidBy: 'none',
    });
    expect(parsed(server({}))).toMatchObject({ transaction: false, batch: false, ifMatch: 'ignored' });
    expect(parsed(server({})).resources.size).toBe(0);
  });

  it('passes over what it cannot read, and keeps the rest', () => {
    const odd = r4(
      [
        'not a rest',
        {
          mode: 'server',
          interaction: [{ code: 7 }, null, { code: 'batch' }],
          resource: [
            { interaction: [{ code: 'create' }] },
            {
              type: 'Procedure',
              interaction: [{ code: 'create' }, { code: 'teleport' }, 'read'],
              conditionalCreate: 'yes',
              versioning: 'sometimes',
              searchParam: 'all',
              supportedProfile: [5],
            },
          ],
        },
      ],
      { software: 'a name' },
    );
    const { resources, batch, statement } = parsed(odd);
    expect([...resources.keys()]).toEqual(['Procedure']);
    expect(resources.get('Procedure')).toMatchObject({
      interactions: new Set(['create']),
      conditionalCreate: false,
      versioning: 'no-version',
      searchParameters: new Set(),
      profiles: [],
    });
    expect(batch).toBe(true);
    expect(statement.software).toBeUndefined();
  });

  it.each([
    ['no-version', 'ignored'],
    ['versioned', 'supported'],
    ['versioned-update', 'required'],
  ])('takes a type of ours with %s for If-Match %s', (versioning, ifMatch) => {
    const statement = server({
      resource: [
        { type: 'Device', versioning: 'no-version' },
        { type: 'Flag', versioning },
      ],
    });
    expect(parsed(statement).ifMatch).toBe(ifMatch);
  });

  it('does not conclude on If-Match from a type that we do not write', () => {
    expect(parsed(server({ resource: [{ type: 'Appointment', versioning: 'versioned' }] })).ifMatch).toBe('ignored');
  });

  it.each([
    ['a page of HTML', '<html></html>'],
    ['nothing', undefined],
    ['an OperationOutcome', { resourceType: 'OperationOutcome', fhirVersion: '4.0.1', rest: [{ mode: 'server' }] }],
    ['DSTU2', r4([{ mode: 'server' }], { fhirVersion: '1.0.2' })],
    ['STU3', r4([{ mode: 'server' }], { fhirVersion: '3.0.2' })],
    ['R4B', r4([{ mode: 'server' }], { fhirVersion: '4.3.0' })],
    ['R5', r4([{ mode: 'server' }], { fhirVersion: '5.0.0' })],
    ['a version of four parts', r4([{ mode: 'server' }], { fhirVersion: '14.0.1' })],
    ['no version', { resourceType: 'CapabilityStatement', rest: [{ mode: 'server' }] }],
  ])('says that %s is no statement of R4', (_, statement) => {
    expect(asProblem(statement)).toMatchObject({
      code: 'capability-missing',
      severity: 'error',
      message: 'the destination shows no CapabilityStatement of FHIR R4 (4.0)',
    });
  });

  it.each([['4.0'], ['4.0.0'], ['4.0.1']])('reads version %s', (fhirVersion) => {
    expect(parsed(r4([{ mode: 'server' }], { fhirVersion })).statement.fhirVersion).toBe(fhirVersion);
  });

  it('says that a statement of a client alone describes no server', () => {
    expect(asProblem(r4([{ mode: 'client' }]))).toMatchObject({
      code: 'capability-missing',
      message: 'the CapabilityStatement of the destination describes no server',
    });
  });
});

describe('the hash of a statement', () => {
  const epic = () => statementOf('epic');

  it('is the same when only dates, software and the order of lists differ', () => {
    const [rest] = epic().rest ?? [];
    const reversed = rest?.resource?.toReversed().map((one) => ({
      ...one,
      interaction: one.interaction?.toReversed(),
      searchParam: one.searchParam?.toReversed(),
      supportedProfile: one.supportedProfile?.toReversed(),
    }));
    const later: unknown = {
      ...epic(),
      date: '2027-01-01',
      software: { name: 'Epic', version: 'February 2027' },
      rest: [{ ...rest, resource: reversed }],
    };
    expect(hashOf(later)).toBe(hashOf(epic()));
  });

  it('does not depend on types that do not concern a therapy', () => {
    const more = changed((rest) => ({ ...rest, resource: [...(rest.resource ?? []), { type: 'Appointment' }] }));
    expect(hashOf(more)).toBe(hashOf(epic()));
  });

  it.each<[string, (statement: CapabilityStatement) => CapabilityStatement]>([
    ['another version of FHIR', (statement) => ({ ...statement, fhirVersion: '4.0.0' as never })],
    ['transactions', () => changed((rest) => ({ ...rest, interaction: [{ code: 'transaction' }] }))],
    ['batches', () => changed((rest) => ({ ...rest, interaction: [{ code: 'batch' }] }))],
    ['an interaction', () => changedDevice({ interaction: [{ code: 'read' }] })],
    ['a search parameter', () => changedDevice({ searchParam: [] })],
    ['a profile', () => changedDevice({ supportedProfile: ['https://hospital.example/device'] })],
    ['versions', () => changedDevice({ versioning: 'versioned' })],
    ['conditional create', () => changedDevice({ conditionalCreate: true })],
    ['conditional update', () => changedDevice({ conditionalUpdate: true })],
    ['update as create', () => changedDevice({ updateCreate: true })],
    ['a type that is gone', () => changed((rest) => ({ ...rest, resource: rest.resource?.slice(1) }))],
  ])('is another with %s', (_, change) => {
    expect(hashOf(change(epic()))).not.toBe(hashOf(epic()));
  });

  type Rest = NonNullable<CapabilityStatement['rest']>[number];

  function changed(change: (rest: Rest) => unknown): CapabilityStatement {
    const statement = epic();
    return { ...statement, rest: statement.rest?.map((rest) => change(rest) as Rest) };
  }

  const changedDevice = (change: object) =>
    changed((rest) => ({
      ...rest,
      resource: rest.resource?.map((one) => (one.type === 'Device' ? { ...one, ...change } : one)),
    }));
});
