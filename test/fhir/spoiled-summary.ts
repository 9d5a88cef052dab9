import type { Spoiled } from './spoiled.ts';
import { of } from './spoiled-administrations.ts';

/** What is known of a pump at an instant. */

const absent = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown' }] };

export const spoiledSummary: Spoiled[] = [
  [
    'two values under one code',
    { 'component.2.code.coding.0.code': 'programmed-daily-dose' },
    'invariant itb-sum-code',
  ],
  ['a component of another system', { 'component.0.code.coding.0.system': 'urn:local' }, 'invariant itb-sum-code'],
  ['neither a value nor a reason', { 'component.1.valueQuantity': undefined }, 'invariant itb-sum-known'],
  ['a value that is absent', { 'component.1.dataAbsentReason': absent }, 'invariant itb-sum-known'],
  ['a value that nobody says how to know', { 'component.3.extension': undefined }, 'invariant itb-sum-method'],
  ['a value as of nobody knows when', { 'component.0.extension.1': undefined }, 'invariant itb-sum-method'],
  ['a daily dose in ug/h', { 'component.1.valueQuantity.code': 'ug/h' }, 'invariant itb-sum-unit'],
  ['a volume in L', { 'component.2.valueQuantity.code': 'L' }, 'invariant itb-sum-unit'],
  ['no word of what it is not', { 'note.0.text': 'All is well.' }, 'invariant itb-sum-note'],
  ['a method of its own', { 'component.0.extension.0.valueCode': 'guessed' }, 'invariant itb-value-method'],
  ['a pump that it is not about', { 'device.reference': 'Device/other' }, 'invariant itb-ps-focus'],
  ['an identifier, as if it were stored', { identifier: [{ system: 'urn:local', value: '1' }] }, 'profile'],
  ['another code', { 'code.coding.0.code': 'pump-status-panel' }, 'profile'],
].map(of('example-pump-summary', 'a status summary with'));
