import type { Device, MedicationRequest, Patient, Resource } from '@medplum/fhirtypes';
import { changed } from './examples.ts';

/** One way to make a valid resource invalid, and everything that has to be found: the rule and where. */
export interface SpoiledResource {
  readonly name: string;
  readonly resource: Resource;
  readonly finds: readonly string[];
}

export const usCore = (id: string) => `http://hl7.org/fhir/us/core/StructureDefinition/${id}`;

const patient: Patient = {
  resourceType: 'Patient',
  meta: { profile: [usCore('us-core-patient')] },
  identifier: [{ system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN0001' }],
  name: [{ family: 'Example', given: ['Ada'] }],
  gender: 'female',
  extension: [
    {
      url: usCore('us-core-race'),
      extension: [
        { url: 'ombCategory', valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code: '2106-3' } },
        { url: 'text', valueString: 'White' },
      ],
    },
    { url: usCore('us-core-birthsex'), valueCode: 'F' },
  ],
};

const request: MedicationRequest = {
  resourceType: 'MedicationRequest',
  meta: { profile: [usCore('us-core-medicationrequest')] },
  status: 'active',
  intent: 'order',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/medicationrequest-category', code: 'outpatient' }] },
  ],
  medicationCodeableConcept: { text: 'baclofen, intrathecal' },
  subject: { reference: 'Patient/1' },
  authoredOn: '2024-06-25',
  requester: { reference: 'Practitioner/1' },
};

const pump = changed('example-pump', { 'meta.profile.1': usCore('us-core-implantable-device') }) as Device;

const device: Device = {
  resourceType: 'Device',
  meta: { profile: [usCore('us-core-implantable-device')] },
  type: { text: 'Implantable pump' },
  patient: { reference: 'https://hospital.example.com/fhir/Patient/1' },
  udiCarrier: [{ deviceIdentifier: '09521234000402', issuer: 'http://hl7.org/fhir/NamingSystem/gs1-di' }],
  deviceName: [{ name: 'Pump', type: 'user-friendly-name' }],
};

function claiming<R extends Resource>(resource: R, ...profiles: string[]): R {
  return { ...resource, meta: { profile: profiles } };
}

function without<R extends Resource>(resource: R, property: keyof R): R {
  const { [property]: _, ...rest } = resource;
  return rest as R;
}

/** What US Core allows, though one could think otherwise. */
export const validUsCore: Readonly<Record<string, Resource>> = {
  'a patient': patient,
  'a patient with a name that is masked': {
    ...patient,
    name: [{ text: 'withheld' }],
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
  },
  'a patient in a version that is named': claiming(patient, `${usCore('us-core-patient')}|5.0.1`),
  'an order': request,
  'an order without the time of writing': without(request, 'authoredOn'),
  'an order of a category of its own, which an open slicing allows': {
    ...request,
    category: [{ text: 'pump clinic' }],
  },
  'an order of a drug that the extensible value set may not have': {
    ...request,
    medicationCodeableConcept: { coding: [{ system: 'urn:oid:2.16.840.1.113883.19.5.2', code: 'ITB-2000' }] },
  },
  'an order without requester, in a version that no longer asks for one': {
    ...without(request, 'requester'),
    meta: { profile: [`${usCore('us-core-medicationrequest')}|6.1.0`] },
  },
  'a device of a hospital': device,
  'a device without UDI': without(device, 'udiCarrier'),
  'a pump of ours that claims US Core beside our profile': pump,
  'a device that claims a profile of US Core that is not at hand': claiming(
    without(device, 'patient'),
    usCore('us-core-device'),
  ),
};

type Row = readonly [what: string, change: object, ...finds: string[]];

/** A change of `undefined` takes the element out. */
export function spoil<R extends Resource>(subject: string, resource: R, rows: readonly Row[]): SpoiledResource[] {
  return rows.map(([what, change, ...finds]) => ({
    name: `${subject} with ${what}`,
    resource: JSON.parse(JSON.stringify({ ...resource, ...change })),
    finds,
  }));
}

const carrier = { deviceIdentifier: '09521234000402' };

const devices = spoil('an implanted device', device, [
  ['no type', { type: undefined }, 'profile Device.type'],
  ['no patient', { patient: undefined }, 'profile Device.patient'],
  [
    'a UDI without device identifier',
    { udiCarrier: [{ carrierHRF: '(01)1' }] },
    'profile Device.udiCarrier[0].deviceIdentifier',
  ],
  ['two UDIs', { udiCarrier: [carrier, carrier] }, 'profile Device.udiCarrier'],
  [
    'an issuer that is a word',
    { udiCarrier: [{ ...carrier, issuer: 'GS1' }] },
    'structure Device.udiCarrier[0].issuer',
  ],
  ['an issuer in words', { udiCarrier: [{ ...carrier, issuer: 'GS1 US' }] }, 'structure Device.udiCarrier[0].issuer'],
  [
    'an issuer that is a list',
    { udiCarrier: [{ ...carrier, issuer: ['urn:x'] }] },
    'structure Device.udiCarrier[0].issuer',
  ],
  [
    'a jurisdiction that is a word',
    { udiCarrier: [{ ...carrier, jurisdiction: 'FDA' }] },
    'structure Device.udiCarrier[0].jurisdiction',
  ],
  [
    'a barcode that is not base64',
    { udiCarrier: [{ ...carrier, carrierAIDC: '(01)' }] },
    'structure Device.udiCarrier[0].carrierAIDC',
  ],
  [
    'a UDI entered by magic',
    { udiCarrier: [{ ...carrier, entryType: 'magic' }] },
    'binding Device.udiCarrier[0].entryType',
  ],
  ['a name without type', { deviceName: [{ name: 'Pump' }] }, 'profile Device.deviceName[0].type'],
  [
    'a name of an unknown type',
    { deviceName: [{ name: 'Pump', type: 'nickname' }] },
    'binding Device.deviceName[0].type',
  ],
  ['a patient who is a group', { patient: { reference: 'Group/1' } }, 'structure Device.patient'],
  ['a property of no type', { property: [{ valueCode: [{ text: 'x' }] }] }, 'profile Device.property[0].type'],
  [
    'the profile of a request',
    { meta: { profile: [usCore('us-core-medicationrequest')] } },
    'profile Device.meta.profile',
  ],
]);

const versions = ['5.0.1', '6.1.0', '7.0.0', '8.0.0'].flatMap((version) =>
  spoil('an implanted device', claiming(device, `${usCore('us-core-implantable-device')}|${version}`), [
    [`no type, in version ${version}`, { type: undefined }, 'profile Device.type'],
  ]),
);

const pumps = spoil('a pump that claims both profiles', pump, [
  [
    'a UDI without device identifier',
    { udiCarrier: [{ carrierHRF: '(01)1' }] },
    'profile Device.udiCarrier[0].deviceIdentifier',
  ],
  ['a name without type', { deviceName: [{ name: 'Pump' }] }, 'profile Device.deviceName[0].type'],
  ['an unknown status', { status: 'implanted' }, 'binding Device.status'],
]);

const requests = spoil('an order', request, [
  ['no requester', { requester: undefined }, 'profile MedicationRequest.requester'],
  [
    'a requester who is a care team',
    { requester: { reference: 'CareTeam/1' } },
    'structure MedicationRequest.requester',
  ],
  ['a requester without content', { requester: {} }, 'structure MedicationRequest.requester'],
  ['no subject', { subject: undefined }, 'profile MedicationRequest.subject'],
  ['a subject that is a group', { subject: { reference: 'Group/1' } }, 'structure MedicationRequest.subject'],
  ['no drug', { medicationCodeableConcept: undefined }, 'profile MedicationRequest.medication[x]'],
  [
    'two drugs',
    { medicationReference: { reference: 'Medication/1' } },
    'structure MedicationRequest.medicationReference',
  ],
  ['no status', { status: undefined }, 'profile MedicationRequest.status'],
  ['an unknown status', { status: 'running' }, 'binding MedicationRequest.status'],
  ['no intent', { intent: undefined }, 'profile MedicationRequest.intent'],
  ['an unknown intent', { intent: 'wish' }, 'binding MedicationRequest.intent'],
  ['a time of writing without offset', { authoredOn: '2024-06-25T10:00:00' }, 'structure MedicationRequest.authoredOn'],
  [
    'a substitution that says nothing',
    { substitution: { reason: { text: 'x' } } },
    'profile MedicationRequest.substitution.allowed[x]',
  ],
  [
    'a report by a device',
    { reportedReference: { reference: 'Device/1' } },
    'structure MedicationRequest.reportedReference',
  ],
]);

const [race, birthsex] = patient.extension ?? [];
const text = { url: 'text', valueString: 'White' };

const patients = spoil('a patient', patient, [
  ['no identifier', { identifier: undefined }, 'profile Patient.identifier'],
  ['an identifier of no system', { identifier: [{ value: '1' }] }, 'profile Patient.identifier[0].system'],
  ['no name', { name: undefined }, 'invariant Patient', 'profile Patient.name'],
  ['no gender', { gender: undefined }, 'profile Patient.gender'],
  ['a way to be reached that is not said', { telecom: [{ value: '1' }] }, 'profile Patient.telecom[0].system'],
  ['two races where one is asked for', { extension: [race, race] }, 'profile Patient.extension'],
  [
    'a race without text',
    { extension: [{ url: usCore('us-core-race'), extension: [race?.extension?.[0]] }] },
    'profile Patient.extension[0].extension',
  ],
  [
    'a race of two texts',
    { extension: [{ url: usCore('us-core-race'), extension: [text, text] }] },
    'profile Patient.extension[0].extension',
  ],
  [
    'a race that is a text',
    { extension: [{ url: usCore('us-core-race'), valueString: 'x' }] },
    'profile Patient.extension[0].valueString',
    'profile Patient.extension[0].extension',
  ],
  [
    'a race in its text as a code',
    { extension: [{ url: usCore('us-core-race'), extension: [{ url: 'text', valueCode: 'x' }] }] },
    'structure Patient.extension[0].extension[0].valueCode',
    'profile Patient.extension[0].extension[0].value[x]',
  ],
  [
    'a birth sex that is a text',
    { extension: [{ ...birthsex, valueCode: undefined, valueString: 'F' }] },
    'structure Patient.extension[0].valueString',
    'profile Patient.extension[0].value[x]',
  ],
]);

export const spoiledUsCore: readonly SpoiledResource[] = [...devices, ...versions, ...pumps, ...requests, ...patients];
