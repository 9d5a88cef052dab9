import { describe, expect, it } from 'vitest';
import { type Link, type Operation, plan, resourceOf } from '../../src/sync/plan.ts';
import { tailor } from '../../src/sync/tailor.ts';
import type { TailorContext } from '../../src/sync/tailored.ts';
import { able, capabilitiesOf, routesOf } from './destination-context.ts';
import { engine } from './message/engine.ts';
import { contextFor, type StoryTherapy, storyTherapy } from './story-therapy.ts';

/** Destinations of every kind. Whatever is reported, in whatever steps, the second look finds nothing left to do. */

const appendOnly = capabilitiesOf(
  Object.fromEntries(
    ['Procedure', 'Observation', 'DocumentReference'].map((kind) => [kind, able(['create', 'read', 'search-type'])]),
  ),
);
const discrete = routesOf('document', { Procedure: 'discrete', Observation: 'discrete' });

const destinations: Readonly<Record<string, Partial<TailorContext>>> = {
  'that takes everything': {},
  'that takes documents': { routes: routesOf('document') },
  'that takes single values and changes them': { routes: discrete },
  'that takes single values and changes nothing': { routes: discrete, capabilities: appendOnly },
  'with an interface engine': { routes: routesOf('hl7v2', {}, 'hl7v2'), settings: { hl7v2: engine() } },
  'with a worklist': { routes: routesOf('worklist', {}, 'worklist') },
};

const operationsOf = (therapy: StoryTherapy, links: ReadonlyMap<string, Link>, destination: Partial<TailorContext>) =>
  plan(tailor(therapy.wanted, therapy.reports, contextFor(therapy, { ...destination, links })).items, links).flat();

/** What the destination holds after it did all that. */
function done(
  operations: readonly Operation[],
  links: ReadonlyMap<string, Link>,
  patientId: string,
): Map<string, Link> {
  const after = new Map(links);
  for (const operation of operations) {
    const content = resourceOf(operation);
    after.set(operation.identity, {
      identity: operation.identity,
      patientId,
      resourceType: content.resourceType,
      serverId: operation.identity,
      versionId: '1',
      contentHash: operation.kind === 'void' ? null : operation.item.contentHash,
      state: operation.kind === 'void' ? 'voided' : 'live',
      content,
    });
  }
  return after;
}

/** Brings the destination from story to story, and looks a second time after each. */
function bring(stories: readonly StoryTherapy[], destination: Partial<TailorContext>) {
  let links = new Map<string, Link>();
  const left = stories.map((therapy) => {
    links = done(operationsOf(therapy, links, destination), links, therapy.patientId);
    return operationsOf(therapy, links, destination).map(({ kind, identity }) => `${kind} ${identity}`);
  });
  return { links, left };
}

const stories = ['wrong-concentration-corrected', 'pump-replaced-catheter-kept', 'dose-changed-during-a-bridge'];

describe.each(Object.entries(destinations))('a server %s', (_which, destination) => {
  it.each(stories)('is in step after each report of %s', (name) => {
    const all = storyTherapy(name).reports.length;
    const steps = Array.from({ length: all }, (_, n) => storyTherapy(name, n + 1));
    expect(bring(steps, destination).left).toEqual(steps.map(() => []));
  });

  it('is in step after reports were taken back, and after they stand again', () => {
    const [few, all] = [
      storyTherapy('wrong-concentration-corrected', 3),
      storyTherapy('wrong-concentration-corrected'),
    ];
    expect(bring([all, few, all, few], destination).left).toEqual([[], [], [], []]);
  });
});

describe('a server that takes documents', () => {
  it('holds one document for each event that stands, and changes no text', () => {
    const therapy = storyTherapy('wrong-concentration-corrected');
    const steps = Array.from({ length: 12 }, (_, n) => storyTherapy('wrong-concentration-corrected', n + 1));
    const { links } = bring([...steps, therapy], { routes: routesOf('document') });
    const current = [...links.values()].filter(({ content }) => 'status' in content && content.status === 'current');
    expect(current).toHaveLength(therapy.reports.length);
  });
});
