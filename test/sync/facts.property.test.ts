import '../property-defaults.ts';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { DestinationCapabilities } from '../../src/sync/capability.ts';
import { type Fact, fact, interaction } from '../../src/sync/facts.ts';
import { routesFor, type Tier } from '../../src/sync/routes.ts';
import { parsed } from './capability-statements.ts';

const kinds = ['Device', 'MedicationAdministration', 'Observation', 'Procedure', 'DocumentReference'] as const;
const parameters = ['_id', 'identifier', 'patient'] as const;

const statements = fc
  .record({
    system: fc.subarray(['transaction', 'batch']),
    resources: fc.subarray([...kinds]).chain((types) =>
      fc.tuple(
        ...types.map((type) =>
          fc.record({
            type: fc.constant(type),
            interaction: fc.subarray([...interaction.options]).map((codes) => codes.map((code) => ({ code }))),
            versioning: fc.constantFrom('no-version', 'versioned', 'versioned-update'),
            conditionalCreate: fc.boolean(),
            conditionalUpdate: fc.boolean(),
            updateCreate: fc.boolean(),
            searchParam: fc.subarray([...parameters]).map((names) => names.map((name) => ({ name }))),
          }),
        ),
      ),
    ),
  })
  .map(({ system, resources }) => ({
    resourceType: 'CapabilityStatement',
    fhirVersion: '4.0.1',
    rest: [{ mode: 'server', interaction: system.map((code) => ({ code })), resource: resources }],
  }));

const claims = fc.oneof(
  fc.record({ about: fc.constant('server'), property: fc.constantFrom('transaction', 'batch'), value: fc.boolean() }),
  fc.record({
    about: fc.constant('server'),
    property: fc.constant('maxEntries'),
    value: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({
    about: fc.constant('server'),
    property: fc.constant('ifMatch'),
    value: fc.constantFrom('required', 'supported', 'ignored'),
  }),
  fc.record({
    about: fc.constantFrom(...kinds),
    property: fc.constantFrom('conditionalCreate', 'conditionalUpdate', 'updateCreate'),
    value: fc.boolean(),
  }),
  fc.record({
    about: fc.constantFrom(...kinds),
    property: fc.constant('interactions'),
    value: fc.subarray([...interaction.options]),
  }),
  fc.record({
    about: fc.constantFrom(...kinds),
    property: fc.constant('searchParameters'),
    value: fc.subarray([...parameters]),
  }),
);

const unassertedFacts = fc.array(
  claims.map((claim): Fact => fact.parse({ ...claim, source: 'a site', verified: false })),
  { maxLength: 8 },
);

/** Whether everything that the first can do, the second can do. */
function isWithin(effective: DestinationCapabilities, stated: DestinationCapabilities): boolean {
  const ofServer =
    (stated.transaction || !effective.transaction) &&
    (stated.batch || !effective.batch) &&
    (stated.ifMatch === 'supported' || effective.ifMatch === stated.ifMatch);
  return (
    ofServer &&
    [...effective.resources].every(([type, one]) => {
      const other = stated.resources.get(type);
      return (
        other !== undefined &&
        one.interactions.isSubsetOf(other.interactions) &&
        one.searchParameters.isSubsetOf(other.searchParameters) &&
        (other.conditionalCreate || !one.conditionalCreate) &&
        (other.conditionalUpdate || !one.conditionalUpdate) &&
        (other.updateCreate || !one.updateCreate) &&
        (other.voidBy === 'update-status' || one.voidBy === 'none')
      );
    })
  );
}

const bestFirst: readonly Tier[] = ['graph', 'discrete', 'document', 'hl7v2', 'worklist'];

describe('facts that assert nothing', () => {
  it('leave a server nothing that it does not state', () => {
    fc.assert(
      fc.property(statements, unassertedFacts, (statement, facts) =>
        isWithin(parsed(statement, facts), parsed(statement)),
      ),
    );
  });

  it('say so of each that claims more, and of no other', () => {
    fc.assert(
      fc.property(statements, unassertedFacts, (statement, facts) => {
        const withFirst = (count: number) => parsed(statement, facts.slice(0, count));
        return facts.every((one, index) => {
          const added = withFirst(index + 1).problems.length - withFirst(index).problems.length;
          const widens = !isWithin(parsed(statement, [...facts.slice(0, index), asserted(one)]), withFirst(index));
          return one.property === 'maxEntries' || added === (widens ? 1 : 0);
        });
      }),
    );
  });

  it('lift no kind to a better tier', () => {
    const settings = { discrete: { evidence: 'tried', on: '2026-11-21' } };
    fc.assert(
      fc.property(statements, unassertedFacts, (statement, facts) => {
        const stated = routesFor(parsed(statement), settings, undefined).byType;
        const narrowed = routesFor(parsed(statement, facts), settings, undefined).byType;
        return [...narrowed].every(
          ([kind, { tier }]) => bestFirst.indexOf(tier) >= bestFirst.indexOf(stated.get(kind)?.tier ?? 'graph'),
        );
      }),
    );
  });
});

const asserted = (one: Fact): Fact =>
  fact.parse({ ...one, assert: { reason: 'tried with the site', on: '2026-11-21' } });
