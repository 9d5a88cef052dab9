import { expect, it } from 'vitest';
import { separatorsIn } from '../../../src/intake/hl7v2/separators.ts';

it('the separators that HL7 recommends', () => {
  expect(separatorsIn('MSH|^~\\&|APP\rPID|1')).toEqual({
    ...{ field: '|', component: '^', repetition: '~', escapeCharacter: '\\', subcomponent: '&', truncation: undefined },
  });
});

it('unusual ones, with a truncation character', () => {
  expect(separatorsIn('MSH$%*!@#$APP')).toEqual({
    ...{ field: '$', component: '%', repetition: '*', escapeCharacter: '!', subcomponent: '@', truncation: '#' },
  });
});

it('what a sender does not name divides nothing', () => {
  expect(separatorsIn('MSH|^~\\|APP')).toMatchObject({ field: '|', escapeCharacter: '\\', subcomponent: '\uffff' });
  expect(separatorsIn('MSH|^|APP')).toMatchObject({ component: '^', repetition: '\uffff', escapeCharacter: '\uffff' });
});

it('those of a batch stand in its own header', () => {
  expect(separatorsIn('BHS|^~\\&|APP', 'BHS')).toMatchObject({ field: '|', component: '^' });
});

it.each([
  ['PID|1', 'another segment'],
  ['MSH', 'nothing after the name'],
  ['MSH|', 'no separators named'],
  ['MSH||^~\\&', 'none between the first two'],
  ['MSHA^~\\&A', 'a letter that would divide every text'],
  ['MSH|^^\\&|', 'one character with two meanings'],
  ['MSH|^~\\&#x|', 'more than HL7 knows'],
  ['MSH|^~\\1|', 'a digit'],
  ['MSH |^~\\|', 'a space'],
])('%j cannot be divided: %s', (text) => {
  expect(separatorsIn(text)).toBeUndefined();
});
