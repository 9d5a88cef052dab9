import type {
  AdverseEvent,
  Condition,
  DocumentReference,
  MedicationAdministration,
  Observation,
  Patient,
  Resource,
} from '@medplum/fhirtypes';
import { changed, example } from './examples.ts';
import { at, dose, spoiledReferences } from './spoiled-references.ts';
import { type SpoiledResource, spoil } from './spoiled-us-core.ts';

const ucum = 'http://unitsofmeasure.org';
const xhtml = (content: string) => ({
  text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${content}</div>` },
});

const patient: Patient = { resourceType: 'Patient' };
const observation: Observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
const condition: Condition = {
  resourceType: 'Condition',
  subject: { reference: 'Patient/1' },
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
  },
};
const event: AdverseEvent = { resourceType: 'AdverseEvent', actuality: 'actual', subject: { reference: 'Patient/1' } };
const document: DocumentReference = {
  resourceType: 'DocumentReference',
  status: 'current',
  content: [{ attachment: { contentType: 'text/plain', data: 'AAAA' } }],
};

/** What R4 allows, though a validator could think otherwise. */
export const validForms: Readonly<Record<string, Resource>> = {
  'a dose': dose,
  'a patient of whom nothing is known': patient,
  'an observation without value': observation,
  'a condition': condition,
  'an adverse event': event,
  'a document': document,
  'a document with a character set': {
    ...document,
    content: [{ attachment: { contentType: 'text/plain; charset=UTF-8', url: 'Binary/1' } }],
  },
  'a reference that only displays': { ...dose, subject: { display: 'A patient' } },
  'a reference by identifier': { ...dose, subject: { type: 'Patient', identifier: { value: 'MRN0001' } } },
  'a reference to a version': { ...dose, subject: { reference: 'Patient/1/_history/2' } },
  'a conditional reference': { ...dose, subject: { reference: 'Patient?identifier=urn:x|1' } },
  'a reference at another server': { ...dose, subject: { reference: 'https://other.example.com/r4/Patient/1' } },
  'a reference that its server alone can read': { ...dose, subject: { reference: 'https://other.example.com/p?id=1' } },
  'a reference whose type stands beside it as a canonical': {
    ...dose,
    subject: { reference: 'Patient/1', type: 'http://hl7.org/fhir/StructureDefinition/Patient' as 'Patient' },
  },
  'a contained device that is referred to': {
    ...dose,
    contained: [{ resourceType: 'Device', id: 'd' }],
    device: [{ reference: '#d' }],
  },
  'a contained provenance that refers to what contains it': {
    ...dose,
    contained: [
      {
        resourceType: 'Provenance',
        id: 'p',
        recorded: '2024-06-25T10:00:00Z',
        target: [{ reference: '#' }],
        agent: [{ who: { display: 'A nurse' } }],
      },
    ],
  },
  'a name of which one part is masked': {
    ...patient,
    name: [{ given: ['Ada', null], _given: [null, { id: 'x', extension: [{ url: 'urn:x', valueCode: 'masked' }] }] }],
  } as unknown as Patient,
  'a narrative': {
    ...dose,
    ...xhtml('<!-- a --><p class="x">1 &lt; 2 &#160;<br/><a href="https://example.com">b</a></p>'),
  } as MedicationAdministration,
  'a narrative that is a picture': { ...dose, ...xhtml('<img src="a.png" alt=""/>') } as MedicationAdministration,
  'an age in years': { ...condition, onsetAge: { value: 12, system: ucum, code: 'a' } },
  'a range in order': { ...observation, valueRange: { low: { value: 1 }, high: { value: 5 } } },
  'a part of a dose per time': {
    ...dose,
    dosage: { rateRatio: { numerator: { value: 1 }, denominator: { value: 1 } } },
  },
};

const values = spoil('a dose', dose, [
  ['a code without system', { dosage: { dose: { value: 1, code: 'g' } } }, `invariant ${at}.dosage.dose`],
  [
    'a dose that is only a bound',
    { dosage: { dose: { value: 1, comparator: '<' } } },
    `structure ${at}.dosage.dose.comparator`,
  ],
  [
    'a ratio without denominator',
    { dosage: { rateRatio: { numerator: { value: 1 } } } },
    `invariant ${at}.dosage.rateRatio`,
  ],
  [
    'a ratio without numerator',
    { dosage: { rateRatio: { denominator: { value: 1 } } } },
    `invariant ${at}.dosage.rateRatio`,
  ],
  ['a ratio that has only an id', { dosage: { rateRatio: { id: 'x' } } }, `structure ${at}.dosage.rateRatio`],
  ['a dosage that says nothing of amount', { dosage: { text: 'x' } }, `invariant ${at}.dosage`],
  ['a time without offset', { effectiveDateTime: '2024-06-25T10:00:00' }, `structure ${at}.effectiveDateTime`],
  ['a time in the 25th hour', { effectiveDateTime: '2024-06-25T24:00:00Z' }, `structure ${at}.effectiveDateTime`],
  ['a time without seconds', { effectiveDateTime: '2024-06-25T10:00Z' }, `structure ${at}.effectiveDateTime`],
  [
    'an end that only its offset puts before the start',
    {
      effectiveDateTime: undefined,
      effectivePeriod: { start: '2024-06-25T10:00:00-04:00', end: '2024-06-25T13:30:00Z' },
    },
    `order ${at}.effectivePeriod`,
  ],
  ['a status that is only an id', { status: undefined, _status: { id: 'x' } }, `structure ${at}._status`],
  ['a second time beside the first', { _effectivePeriod: { id: 'x' } }, `structure ${at}._effectivePeriod`],
  ['a text that is empty', { dosage: { text: '', dose: { value: 1 } } }, `structure ${at}.dosage.text`],
  ['a list of notes that is empty', { note: [] }, `structure ${at}.note`],
  ['a note that is empty', { note: [{}] }, `structure ${at}.note[0]`],
  ['a note without text', { note: [{ authorString: 'x' }] }, `structure ${at}.note[0].text`],
  ['a tag that is a text', { meta: { tag: ['x'] } }, `structure ${at}.meta.tag[0]`],
  ['a tag that is no list', { meta: { tag: { code: 'x' } } }, `structure ${at}.meta.tag`],
  ['profiles that are no list', { meta: { profile: 'urn:x' } }, `structure ${at}.meta.profile`],
  [
    'a code system that is a word',
    { medicationCodeableConcept: { coding: [{ system: 'RxNorm', code: '1292' }] } },
    `structure ${at}.medicationCodeableConcept.coding[0].system`,
  ],
  [
    'a text of a choice that is a word',
    { medicationCodeableConcept: { coding: [{ code: 'x', userSelected: 'true' }] } },
    `structure ${at}.medicationCodeableConcept.coding[0].userSelected`,
  ],
  ['an id with a space', { id: 'a b' }, `structure ${at}.id`],
  ['an id of 65 characters', { id: 'a'.repeat(65) }, `structure ${at}.id`],
  [
    'an OID that is none',
    { identifier: [{ system: 'urn:oid:1.2.x', value: '1' }] },
    `structure ${at}.identifier[0].system`,
  ],
  [
    'an OID with a zero in front',
    { identifier: [{ system: 'urn:oid:1.02', value: '1' }] },
    `structure ${at}.identifier[0].system`,
  ],
  [
    'a UUID that is none',
    { identifier: [{ system: 'urn:uuid:4711', value: '1' }] },
    `structure ${at}.identifier[0].system`,
  ],
  ['a URI with a space', { identifier: [{ system: 'urn:a b', value: '1' }] }, `structure ${at}.identifier[0].system`],
]);

const beside = spoil('a patient', patient, [
  [
    'more beside the names than names',
    { name: [{ given: ['A'], _given: [null, { id: 'x' }] }] },
    'structure Patient.name[0]._given',
  ],
  [
    'less beside the names than names',
    { name: [{ given: ['A', 'B'], _given: [{ id: 'x' }] }] },
    'structure Patient.name[0]._given',
  ],
  ['no list beside the names', { name: [{ given: ['A'], _given: { id: 'x' } }] }, 'structure Patient.name[0]._given'],
  ['a list beside one value', { birthDate: '2011', _birthDate: [{ id: 'x' }] }, 'structure Patient._birthDate'],
  ['an empty list beside nothing', { name: [{ _given: [] }] }, 'structure Patient.name[0]._given'],
  ['null beside nothing', { name: [{ _given: [null] }] }, 'structure Patient.name[0]._given[0]'],
  ['nothing beside a value', { birthDate: '2011', _birthDate: {} }, 'structure Patient._birthDate'],
  ['null beside a value', { birthDate: '2011', _birthDate: null }, 'structure Patient._birthDate'],
  [
    'neither a name nor what stands beside it',
    { name: [{ given: ['A', null], _given: [{ id: 'x' }, null] }] },
    'structure Patient.name[0].given[1]',
    'structure Patient.name[0]._given[1]',
  ],
  ['a number to be reached at by no system', { telecom: [{ value: '1' }] }, 'invariant Patient.telecom[0]'],
  ['a picture of no type', { photo: [{ data: 'AAAA' }] }, 'invariant Patient.photo[0]'],
  ['a contact of no name', { contact: [{ gender: 'male' }] }, 'invariant Patient.contact[0]'],
]);

const narratives = spoil('a dose', dose, [
  ['a narrative with a script', xhtml('<script>x</script>'), `structure ${at}.text.div`],
  ['a narrative that runs', xhtml('<p onclick="x()">x</p>'), `structure ${at}.text.div`],
  ['a narrative that links to a script', xhtml('<a href=" javascript:x()">x</a>'), `structure ${at}.text.div`],
  ['a narrative that is not closed', xhtml('<b>x'), `structure ${at}.text.div`],
  ['a narrative that is closed in another order', xhtml('<b><i>x</b></i>'), `structure ${at}.text.div`],
  ['a narrative with more after its end', xhtml('x</div><div>x'), `structure ${at}.text.div`],
  [
    'a narrative without a closing div',
    { text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x' } },
    `structure ${at}.text.div`,
  ],
  ['a narrative with a bare ampersand', xhtml('salt & pepper'), `structure ${at}.text.div`],
  ['a narrative with a bare bracket', xhtml('1 < 2'), `structure ${at}.text.div`],
  ['a narrative of nothing', xhtml(' <p> </p> '), `structure ${at}.text.div`],
  [
    'a narrative outside the XHTML namespace',
    { text: { status: 'generated', div: '<div>x</div>' } },
    `structure ${at}.text.div`,
  ],
  [
    'a narrative that is no div',
    { text: { status: 'generated', div: '<p xmlns="http://www.w3.org/1999/xhtml">x</p>' } },
    `structure ${at}.text.div`,
  ],
  ['a narrative of an unknown status', { text: { ...xhtml('x').text, status: 'x' } }, `binding ${at}.text.status`],
]);

const others = [
  ...spoil('an observation', observation, [
    [
      'a range whose ends are exchanged',
      { valueRange: { low: { value: 5 }, high: { value: 1 } } },
      'invariant Observation.valueRange',
    ],
    [
      'a value and another type beside it',
      { valueString: 'a', _valueInteger: { extension: [{ url: 'urn:x', valueCode: 'a' }] } },
      'structure Observation._valueInteger',
    ],
    ['a value of a type that it cannot have', { valueDecimal: 1 }, 'structure Observation.valueDecimal'],
    ['an integer of 33 bits', { valueInteger: 3e9 }, 'structure Observation.valueInteger'],
  ]),
  ...spoil('a condition', condition, [
    ['an age of zero', { onsetAge: { value: 0, system: ucum, code: 'a' } }, 'invariant Condition.onsetAge'],
    ['an end though active', { abatementDateTime: '2024' }, 'invariant Condition'],
    ['a status in words', { clinicalStatus: { text: 'active' } }, 'binding Condition.clinicalStatus'],
  ]),
  ...spoil('an adverse event', event, [
    [
      'a suspect that is a patient',
      { suspectEntity: [{ instance: { reference: 'Patient/1' } }] },
      'structure AdverseEvent.suspectEntity[0].instance',
    ],
  ]),
  ...spoil('a document', document, [
    [
      'a media type that is a word',
      { content: [{ attachment: { contentType: 'pdf', data: 'AAAA' } }] },
      'binding DocumentReference.content[0].attachment.contentType',
    ],
    [
      'a size below zero',
      { content: [{ attachment: { size: -1 } }] },
      'structure DocumentReference.content[0].attachment.size',
    ],
    ['no content', { content: undefined }, 'structure DocumentReference.content'],
  ]),
  ...spoil('a refill', changed('example-procedure-refill', {}), [
    [
      'a patient as the device',
      {
        focalDevice: [
          {
            action: { coding: [{ system: 'http://hl7.org/fhir/device-action', code: 'manipulated' }] },
            manipulated: { reference: 'Patient/1' },
          },
        ],
      },
      'structure Procedure.focalDevice[0].manipulated',
    ],
  ]),
  ...spoil('a catheter', example('example-catheter'), [
    ['a patient as its pump', { parent: { reference: 'Patient/1' } }, 'structure Device.parent'],
  ]),
];

export const spoiledForms: readonly SpoiledResource[] = [
  ...spoiledReferences,
  ...values,
  ...beside,
  ...narratives,
  ...others,
];
