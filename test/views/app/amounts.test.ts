import { describe, expect, it } from 'vitest';
import { amount, counted, difference, figures } from '../../../src/views/app/page/amounts.ts';
import { batteryInWords, gradeInWords, inWords } from '../../../src/views/app/page/words.ts';

describe('numbers', () => {
  it.each([
    [2000, 'mcg/mL', '2,000\u00a0mcg/mL'],
    [120, 'mcg/day', '120\u00a0mcg/day'],
    [12.3456, 'mL', '12.346\u00a0mL'],
    [5.0, 'mL', '5\u00a0mL'],
    [0.5, 'mL', '0.5\u00a0mL'],
  ] as const)('%d %s stands with its unit, a comma in thousands and no trailing zero', (value, unit, text) => {
    expect(amount(value, unit)).toBe(text);
  });

  it('of a difference carry their sign', () => {
    expect([difference(0.33, 'mL'), difference(-0.238, 'mL'), difference(0, 'mL')]).toEqual([
      '+0.33\u00a0mL',
      '-0.238\u00a0mL',
      '0\u00a0mL',
    ]);
  });

  it('are counted in the singular and the plural', () => {
    expect([counted(1, 'day'), counted(0, 'day'), counted(1234, 'day'), counted(2, 'pass', 'passes')]).toEqual([
      '1 day',
      '0 days',
      '1,234 days',
      '2 passes',
    ]);
    expect(figures(0.97649)).toBe('0.976');
  });
});

describe('codes', () => {
  it.each([
    ['catheter-kink', 'Catheter kink'],
    ['flex', 'Flex (doses by time of day)'],
    ['csf-leak', 'CSF leak'],
    ['eri', 'ERI: the battery asks for replacement'],
  ])('%s are words', (code, words) => {
    expect(inWords(code)).toBe(words);
  });

  it('of the battery and of a discrepancy never say more than what was compared', () => {
    expect([batteryInWords('ok'), batteryInWords('eos'), gradeInWords('ok'), gradeInWords('warn')]).toEqual([
      'No replacement indicator on',
      'EOS: the battery is exhausted',
      'Within the limits',
      'Outside the warning limit',
    ]);
  });
});
