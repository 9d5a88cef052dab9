import type { Provenance, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { loadDefinitions, validate } from '../../src/fhir/validate.ts';
import { contentHash } from '../../src/sync/content.ts';
import type { Routes } from '../../src/sync/routes.ts';
import { tailor } from '../../src/sync/tailor.ts';
import type { TailorContext } from '../../src/sync/tailored.ts';
import { root } from '../fhir/examples.ts';
import { able, capabilitiesOf, contextOf, routesOf } from './destination-context.ts';
import { engine } from './message/engine.ts';
import { contextFor, storyTherapy } from './story-therapy.ts';
import { infusion, linksTo, observation, ourPatient, provenance, pump, tailored } from './therapy-resources.ts';

describe('tailoring for a server that takes everything', () => {
  it('writes the destination’s own patient and leaves references to ours by identity', () => {
    const [item] = tailored(infusion(2, 1, 1));
    expect(item?.resource).toMatchObject({
      subject: { reference: 'Patient/p1' },
      device: [{ reference: `urn:uuid:${pump(1).identity}` }],
    });
    expect(JSON.stringify(item)).not.toContain(ourPatient);
  });

  it('leaves our patient where the destination’s is not known, for a preview', () => {
    const { items } = tailor([infusion(2, 1, 1)], [], contextOf({ patientServerId: undefined }));
    expect(items[0]?.resource).toMatchObject({ subject: { reference: `Patient/${ourPatient}` } });
  });

  it('does not change what it was given', () => {
    const given = infusion(2, 1, 1);
    const before = structuredClone(given);
    tailored(given);
    expect(given).toEqual(before);
  });

  it('sends a whole therapy as it is: nothing is lost, nothing told in words', () => {
    const therapy = storyTherapy('child-concentration-change-with-bridge');
    const { items, losses, problems } = tailor(therapy.wanted, therapy.reports, contextFor(therapy));
    expect(items.map(({ identity }) => identity)).toEqual(therapy.wanted.map(({ identity }) => identity));
    expect(new Set(items.map(({ channel }) => channel))).toEqual(new Set(['fhir']));
    expect(losses).toEqual([]);
    expect(problems).toEqual([]);
  });
});

describe('what has no way to a server', () => {
  const wanted = [pump(1), infusion(2, 1, 1), observation(3, 1), provenance(4, 1, 3), provenance(5, 2, 2)];
  const typesWith = (routes: Routes) =>
    tailor(wanted, [], contextOf({ routes })).items.map(({ resource }) => resource.resourceType);

  it('is not sent, nor a Provenance of nothing else', () => {
    expect(typesWith(routesOf('graph', { Observation: 'document' }))).toEqual([
      'Device',
      'MedicationAdministration',
      'Provenance',
    ]);
  });

  it('is not referred to; a device is named in words, without its serial number', () => {
    const { items } = tailor(wanted, [], contextOf({ routes: routesOf('graph', { Device: 'document' }) }));
    expect(items.map(({ resource }) => resource.resourceType)).toEqual([
      'MedicationAdministration',
      'Observation',
      'Provenance',
      'Provenance',
    ]);
    expect(items[0]?.resource).toMatchObject({ device: [{ display: 'device' }] });
    expect(JSON.stringify(items)).not.toContain(pump(1).identity);
  });

  it('is listed as lost, with the reason of its route', () => {
    const { losses } = tailor(wanted, [], contextOf({ routes: routesOf('graph', { Device: 'worklist' }) }));
    expect(losses).toEqual([
      { identity: pump(1).identity, resourceType: 'Device', reason: 'told by worklist: as the test says' },
      {
        identity: infusion(2, 1, 1).identity,
        resourceType: 'MedicationAdministration',
        element: 'device',
        reason: 'it refers to what is not written there',
      },
    ]);
  });

  it('is nothing at all that is told where only the Provenance stays away', () => {
    const therapy = storyTherapy('child-concentration-change-with-bridge');
    const context = contextFor(therapy, { routes: routesOf('graph', { Provenance: 'document' }) });
    const { items } = tailor(therapy.wanted, therapy.reports, context);
    expect(items.some(({ resource }) => resource.resourceType === 'DocumentReference')).toBe(false);
    expect(items.some(({ resource }) => resource.resourceType === 'Provenance')).toBe(false);
  });

  it('is a kind without a route', () => {
    const { items, losses } = tailor([pump(1)], [], contextOf({ routes: { ...routesOf('graph'), byType: new Map() } }));
    expect(items).toEqual([]);
    expect(losses[0]?.reason).toBe('told in words: no route is known for this kind');
  });
});

describe('events that are told in words', () => {
  const story = () => storyTherapy('child-concentration-change-with-bridge');
  const typesOf = (changes: Partial<TailorContext>) => {
    const therapy = story();
    const { items } = tailor(therapy.wanted, therapy.reports, contextFor(therapy, changes));
    return Object.fromEntries(
      [...Map.groupBy(items, ({ resource }) => resource.resourceType)].map(([type, of]) => [type, of.length]),
    );
  };

  it('are documents, one for each event, where nothing else is taken', () => {
    expect(typesOf({ routes: routesOf('document') })).toEqual({ DocumentReference: 13 });
  });

  it('stand beside single values and procedures', () => {
    const types = typesOf({ routes: routesOf('document', { Procedure: 'discrete', Observation: 'discrete' }) });
    const panels = story().wanted.flatMap(({ resource }) =>
      resource.resourceType === 'Observation' ? [resource] : [],
    );
    const values = panels.flatMap((panel) =>
      panel.component && !panel.valueCodeableConcept ? panel.component : [panel.code],
    );
    // The daily dose stands in the panel of the session, and on its own: eight times, and once is enough.
    expect(types).toEqual({ Procedure: 10, Observation: values.length - 8, DocumentReference: 13 });
  });

  it('are messages for the interface engine', () => {
    const routes = routesOf('hl7v2', {}, 'hl7v2');
    expect(typesOf({ routes, settings: { hl7v2: engine() } })).toEqual({ Binary: 13 });
  });

  it('are entries of the worklist, also where no engine is configured', () => {
    expect(typesOf({ routes: routesOf('worklist', {}, 'worklist') })).toEqual({ Task: 13 });
    expect(typesOf({ routes: routesOf('hl7v2', {}, 'hl7v2') })).toEqual({ Task: 13 });
  });

  it('carry the channel that they go by', () => {
    const therapy = story();
    const channels = (routes: Routes) =>
      new Set(
        tailor(
          therapy.wanted,
          therapy.reports,
          contextFor(therapy, { routes, settings: { hl7v2: engine() } }),
        ).items.map(({ channel }) => channel),
      );
    expect(channels(routesOf('document'))).toEqual(new Set(['fhir']));
    expect(channels(routesOf('hl7v2', {}, 'hl7v2'))).toEqual(new Set(['hl7v2']));
    expect(channels(routesOf('worklist', {}, 'worklist'))).toEqual(new Set(['worklist']));
  });

  it('are only those of which a part has no way', () => {
    const therapy = story();
    const context = contextFor(therapy, { routes: routesOf('graph', { MedicationRequest: 'document' }) });
    const { items } = tailor(therapy.wanted, therapy.reports, context);
    const programming = therapy.wanted.filter(({ resource }) => resource.resourceType === 'MedicationRequest');
    const groups = new Set(programming.flatMap(({ group, changedIn }) => [group, ...(changedIn ? [changedIn] : [])]));
    const documents = items.filter(({ resource }) => resource.resourceType === 'DocumentReference');
    expect(documents.map(({ group }) => group).sort()).toEqual([...groups].sort());
    expect(documents.length).toBeLessThan(therapy.reports.length);
  });

  it('stay told once they were, when the server learns to take everything', () => {
    const therapy = story();
    const before = tailor(therapy.wanted, therapy.reports, contextFor(therapy, { routes: routesOf('document') }));
    const links = linksTo(before.items);
    const { items } = tailor(therapy.wanted, therapy.reports, contextFor(therapy, { links }));
    const documents = items.filter(({ resource }) => resource.resourceType === 'DocumentReference');
    expect(documents).toEqual(before.items);
  });

  it('are valid resources of our profiles', () => {
    loadDefinitions(`${root}/profiles`);
    for (const name of ['flex-and-kinked-catheter', 'outcomes-and-course-of-a-registry-patient']) {
      const therapy = storyTherapy(name);
      for (const report of ['document', 'worklist'] as const) {
        const routes = routesOf(report, { Procedure: 'discrete', Observation: 'discrete' }, report);
        const { items } = tailor(therapy.wanted, therapy.reports, contextFor(therapy, { routes }));
        expect(items.flatMap(({ resource }) => validate(resource))).toEqual([]);
      }
    }
  });

  it('are left where they stand when the channel changes', () => {
    const therapy = story();
    const before = tailor(therapy.wanted, therapy.reports, contextFor(therapy, { routes: routesOf('document') }));
    const links = linksTo(before.items);
    const routes = routesOf('worklist', {}, 'worklist');
    const { items } = tailor(therapy.wanted, therapy.reports, contextFor(therapy, { routes, links }));
    const documents = items.filter(({ resource }) => resource.resourceType === 'DocumentReference');
    expect(documents.map(({ contentHash: hash, frozen }) => [hash, frozen])).toEqual(
      before.items.map(({ contentHash: hash }) => [hash, true]),
    );
    expect(items.filter(({ resource }) => resource.resourceType === 'Task')).toHaveLength(13);
  });
});

describe('fills, where every administration is counted', () => {
  const fillsOf = (fills: 'administration' | 'procedure' | undefined) => {
    const therapy = storyTherapy('child-concentration-change-with-bridge');
    const result = tailor(therapy.wanted, therapy.reports, contextFor(therapy, { settings: { fills } }));
    const isFill = ({ resource }: { resource: Resource }) =>
      JSON.stringify(resource.meta?.profile ?? []).includes('itb-reservoir-fill');
    return { ...result, fills: result.items.filter(isFill), wanted: therapy.wanted.filter(isFill) };
  };

  it('stay away when the site says so; the refill stands, and a loss says it', () => {
    const { fills, wanted, losses, items } = fillsOf('procedure');
    expect(wanted).toHaveLength(4);
    expect(fills).toEqual([]);
    expect(losses.filter(({ element }) => !element)).toEqual(
      wanted.map(({ identity }) => ({
        identity,
        resourceType: 'MedicationAdministration',
        reason: 'the Procedure of the refill stands for it, as the site set',
      })),
    );
    expect(items.some(({ resource }) => resource.resourceType === 'DocumentReference')).toBe(false);
    expect(JSON.stringify(items)).not.toContain(wanted[0]?.identity);
  });

  it('are administrations otherwise', () => {
    expect(fillsOf('administration').fills).toHaveLength(4);
    expect(fillsOf(undefined).fills).toHaveLength(4);
  });
});

describe('what a server can change decides what is planned', () => {
  it('leaves nothing frozen where it takes updates', () => {
    const links = linksTo(tailored(observation(3, 1, '2')));
    const { items, problems } = tailor([observation(3, 1, '5')], [], contextOf({ links }));
    expect(items.map(({ frozen }) => frozen)).toEqual([undefined]);
    expect(problems).toEqual([]);
  });

  it('freezes what it cannot, and asks a human', () => {
    const links = linksTo(tailored(observation(3, 1, '2')));
    const capabilities = capabilitiesOf({ Observation: able(['create', 'read']), DocumentReference: able() });
    const { items, problems } = tailor([observation(3, 1, '5')], [], contextOf({ links, capabilities }));
    expect(items[0]).toMatchObject({ frozen: true, resource: { valueString: '2' } });
    expect(problems.map(({ code }) => code)).toEqual(['manual-correction-needed']);
  });
});

describe('the hash of what a resource says', () => {
  const resource = () => observation(2, 1).resource;
  const meta = (codes: string[]) =>
    ({ ...resource(), meta: { tag: codes.map((code) => ({ system: 's', code })) } }) as Resource;

  it('does not depend on the order of elements', () => {
    const reversed = Object.fromEntries(Object.entries(resource()).reverse()) as unknown as Resource;
    expect(contentHash(reversed)).toBe(contentHash(resource()));
  });

  it('does not depend on what is the server’s: id, version, time, narrative', () => {
    const stored = {
      ...resource(),
      id: '17',
      meta: { versionId: '4', lastUpdated: '2026-01-01T00:00:00Z', source: '#x' },
      text: { status: 'generated', div: '<div/>' },
    } as Resource;
    expect(contentHash(stored)).toBe(contentHash(resource()));
  });

  it('does not depend on the order of labels or on their display', () => {
    expect(contentHash(meta(['a', 'b']))).toBe(contentHash(meta(['b', 'a'])));
    const shown = { ...resource(), meta: { tag: [{ system: 's', code: 'a', display: 'A' }] } } as Resource;
    expect(contentHash(shown)).toBe(contentHash(meta(['a'])));
  });

  it('depends on labels, values and the patient', () => {
    const others = [
      meta(['a']),
      { ...resource(), valueString: '3' },
      { ...resource(), subject: { reference: 'Patient/p2' } },
    ];
    for (const other of others) expect(contentHash(other as Resource)).not.toBe(contentHash(resource()));
  });

  it('does not depend on when a Provenance was recorded, but on what it is about', () => {
    const early = provenance(3, 1, 2, '2024-01-01T00:00:00Z').resource as Provenance;
    const late = provenance(3, 1, 2, '2025-01-01T00:00:00Z').resource as Provenance;
    expect(contentHash(early)).toBe(contentHash(late));
    expect(contentHash(early)).not.toBe(contentHash(provenance(3, 1, 9).resource));
  });
});
