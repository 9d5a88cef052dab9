import { UcumLhcUtils } from '@lhncbc/ucum-lhc';
import { describe, expect, it } from 'vitest';
import { type UnitFault, ucumUnit, unitFault } from '../../src/event/ucum.ts';

const library = UcumLhcUtils.getInstance();
const anyCase = (word: string): string[] => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)];

const words: readonly [code: string, spellings: readonly string[]][] = [
  ['ug', ['mcg', 'mcgs', 'microgram', 'micrograms']],
  ['mg', ['milligram', 'milligrams']],
  ['mL', ['milliliter', 'milliliters', 'millilitre', 'millilitres']],
  ['cm', ['centimeter', 'centimeters', 'centimetre', 'centimetres']],
  ['min', ['mins', 'minute', 'minutes']],
  ['h', ['hr', 'hrs', 'hour', 'hours']],
  ['d', ['day', 'days', '24h', '24 h', '24hr', '24 hr', '24hrs', '24 hrs', '24hours', '24 hours']],
  ['wk', ['week', 'weeks']],
  ['mo', ['mos', 'month', 'months']],
  ['a', ['year', 'years']],
];

describe('the UCUM code of a unit text', () => {
  it.each(words)('is %s for its words, in any case', (code, spellings) => {
    for (const spelling of spellings.flatMap(anyCase)) expect([spelling, ucumUnit(spelling)]).toEqual([spelling, code]);
  });

  it.each(words)('%s takes no word that UCUM gives another meaning', (_code, spellings) => {
    const unspaced = spellings.filter((word) => !word.includes(' '));
    const meant = unspaced.flatMap(anyCase).filter((word) => library.validateUnitString(word).status === 'valid');
    expect(meant).toEqual([]);
  });

  it.each([
    ['micro as U+00B5', '\u00b5g', 'ug'],
    ['micro as U+03BC', '\u03bcg', 'ug'],
    ['a small l', 'ml', 'mL'],
    ['a small l alone', 'l', 'L'],
    ['a year', 'yr', 'a'],
    ['years', 'yrs', 'a'],
    ['capitals of another unit as that unit', 'YR', 'YR'],
    ['a day by name', 'mcg/day', 'ug/d'],
    ['a day as 24 h', '\u00b5g/24h', 'ug/d'],
    ['a day as 24 hours, with spaces', ' \u03bcg /  24   hours ', 'ug/d'],
    ['per, in words', 'mcg per day', 'ug/d'],
    ['per, in capitals', 'MCG PER DAY', 'ug/d'],
    ['per alone', 'per hour', '/h'],
    ['per with two spaces', 'micrograms  per  millilitre', 'ug/mL'],
    ['two divisions', 'mcg/kg/day', 'ug/kg/d'],
    ['a rate of what is counted', '{spasms}/hour', '{spasms}/h'],
  ])('reads %s', (_says, text, code) => expect(ucumUnit(text)).toBe(code));

  it.each([
    'ug/(24.h)',
    'mg/mL',
    'mL/h',
    '%',
    '1',
    '/h',
    '{score}',
    '{a/day/b}',
    'ug{base}/d',
    'Cel',
    '[degF]',
    'm[H2O]',
    "[in_i'H2O]",
    'kg/m2',
    'm.s-2',
    '10*3/uL',
    '10*-3.mg',
    'mo_j',
    'cal_IT',
    '(mL/min)/kg',
  ])('is the text where that is UCUM already: %s', (code) => expect(ucumUnit(code)).toBe(code));

  it.each([
    ['nothing', ''],
    ['only spaces', '  '],
    ['a word', 'points'],
    ['a name', 'Jane Doe'],
    ['two words with a space', 'm g'],
    ['micro in front of another unit', '\u00b5L'],
    ['micrograms in capitals, which UCUM does not know', 'UG'],
    ['a day without a division', 'mcgday'],
    ['24h in UCUM without its point', '24.hours'],
    ['nothing above the line but a slash too many', 'ug//d'],
    ['nothing below the line', 'ug/'],
    ['braces that stay open', 'ug{x'],
    ['a member of every object', 'constructor'],
    ['another one', 'toString'],
    ['and the last', '__proto__'],
    ['cubic centimetres as cc', 'cc'],
    ['cc in capitals', 'CC'],
    ['cc below the line', 'mcg/cc'],
    ['more than one cc', 'ccs'],
  ])('is none for %s', (_says, text) => expect(ucumUnit(text)).toBeUndefined());

  it('is none for a text of more than 100 characters, whatever it says', () => {
    expect(ucumUnit(`${' '.repeat(97)}mcg`)).toBe('ug');
    expect(ucumUnit(`${' '.repeat(98)}mcg`)).toBeUndefined();
  });
});

describe('a unit text in a field', () => {
  it.each<[says: string, text: string, unit: string]>([
    ['is the unit of the field', 'ug/d', 'ug/d'],
    ['is a spelling of it', 'mcg/day', 'ug/d'],
    ['is the same by UCUM', 'ug/(24.h)', 'ug/d'],
    ['is the same with exponents', 'ug.d-1', 'ug/d'],
    ['is the same through another prefix', 'mg/L', 'ug/mL'],
    ['is the same as a power of ten', '10*-3.mg/d', 'ug/d'],
    ['is the same but for rounding', 'cm3', 'mL'],
    ['is the same by count', '60.min', 'h'],
    ['is the same month', 'mo_j', 'mo'],
  ])('is right where it %s', (_says, text, unit) => expect(unitFault(text, unit)).toBeUndefined());

  it.each<[says: string, text: string, unit: string, fault: UnitFault]>([
    ['a thousand times the dose', 'mg/d', 'ug/d', 'unit-differs'],
    ['a thousandth of the dose', 'ng/d', 'ug/d', 'unit-differs'],
    ['the dose of an hour', 'ug/h', 'ug/d', 'unit-differs'],
    ['a thousand times the concentration', 'mg/mL', 'ug/mL', 'unit-differs'],
    ['a thousand times the volume', 'L', 'mL', 'unit-differs'],
    ['a million litres, from capitals', 'ML', 'mL', 'unit-differs'],
    ['a number of units', '2.ug/d', 'ug/d', 'unit-differs'],
    ['almost the same month', 'mo_g', 'mo', 'unit-differs'],
    ['the same with something said in braces', 'ug{perkg}/d', 'ug/d', 'unit-differs'],
    ['the same with nothing but braces beside it', 'ug/d.{kg}', 'ug/d', 'unit-differs'],
    ['a dose for a kilogram', 'ug/kg/d', 'ug/d', 'unit-mismatch'],
    ['a mass in place of a rate', 'mcg', 'ug/d', 'unit-mismatch'],
    ['a volume in place of a mass', 'mL', 'ug', 'unit-mismatch'],
    ['a product in place of a rate', 'ug/24.h', 'ug/d', 'unit-mismatch'],
    ['units of activity', '[IU]', 'ug', 'unit-mismatch'],
    ['moles, whose mass is not guessed', 'umol', 'ug', 'unit-mismatch'],
    ['nothing at all', '', 'ug', 'unit-unknown'],
    ['no unit', 'shots', 'ug', 'unit-unknown'],
    ['a member of every object', 'constructor', 'ug', 'unit-unknown'],
    ['cc', 'cc', 'mL', 'unit-error-prone'],
    ['a concentration by cc', 'mcg / CC', 'ug/mL', 'unit-error-prone'],
  ])('is refused where it says %s', (_says, text, unit, fault) => expect(unitFault(text, unit)).toBe(fault));
});
