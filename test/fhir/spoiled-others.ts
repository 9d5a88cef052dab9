import type { Spoiled } from './spoiled.ts';
import { of } from './spoiled-administrations.ts';

const ucum = 'http://unitsofmeasure.org';

const medication: Spoiled[] = [
  ['a strength in mg', { 'ingredient.0.strength.numerator.code': 'mg' }, 'invariant itb-med-strength'],
  ['a strength per 20 mL', { 'ingredient.0.strength.denominator.value': 20 }, 'invariant itb-med-strength'],
  ['no strength', { 'ingredient.0.strength': undefined }, 'invariant itb-med-strength'],
  ['no ingredient', { ingredient: undefined }, 'profile'],
].map(of('example-medication', 'a medication with'));

const regimen: Spoiled[] = [
  ['a step without route', { 'dosageInstruction.1.route': undefined }, 'invariant itb-reg-route'],
  ['a step in mg', { 'dosageInstruction.0.doseAndRate.0.doseQuantity.code': 'mg' }, 'invariant itb-reg-amount'],
  ['a step without amount', { 'dosageInstruction.0.doseAndRate': undefined }, 'invariant itb-reg-amount'],
  ['two steps of one number', { 'dosageInstruction.1.sequence': 0 }, 'invariant itb-reg-steps'],
  ['a step without time of day', { 'dosageInstruction.1.timing': undefined }, 'invariant itb-reg-steps'],
  ['a duration in days', { 'dosageInstruction.1.timing.repeat.durationUnit': 'd' }, 'invariant itb-reg-steps'],
  ['a unit of time that is none', { 'dosageInstruction.1.timing.repeat.durationUnit': 'hour' }, 'binding'],
  ['a status that we never use', { status: 'draft' }, 'invariant itb-reg-status'],
  ['the intent of a proposal', { intent: 'proposal' }, 'profile'],
].map(of('example-regimen-flex', 'a regimen with'));

const status: Spoiled[] = [
  [
    'two volumes under one code',
    { 'component.1.code.coding.0.code': 'expected-residual-volume' },
    'invariant itb-ps-code',
  ],
  ['a component of another system', { 'component.0.code.coding.0.system': 'urn:local' }, 'invariant itb-ps-code'],
  ['a component that we never defined', { 'component.0.code.coding.0.code': 'level' }, 'binding'],
  ['a volume in L', { 'component.0.valueQuantity.code': 'L' }, 'invariant itb-ps-unit'],
  ['a volume in ug', { 'component.4.valueQuantity.code': 'ug' }, 'invariant itb-ps-unit'],
  ['a volume as text', { 'component.4': textComponent('fill-volume') }, 'invariant itb-ps-text'],
  ['a concentration in mg/mL', { 'component.5.valueQuantity.code': 'mg/mL' }, 'invariant itb-ps-unit'],
  ['a daily dose in ug/h', { 'component.6.valueQuantity.code': 'ug/h' }, 'invariant itb-ps-unit'],
  ['battery life in years', { 'component.9.valueQuantity.code': 'a' }, 'invariant itb-ps-unit'],
  ['an alarm date as text', { 'component.8': textComponent('refill-due-by') }, 'invariant itb-ps-text'],
  ['a date in the place of a volume', { 'component.8.code.coding.0.code': 'catheter-volume' }, 'invariant itb-ps-date'],
  ['a grade of its own', { 'component.3.valueCodeableConcept.coding.0.system': 'urn:local' }, 'invariant itb-ps-coded'],
  ['a pump that it is not about', { 'device.reference': 'Device/other' }, 'invariant itb-ps-focus'],
  [
    'a volume that is only there or not',
    { 'component.4.valueQuantity': undefined, 'component.4.valueBoolean': true },
    'structure',
  ],
  ['no pump', { device: undefined }, 'profile'],
  ['another code', { 'code.coding.0.code': 'programmed-daily-dose' }, 'profile'],
  ['a period', { effectiveDateTime: undefined, effectivePeriod: { start: '2024-06-25' } }, 'profile'],
].map(of('example-pump-status', 'a status panel with'));

function textComponent(code: string): object {
  const system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation';
  return { code: { coding: [{ system, code }] }, valueString: 'as discussed' };
}

const dailyDose: Spoiled[] = [
  ['a unit of mg/d', { 'valueQuantity.code': 'mg/d' }, 'invariant itb-dose-unit'],
  ['a unit of ug/h', { 'valueQuantity.code': 'ug/h' }, 'invariant itb-dose-unit'],
  ['no value', { valueQuantity: undefined }, 'invariant itb-dose-unit'],
  ['the category of a survey', { 'category.0.coding.0.code': 'survey' }, 'invariant itb-dose-category'],
  ['a status that FHIR does not know', { status: 'done' }, 'binding'],
].map(of('example-daily-dose', 'a daily dose with'));

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

const assessment: Spoiled[] = [
  ['a scale of another system', { 'code.coding.0.system': 'urn:local' }, 'invariant itb-asm-scale'],
  ['the category of a therapy', { 'category.0.coding.0.code': 'therapy' }, 'invariant itb-asm-category'],
  ['a score in mL', { 'valueQuantity.code': 'mL' }, 'invariant itb-asm-value'],
  ['a score in per cent', { 'valueQuantity.code': '%' }, 'invariant itb-asm-value'],
].map(of('example-assessment-score', 'an assessment with'));

const pump: Spoiled[] = [
  ['no reason though inactive', { status: 'inactive' }, 'invariant itb-dev-inactive'],
  ['the type of a catheter', { 'type.coding.0.code': 'intrathecal-catheter' }, 'invariant itb-pump-type'],
  ['no type', { type: undefined }, 'invariant itb-pump-type'],
  ['two UDIs', { 'udiCarrier.1': { deviceIdentifier: '09521234000402' } }, 'invariant itb-dev-udi'],
  ['a UDI entered by magic', { 'udiCarrier.0.entryType': 'magic' }, 'binding'],
  ['a property of another system', { 'property.0.type.coding.0.system': 'urn:local' }, 'invariant itb-dev-property'],
  ['a dose as a property', { 'property.0.type.coding.0.code': 'programmed-daily-dose' }, 'binding'],
  ['a status that FHIR does not know', { status: 'implanted' }, 'binding'],
  ['no patient', { patient: undefined }, 'profile'],
  ['a capacity in litres', { 'property.0.valueQuantity.0': { value: 0.04, system: ucum, code: 'L' } }, 'unit'],
  ['a manufacture date with a thirteenth month', { manufactureDate: '2023-13-04' }, 'structure'],
].map(of('example-pump', 'a pump with'));

const catheter: Spoiled[] = [
  ['the type of a pump', { 'type.coding.0.code': 'programmable-pump' }, 'invariant itb-catheter-type'],
  ['its length stated twice', { 'property.1.type.coding.0.code': 'catheter-length' }, 'invariant itb-dev-property'],
].map(of('example-catheter', 'a catheter with'));

const procedure: Spoiled[] = [
  ['a code that we never defined', { 'code.coding.0.code': 'tune-up' }, 'binding'],
  ['an action that we never defined', { 'focalDevice.0.action.coding.0.code': 'polished' }, 'invariant itb-pro-device'],
  ['no action', { 'focalDevice.0.action': undefined }, 'invariant itb-pro-device'],
  ['no time', { performedPeriod: undefined }, 'profile'],
  ['an end before its start', { 'performedPeriod.end': '2024-06-25T09:59:00-04:00' }, 'order'],
  ['an end on the day before', { performedPeriod: { start: '2024-06-25', end: '2024-06-24' } }, 'order'],
].map(of('example-procedure-refill', 'a procedure with'));

const provenance: Spoiled[] = [
  ['no identity', { 'meta.tag.1': undefined }, 'invariant itb-prv-identity'],
  [
    'neither author nor transmitter',
    { 'agent.0.type': undefined, 'agent.1.type': undefined },
    'invariant itb-prv-agent',
  ],
  ['no source', { 'entity.0.role': 'derivation' }, 'invariant itb-prv-source'],
  ['an activity that we never do', { 'activity.coding.0.code': 'EXECUTE' }, 'binding'],
  ['no target', { target: undefined }, 'profile'],
].map(of('example-provenance', 'a provenance with'));

export const spoiledOthers: readonly Spoiled[] = [
  ...medication,
  ...regimen,
  ...status,
  ...dailyDose,
  ...complication,
  ...assessment,
  ...pump,
  ...catheter,
  ...procedure,
  ...provenance,
];
