import { createHash } from 'node:crypto';
import type { ResourceType } from '@medplum/fhirtypes';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { type Problem, problem } from '../event/problem.ts';
import type { ResourceCapability, ServerCapability } from './capability.ts';
import { interaction } from './facts.ts';
import { emittedKinds } from './routes.ts';

/** What a CapabilityStatement says of the server, before any fact narrows it. */
export interface StatedCapabilities {
  /** sha256, hex, of what we read of the types that concern us. */
  readonly hash: string;
  /** Name and version, as the server calls itself. */
  readonly software?: string | undefined;
  readonly fhirVersion: string;
  readonly server: ServerCapability;
  readonly resources: ReadonlyMap<ResourceType, ResourceCapability>;
}

/**
 * Reads an R4 CapabilityStatement. Servers write odd ones: a part that cannot be read counts as not stated, and what
 * is not stated is not there. Only what is no R4 statement of a server at all is a problem.
 */
export function readStatement(statement: unknown): StatedCapabilities | Problem {
  const read = capabilityStatement.safeParse(statement);
  if (!read.success) return unusable('the destination shows no CapabilityStatement of FHIR R4 (4.0)');
  const rest = read.data.rest.find(({ mode }) => mode === 'server');
  if (!rest) return unusable('the CapabilityStatement of the destination describes no server');
  const { fhirVersion, software } = read.data;
  const server = serverCapability(rest);
  const resources = new Map(rest.resource.map((stated) => [stated.type as ResourceType, resourceCapability(stated)]));
  return { hash: hashOf(fhirVersion, server, resources), software, fhirVersion, server, resources };
}

const unusable = (message: string): Problem => problem('capability-missing', message);

/** The items of a list that have the shape; a list that is none has no items. */
const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((entries) => entries.flatMap((entry) => readable(item, entry)));

function readable<Item extends z.ZodType>(item: Item, entry: unknown): z.output<Item>[] {
  const read = item.safeParse(entry);
  return read.success ? [read.data] : [];
}

const stated = z.boolean().catch(false);
const textOrNone = z.string().optional().catch(undefined);

const restResource = z.object({
  type: z.string().min(1),
  interaction: listOf(z.object({ code: interaction })),
  versioning: z.enum(['no-version', 'versioned', 'versioned-update']).catch('no-version'),
  conditionalCreate: stated,
  conditionalUpdate: stated,
  updateCreate: stated,
  searchParam: listOf(z.object({ name: z.string().min(1) })),
  supportedProfile: listOf(z.string().min(1)),
});

const rest = z.object({
  mode: z.string(),
  interaction: listOf(z.object({ code: z.string() })),
  resource: listOf(restResource),
});

const capabilityStatement = z.object({
  resourceType: z.literal('CapabilityStatement'),
  fhirVersion: z.string().regex(/^4\.0(\.\d+)?$/),
  software: z
    .object({ name: textOrNone, version: textOrNone })
    .transform(({ name, version }) => [name, version].filter(Boolean).join(' ') || undefined)
    .optional()
    .catch(undefined),
  rest: listOf(rest),
});

function serverCapability({ interaction: interactions, resource }: z.output<typeof rest>): ServerCapability {
  const does = (code: string) => interactions.some((one) => one.code === code);
  return {
    transaction: does('transaction'),
    batch: does('batch'),
    ifMatch: ifMatchFor(resource.filter(({ type }) => concerns(type)).map(({ versioning }) => versioning)),
    vendorCodes: {},
    discrete: 'off',
  };
}

/** R4: `versioned-update` says that an update has to name the right version, `versioned` only that there are versions. */
function ifMatchFor(policies: readonly ResourceCapability['versioning'][]): ServerCapability['ifMatch'] {
  if (policies.includes('versioned-update')) return 'required';
  return policies.includes('versioned') ? 'supported' : 'ignored';
}

function resourceCapability(resource: z.output<typeof restResource>): ResourceCapability {
  const { conditionalCreate, conditionalUpdate, updateCreate, versioning } = resource;
  const interactions = new Set(resource.interaction.map(({ code }) => code));
  return {
    interactions,
    conditionalCreate,
    conditionalUpdate,
    updateCreate,
    versioning,
    searchParameters: new Set(resource.searchParam.map(({ name }) => name)),
    profiles: resource.supportedProfile,
    codingPolicy: 'any',
    voidBy: 'update-status',
  };
}

/** What we write there, and the patients that it is about. What a server says of other types changes nothing for us. */
const concerns = (type: string): boolean => concerning.has(type);
const concerning: ReadonlySet<string> = new Set([...emittedKinds, 'DocumentReference', 'Patient']);

/** Order has no meaning in a statement; the name and version of the software promise nothing. */
function hashOf(
  fhirVersion: string,
  { transaction, batch }: ServerCapability,
  resources: StatedCapabilities['resources'],
): string {
  const concerned = [...resources].filter(([type]) => concerns(type));
  const read = { fhirVersion, transaction, batch, resources: Object.fromEntries(concerned.map(comparable)) };
  return createHash('sha256')
    .update(canonicalize(read) ?? '')
    .digest('hex');
}

function comparable([type, capability]: readonly [ResourceType, ResourceCapability]): [string, object] {
  const { interactions, searchParameters, profiles, versioning, conditionalCreate, conditionalUpdate, updateCreate } =
    capability;
  return [
    type,
    {
      interactions: [...interactions].sort(),
      searchParameters: [...searchParameters].sort(),
      profiles: [...new Set(profiles)].sort(),
      versioning,
      conditionalCreate,
      conditionalUpdate,
      updateCreate,
    },
  ];
}
