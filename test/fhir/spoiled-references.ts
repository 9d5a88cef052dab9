import type { MedicationAdministration } from '@medplum/fhirtypes';
import { example } from './examples.ts';
import { type SpoiledResource, spoil } from './spoiled-us-core.ts';

/** A valid dose of a hospital. */
export const dose: MedicationAdministration = {
  resourceType: 'MedicationAdministration',
  status: 'completed',
  medicationCodeableConcept: { text: 'paracetamol' },
  subject: { reference: 'Patient/1' },
  effectiveDateTime: '2024-06-25',
  dosage: { dose: { value: 1, unit: 'g', system: 'http://unitsofmeasure.org', code: 'g' } },
};

/** Where findings about it begin. */
export const at = 'MedicationAdministration';

const extension = 'https://w3id.org/itb-fhir/StructureDefinition/infusion-mode';
const contained = (resource: object) => ({ contained: [resource] });

const references = spoil('a dose', dose, [
  ['a practitioner for a patient', { subject: { reference: 'Practitioner/1' } }, `structure ${at}.subject`],
  [
    'a device at another server for a patient',
    { subject: { reference: 'https://h.example.com/fhir/Device/1' } },
    `structure ${at}.subject`,
  ],
  ['a search of devices for a patient', { subject: { reference: 'Device?identifier=1' } }, `structure ${at}.subject`],
  ['a patient who is stated to be a device', { subject: { type: 'Device', display: 'x' } }, `structure ${at}.subject`],
  [
    'a type beside the reference that is another',
    { subject: { reference: 'Patient/1', type: 'Group' } },
    `structure ${at}.subject`,
  ],
  ['a reference with a space', { subject: { reference: 'Patient/a b' } }, `structure ${at}.subject`],
  ['a reference without type', { subject: { reference: '4711' } }, `structure ${at}.subject`],
  ['a reference to a type that is none', { subject: { reference: 'Pump/1' } }, `structure ${at}.subject`],
  [
    'a reference below a path that is not a server',
    { subject: { reference: 'fhir/Patient/1' } },
    `structure ${at}.subject`,
  ],
  ['a reference to a UUID that is none', { subject: { reference: 'urn:uuid:1' } }, `structure ${at}.subject`],
  ['a reference that has only an id', { subject: { id: 'x' } }, `structure ${at}.subject`],
  ['a reference to nothing within', { subject: { reference: '#nobody' } }, `structure ${at}.subject`],
  [
    'a reference to another kind within',
    { ...contained({ resourceType: 'Practitioner', id: 'd' }), device: [{ reference: '#d' }] },
    `structure ${at}.device[0]`,
  ],
  ['a reference to itself as the patient', { subject: { reference: '#' } }, `structure ${at}.subject`],
  [
    'a note by a device',
    { note: [{ authorReference: { reference: 'Device/1' }, text: 'x' }] },
    `structure ${at}.note[0].authorReference`,
  ],
  [
    'a contained resource that nothing refers to',
    contained({ resourceType: 'Device', id: 'd' }),
    `invariant ${at}.contained[0]`,
  ],
  ['a contained resource without id', contained({ resourceType: 'Device' }), `structure ${at}.contained[0]`],
  [
    'two contained resources of one id',
    {
      contained: [
        { resourceType: 'Device', id: 'd' },
        { resourceType: 'Device', id: 'd' },
      ],
      device: [{ reference: '#d' }],
    },
    `structure ${at}.contained[1]`,
  ],
  [
    'a resource contained in a contained one',
    {
      ...contained({ resourceType: 'Device', id: 'd', contained: [{ resourceType: 'Device', id: 'e' }] }),
      device: [{ reference: '#d' }],
    },
    `invariant ${at}`,
  ],
  [
    'a contained resource with a version',
    { ...contained({ resourceType: 'Device', id: 'd', meta: { versionId: '1' } }), device: [{ reference: '#d' }] },
    `invariant ${at}`,
  ],
  [
    'two elements of one id',
    { subject: { id: 'x', reference: 'Patient/1' }, dosage: { id: 'x', text: 'x', dose: { value: 1 } } },
    `structure ${at}.dosage`,
  ],
]);

const extensions = [
  ...spoil('a dose', dose, [
    [
      'an extension of value and extensions',
      { extension: [{ url: 'urn:x', valueString: 'a', extension: [{ url: 'y', valueString: 'z' }] }] },
      `invariant ${at}.extension[0]`,
    ],
    ['an extension of neither', { extension: [{ url: 'urn:x' }] }, `invariant ${at}.extension[0]`],
    [
      'an extension of two values',
      { extension: [{ url: 'urn:x', valueString: 'a', valueCode: 'b' }] },
      `structure ${at}.extension[0].valueCode`,
    ],
    ['an extension of no name', { extension: [{ valueString: 'a' }] }, `structure ${at}.extension[0].url`],
    [
      'an extension of ours that we never wrote',
      { extension: [{ url: `${extension}-x`, valueCode: 'flex' }] },
      `profile ${at}.extension[0]`,
    ],
    [
      'an extension of ours with a text for a code',
      { extension: [{ url: extension, valueString: 'flex' }] },
      `structure ${at}.extension[0].valueString`,
      `profile ${at}.extension[0].value[x]`,
    ],
    [
      'an extension of ours with a code of no system',
      { extension: [{ url: extension, valueCode: 'turbo' }] },
      `binding ${at}.extension[0].valueCode`,
    ],
    [
      'an extension of ours in another place',
      { dosage: { dose: { value: 1 }, extension: [{ url: extension, valueCode: 'flex' }] } },
      `profile ${at}.dosage.extension[0]`,
    ],
  ]),
  ...spoil('a segment of ours', example('example-infusion'), [
    [
      'two infusion modes',
      {
        extension: [
          { url: extension, valueCode: 'simple-continuous' },
          { url: extension, valueCode: 'simple-continuous' },
        ],
      },
      `invariant ${at}`,
      `invariant ${at}`,
      `profile ${at}.extension`,
    ],
  ]),
  ...spoil('a pump of ours', example('example-pump'), [
    ['an infusion mode', { extension: [{ url: extension, valueCode: 'flex' }] }, 'profile Device.extension[0]'],
  ]),
];

/** References that lead to a wrong place, and extensions that stand in one. */
export const spoiledReferences: readonly SpoiledResource[] = [...references, ...extensions];
