import type { Spoiled } from './spoiled.ts';
import { of } from './spoiled-administrations.ts';

const complication: Spoiled[] = [
  ['a code that we never defined', { 'valueCodeableConcept.coding.0.code': 'bad-luck' }, 'binding'],
  ['text only', { valueCodeableConcept: { text: 'kink' } }, 'binding'],
  ['a SNOMED CT code only', { 'valueCodeableConcept.coding.0': undefined }, 'binding'],
  ['a component of a panel', { 'component.0.code.coding.0.code': 'fill-volume' }, 'invariant itb-cmp-component'],
  ['a related part in words', { 'component.1.valueCodeableConcept.coding': undefined }, 'structure'],
  [
    'a related part of another system',
    { 'component.1.valueCodeableConcept.coding.0.system': 'urn:local' },
    'invariant itb-cmp-related',
  ],
  ['no time', { effectiveDateTime: undefined }, 'profile'],
].map(of('example-complication', 'a complication with'));

const adverseEvent: Spoiled[] = [
  ['no tag of ours', { 'meta.tag.1': undefined }, 'invariant itb-ae-identity'],
  [
    'another identity in its tag',
    { 'meta.tag.1.code': '0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e99' },
    'invariant itb-ae-identity',
  ],
  ['no identifier', { identifier: undefined }, 'profile'],
  ['a severity that R4 does not know', { 'severity.coding.0.code': 'grade-3' }, 'binding'],
  ['an outcome that R4 does not know', { 'outcome.coding.0.code': 'better' }, 'binding'],
  ['a complication that we never defined', { 'event.coding.0.code': 'bad-luck' }, 'binding'],
  ['no Observation behind it', { subjectMedicalHistory: undefined }, 'profile'],
  ['an event that might have happened', { actuality: 'potential' }, 'profile'],
].map(of('example-adverse-event', 'an adverse event with'));

const assessment: Spoiled[] = [
  ['a scale of another system', { 'code.coding.0.system': 'urn:local' }, 'invariant itb-asm-scale'],
  ['the category of a therapy', { 'category.0.coding.0.code': 'therapy' }, 'invariant itb-asm-category'],
  ['a score in mL', { 'valueQuantity.code': 'mL' }, 'invariant itb-asm-value'],
  ['a score in per cent', { 'valueQuantity.code': '%' }, 'invariant itb-asm-value'],
  ['neither score nor reason', { valueQuantity: undefined }, 'invariant itb-asm-value'],
].map(of('example-assessment-score', 'an assessment with'));

const grade: Spoiled[] = [
  ['a grade of another system', { 'valueCodeableConcept.coding.0.system': 'urn:local' }, 'invariant itb-asm-value'],
  ['a grade as a text', { valueCodeableConcept: undefined, valueString: '1+' }, 'structure'],
].map(of('example-assessment', 'a graded assessment with'));

const angles: Spoiled[] = [
  ['an angle as a score', { 'component.0.valueQuantity.code': '{score}' }, 'invariant itb-asm-part'],
  ['a quality in degrees', { 'component.2.valueQuantity.code': 'deg' }, 'invariant itb-asm-part'],
  ['a part of another system', { 'component.1.code.coding.0.system': 'urn:local' }, 'invariant itb-asm-part'],
].map(of('example-assessment-angles', 'an assessment of angles with'));

const screening: Spoiled[] = [
  ['a pump', { device: [{ reference: 'Device/example-pump' }] }, 'invariant itb-scr-dose'],
  ['a dose in mL', { 'dosage.dose.code': 'mL' }, 'invariant itb-scr-dose'],
  ['a dose of nothing', { 'dosage.dose.value': 0 }, 'invariant itb-scr-dose'],
  ['the method of a pump', { 'dosage.method.coding.0.code': 'single-bolus' }, 'invariant itb-scr-dose'],
  [
    'a rate',
    { 'dosage.rateQuantity': { value: 50, code: 'ug/d', system: 'http://unitsofmeasure.org' } },
    'invariant itb-scr-dose',
  ],
  ['no route', { 'dosage.route': undefined }, 'invariant itb-scr-route'],
  ['the route of a pump', { 'dosage.route.coding.0.code': 'IT' }, 'invariant itb-scr-route'],
].map(of('example-screening-bolus', 'a screening bolus with'));

const response: Spoiled[] = [
  ['a dose in mg', { 'component.0.valueQuantity.code': 'mg' }, 'invariant itb-scr-component'],
  ['a volume in ug', { 'component.1.valueQuantity.code': 'ug' }, 'invariant itb-scr-component'],
  ['a duration in d', { 'component.3.valueQuantity.code': 'd' }, 'invariant itb-scr-component'],
  ['neither response nor reason', { valueCodeableConcept: undefined }, 'invariant itb-scr-value'],
  ['an answer to something else', { 'valueCodeableConcept.coding.0.code': 'yes' }, 'binding'],
  ['no trial dose', { partOf: undefined }, 'profile'],
].map(of('example-screening-response', 'a screening response with'));

const rescue: Spoiled[] = [
  [
    'the code of baclofen for intrathecal use',
    {
      'medicationCodeableConcept.coding': [
        { system: 'https://w3id.org/itb-fhir/CodeSystem/itb-administration', code: 'baclofen' },
      ],
    },
    'invariant itb-res-words',
  ],
  ['a code in the place of words', { 'medicationCodeableConcept.text': undefined }, 'structure'],
  ['the intrathecal route of HL7', { 'dosage.0.route.coding.0.code': 'IT' }, 'invariant itb-res-words'],
  ['an intrathecal injection', { 'dosage.0.route.coding.0.code': 'ITINJ' }, 'invariant itb-res-words'],
  ['the intrathecal route of ours', { 'dosage.0.route.coding.0.code': 'intrathecal' }, 'invariant itb-res-words'],
  ['the intrathecal route of SNOMED CT', { 'dosage.0.route.coding.0.code': '72607000' }, 'invariant itb-res-words'],
  [
    'an amount that could be added up',
    {
      'dosage.0.doseAndRate': [{ doseQuantity: { value: 50, code: 'ug', system: 'http://unitsofmeasure.org' } }],
    },
    'invariant itb-res-words',
  ],
].map(of('example-rescue-medication', 'a rescue medication with'));

const imaging: Spoiled[] = [
  ['neither finding nor reason', { valueString: undefined }, 'invariant itb-img-finding'],
  ['no modality', { method: undefined }, 'profile'],
].map(of('example-imaging', 'an imaging with'));

const baseline: Spoiled[] = [
  ['a weight in ug', { 'component.4.valueQuantity.code': 'ug' }, 'invariant itb-bas-component'],
  ['a fact of another system', { 'component.0.code.coding.0.system': 'urn:local' }, 'invariant itb-bas-component'],
  ['a fact of the course', { 'component.3.code.coding.0.code': 'alive' }, 'invariant itb-bas-component'],
  ['no fact', { component: undefined }, 'profile'],
].map(of('example-baseline', 'a baseline with'));

const course: Spoiled[] = [
  [
    'the answer to another question',
    { 'valueCodeableConcept.coding.0.code': 'consent-given' },
    'invariant itb-crs-answer',
  ],
  ['an answer of another system', { 'valueCodeableConcept.coding.0.system': 'urn:local' }, 'invariant itb-crs-answer'],
  ['a question that is none of the course', { 'code.coding.0.code': 'imaging' }, 'binding'],
].map(of('example-course', 'a course with'));

const plan: Spoiled[] = [
  ['a part without words', { 'activity.0.detail.description': undefined }, 'invariant itb-cpl-activity'],
  ['a part of another system', { 'activity.1.detail.code.coding.0.system': 'urn:local' }, 'invariant itb-cpl-activity'],
  ['no day of signing', { 'period.start': undefined }, 'structure'],
  ['no author', { author: undefined }, 'profile'],
  ['the intent of an order', { intent: 'order' }, 'profile'],
].map(of('example-care-plan', 'a care plan with'));

const listed: Spoiled[] = [
  ...[
    ['no word on its verification', { verificationStatus: undefined }, 'invariant itb-cnd-confirmed'] as const,
    ['no code', { code: undefined }, 'profile'] as const,
  ].map(([name, change, finds]) => ({ name: `a condition with ${name}`, example: 'example-condition', change, finds })),
  {
    name: 'an allergy to something else',
    example: 'example-allergy',
    change: { 'code.coding.0.code': 'allergy' },
    finds: 'invariant itb-alg-active',
  },
  {
    name: 'a flag for something else',
    example: 'example-flag',
    change: { 'code.coding.0.code': 'allergy' },
    finds: 'profile',
  },
];

export const spoiledClinical: readonly Spoiled[] = [
  ...complication,
  ...adverseEvent,
  ...assessment,
  ...grade,
  ...angles,
  ...screening,
  ...response,
  ...rescue,
  ...imaging,
  ...baseline,
  ...course,
  ...plan,
  ...listed,
];
