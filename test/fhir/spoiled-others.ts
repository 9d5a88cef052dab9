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

const requests: Spoiled[] = [
  ['a request in mg', { 'dosageInstruction.2.doseAndRate.0.doseQuantity.code': 'mg' }, 'invariant itb-reg-amount'],
  ['a request without amount', { 'dosageInstruction.2.doseAndRate': undefined }, 'invariant itb-reg-request'],
  ['a limit in mg', { 'dosageInstruction.2.maxDosePerPeriod.numerator.code': 'mg' }, 'invariant itb-reg-request'],
  [
    'a limit for two days',
    { 'dosageInstruction.2.maxDosePerPeriod.denominator.value': 2 },
    'invariant itb-reg-request',
  ],
  ['two parts of one number', { 'dosageInstruction.1.sequence': 1 }, 'invariant itb-reg-steps'],
  ['a bridge without route', { 'dosageInstruction.0.route': undefined }, 'invariant itb-reg-route'],
].map(of('example-regimen-requests', 'a regimen with a bridge and'));

const admixture: Spoiled[] = [
  ['baclofen without strength', { 'ingredient.0.strength': undefined }, 'invariant itb-med-strength'],
  [
    'a strength of the other drug in mg',
    {
      'ingredient.1.strength': {
        numerator: { value: 0.15, system: ucum, code: 'mg' },
        denominator: { value: 1, system: ucum, code: 'mL' },
      },
    },
    'invariant itb-med-strength',
  ],
].map(of('example-medication-admixture', 'a mixture with'));

const deviceUse: Spoiled[] = [
  ['the intent to implant it', { status: 'intended' }, 'invariant itb-use-status'],
  ['no time', { timingPeriod: undefined }, 'profile'],
  ['no device', { device: undefined }, 'profile'],
  ['an end before its start', { 'timingPeriod.end': '2023-12-31' }, 'order'],
].map(of('example-device-use', 'a device use with'));

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
  ...requests,
  ...admixture,
  ...deviceUse,
  ...pump,
  ...catheter,
  ...procedure,
  ...provenance,
];
