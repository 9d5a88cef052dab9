import type { Spoiled } from './spoiled.ts';
import { of } from './spoiled-administrations.ts';

/** Observations about the pump. */

const ours = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation';
const tone = { code: { coding: [{ system: ours, code: 'alarm-tone' }] }, valueString: 'beep' };

const weekdayDose = { system: ours, code: 'weekday-dose' };

function weekday(unit: object = { unit: 'ug/d', code: 'ug/d' }) {
  return {
    code: { coding: [weekdayDose], text: 'Programmed daily dose on sunday' },
    valueQuantity: { value: 100, system: 'http://unitsofmeasure.org', ...unit },
  };
}

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
  [
    'a step of another name twice',
    { 'component.11.code.coding.0.code': 'imaging-used', 'component.12.code.coding.0.code': 'imaging-used' },
    'invariant itb-ps-code',
  ],
  [
    'a battery of another code system',
    { 'component.13.valueCodeableConcept.coding.0.system': 'urn:local' },
    'invariant itb-ps-coded',
  ],
  [
    'a battery in the codes of a grade',
    {
      'component.13.valueCodeableConcept.coding.0.system': 'https://w3id.org/itb-fhir/CodeSystem/itb-residual-grade',
    },
    'invariant itb-ps-coded',
  ],
  ['a volume as a count', { 'component.15.code.coding.0.code': 'rinse-volume' }, 'invariant itb-ps-count'],
  ['a battery date as a period', { 'component.14.code.coding.0.code': 'eri-date' }, 'invariant itb-ps-count'],
  ['an interval in h', { 'component.16.valueQuantity.code': 'h' }, 'invariant itb-ps-unit'],
  ['no pump', { device: undefined }, 'profile'],
  ['another code', { 'code.coding.0.code': 'programmed-daily-dose' }, 'profile'],
  ['a period', { effectiveDateTime: undefined, effectivePeriod: { start: '2024-06-25' } }, 'profile'],
].map(of('example-pump-status', 'a status panel with'));

function textComponent(code: string): object {
  return { code: { coding: [{ system: ours, code }] }, valueString: 'as discussed' };
}

const dailyDose: Spoiled[] = [
  ['a unit of mg/d', { 'valueQuantity.code': 'mg/d' }, 'invariant itb-dose-unit'],
  ['a unit of ug/h', { 'valueQuantity.code': 'ug/h' }, 'invariant itb-dose-unit'],
  ['no value', { valueQuantity: undefined }, 'invariant itb-dose-unit'],
  [
    'the dose of a weekday in ug/h',
    { component: [weekday({ unit: 'ug/h', code: 'ug/h' })] },
    'invariant itb-dose-weekday',
  ],
  [
    'the dose of a weekday that nobody names',
    { component: [{ ...weekday(), code: { coding: [weekdayDose] } }] },
    'invariant itb-dose-weekday',
  ],
  [
    'a component of a panel',
    { component: [{ ...weekday(), code: { ...weekday().code, coding: [{ ...weekdayDose, code: 'fill-volume' }] } }] },
    'invariant itb-dose-weekday',
  ],
  ['the category of a survey', { 'category.0.coding.0.code': 'survey' }, 'invariant itb-dose-category'],
  ['a status that FHIR does not know', { status: 'done' }, 'binding'],
].map(of('example-daily-dose', 'a daily dose with'));

const bolusCount: Spoiled[] = [
  ['a total in mg', { 'component.1.valueQuantity.code': 'mg' }, 'invariant itb-count-component'],
  ['a fill', { 'component.1.code.coding.0.code': 'fill-volume' }, 'invariant itb-count-component'],
  ['no count', { valueInteger: undefined }, 'profile'],
  ['the category of a survey', { 'category.0.coding.0.code': 'survey' }, 'invariant itb-dose-category'],
].map(of('example-bolus-count', 'a count of boluses with'));

const alarm: Spoiled[] = [
  ['a code that we never defined', { 'valueCodeableConcept.coding.0.code': 'beep' }, 'binding'],
  ['a component of a panel', { 'component.2.code.coding.0.code': 'imaging-used' }, 'invariant itb-alm-component'],
  ['two tones', { 'component.3': { ...tone } }, 'invariant itb-alm-component'],
  [
    'a criticality in words',
    { 'component.0.valueBoolean': undefined, 'component.0.valueString': 'yes' },
    'invariant itb-alm-value',
  ],
  [
    'an end in words',
    { 'component.1.valueDateTime': undefined, 'component.1.valueString': 'noon' },
    'invariant itb-alm-value',
  ],
  [
    'a tone that is there or not',
    { 'component.2.valueString': undefined, 'component.2.valueBoolean': true },
    'invariant itb-alm-value',
  ],
  [
    'a meaning of another code system',
    { 'component.3.valueCodeableConcept.coding.0.system': 'urn:local' },
    'invariant itb-alm-value',
  ],
  ['a note that says nothing of what it is', { 'note.0.text': 'heard at night' }, 'invariant itb-alm-note'],
  ['no note', { note: undefined }, 'profile'],
  ['no pump', { device: undefined }, 'profile'],
  ['another pump as its focus', { 'device.reference': 'Device/other' }, 'invariant itb-ps-focus'],
].map(of('example-alarm', 'an alarm with'));

const discrepancy: Spoiled[] = [
  ['a volume in L', { 'valueQuantity.code': 'L' }, 'invariant itb-vol-unit'],
  ['a grade within limits', { 'component.0.valueCodeableConcept.coding.0.code': 'ok' }, 'invariant itb-vol-grade'],
  ['no grade', { 'component.0': undefined }, 'invariant itb-vol-grade'],
  ['a measured volume in L', { 'component.3.valueQuantity.code': 'L' }, 'invariant itb-vol-component'],
  [
    'the same volume twice',
    { 'component.3.code.coding.0.code': 'calculated-residual-volume' },
    'invariant itb-vol-component',
  ],
  [
    'a direction of another code system',
    { 'component.1.valueCodeableConcept.coding.0.system': 'urn:local' },
    'invariant itb-vol-component',
  ],
  ['a limit in %', { 'component.8.valueQuantity.code': '%' }, 'invariant itb-vol-component'],
].map(of('example-volume-discrepancy', 'a discrepancy with'));

export const spoiledPump: readonly Spoiled[] = [...status, ...dailyDose, ...bolusCount, ...alarm, ...discrepancy];
