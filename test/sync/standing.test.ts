import type { AdverseEvent, Observation, Resource, Task } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { project } from '../../src/sync/projection/project.ts';
import { leaveStanding } from '../../src/sync/standing.ts';
import type { EventReport, TailorContext, Wanted } from '../../src/sync/tailored.ts';
import { able, capabilitiesOf, contextOf, routesOf } from './destination-context.ts';
import { identityOf, infusion, linksTo, observation, provenance, pump, tailored } from './therapy-resources.ts';

const appendOnly = {
  capabilities: capabilitiesOf({ Observation: able(['create', 'read']), Device: able(['create']), Provenance: able() }),
};

const report: EventReport = {
  group: 1,
  identity: identityOf(50),
  kind: 'refill',
  occurredAt: '2024-06-25T10:00:00-04:00',
  recordedAt: '2024-06-25T14:20:00Z',
};

const standing = (wanted: readonly Wanted[], changes: Partial<TailorContext>) => {
  const context = contextOf({ ...appendOnly, ...changes });
  return leaveStanding(
    project(wanted, context),
    { reports: [{ ...report, group: 0 }, report], devices: new Map() },
    context,
  );
};

const observationTold = routesOf('graph', { Observation: 'document' });

describe('a resource that the server cannot change', () => {
  it('is created where it is not there', () => {
    const { items, corrections, problems } = standing([observation(3, 1)], {});
    expect(items.map(({ identity, frozen }) => [identity, frozen])).toEqual([[identityOf(3), undefined]]);
    expect([corrections, problems]).toEqual([[], []]);
  });

  it('stays, and nothing is said, while it says what is reported', () => {
    const links = linksTo(tailored(observation(3, 1, '2')));
    const { items, corrections, problems } = standing([observation(3, 1, '2')], { links });
    expect(items.map(({ frozen, contentHash }) => [frozen, contentHash])).toEqual([
      [true, links.get(identityOf(3))?.contentHash],
    ]);
    expect([corrections, problems]).toEqual([[], []]);
  });

  it('stays as it is when something else is reported: a correction says so, and a human is asked', () => {
    const links = linksTo(tailored(observation(3, 1, '2')));
    const { items, corrections, problems } = standing([observation(3, 1, '5')], { links });
    expect(items).toEqual([
      {
        identity: identityOf(3),
        group: 1,
        channel: 'fhir',
        frozen: true,
        resource: links.get(identityOf(3))?.content,
        contentHash: links.get(identityOf(3))?.contentHash,
      },
    ]);
    expect(corrections).toMatchObject([
      { code: 'correction', group: 1, about: identityOf(3), report, observations: [] },
    ]);
    expect(corrections[0]?.text).toContain(
      'In this chart stands:\n  Observation: score\n    Status: final\n    Value: 2\n',
    );
    expect(corrections[0]?.text).toContain(
      'It is reported now as:\n  Observation: score\n    Status: final\n    Value: 5\n',
    );
    expect(problems).toEqual([
      {
        code: 'manual-correction-needed',
        severity: 'warning',
        message: 'Observation there cannot be changed, and is no longer what is reported',
        remedy: 'Correct it there by hand; a correcting document was written beside it.',
      },
    ]);
  });

  it('has one correction, whatever else is reported later, with the event that changed it', () => {
    const links = linksTo(tailored(observation(3, 1, '2')));
    const correct = (value: string, changedIn?: number) =>
      standing([{ ...observation(3, 1, value), changedIn }], { links }).corrections[0];
    expect(correct('5')?.identity).toBe(correct('6')?.identity);
    expect(correct('5')?.identity).not.toBe(identityOf(3));
    expect(correct('5', 4)).toMatchObject({ group: 4, report: undefined });
  });

  it('is known by its content where its hash is not known', () => {
    const links = linksTo(tailored(observation(3, 1, '2')), { contentHash: null });
    expect(standing([observation(3, 1, '2')], { links }).corrections).toEqual([]);
    expect(standing([observation(3, 1, '5')], { links }).corrections).toHaveLength(1);
  });

  it('waits for the human who decides about what somebody changed there', () => {
    const links = linksTo(tailored(observation(3, 1, '2')), { state: 'contested' });
    const { items, corrections } = standing([observation(3, 1, '5')], { links });
    expect(items[0]?.frozen).toBe(true);
    expect(corrections).toEqual([]);
  });

  it('is reported again after it was withdrawn: a correction says so', () => {
    const links = linksTo(tailored(observation(3, 1, '2')), { state: 'voided' });
    expect(standing([observation(3, 1, '2')], { links }).corrections).toHaveLength(1);
  });

  it('is no Provenance, which is written once and for all', () => {
    const capabilities = capabilitiesOf({ Provenance: able(['create']) });
    const links = linksTo(tailored(provenance(4, 1, 3)));
    const { items, corrections } = standing([provenance(4, 1, 9)], { links, capabilities });
    expect(items[0]?.frozen).toBeUndefined();
    expect(corrections).toEqual([]);
  });
});

describe('a resource that is no longer wanted', () => {
  it('is left to the plan where the server can mark it as entered in error', () => {
    const links = linksTo(tailored(observation(3, 1)));
    const able1 = { capabilities: capabilitiesOf({ Observation: able() }) };
    expect(standing([], { links, ...able1 })).toEqual({ items: [], corrections: [], problems: [] });
  });

  it.each([
    ['takes no update', able(['create', 'read'])],
    ['cannot mark it', able(undefined, { voidBy: 'none' })],
  ])('stays where the server %s: a correction says that it was entered in error', (_why, Observation) => {
    const links = linksTo(tailored(observation(3, 1, '2')));
    const { items, corrections, problems } = standing([], { links, capabilities: capabilitiesOf({ Observation }) });
    expect(items.map(({ identity, frozen }) => [identity, frozen])).toEqual([[identityOf(3), true]]);
    expect(corrections).toHaveLength(1);
    expect(corrections[0]?.text).toContain('    Value: 2\n\nIt was entered in error. Do not use it.\n');
    expect(corrections[0]).not.toHaveProperty('report.kind');
    expect(problems.map(({ code }) => code)).toEqual(['manual-correction-needed']);
  });

  it('is of a kind that the server does not know any more', () => {
    const links = linksTo(tailored(observation(3, 1)));
    expect(standing([], { links, capabilities: capabilitiesOf({}) }).corrections).toHaveLength(1);
  });

  it('is asked for only once: what was withdrawn before, what R4 cannot withdraw and pages are others’ matter', () => {
    const event = { ...pump(6), resource: { resourceType: 'AdverseEvent' } as AdverseEvent };
    const task = { ...pump(7), resource: { resourceType: 'Task', status: 'requested', intent: 'order' } as Task };
    const voided = linksTo(tailored(observation(3, 1)), { state: 'voided' });
    const [one] = linksTo(tailored(event)).values();
    const [two] = linksTo(tailored(provenance(4, 1, 3))).values();
    const [three] = linksTo(tailored(pump(8)), { resourceType: 'Task', content: task.resource }).values();
    const links = new Map(
      [...voided.values(), one, two, three].flatMap((link) => (link ? [[link.identity, link]] : [])),
    );
    expect(standing([], { links, capabilities: capabilitiesOf({}) })).toEqual({
      items: [],
      corrections: [],
      problems: [],
    });
  });
});

describe('a resource that has no way to the server any more', () => {
  it('stays, and nothing is said, while it says what is reported', () => {
    const links = linksTo(tailored(observation(3, 1, '2')));
    const { items, corrections } = standing([observation(3, 1, '2')], { links, routes: observationTold });
    expect(items.map(({ identity, frozen, group }) => [identity, frozen, group])).toEqual([[identityOf(3), true, 1]]);
    expect(corrections).toEqual([]);
  });

  it('is right where a reader reads the same, whatever was adapted when it was written', () => {
    const content = {
      ...(observation(3, 1, '2').resource as Observation),
      identifier: [],
      meta: { tag: [] },
    } as Resource;
    const links = linksTo(tailored(observation(3, 1, '2')), { content });
    expect(standing([observation(3, 1, '2')], { links, routes: observationTold }).corrections).toEqual([]);
  });

  it('is corrected in words when something else is reported', () => {
    const links = linksTo(tailored(observation(3, 1, '2')));
    const changed = { ...observation(3, 1, '5'), changedIn: 2 };
    const { corrections, problems } = standing([changed], { links, routes: observationTold });
    expect(corrections).toMatchObject([{ group: 2, about: identityOf(3) }]);
    expect(problems).toHaveLength(1);
  });

  it('is withdrawn where the site does not want it any more', () => {
    const fill: Wanted = {
      ...infusion(2, 1, 1),
      resource: {
        ...infusion(2, 1, 1).resource,
        meta: { profile: ['https://w3id.org/itb-fhir/StructureDefinition/itb-reservoir-fill'] },
      } as Resource,
    };
    const links = linksTo(tailored(fill));
    const capabilities = capabilitiesOf({ MedicationAdministration: able() });
    expect(standing([fill], { links, capabilities, settings: { fills: 'procedure' } }).items).toEqual([]);
  });
});
