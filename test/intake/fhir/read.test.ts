import type {
  Bundle,
  MedicationAdministration,
  Observation,
  Procedure,
  Provenance,
  Resource,
} from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { itb, profile } from '../../../src/fhir/systems.ts';
import { readFhir } from '../../../src/intake/fhir/read.ts';
import type { Item } from '../../../src/intake/item.ts';
import { eventOf, patientOf, reportedEvents } from '../../stories/story.ts';
import { bundleOf, contextOf, eventsIn, patientNamed, readAgain, writtenOf } from './again.ts';

const story = 'child-concentration-change-with-bridge';
const events = () => reportedEvents(story);
const patientId = () => patientOf(events()[0] as CanonicalEvent);

function written(change: (resource: Resource) => Resource | undefined = (resource) => resource): Bundle {
  const { resources } = writtenOf(events(), patientId());
  const kept = resources.flatMap(({ identity, resource }) => {
    const changed = change(structuredClone(resource));
    return changed ? [{ identity, resource: changed }] : [];
  });
  return bundleOf(
    kept,
    patientNamed(patientId(), events(), () => true),
  );
}

const isBundle = (input: Bundle | string | readonly string[]): input is Bundle =>
  typeof input === 'object' && 'resourceType' in input;

const read = (bundle: Bundle | string | readonly string[], more: object = {}) =>
  readFhir(isBundle(bundle) ? JSON.stringify(bundle) : bundle, { ...contextOf(patientId()), ...more });

const problemsIn = (items: readonly Item[]) =>
  items.flatMap((item) => ('problems' in item ? item.problems.map(({ code, place }) => [code, place?.field]) : []));

const isFill = (resource: Resource): resource is MedicationAdministration =>
  resource.meta?.profile?.includes(profile.reservoirFill) ?? false;

/** Without what an adapter writes beside: a hospital's own records, each with a number of the hospital's. */
function asTheHospitalsOwn(): (resource: Resource) => Resource | undefined {
  let count = 0;
  return (resource) => {
    if (resource.resourceType === 'Provenance') return undefined;
    count++;
    const own = { system: 'urn:oid:1.2.999', value: `h${count}` };
    const identifier = resource.resourceType === 'AdverseEvent' ? own : [own];
    return { ...resource, meta: { profile: resource.meta?.profile ?? [] }, identifier } as Resource;
  };
}

describe('resources in our profiles', () => {
  it('are events by their codes alone, where a server keeps neither profiles nor tags', () => {
    const bare = read(written(({ meta: _, ...resource }) => resource as Resource));
    const kinds = (told: readonly CanonicalEvent[]) =>
      told.map(({ type, source }) => `${source.eventId} ${type}`).toSorted();
    const codeless = new Set(['rescue-medication']);
    expect(kinds(eventsIn(bare))).toEqual(
      kinds(eventsIn(read(written()))).filter((kind) => !codeless.has(kind.split(' ')[1] ?? '')),
    );
  });

  it('are read as NDJSON, one resource or one Bundle a line, as in a Bundle', () => {
    const bundle = written();
    const resources = (bundle.entry ?? []).map(({ resource }) => resource as Resource);
    const typed = new Map((bundle.entry ?? []).map(({ fullUrl, resource }) => [fullUrl, resource?.resourceType]));
    const exported = resources.map((resource) => {
      const id = (bundle.entry ?? []).find((entry) => entry.resource === resource)?.fullUrl?.replace(/^.*[:/]/, '');
      const text = JSON.stringify({ ...resource, id });
      return text.replaceAll(
        /"reference":"(urn:uuid:([^"]+))"/g,
        (_all, url, uuid) => `"reference":"${typed.get(url)}/${uuid}"`,
      );
    });
    const asEvents = eventsIn(read(bundle));
    expect(eventsIn(read(exported.join('\n')))).toEqual(asEvents);
    expect(eventsIn(read(JSON.stringify(bundle).concat('\n')))).toEqual(asEvents);
  });

  it('are read from several texts as from one', () => {
    const bundle = written();
    const { entry = [] } = bundle;
    const half = Math.ceil(entry.length / 2);
    const parts = [entry.slice(0, half), entry.slice(half)].map((part) => JSON.stringify({ ...bundle, entry: part }));
    expect(eventsIn(read(parts))).toEqual(eventsIn(read(bundle)));
  });

  it('tell a hospital’s own refill without Provenance, by what belongs to its Procedure', () => {
    const own = eventsIn(read(written(asTheHospitalsOwn()), { sourceSystem: 'urn:oid:1.2.3' }));
    const before = eventsIn(read(written()));
    const said = (told: readonly CanonicalEvent[]) =>
      told.flatMap((event) => (event.type === 'refill' ? [[event.occurredAt, event.fill, event.residual]] : []));
    expect(said(own)).toEqual(said(before));
    expect(new Set(own.map(({ source }) => source.system))).toEqual(new Set(['urn:oid:1.2.3']));
  });
});

describe('what keeps a resource from being read', () => {
  it('a unit that is not that of the field, at its element', () => {
    const { items } = read(
      written((resource) => {
        if (!isFill(resource) || !resource.dosage?.dose) return resource;
        const { meta: _, ...bare } = resource;
        return { ...bare, dosage: { ...resource.dosage, dose: { ...resource.dosage.dose, code: 'L' } } };
      }),
    );
    const codes = problemsIn(items).map(([code]) => code);
    expect(new Set(codes)).toEqual(new Set(['unit-differs']));
    expect(problemsIn(items)[0]?.[1]).toMatch(/ofType\(MedicationAdministration\)\.dosage\.dose$/);
  });

  it('a rule of the profile that it claims', () => {
    const { items } = read(
      written((resource) =>
        isFill(resource) ? { ...resource, dosage: { ...resource.dosage, route: { text: 'intrathecal' } } } : resource,
      ),
    );
    expect(problemsIn(items).map(([code]) => code)).toContain('fhir-resource-invalid');
    expect(problemsIn(items).every(([, field]) => field?.includes('ofType(MedicationAdministration)'))).toBe(true);
  });

  it('no profile and no code of ours: it goes to review whole, nothing is guessed', () => {
    const lab: Observation = { resourceType: 'Observation', id: 'x', status: 'final', code: { text: 'sodium' } };
    const { items } = read(JSON.stringify(lab));
    expect(problemsIn(items)).toEqual([['fhir-profile-unknown', 'Observation']]);
    expect(JSON.parse(items[0]?.payload ?? '').entry[0].resource).toEqual(lab);
  });

  it('its Provenance that is missing, where an adapter wrote it: a part of a report is not another report', () => {
    const isPanel = ({ resourceType }: Resource) => resourceType === 'Observation' || resourceType === 'Patient';
    const { items } = read(written((resource) => (isPanel(resource) ? resource : undefined)));
    expect(items.length).toBeGreaterThan(1);
    expect(items.flatMap((item) => ('event' in item ? [item.event.type] : []))).toEqual([]);
    expect(new Set(problemsIn(items).map(([code]) => code))).toEqual(new Set(['field-missing']));
  });

  it('a patient whom nothing names, or several identifiers of which none is preferred', () => {
    const named = (identifier: object[] | undefined) => {
      const bundle = written(asTheHospitalsOwn());
      const entry = (bundle.entry ?? []).map((one) =>
        one.resource?.resourceType === 'Patient'
          ? { ...one, resource: { ...one.resource, identifier } as Resource }
          : one,
      );
      return { ...bundle, entry };
    };
    const two = [
      { system: 'urn:oid:1', value: 'a' },
      { system: 'urn:oid:2', value: 'b' },
    ];
    const codes = (bundle: Bundle, more: object = {}) =>
      new Set(problemsIn(read(bundle, { sourceSystem: 'urn:oid:1.2.3', ...more }).items).map(([code]) => code));
    expect(codes(named(undefined))).toEqual(new Set(['fhir-patient-unknown']));
    expect(codes(named(two))).toEqual(new Set(['fhir-patient-unknown']));
    expect(codes(named(two), { patientSystems: ['urn:oid:2'] })).toEqual(new Set());
  });

  it('text that is no JSON, or JSON that is no resource', () => {
    expect(problemsIn(read('{').items)).toEqual([['body-not-json', undefined]]);
    expect(problemsIn(read('{"a":1}').items)).toEqual([['fhir-not-resource', undefined]]);
    for (const type of ['Patient A', 'patient', '', 'x'.repeat(100)]) {
      const found = problemsIn(read(JSON.stringify({ resourceType: type })).items);
      expect(found).toEqual([['fhir-not-resource', undefined]]);
    }
    expect(problemsIn(read('{"resourceType":"Bundle","entry":"x"}').items)).toEqual([['fhir-not-resource', undefined]]);
    for (const nothing of ['', ' \n', '\uFEFF']) expect(read(nothing).unreadable?.code).toBe('body-empty');
    expect(read('{"resourceType":"Bundle","type":"collection"}').unreadable?.code).toBe('body-empty');
    expect(read(written(), { maxEvents: 3 })).toMatchObject({ items: [], unreadable: { code: 'too-many-events' } });
  });
});

describe('what is not as FHIR has it', () => {
  it('is an entry without a resource: it may tell of a withdrawal, so a human sees it', () => {
    const bundle = { ...written(), entry: [...(written().entry ?? []), { request: { method: 'DELETE', url: 'x' } }] };
    const { items } = read(bundle as Bundle);
    expect(problemsIn(items)).toEqual([['fhir-not-resource', `Bundle.entry[${bundle.entry.length - 1}]`]]);
    expect(items.find((item) => 'problems' in item)?.payload).toBe('{"request":{"method":"DELETE","url":"x"}}');
    const nothing = read('{"resourceType":"Bundle","type":"collection","entry":[null]}');
    expect(problemsIn(nothing.items)).toEqual([['fhir-not-resource', 'Bundle.entry[0]']]);
  });

  it('is a reference that is a number, contained resources that are none: each goes to review', () => {
    const spoiled = written((resource) =>
      resource.resourceType === 'MedicationAdministration'
        ? ({ ...resource, subject: { reference: 7 }, device: [{ reference: '#x' }], contained: 'x' } as never)
        : resource,
    );
    expect(new Set(problemsIn(read(spoiled).items).map(([code]) => code))).toContain('fhir-resource-invalid');
  });

  it('is a Provenance without its targets: what it told of is not read without it', () => {
    const spoiled = written((resource) =>
      resource.resourceType === 'Provenance' ? ({ ...resource, target: 'x' } as never) : resource,
    );
    expect(new Set(problemsIn(read(spoiled).items).map(([code]) => code))).toContain('fhir-resource-invalid');
    expect(eventsIn(read(spoiled))).toEqual([]);
  });
});

describe('amendments', () => {
  const refillId = () => eventsIn(read(written())).find(({ type }) => type === 'refill')?.source.eventId as string;
  const isOf = (resource: Resource, eventId: string) =>
    JSON.stringify((resource as Procedure).identifier ?? []).includes(`"${eventId}"`);

  it('a report whose resources all say entered-in-error is withdrawn', () => {
    const id = refillId();
    const dead = (resource: Resource) =>
      isOf(resource, id) ? ({ ...resource, status: 'entered-in-error' } as Resource) : resource;
    const withdrawn = eventsIn(read(written(dead))).filter(({ source }) => source.eventId.startsWith(id));
    expect(withdrawn).toMatchObject([{ type: 'void', voids: id, source: { eventId: `${id}|entered-in-error` } }]);
  });

  it('a report of which only a part is withdrawn stands as the rest tells it', () => {
    const id = refillId();
    const dead = (resource: Resource) =>
      isOf(resource, id) && resource.resourceType === 'MedicationRequest'
        ? ({ ...resource, status: 'entered-in-error' } as Resource)
        : resource;
    const told = eventsIn(read(written(dead))).filter(({ source }) => source.eventId.startsWith(id));
    expect(told.map(({ type }) => type)).toEqual(['refill']);
  });

  it('a Provenance of a correction makes one, which restates the event under the first id', () => {
    const id = refillId();
    const corrected = (resource: Resource) => {
      if (resource.resourceType !== 'Provenance') return resource;
      const provenance = resource as Provenance;
      if (!provenance.entity?.some(({ what }) => what.identifier?.value === id)) return resource;
      const entity = provenance.entity.map((one) => ({
        ...one,
        what: { identifier: { ...one.what.identifier, value: 'C-1' } },
      }));
      const activity = {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', code: 'UPDATE' }],
      };
      return { ...provenance, entity, activity, reason: [{ text: 'read again' }] } as Resource;
    };
    const told = eventsIn(read(written(corrected))).find(({ source }) => source.eventId === 'C-1');
    expect(told).toMatchObject({ type: 'correction', replaces: id, reason: 'read again', event: { type: 'refill' } });
  });
});

describe('what was not used', () => {
  it('is a Provenance alone', () => {
    const { entry = [] } = written();
    const alone = entry.filter(({ resource }) => resource?.resourceType === 'Provenance').slice(0, 1);
    expect(read({ resourceType: 'Bundle', type: 'collection', entry: alone })).toEqual({
      items: [],
      unused: [{ path: 'Provenance', count: 1, decision: 'ignored', reason: 'No event comes of it by itself.' }],
    });
  });

  it('is listed: calculated values by decision, elements that nobody knows as such', () => {
    const unused = read(
      written((resource) =>
        resource.resourceType === 'Procedure'
          ? ({ ...resource, followUp: [{ text: 'in a week' }] } as Resource)
          : resource,
      ),
    ).unused;
    expect(unused).toContainEqual(
      expect.objectContaining({ path: 'Observation.component(calculated-reservoir-volume)', decision: 'ignored' }),
    );
    expect(unused).toContainEqual(expect.objectContaining({ path: 'Procedure.followUp', decision: 'unknown' }));
    expect(read(written()).unused.filter(({ decision }) => decision === 'unknown')).toEqual([]);
  });
});

describe('every kind of event', () => {
  it('an export of another deployment names its patients by their keyed id', () => {
    const bundle = written();
    const entry = (bundle.entry ?? []).filter(({ resource }) => resource?.resourceType !== 'Patient');
    const [first] = eventsIn(read({ ...bundle, entry }));
    expect(first?.patient.identifier.value).toBe(patientId());
    expect(first?.patient.identifier.system).toMatch(/\/sid\/demo$/);
    expect(eventOf(JSON.parse(JSON.stringify(first)))).toEqual(first);
    expect(itb.sync).toContain('itb-sync');
    expect(readAgain(bundle, patientId()).items.length).toBeGreaterThan(5);
  });
});
