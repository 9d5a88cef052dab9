import type { ResourceType } from '@medplum/fhirtypes';
import { grants, grantsInPart, parseScopes, type Scope } from '../auth/scopes.ts';
import type { DestinationCapabilities } from './capability.ts';
import type { ProjectionSettings } from './destination.ts';
import type { Interaction } from './facts.ts';

/**
 * How each kind of resource travels to one destination, and why. `graph`: as it is. `discrete`: single Procedures and
 * Observations, adapted. `document`: told in a readable DocumentReference. `hl7v2`: told to the interface engine.
 * `worklist`: listed for a human to enter.
 */
export type Tier = 'graph' | 'discrete' | 'document' | 'hl7v2' | 'worklist';

export interface Route {
  readonly tier: Tier;
  /** Why not the tier above, in a sentence for an operator. */
  readonly reason: string;
}

export interface Routes {
  /** How resources are sent that travel as FHIR. */
  readonly sending: 'transaction' | 'batch' | 'single';
  /** Every kind of resource that the adapter makes. */
  readonly byType: ReadonlyMap<ResourceType, Route>;
  /** Kinds that the server would let us change and our scopes do not. Absent: none. */
  readonly withheld?: ReadonlySet<ResourceType> | undefined;
  /** How an event is told of which some kind does not travel as FHIR of its own. */
  readonly report: ReportTier;
}

export type ReportTier = Extract<Tier, 'document' | 'hl7v2' | 'worklist'>;

/**
 * Every kind of resource that destinations are owed. Not DeviceUseStatement, which is made for patient summaries alone;
 * and not DocumentReference, which is made only where some of these cannot travel.
 */
export const emittedKinds = [
  'Device',
  'Medication',
  'MedicationRequest',
  'MedicationAdministration',
  'MedicationStatement',
  'Procedure',
  'Observation',
  'AdverseEvent',
  'Condition',
  'AllergyIntolerance',
  'CarePlan',
  'Flag',
  'Provenance',
] as const satisfies readonly ResourceType[];

/** Without these two a therapy cannot be held as it is: what runs, and in what it runs. Both change during a therapy. */
const core = ['Device', 'MedicationAdministration'] as const satisfies readonly ResourceType[];

/** What makes sense by itself in a chart that keeps devices and administrations of its own. */
const discreteKinds: readonly ResourceType[] = ['Procedure', 'Observation'];

/**
 * Chooses how each kind travels, from what the server can do and what our scopes let us do there. `scopes` absent:
 * everything is granted. Settings never lift a kind above what the server states. Pure.
 */
export function routesFor(
  capabilities: DestinationCapabilities,
  settings: ProjectionSettings,
  scopes: readonly string[] | undefined,
  kinds: readonly ResourceType[] = emittedKinds,
): Routes {
  const at: Place = { capabilities, settings, granted: scopes && parseScopes(scopes.join(' ')).scopes };
  const report = reportRoute(at);
  const missing = whyNoGraph(at);
  const routeOf = (kind: ResourceType): Route => {
    const obstacle = missing === undefined ? whyNot(at, kind, 'create') : whyNotDiscrete(at, kind, missing);
    if (obstacle) return { tier: report.tier, reason: `${obstacle} ${report.reason}` };
    return missing === undefined ? asItIs(at, kind) : { tier: 'discrete', reason: missing };
  };
  const byType = new Map(kinds.map((kind) => [kind, routeOf(kind)] as const));
  const withheld = [...kinds, 'DocumentReference' as const].filter((kind) => isWithheld(at, kind));
  return {
    sending: sendingOf(capabilities),
    byType,
    report: report.tier,
    ...(withheld.length > 0 && { withheld: new Set(withheld) }),
  };
}

/** The kinds of each tier in use, best tier first, for a summary. */
export function tiersOf({ byType }: Routes): ReadonlyMap<Tier, readonly ResourceType[]> {
  const kindsIn = (tier: Tier) => [...byType].filter(([, route]) => route.tier === tier).map(([kind]) => kind);
  return new Map(bestFirst.map((tier) => [tier, kindsIn(tier)] as const).filter(([, kinds]) => kinds.length > 0));
}

const bestFirst: readonly Tier[] = ['graph', 'discrete', 'document', 'hl7v2', 'worklist'];

interface Place {
  readonly capabilities: DestinationCapabilities;
  readonly settings: ProjectionSettings;
  /** Undefined: everything. */
  readonly granted: readonly Scope[] | undefined;
}

function sendingOf({ transaction, batch }: DestinationCapabilities): Routes['sending'] {
  if (transaction) return 'transaction';
  return batch ? 'batch' : 'single';
}

/** Undefined where the server can hold and change what runs, and in what it runs. */
function whyNoGraph(at: Place): string | undefined {
  const obstacles = core.map((kind) => whyNot(at, kind, 'create') ?? whyNot(at, kind, 'update'));
  return obstacles.find((obstacle) => obstacle !== undefined);
}

/** What is not written without a Device and an administration of ours is told instead. */
function whyNotDiscrete(at: Place, kind: ResourceType, missing: string): string | undefined {
  if (kind === 'Provenance') return whyNot(at, kind, 'create') ?? whyNothingDiscrete(at);
  if (!discreteKinds.includes(kind)) return `${missing} Without that ${kind} is not written.`;
  return whyNot(at, kind, 'create') ?? whyNotSwitchedOn(at);
}

/** A Provenance says where a resource of ours comes from: it needs one that is there. */
function whyNothingDiscrete(at: Place): string | undefined {
  const obstacles = discreteKinds.map((kind) => whyNot(at, kind, 'create') ?? whyNotSwitchedOn(at));
  return obstacles.includes(undefined) ? undefined : obstacles[0];
}

const whyNotSwitchedOn = ({ capabilities, settings }: Place): string | undefined =>
  capabilities.discrete === 'on' || settings.discrete
    ? undefined
    : 'Single Procedures and Observations are not switched on for this destination.';

/** What stands in the way of writing this kind: the server, else our scopes. */
function whyNot(at: Place, kind: ResourceType, interaction: 'create' | 'update'): string | undefined {
  const offered = at.capabilities.resources.get(kind)?.interactions ?? new Set<Interaction>();
  if (!offered.has(interaction)) return `${kind} cannot be ${interaction}d there (it offers ${inWords(offered)}).`;
  return mayDo(at, kind, interaction) ? undefined : `No scope of ours allows to ${interaction} ${kind} there.`;
}

function mayDo({ granted }: Place, kind: ResourceType, interaction: 'create' | 'update'): boolean {
  const wanted = { resource: kind, interaction };
  return !granted || grants(granted, wanted) || grantsInPart(granted, wanted).length > 0;
}

const isWithheld = (at: Place, kind: ResourceType): boolean =>
  at.capabilities.resources.get(kind)?.interactions.has('update') === true && !mayDo(at, kind, 'update');

function inWords(offered: ReadonlySet<Interaction>): string {
  const names = wordFor.filter(([code]) => offered.has(code)).map(([, word]) => word);
  if (names.length === 0) return 'nothing for it';
  return names.length === 1 ? `${names[0]} only` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} only`;
}

/** In the order in which an operator reads them. */
const wordFor: readonly (readonly [Interaction, string])[] = [
  ['read', 'read'],
  ['vread', 'read of versions'],
  ['search-type', 'search'],
  ['create', 'create'],
  ['update', 'update'],
  ['patch', 'patch'],
  ['delete', 'delete'],
];

/** A Provenance is written once for each report and never changed. */
function asItIs(at: Place, kind: ResourceType): Route {
  const fixed = kind === 'Provenance' ? undefined : whyNot(at, kind, 'update');
  const reason = fixed
    ? `It is held there as it is. ${fixed} A correction becomes a note.`
    : 'It is held there as it is.';
  return { tier: 'graph', reason };
}

function reportRoute(at: Place): { readonly tier: ReportTier; readonly reason: string } {
  const noDocument = whyNot(at, 'DocumentReference', 'create');
  if (!noDocument) return { tier: 'document', reason: 'It is told in a document.' };
  return at.settings.hl7v2
    ? { tier: 'hl7v2', reason: `${noDocument} It is told to the interface engine.` }
    : {
        tier: 'worklist',
        reason: `${noDocument} No interface engine is configured: it is listed for a human to enter.`,
      };
}
