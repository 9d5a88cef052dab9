import type { CapabilityStatement, ResourceType } from '@medplum/fhirtypes';
import { capabilityStatement } from '../../src/sandbox/capability.ts';
import type { Fact } from '../../src/sync/facts.ts';
import { emittedKinds, type Routes, type Tier } from '../../src/sync/routes.ts';
import { epic, gatewayPage, oracle } from './dialects.ts';
import { readStatementFile, withSystem, withTypes } from './offered.ts';
import { type Quirks, refusedByOracle } from './quirks.ts';

/** One kind of server, how a site configures it, and where each kind of resource then has to end. */
export interface ServerKind {
  readonly name: string;
  readonly preset?: string;
  readonly statement: () => CapabilityStatement;
  readonly quirks: Partial<Quirks>;
  /** Beside those of the preset. */
  readonly facts?: readonly Fact[];
  /** The site tried single Procedures and Observations and switched them on. */
  readonly discrete?: true;
  readonly engine?: 'http' | 'mllp';
  readonly sending: Routes['sending'];
  readonly tiers: Readonly<Partial<Record<Tier, readonly ResourceType[]>>>;
  /** All that a therapy may ask of it: `METHOD Type`, entries of bundles indented. */
  readonly requests: readonly string[];
  /** Codes of what a human is asked to do there after the story of the contract. */
  readonly review: readonly string[];
  /** How far the process gets in the story before it dies, as shares of its moments: a new deployment for each. */
  readonly deaths: readonly number[];
}

const everything: readonly ResourceType[] = emittedKinds;
const discreteKinds: readonly ResourceType[] = ['Procedure', 'Observation'];
const without = (kinds: readonly ResourceType[]) => everything.filter((kind) => !kinds.includes(kind));

const made = [
  'AdverseEvent',
  'Device',
  'Medication',
  'MedicationAdministration',
  'MedicationRequest',
  'Observation',
  'Procedure',
  'Provenance',
];
const changed = ['MedicationAdministration', 'MedicationRequest', 'Observation', 'Procedure'];

/** Requests by bundles, and by themselves. */
const inBundles = (created: readonly string[], updated: readonly string[]) => [
  ...created.map((type) => `  POST ${type}`),
  ...updated.map((type) => `  PUT ${type}`),
  'POST bundle',
];
const oneByOne = (created: readonly string[], updated: readonly string[]) => [
  ...created.map((type) => `POST ${type}`),
  ...updated.map((type) => `PUT ${type}/id`),
];
const findsPatient = 'POST Patient/_search';
const findsDevices = 'GET Device?';

const many = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95];
const some = [0.3, 0.8];
/** Its behaviour is that of another server here. */
const none: readonly number[] = [];

/** What a site that measured its server says in place of the careful default of the preset: these tests need not wait. */
const unhurried: Fact = {
  about: 'server',
  property: 'requestsPerSecond',
  value: 1_000,
  source: 'a simulator on this machine',
  verified: true,
};

const showsAtOnce: Fact = {
  about: 'server',
  property: 'searchLagSeconds',
  value: 0,
  source: 'a simulator on this machine',
  verified: true,
};

const native = (
  name: string,
  statement: string,
  deaths: readonly number[],
  quirks: Partial<Quirks> = {},
): ServerKind => ({
  name,
  preset: statement,
  statement: () => readStatementFile(statement),
  quirks,
  facts: [unhurried, showsAtOnce],
  sending: 'transaction',
  tiers: { graph: everything },
  requests: [...inBundles(made, changed), findsPatient].sort(),
  review: [],
  deaths,
});

const epicLike = { dialect: epic, created: 'location', searchNeedsPatient: true, tellsOutcomes: true } as const;

const vendor = (name: string, preset: string, quirks: Partial<Quirks>) => ({
  name,
  preset,
  statement: () => readStatementFile(preset),
  quirks,
  facts: [unhurried, showsAtOnce],
});

const hapi = () => readStatementFile('hapi');

/** No conditional writes and no bundles: one plain request after the other. */
const plainStatement = () =>
  withSystem(
    withTypes(hapi(), (resource) => ({ ...resource, conditionalCreate: false, conditionalUpdate: false })),
    [],
  );

const readOnlyStatement = () =>
  withSystem(
    withTypes(hapi(), (resource) => ({
      ...resource,
      interaction: [{ code: 'read' }, { code: 'search-type' }],
      conditionalCreate: false,
      conditionalUpdate: false,
    })),
    [],
  );

export const servers: readonly ServerKind[] = [
  {
    name: 'the sandbox, as a simulator',
    statement: () => capabilityStatement({ fhirBaseUrl: 'urn:x', issuer: '', tokenUrl: '', jwksUri: '' }, '2026-01-01'),
    quirks: {},
    facts: [unhurried, showsAtOnce],
    sending: 'transaction',
    tiers: { graph: everything },
    requests: [...inBundles(made, changed), findsPatient].sort(),
    review: [],
    deaths: none,
  },
  native('HAPI-like', 'hapi', many),
  native('Medplum-like', 'medplum', none),
  native('Azure-like', 'azure', none, { searchLag: 2 }),
  native('Google-like', 'google', some, { searchLag: 2 }),
  native('Firely-like', 'firely', none),
  native('Aidbox-like', 'aidbox', none),
  native('HealthLake-like', 'aws-healthlake', none),
  {
    ...vendor('Epic-like, documents', 'epic', { ...epicLike, ifMatch: 'ignored' }),
    sending: 'single',
    tiers: { document: everything },
    requests: [...oneByOne(['DocumentReference'], ['DocumentReference']), findsDevices, findsPatient].sort(),
    review: [],
    deaths: some,
  },
  {
    ...vendor('Epic-like, discrete', 'epic', {
      ...epicLike,
      ifMatch: 'ignored',
      refusesDuplicates: true,
      resultCap: 100,
    }),
    discrete: true,
    sending: 'single',
    tiers: { discrete: discreteKinds, document: without(discreteKinds) },
    requests: [
      ...oneByOne(['DocumentReference', 'Observation', 'Procedure'], ['DocumentReference', 'Observation', 'Procedure']),
      findsDevices,
      findsPatient,
    ].sort(),
    review: [],
    deaths: many,
  },
  {
    ...vendor('Oracle-like', 'oracle-health', {
      dialect: oracle,
      created: 'location',
      ifMatch: 'required',
      refuses: refusedByOracle,
      repeatsAcrossPages: true,
      pageSize: 5,
    }),
    discrete: true,
    sending: 'batch',
    tiers: { discrete: [...discreteKinds, 'Provenance'], document: without([...discreteKinds, 'Provenance']) },
    requests: [
      ...inBundles(
        ['DocumentReference', 'Observation', 'Procedure', 'Provenance'],
        ['DocumentReference', 'Observation'],
      ),
      findsDevices,
      findsPatient,
    ].sort(),
    review: ['manual-correction-needed'],
    deaths: many,
  },
  {
    ...vendor('MEDITECH-like', 'meditech', { dialect: gatewayPage }),
    engine: 'mllp',
    sending: 'single',
    tiers: { hl7v2: everything },
    requests: [],
    review: [],
    deaths: many,
  },
  {
    ...vendor('athenahealth-like', 'athenahealth', { dialect: gatewayPage }),
    engine: 'http',
    sending: 'single',
    tiers: { hl7v2: everything },
    requests: [],
    review: [],
    deaths: some,
  },
  {
    name: 'batches only',
    statement: () => withSystem(hapi(), ['batch']),
    quirks: {},
    facts: [unhurried, showsAtOnce],
    sending: 'batch',
    tiers: { graph: everything },
    requests: [...inBundles(made, changed), findsPatient].sort(),
    review: [],
    deaths: some,
  },
  {
    name: 'nothing conditional',
    statement: plainStatement,
    quirks: { created: 'location' },
    facts: [unhurried, showsAtOnce],
    sending: 'single',
    tiers: { graph: everything },
    requests: [...oneByOne(made, changed), findsPatient].sort(),
    review: [],
    deaths: some,
  },
  {
    name: 'creates queued for review',
    statement: plainStatement,
    quirks: { created: 'queued' },
    facts: [unhurried, showsAtOnce],
    sending: 'single',
    tiers: { graph: everything },
    requests: [...oneByOne(made, changed), ...made.map((type) => `GET ${type}?`), findsPatient].sort(),
    review: [],
    deaths: some,
  },
  {
    name: 'read only',
    statement: readOnlyStatement,
    quirks: { dialect: gatewayPage },
    facts: [unhurried, showsAtOnce],
    sending: 'single',
    tiers: { worklist: everything },
    requests: [],
    review: [],
    deaths: some,
  },
];

export function serverKind(name: string): ServerKind {
  const found = servers.find((one) => one.name === name);
  if (!found) throw new Error(`there is no server ${name}`);
  return found;
}
