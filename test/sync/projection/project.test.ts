import type { Device, Observation, Procedure, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { itb } from '../../../src/fhir/systems.ts';
import type { ResourceCapability } from '../../../src/sync/capability.ts';
import { project } from '../../../src/sync/projection/project.ts';
import type { TailorContext, Wanted } from '../../../src/sync/tailored.ts';
import { able, capabilitiesOf, contextOf, routesOf } from '../destination-context.ts';
import { identifierSystem, identityOf, ourPatient, provenance } from '../therapy-resources.ts';

const subject = { reference: `Patient/${ourPatient}` };
const urn = (n: number) => ({ reference: `urn:uuid:${identityOf(n)}` });
const category = [
  { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'procedure' }] },
];
const mdc = { system: 'urn:iso:std:iso:11073:10101', code: '157924' };
const ours = (code: string) => ({ system: itb.observation, code, display: `the ${code}` });
const theirs = { system: 'urn:oid:1.2.840.114350', code: '304010', display: 'ITB DAILY DOSE' };

const pump = (): Wanted => ({
  identity: identityOf(1),
  group: 0,
  resource: {
    resourceType: 'Device',
    manufacturer: 'Medtronic',
    deviceName: [{ name: 'SynchroMed II', type: 'user-friendly-name' }],
    serialNumber: 'NGP1',
    patient: subject,
  } as Device,
});

const procedure = (): Wanted => ({
  identity: identityOf(2),
  group: 1,
  resource: {
    resourceType: 'Procedure',
    meta: { profile: ['https://w3id.org/itb-fhir/StructureDefinition/itb-procedure'], tag: [{ code: 't' }] },
    status: 'completed',
    code: { coding: [{ system: itb.procedure, code: 'pump-refill' }] },
    subject,
    performedDateTime: '2024-06-25T10:00:00-04:00',
    focalDevice: [{ action: { text: 'manipulated' }, manipulated: urn(1) }],
    usedReference: [urn(9)],
  } as Procedure,
});

const panel = (changes: Partial<Observation> = {}): Wanted => ({
  identity: identityOf(3),
  group: 1,
  resource: {
    resourceType: 'Observation',
    meta: { profile: ['https://w3id.org/itb-fhir/StructureDefinition/itb-pump-status'], tag: [{ code: 't' }] },
    identifier: [
      { system: identifierSystem, value: identityOf(3) },
      { system: 'urn:s', value: 'E1' },
    ],
    status: 'final',
    category,
    code: { coding: [ours('pump-status-panel')] },
    subject,
    effectiveDateTime: '2024-06-25T10:00:00-04:00',
    partOf: [urn(2)],
    focus: [urn(1)],
    device: urn(1),
    note: [{ text: 'seen by the nurse' }],
    derivedFrom: [urn(8)],
    component: [
      { code: { coding: [ours('fill-volume')] }, valueQuantity: { value: 38, unit: 'mL' } },
      { code: { coding: [ours('alarm-state')] }, valueString: 'low reservoir' },
      { code: { coding: [ours('alarm-state')] }, valueString: 'low battery' },
      { code: { coding: [ours('eri')] }, dataAbsentReason: { text: 'unknown' } },
    ],
    ...changes,
  } as Observation,
});

const dose = (changes: Partial<Observation> = {}): Wanted => ({
  identity: identityOf(4),
  group: 1,
  resource: {
    resourceType: 'Observation',
    status: 'final',
    category,
    code: { coding: [ours('programmed-daily-dose'), mdc], text: 'Programmed daily dose' },
    subject,
    effectiveDateTime: '2024-06-25T10:00:00-04:00',
    valueQuantity: { value: 210, unit: 'ug/d' },
    ...changes,
  } as Observation,
});

const discreteRoutes = routesOf('document', { Procedure: 'discrete', Observation: 'discrete', Provenance: 'discrete' });
const discrete = (wanted: readonly Wanted[], changes: Partial<TailorContext> = {}) =>
  project(wanted, contextOf({ routes: discreteRoutes, ...changes }));
const server = (Observation: Partial<ResourceCapability>) => ({
  capabilities: capabilitiesOf({ Observation: able(undefined, Observation), Procedure: able() }),
});
const only = (wanted: Wanted, changes: Partial<TailorContext>) => discrete([wanted], changes).items[0]?.resource;

describe('a Procedure in a chart that keeps devices of its own', () => {
  it('names the pump in words, without its serial number, and claims no profile', () => {
    const { items, losses, told } = discrete([pump(), procedure()]);
    expect(items.map(({ resource }) => resource)).toEqual([
      {
        resourceType: 'Procedure',
        meta: { tag: [{ code: 't' }] },
        status: 'completed',
        code: { coding: [{ system: itb.procedure, code: 'pump-refill' }] },
        subject: { reference: 'Patient/p1' },
        performedDateTime: '2024-06-25T10:00:00-04:00',
        focalDevice: [{ action: { text: 'manipulated' }, manipulated: { display: 'Medtronic SynchroMed II' } }],
        usedReference: [urn(9)],
      },
    ]);
    expect(losses.map(({ resourceType, element }) => [resourceType, element])).toEqual([
      ['Device', undefined],
      ['Procedure', 'focalDevice'],
    ]);
    expect([...told]).toEqual([identityOf(1), identityOf(2)]);
  });

  it('refers to the EHR’s own Device where that is known, which is then nothing to tell', () => {
    const { items, losses, told } = discrete([pump(), procedure()], {
      ownDevices: new Map([[identityOf(1), 'Device/ehr-7']]),
    });
    expect(items[0]?.resource).toMatchObject({ focalDevice: [{ manipulated: { reference: 'Device/ehr-7' } }] });
    expect(losses[0]?.reason).toBe('the Device that the EHR keeps stands for it');
    expect([...told]).toEqual([identityOf(2)]);
  });

  it('leaves out what refers to nothing that is there', () => {
    const medication: Wanted = { identity: identityOf(9), group: 1, resource: { resourceType: 'Medication' } };
    const { items, losses } = discrete([medication, procedure()]);
    expect(items[0]?.resource).not.toHaveProperty('usedReference');
    expect(losses.at(-1)).toEqual({
      identity: identityOf(2),
      resourceType: 'Procedure',
      element: 'usedReference',
      reason: 'it refers to what is not written there',
    });
  });

  it.each([
    [{ manufacturer: 'Flowonix', modelNumber: 'P2' }, 'Flowonix P2'],
    [{ type: { text: 'Intrathecal catheter' } }, 'Intrathecal catheter'],
    [{}, 'device'],
  ])('names a device by what is known of it: %j', (device, display) => {
    const nameless = { ...pump(), resource: { resourceType: 'Device', ...device } as Device };
    const { items } = discrete([nameless, procedure()]);
    expect((items[0]?.resource as Procedure | undefined)?.focalDevice?.[0]?.manipulated).toEqual({ display });
  });
});

describe('a panel where single values are taken', () => {
  it('becomes one Observation for each value, of the same time, place and device', () => {
    const { items } = discrete([panel()]);
    expect(items.map(({ resource }) => resource)).toMatchObject([
      { code: { coding: [ours('fill-volume')] }, valueQuantity: { value: 38, unit: 'mL' } },
      { code: { coding: [ours('alarm-state')] }, valueString: 'low reservoir' },
      { code: { coding: [ours('alarm-state')] }, valueString: 'low battery' },
      { code: { coding: [ours('eri')] }, dataAbsentReason: { text: 'unknown' } },
    ]);
    expect(items[0]?.resource).toEqual({
      resourceType: 'Observation',
      meta: { tag: [{ code: 't' }] },
      identifier: [
        { system: identifierSystem, value: items[0]?.identity },
        { system: 'urn:s', value: 'E1' },
      ],
      status: 'final',
      category,
      code: { coding: [ours('fill-volume')] },
      subject: { reference: 'Patient/p1' },
      effectiveDateTime: '2024-06-25T10:00:00-04:00',
      partOf: [urn(2)],
      focus: [urn(1)],
      device: urn(1),
      valueQuantity: { value: 38, unit: 'mL' },
    });
  });

  it('gives each value an identity of its own, the same on every run', () => {
    const identities = discrete([panel()]).items.map(({ identity }) => identity);
    expect(new Set([...identities, identityOf(3)]).size).toBe(5);
    expect(discrete([panel()]).items.map(({ identity }) => identity)).toEqual(identities);
    for (const identity of identities) expect(identity).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab]/);
  });

  it('keeps the identities of the others when one value goes', () => {
    const { component = [] } = panel().resource as Observation;
    const all = discrete([panel()]).items.map(({ identity }) => identity);
    const fewer = discrete([panel({ component: component.slice(1) })]).items.map(({ identity }) => identity);
    expect(fewer).toEqual(all.slice(1));
  });

  it('is lost as a panel, and says so once', () => {
    expect(discrete([panel()]).losses.filter(({ element }) => !element)).toEqual([
      {
        identity: identityOf(3),
        resourceType: 'Observation',
        reason: 'each of its values is an Observation of its own',
      },
    ]);
  });

  it('does not say twice what the event says in an Observation of its own', () => {
    const twice = { code: { coding: [ours('programmed-daily-dose')] }, valueQuantity: { value: 210, unit: 'ug/d' } };
    const codes = (group: number) =>
      discrete([panel({ component: [twice] }), { ...dose(), group }]).items.map(({ identity }) => identity);
    expect(codes(1)).toEqual([identityOf(4)]);
    expect(codes(2)).toHaveLength(2);
  });

  it('stays whole where it has a value of its own', () => {
    const score = panel({ valueString: 'severe' });
    const { items } = discrete([score]);
    expect(items).toHaveLength(1);
    expect(items[0]?.identity).toBe(identityOf(3));
    expect((items[0]?.resource as Observation | undefined)?.component).toHaveLength(4);
  });

  it('passes its Provenance on to its values', () => {
    const { items } = discrete([panel(), provenance(7, 1, 3)]);
    expect(items.at(-1)?.resource).toMatchObject({
      target: items.slice(0, -1).map(({ identity }) => ({ reference: `urn:uuid:${identity}` })),
    });
  });

  it('travels whole where the server takes everything', () => {
    const { items, losses } = project([panel()], contextOf());
    expect(items.map(({ identity }) => identity)).toEqual([identityOf(3)]);
    expect(losses).toEqual([]);
  });
});

describe('a server that takes some categories only', () => {
  const taken = 'http://terminology.hl7.org/CodeSystem/observation-category|procedure';

  it('gets what is of them', () => expect(only(dose(), server({ categories: [taken] }))).toBeDefined());

  it.each([
    ['of another one', category, ['http://terminology.hl7.org/CodeSystem/observation-category|vital-signs']],
    ['of none', undefined, [taken]],
  ])('is told of what is %s in words', (_which, given, categories) => {
    const { items, told, losses } = discrete([dose({ category: given } as never)], server({ categories }));
    expect(items).toEqual([]);
    expect([...told]).toEqual([identityOf(4)]);
    expect(losses[0]?.reason).toBe('the server takes no Observation of its category');
  });
});

describe('a server that takes some elements only', () => {
  const all = ['status', 'category', 'code', 'subject', 'effective[x]', 'value[x]'];

  it('gets those, and the rest is listed as lost', () => {
    const { items, losses } = discrete([dose({ note: [{ text: 'n' }] })], server({ elements: all }));
    expect(Object.keys(items[0]?.resource ?? {})).toEqual([
      'resourceType',
      'status',
      'category',
      'code',
      'subject',
      'effectiveDateTime',
      'valueQuantity',
    ]);
    expect(losses.map(({ element, reason }) => [element, reason])).toEqual([
      ['note', 'the server does not take it as it is'],
      ['meta', 'the server does not take it as it is'],
    ]);
  });

  it.each(['valueQuantity', 'value', 'value[x]'])('may name a choice as %s', (name) => {
    const elements = [...all.filter((element) => element !== 'value[x]'), name];
    expect(only(dose(), server({ elements }))).toHaveProperty('valueQuantity');
  });

  it('does not take a name for the beginning of another', () => {
    const elements = [...all.filter((element) => element !== 'status'), 'stat', 'status[x]x'];
    expect(only(dose(), server({ elements }))).toBeUndefined();
  });

  it.each([
    ['status', dose()],
    ['code', dose()],
    ['subject', dose()],
    ['effectiveDateTime', dose()],
    ['valueQuantity', dose()],
    ['bodySite', dose({ bodySite: { text: 'elbow flexors, right' } })],
    ['method', dose({ method: { text: 'X-ray' } })],
    ['component', panel({ valueString: 'severe' })],
    ['dataAbsentReason', dose({ valueQuantity: undefined as never, dataAbsentReason: { text: 'unknown' } })],
  ])('is told in words what would mislead without its %s', (element, wanted) => {
    const resource = JSON.parse(JSON.stringify(wanted.resource)) as Resource;
    const elements = Object.keys(resource).filter((key) => key !== element);
    const { items, losses, told } = discrete([{ ...wanted, resource }], server({ elements }));
    expect(items).toEqual([]);
    expect([...told]).toEqual([wanted.identity]);
    expect(losses[0]?.reason).toBe(`the server does not take \`${element}\`, which it needs to be understood`);
  });

  it('is told of a procedure in words that would have no time', () => {
    const elements = ['status', 'code', 'subject'];
    const capabilities = capabilitiesOf({ Procedure: able(undefined, { elements }) });
    expect(discrete([procedure()], { capabilities }).losses[0]?.reason).toBe(
      'the server does not take `performedDateTime`, which it needs to be understood',
    );
  });
});

describe('the codes that a server takes', () => {
  const codesWith = (codingPolicy: ResourceCapability['codingPolicy'], substituted: 'substituted' | 'as-they-are') =>
    (
      only(dose(), {
        ...server({ codingPolicy }),
        settings:
          substituted === 'substituted'
            ? { codeSubstitutions: [{ from: ours('programmed-daily-dose'), to: theirs }] }
            : {},
      }) as Observation | undefined
    )?.code.coding;

  it.each([
    ['any', 'as-they-are', [ours('programmed-daily-dose'), mdc]],
    ['any', 'substituted', [theirs, mdc]],
    ['standard-only', 'as-they-are', [mdc]],
    ['standard-only', 'substituted', [mdc]],
    ['proprietary-only', 'as-they-are', [ours('programmed-daily-dose')]],
    ['proprietary-only', 'substituted', [theirs]],
    ['not-both', 'as-they-are', [mdc]],
    ['not-both', 'substituted', [theirs]],
  ] as const)('under %s, %s, are these', (policy, substituted, coding) =>
    expect(codesWith(policy, substituted)).toEqual(coding),
  );

  it('are ours where there are no others', () => {
    const bare = dose({ code: { coding: [ours('fill-volume')] } });
    expect((only(bare, server({ codingPolicy: 'not-both' })) as Observation | undefined)?.code.coding).toEqual([
      ours('fill-volume'),
    ]);
  });

  it('leave a value in words where none is left', () => {
    const coded = (valueCodeableConcept: object) => dose({ valueQuantity: undefined as never, valueCodeableConcept });
    const value = (concept: object) =>
      (only(coded(concept), server({ codingPolicy: 'standard-only' })) as Observation | undefined)
        ?.valueCodeableConcept;
    expect(value({ coding: [ours('flex')], text: 'Flex' })).toEqual({ text: 'Flex' });
    expect(value({ coding: [ours('flex')] })).toEqual({ text: 'the flex' });
  });

  it('are told in words where none says what it is', () => {
    const bare = dose({ code: { coding: [ours('fill-volume')], text: 'Fill volume' } });
    const { items, losses } = discrete([bare], server({ codingPolicy: 'standard-only' }));
    expect(items).toEqual([]);
    expect(losses[0]?.reason).toBe('the server takes none of its codes');
  });

  it('are a loss where they change', () => {
    const { losses } = discrete([dose()], server({ codingPolicy: 'standard-only' }));
    expect(losses.map(({ element }) => element)).toEqual(['code']);
  });

  it('are adapted in a server of whole therapies as well', () => {
    const { items, told } = project(
      [dose()],
      contextOf({ settings: { codeSubstitutions: [{ from: ours('programmed-daily-dose'), to: theirs }] } }),
    );
    expect((items[0]?.resource as Observation | undefined)?.code.coding).toEqual([theirs, mdc]);
    expect(told.size).toBe(0);
  });
});
