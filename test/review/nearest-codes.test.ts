import { describe, expect, it } from 'vitest';
import { nearestCodes } from '../../src/review/nearest-codes.ts';

const list = [
  ['catheter-kink', 'Catheter kink'],
  ['catheter-leak-fracture', 'Catheter leak or fracture'],
  ['overdose', 'Baclofen overdose'],
  ['pocket-infection', 'Pump pocket infection'],
].map(([code = '', display = '']) => ({ system: 's', code, display }));

const found = (...said: string[]) => nearestCodes(said, list, 2).map(({ code }) => code);

describe('the codes that look most like what was sent', () => {
  it.each([
    [
      ['CATH-FRACTURED', 'Catheter fractured'],
      ['catheter-leak-fracture', 'catheter-kink'],
    ],
    [['Infected pocket'], ['pocket-infection']],
    [['OVERDOSE'], ['overdose']],
  ])('of %j are %j', (said, codes) => {
    expect(found(...said).slice(0, codes.length)).toEqual(codes);
  });

  it('are none where nothing looks like it', () => {
    expect(found('zzz')).toEqual([]);
    expect(found('')).toEqual([]);
    expect(nearestCodes(['kink'], [], 5)).toEqual([]);
  });

  it('are no more than asked for', () => {
    expect(nearestCodes(['catheter'], list, 1)).toHaveLength(1);
  });
});
