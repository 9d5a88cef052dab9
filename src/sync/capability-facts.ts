import type { ResourceType } from '@medplum/fhirtypes';
import { type Problem, problem } from '../event/problem.ts';
import type { ResourceCapability, ServerCapability } from './capability.ts';
import type { Fact } from './facts.ts';

type Resources = ReadonlyMap<ResourceType, ResourceCapability>;
type ServerFact = Extract<Fact, { about: 'server' }>;
type ResourceFact = Exclude<Fact, ServerFact>;

/** What a server can do, as far as the facts up to here say. */
export interface Effective {
  readonly server: ServerCapability;
  readonly resources: Resources;
  /** One for each fact that says more than what stood before it, and does not assert it. */
  readonly problems: readonly Problem[];
}

/**
 * Applies facts in their order. Of a fact only the part counts that narrows; with `assert` the whole of it counts. What
 * no CapabilityStatement can say (pace, codes of the vendor, categories, elements …) is taken as the last fact says it.
 */
export function applyFacts(server: ServerCapability, resources: Resources, facts: readonly Fact[]): Effective {
  const { resources: narrowed, ...effective } = facts.reduce(applyFact, { server, resources, problems: [] });
  return { ...effective, resources: new Map([...narrowed].map(([type, one]) => [type, withdrawableByUpdate(one)])) };
}

function applyFact(known: Effective, fact: Fact): Effective {
  const next = isOfServer(fact) ? applyToServer(known, fact) : applyToResource(known, fact);
  return fact.assert || !next.widens ? next.known : { ...next.known, problems: [...known.problems, widening(fact)] };
}

interface Applied {
  readonly known: Effective;
  readonly widens: boolean;
}

const isOfServer = (fact: Fact): fact is ServerFact => fact.about === 'server';

function applyToServer(known: Effective, fact: ServerFact): Applied {
  const met = meetServer(known.server, fact);
  const server = { ...known.server, [fact.property]: counted(met, fact) };
  return { known: { ...known, server }, widens: met.widens };
}

/** A type that is not there comes to be only by what is asserted of it. */
function applyToResource(known: Effective, fact: ResourceFact): Applied {
  const type = fact.about as ResourceType;
  const stated = known.resources.get(type);
  const met = meetResource(stated ?? absent, fact);
  if (!stated && !(fact.assert && met.widens)) return { known, widens: met.widens };
  const resource = { ...(stated ?? absent), [fact.property]: counted(met, fact) };
  return { known: { ...known, resources: new Map(known.resources).set(type, resource) }, widens: met.widens };
}

const counted = ({ narrowed, claimed }: Met, fact: Fact): unknown => (fact.assert ? claimed : narrowed);

function widening({ about, property }: Fact): Problem {
  return problem(
    'fact-widens',
    'the fact says more than what the destination states, and does not assert it: the statement counts',
    { field: `${about}.${property}` },
    'warning',
  );
}

const absent: ResourceCapability = {
  interactions: new Set(),
  conditionalCreate: false,
  conditionalUpdate: false,
  updateCreate: false,
  versioning: 'no-version',
  searchParameters: new Set(),
  profiles: [],
  codingPolicy: 'any',
  voidBy: 'update-status',
};

/** What stood before, met with what a fact claims. */
interface Met {
  readonly narrowed: unknown;
  readonly claimed: unknown;
  readonly widens: boolean;
}

/** Properties are named by the statement's own names, so that a fact goes where it belongs without a table. */
function meetServer(server: ServerCapability, fact: ServerFact): Met {
  switch (fact.property) {
    case 'transaction':
    case 'batch':
      return both(server[fact.property], fact.value);
    case 'maxEntries':
    case 'maxBytes':
      return smaller(server[fact.property], fact.value);
    case 'ifMatch':
      return stricter(server.ifMatch, fact.value);
    case 'vendorCodes':
      return asSaid({ ...server.vendorCodes, ...fact.value });
    default:
      return asSaid(fact.value);
  }
}

function meetResource(resource: ResourceCapability, fact: ResourceFact): Met {
  switch (fact.property) {
    case 'conditionalCreate':
    case 'conditionalUpdate':
    case 'updateCreate':
      return both(resource[fact.property], fact.value);
    case 'interactions':
      return common(resource.interactions, fact.value);
    case 'searchParameters':
      return common(resource.searchParameters, fact.value);
    default:
      return asSaid(fact.value);
  }
}

const both = (stated: boolean, claimed: boolean): Met => ({
  narrowed: stated && claimed,
  claimed,
  widens: claimed && !stated,
});

const smaller = (stated: number | undefined, claimed: number): Met => ({
  narrowed: Math.min(stated ?? claimed, claimed),
  claimed,
  widens: stated !== undefined && claimed > stated,
});

/** `required` asks more of us and `ignored` protects us less: neither can be taken back by a fact that only narrows. */
const stricter = (stated: ServerCapability['ifMatch'], claimed: ServerCapability['ifMatch']): Met => {
  const widens = stated !== 'supported' && claimed !== stated;
  return { narrowed: widens ? stated : claimed, claimed, widens };
};

const common = <Item>(stated: ReadonlySet<Item>, claimed: readonly Item[]): Met => ({
  narrowed: new Set(claimed.filter((item) => stated.has(item))),
  claimed: new Set(claimed),
  widens: claimed.some((item) => !stated.has(item)),
});

const asSaid = (claimed: unknown): Met => ({ narrowed: claimed, claimed, widens: false });

/** A status is changed by an update: where there is none, nothing can be withdrawn. */
function withdrawableByUpdate(resource: ResourceCapability): ResourceCapability {
  return resource.interactions.has('update') ? resource : { ...resource, voidBy: 'none' };
}
