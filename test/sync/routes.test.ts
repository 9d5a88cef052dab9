import type { ResourceType } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { Hl7v2Settings, ProjectionSettings } from '../../src/sync/destination.ts';
import { type Fact, fact } from '../../src/sync/facts.ts';
import { emittedKinds, type Routes, routesFor, type Tier, tiersOf } from '../../src/sync/routes.ts';
import { capabilitiesOfServer } from './capability-statements.ts';

const hl7v2: Hl7v2Settings = {
  transport: { kind: 'mllp', host: 'engine.hospital.example', port: 2575, tls: true },
  sendingApplication: 'ITB-FHIR',
  sendingFacility: 'ADAPTER',
  receivingApplication: 'EHR',
  receivingFacility: 'HOSPITAL',
  version: '2.5.1',
  assigningAuthorities: {},
};
const tried: ProjectionSettings = { discrete: { evidence: 'tried with the analysts', on: '2026-11-01' } };

const say = (about: string, property: string, value: unknown, more: object = {}): Fact =>
  fact.parse({ about, property, value, source: 'the site', verified: true, ...more });

const routesAt = (
  server: string,
  settings: ProjectionSettings = {},
  scopes?: readonly string[],
  facts: readonly Fact[] = [],
): Routes => routesFor(capabilitiesOfServer(server, facts), settings, scopes);

const tierOf = ({ byType }: Routes): Record<string, Tier> =>
  Object.fromEntries([...byType].map(([kind, { tier }]) => [kind, tier]));

const reasonOf = ({ byType }: Routes, kind: ResourceType): string | undefined => byType.get(kind)?.reason;

/** Every kind in one tier, but for those named. */
const all = (tier: Tier, except: Partial<Record<(typeof emittedKinds)[number], Tier>> = {}): Record<string, Tier> => ({
  Device: tier,
  Medication: tier,
  MedicationRequest: tier,
  MedicationAdministration: tier,
  MedicationStatement: tier,
  Procedure: tier,
  Observation: tier,
  AdverseEvent: tier,
  Condition: tier,
  AllergyIntolerance: tier,
  CarePlan: tier,
  Flag: tier,
  Provenance: tier,
  ...except,
});

describe('the routes to a server', () => {
  it.each(['hapi', 'medplum', 'azure', 'google', 'aws-healthlake', 'aidbox', 'firely'])(
    'to %s everything travels as it is, in transactions, whether single resources are switched on or not',
    (server) => {
      for (const settings of [{}, tried, { ...tried, hl7v2 }]) {
        const routes = routesAt(server, settings);
        expect(tierOf(routes)).toEqual(all('graph'));
        expect([routes.sending, routes.report]).toEqual(['transaction', 'document']);
      }
    },
  );

  it('to Epic everything is told in documents, one request each', () => {
    const routes = routesAt('epic');
    expect(tierOf(routes)).toEqual(all('document'));
    expect([routes.sending, routes.report]).toEqual(['single', 'document']);
  });

  it('to Epic single Procedures and Observations travel once the site tried them', () => {
    expect(tierOf(routesAt('epic', tried))).toEqual(
      all('document', { Procedure: 'discrete', Observation: 'discrete' }),
    );
    const on = [say('server', 'discrete', 'on')];
    expect(tierOf(routesAt('epic', {}, undefined, on))).toEqual(tierOf(routesAt('epic', tried)));
  });

  it('to Oracle Health everything is told in documents, in batches', () => {
    const routes = routesAt('oracle-health');
    expect(tierOf(routes)).toEqual(all('document'));
    expect([routes.sending, routes.report]).toEqual(['batch', 'document']);
  });

  it('to Oracle Health single Procedures and Observations travel with their Provenance once the site tried them', () => {
    expect(tierOf(routesAt('oracle-health', tried))).toEqual(
      all('document', { Procedure: 'discrete', Observation: 'discrete', Provenance: 'discrete' }),
    );
  });

  it.each(['meditech', 'athenahealth'])('to %s all goes to the engine, or to a human where there is none', (server) => {
    for (const settings of [{}, tried]) {
      const without = routesAt(server, settings);
      expect(tierOf(without)).toEqual(all('worklist'));
      expect([without.sending, without.report]).toEqual(['single', 'worklist']);
      const withEngine = routesAt(server, { ...settings, hl7v2 });
      expect(tierOf(withEngine)).toEqual(all('hl7v2'));
      expect([withEngine.sending, withEngine.report]).toEqual(['single', 'hl7v2']);
    }
  });

  it('are asked only for the kinds that are named', () => {
    const routes = routesFor(capabilitiesOfServer('epic'), tried, undefined, ['Observation', 'Flag']);
    expect(tierOf(routes)).toEqual({ Observation: 'discrete', Flag: 'document' });
  });
});

describe('what a therapy needs to be held as it is', () => {
  it.each<[string, ResourceType, string[], string]>([
    [
      'created',
      'Device',
      ['read', 'search-type', 'update'],
      'Device cannot be created there (it offers read, search and update only).',
    ],
    ['changed', 'Device', ['create', 'read'], 'Device cannot be updated there (it offers read and create only).'],
    [
      'created',
      'MedicationAdministration',
      ['read'],
      'MedicationAdministration cannot be created there (it offers read only).',
    ],
    [
      'changed',
      'MedicationAdministration',
      ['create'],
      'MedicationAdministration cannot be updated there (it offers create only).',
    ],
  ])('can be %s: %s', (_, kind, interactions, why) => {
    const narrowed = [say(kind, 'interactions', interactions)];
    const routes = routesAt('hapi', tried, undefined, narrowed);
    expect(tierOf(routes)).toEqual(
      all('document', { Procedure: 'discrete', Observation: 'discrete', Provenance: 'discrete' }),
    );
    expect(reasonOf(routes, 'Observation')).toBe(why);
    expect(reasonOf(routes, 'Condition')).toBe(
      `${why} Without that Condition is not written. It is told in a document.`,
    );
  });

  it('is not every kind: what cannot be created beside it is told, what cannot be changed is noted', () => {
    const facts = [
      say('CarePlan', 'interactions', ['read', 'vread', 'patch', 'delete']),
      say('Procedure', 'interactions', ['create']),
      say('Provenance', 'interactions', ['create']),
    ];
    const routes = routesAt('hapi', {}, undefined, facts);
    expect(tierOf(routes)).toEqual(all('graph', { CarePlan: 'document' }));
    expect(reasonOf(routes, 'CarePlan')).toBe(
      'CarePlan cannot be created there (it offers read, read of versions, patch and delete only). It is told in a document.',
    );
    expect(reasonOf(routes, 'Procedure')).toBe(
      'It is held there as it is. Procedure cannot be updated there (it offers create only). A correction becomes a note.',
    );
    expect(reasonOf(routes, 'Provenance')).toBe('It is held there as it is.');
    expect(reasonOf(routes, 'Device')).toBe('It is held there as it is.');
  });
});

describe('what our scopes let us do', () => {
  it('names what the server would let us change and they do not', () => {
    const scopes = ['system/*.crs', 'system/Device.u', 'system/MedicationAdministration.u?x=y', 'system/Observation.u'];
    const { withheld } = routesAt('hapi', {}, scopes);
    const others = [...emittedKinds, 'DocumentReference' as const].filter(
      (kind) => !['Device', 'MedicationAdministration', 'Observation'].includes(kind),
    );
    expect(withheld).toEqual(new Set(others));
    expect(routesAt('hapi', {}, ['system/*.cruds'])).not.toHaveProperty('withheld');
    expect(routesAt('hapi')).not.toHaveProperty('withheld');
    expect(routesAt('epic', {}, ['system/*.crs']).withheld).toEqual(
      new Set(['Procedure', 'Observation', 'DocumentReference']),
    );
  });

  it('narrows the routes as the server does', () => {
    const scopes = ['system/*.rs', 'system/DocumentReference.c', 'system/Observation.cu'];
    const routes = routesAt('hapi', tried, scopes);
    expect(tierOf(routes)).toEqual(all('document', { Observation: 'discrete' }));
    expect(reasonOf(routes, 'Observation')).toBe('No scope of ours allows to create Device there.');
    expect(reasonOf(routes, 'Procedure')).toBe(
      'No scope of ours allows to create Procedure there. It is told in a document.',
    );
  });

  it('needs update of a Device, too', () => {
    const routes = routesAt('hapi', tried, ['system/*.c']);
    expect(reasonOf(routes, 'Observation')).toBe('No scope of ours allows to update Device there.');
    expect(tierOf(routes)).toMatchObject({ Device: 'document' });
  });

  it('counts a scope that gives a part of a kind', () => {
    const scopes = ['system/Observation.cu?category=vital-signs', 'system/DocumentReference.c'];
    expect(tierOf(routesAt('epic', tried, scopes))).toEqual(all('document', { Observation: 'discrete' }));
  });

  it('is everything with a wildcard, and nothing with no scope', () => {
    expect(tierOf(routesAt('aidbox', {}, ['system/*.cruds']))).toEqual(all('graph'));
    expect(tierOf(routesAt('aidbox', tried, []))).toEqual(all('worklist'));
  });
});

describe('why', () => {
  it('single resources are not switched on', () => {
    expect(reasonOf(routesAt('epic'), 'Observation')).toBe(
      'Single Procedures and Observations are not switched on for this destination. It is told in a document.',
    );
    expect(reasonOf(routesAt('oracle-health'), 'Provenance')).toBe(
      'Single Procedures and Observations are not switched on for this destination. It is told in a document.',
    );
  });

  it('a Provenance has nothing to tell of', () => {
    const facts = [say('Procedure', 'interactions', []), say('Observation', 'interactions', ['read'])];
    const routes = routesAt('oracle-health', tried, undefined, facts);
    expect(reasonOf(routes, 'Provenance')).toBe(
      'Procedure cannot be created there (it offers nothing for it). It is told in a document.',
    );
    const observationsAlone = routesAt('oracle-health', tried, undefined, facts.slice(0, 1));
    expect(tierOf(observationsAlone)).toEqual(all('document', { Observation: 'discrete', Provenance: 'discrete' }));
  });

  it('a human has to enter it', () => {
    expect(reasonOf(routesAt('athenahealth'), 'MedicationAdministration')).toBe(
      'Device cannot be created there (it offers read and search only). Without that MedicationAdministration is not ' +
        'written. DocumentReference cannot be created there (it offers read and search only). No interface engine is ' +
        'configured: it is listed for a human to enter.',
    );
  });

  it('the engine is told', () => {
    expect(reasonOf(routesAt('meditech', { hl7v2 }), 'Observation')).toBe(
      'Observation cannot be created there (it offers read and search only). DocumentReference cannot be created there ' +
        '(it offers read and search only). It is told to the interface engine.',
    );
  });
});

describe('the tiers in use', () => {
  it('are named best first, with their kinds', () => {
    expect([...tiersOf(routesAt('epic', tried))]).toEqual([
      ['discrete', ['Procedure', 'Observation']],
      ['document', emittedKinds.filter((kind) => kind !== 'Procedure' && kind !== 'Observation')],
    ]);
    expect([...tiersOf(routesAt('aidbox'))]).toEqual([['graph', [...emittedKinds]]]);
    expect([...tiersOf(routesAt('meditech', { hl7v2 })).keys()]).toEqual(['hl7v2']);
  });
});
