import type { Spoiled } from './spoiled.ts';

const ucum = 'http://unitsofmeasure.org';
const mg = { value: 0.21, system: ucum, code: 'mg' };
const intrathecal = { coding: [{ system: 'http://snomed.info/sct', code: '72607000' }] };
const intravenous = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration', code: 'IV' }];
const rateRatio = {
  numerator: { value: 210, system: ucum, code: 'ug' },
  denominator: { value: 1, system: ucum, code: 'd' },
};
const administration = 'https://w3id.org/itb-fhir/CodeSystem/itb-administration';
const end = '2024-06-26T00:00:00-04:00';

const segment: Spoiled[] = [
  ['a rate in mg/d', { 'dosage.rateQuantity.code': 'mg/d' }, 'invariant itb-inf-rate'],
  ['a rate in mL/d', { 'dosage.rateQuantity.code': 'mL/d' }, 'invariant itb-inf-rate'],
  ['a rate in ug/h', { 'dosage.rateQuantity.code': 'ug/h' }, 'invariant itb-inf-rate'],
  ['a rate without unit', { 'dosage.rateQuantity.code': undefined }, 'invariant itb-inf-rate'],
  ['a rate whose unit is not UCUM', { 'dosage.rateQuantity.system': 'urn:local' }, 'unit'],
  ['a negative rate', { 'dosage.rateQuantity.value': -1 }, 'invariant itb-inf-rate'],
  ['a rate that is text', { 'dosage.rateQuantity.value': '210' }, 'structure'],
  ['no rate', { 'dosage.rateQuantity': undefined }, 'invariant itb-inf-rate'],
  ['both kinds of rate', { 'dosage.rateRatio': rateRatio }, 'structure'],
  ['mcg, which UCUM does not know', { 'dosage.dose': { value: 5, system: ucum, code: 'mcg' } }, 'unit'],
  ['a delivered amount in mg', { 'dosage.dose': mg }, 'invariant itb-inf-dose'],
  ['no route', { 'dosage.route': undefined }, 'invariant itb-route'],
  ['an intravenous route', { 'dosage.route.coding': intravenous }, 'invariant itb-route'],
  ['no dosage', { dosage: undefined }, 'profile'],
  ['an end though in progress', { 'effectivePeriod.end': end }, 'invariant itb-open'],
  ['no end though completed', { status: 'completed' }, 'invariant itb-closed'],
  ['no end though stopped', { status: 'stopped' }, 'invariant itb-closed'],
  ['no reason though stopped', { status: 'stopped', 'effectivePeriod.end': end }, 'invariant itb-inf-stop-reason'],
  ['no start', { 'effectivePeriod.start': undefined }, 'invariant itb-start'],
  ['an instant for a period', { effectivePeriod: undefined, effectiveDateTime: end }, 'invariant itb-start'],
  ['a status that FHIR does not know', { status: 'running' }, 'binding'],
  ['a status that we never use', { status: 'on-hold' }, 'invariant itb-administration-status'],
  ['no infusion mode', { extension: undefined }, 'invariant itb-inf-mode'],
  ['an infusion mode of no code system', { 'extension.0.valueCode': 'turbo' }, 'invariant itb-inf-mode'],
  ['a flex mode with a constant rate', { 'extension.0.valueCode': 'flex' }, 'invariant itb-inf-pattern'],
  ['no method', { 'dosage.method': undefined }, 'invariant itb-inf-method'],
  ['the method of a fill', { 'dosage.method.coding.0.system': administration }, 'invariant itb-inf-method'],
  ['no pump', { device: undefined }, 'profile'],
  ['no identifier', { identifier: undefined }, 'profile'],
  ['a lot in the place of the drug', { medicationReference: { reference: 'Medication/1' } }, 'structure'],
  ['no drug', { medicationCodeableConcept: undefined }, 'profile'],
  ['no patient', { subject: undefined }, 'profile'],
  ['no mark of the adapter', { 'meta.tag': undefined }, 'invariant itb-tag'],
  ['a test label of another system', { 'meta.security.0.system': 'urn:local' }, 'invariant itb-test'],
  ['a property that FHIR does not know', { dose: 'high' }, 'structure'],
  ['a contained resource', { contained: [{ resourceType: 'Device', id: 'd' }] }, 'profile'],
  ['a modifier extension', { modifierExtension: [{ url: 'urn:local', valueBoolean: true }] }, 'profile'],
  ['a time that is no time', { 'effectivePeriod.start': '2024-06-25 10:20' }, 'structure'],
  ['a list in the place of one value', { status: ['in-progress'] }, 'structure'],
  ['a text in the place of an element', { dosage: 'as programmed' }, 'structure'],
  ['null in the place of an element', { dosage: null }, 'structure'],
  [
    'the profile of a device',
    { 'meta.profile.0': 'https://w3id.org/itb-fhir/StructureDefinition/itb-pump' },
    'profile',
  ],
  ['a profile that we never wrote', { 'meta.profile.0': 'https://w3id.org/itb-fhir/StructureDefinition/x' }, 'profile'],
].map(of('example-infusion', 'a segment with'));

const flexSegment: Spoiled[] = [
  ['a total per 2 days', { 'dosage.rateRatio.denominator.value': 2 }, 'invariant itb-inf-rate'],
  ['a total in mg', { 'dosage.rateRatio.numerator.code': 'mg' }, 'invariant itb-inf-rate'],
  ['a mode of one rate', { 'extension.0.valueCode': 'simple-continuous' }, 'invariant itb-inf-pattern'],
  ['an end before its start', { 'effectivePeriod.end': '2024-02-01T09:00:00-05:00' }, 'order'],
  [
    'an end that only its offset puts before the start',
    { 'effectivePeriod.start': '2024-03-01T10:00:00Z', 'effectivePeriod.end': '2024-03-01T11:00:00+05:00' },
    'order',
  ],
  ['a precision that we never defined', { 'extension.1.valueCode': 'fortnight' }, 'invariant itb-precision'],
  ['a precision without value', { 'extension.1.valueCode': undefined }, 'invariant ext-1'],
].map(of('example-infusion-flex', 'a flex segment with'));

const bolus: Spoiled[] = [
  ['a dose in mg', { 'dosage.dose': mg }, 'invariant itb-bol-dose'],
  ['a dose in mL', { 'dosage.dose.code': 'mL' }, 'invariant itb-bol-dose'],
  ['a dose of zero', { 'dosage.dose.value': 0 }, 'invariant itb-bol-dose'],
  ['a rate beside the dose', { 'dosage.rateRatio': rateRatio }, 'invariant itb-bol-dose'],
  ['no route', { 'dosage.route': undefined }, 'invariant itb-route'],
  ['the method of a prime', { 'dosage.method.coding.0.code': 'priming-bolus' }, 'invariant itb-bol-method'],
  ['no start', { 'effectivePeriod.start': undefined }, 'invariant itb-start'],
].map(of('example-bolus', 'a bolus with'));

const prime: Spoiled[] = [
  ['a route', { 'dosage.route': intrathecal }, 'invariant itb-not-a-dose'],
  ['a dose in ug', { 'dosage.dose.code': 'ug' }, 'invariant itb-not-a-dose'],
  ['the method of a bolus', { 'dosage.method.coding.0.code': 'single-bolus' }, 'invariant itb-pri-method'],
  ['no procedure', { partOf: undefined }, 'profile'],
].map(of('example-priming-bolus', 'a prime with'));

const fill: Spoiled[] = [
  ['a route', { 'dosage.route': intrathecal }, 'invariant itb-not-a-dose'],
  ['a dose in ug', { 'dosage.dose.code': 'ug' }, 'invariant itb-not-a-dose'],
  ['a dose in mg', { 'dosage.dose.code': 'mg' }, 'invariant itb-not-a-dose'],
  ['a rate', { 'dosage.rateRatio': rateRatio }, 'invariant itb-not-a-dose'],
  ['no dose', { 'dosage.dose': undefined }, 'invariant itb-not-a-dose'],
  ['no site', { 'dosage.site': undefined }, 'invariant itb-fill-method'],
  ['the method of a bolus', { 'dosage.method.coding.0.code': 'single-bolus' }, 'invariant itb-fill-method'],
  ['a text that hides what it is', { 'dosage.text': '38 mL baclofen' }, 'invariant itb-fill-text'],
  ['no text', { 'dosage.text': undefined }, 'invariant itb-fill-text'],
  ['no procedure', { partOf: undefined }, 'profile'],
  ['no pump', { device: undefined }, 'profile'],
].map(of('example-reservoir-fill', 'a reservoir fill with'));

export const spoiledAdministrations: readonly Spoiled[] = [...segment, ...flexSegment, ...bolus, ...prime, ...fill];

/** Turns a row (what, change, finding) into a case. */
export function of(example: string, subject: string) {
  return ([what, change, finds]: (string | Spoiled['change'])[]): Spoiled => ({
    name: `${subject} ${what}`,
    example,
    change: change as Spoiled['change'],
    finds: finds as string,
  });
}
