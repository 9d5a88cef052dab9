import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { fill, report } from '../../therapy/reports.ts';
import { implant, pumpOf, unknown } from './status-of.ts';

const at = '2024-05-10T10:00:00-04:00';
const complication = (code: string, fields: object = {}) => report('complication', code, at, { code, ...fields });
const deliveryOf = (events: readonly CanonicalEvent[], asked = {}) =>
  pumpOf([implant, ...events], asked).programme.delivery;
const asProgrammed = (doubt: string) => `As programmed. ${doubt} What reaches the patient is not known.`;

describe('a programme that runs', () => {
  it('is told without more where nothing speaks against it', () => {
    expect(deliveryOf([])).not.toHaveProperty('words');
    expect(deliveryOf([complication('csf-leak')])).not.toHaveProperty('words');
    expect(deliveryOf([complication('catheter-kink', { outcome: 'resolved' })])).not.toHaveProperty('words');
    const pump = { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'OTHER' };
    const another = report('implant', 'A2', '2024-04-01T10:00:00-04:00', { pump });
    expect(deliveryOf([another, complication('catheter-kink', { pump })])).not.toHaveProperty('words');
  });

  it('is no delivery to rely on after a complication of the catheter, or in withdrawal', () => {
    expect(deliveryOf([complication('catheter-disconnect')])).toMatchObject({
      ...{ value: 'running', method: 'reported' },
      words: asProgrammed('Reported, and not reported as over: catheter disconnect.'),
    });
    expect(deliveryOf([complication('withdrawal', { pump: implant.pump })]).words).toBe(
      asProgrammed('Reported, and not reported as over: withdrawal.'),
    );
  });

  it('is none when by calculation all that was filled has been moved, where calculated values are shown', () => {
    expect(deliveryOf([], { at: '2025-02-24T14:59:59Z' })).not.toHaveProperty('words');
    expect(deliveryOf([], { at: '2025-02-24T15:00:00Z' })).toMatchObject({
      value: 'running',
      words: asProgrammed('By calculation all that was filled has been moved.'),
    });
    expect(deliveryOf([], { at: '2025-02-24T15:00:00Z', shown: 'withheld' })).not.toHaveProperty('words');
  });

  it('is none when the pump alarmed for its volume', () => {
    expect(deliveryOf([report('alarm', 'E', at, { code: 'empty-reservoir' })]).words).toBe(
      asProgrammed('The pump alarmed for its volume.'),
    );
  });

  it('is none from a reservoir that was emptied on purpose, of which nothing is left to calculate', () => {
    const emptied = report('reservoir-emptied', 'M', at, { residual: { measuredMl: 14 } });
    const words = 'The reservoir was reported as emptied on 2024-05-10, and no fill since.';
    const { programme, reservoir } = pumpOf([implant, emptied]);
    expect(programme.delivery.words).toBe(asProgrammed(words));
    expect(reservoir.calculatedMl).toEqual({ ...unknown, words });
    const refill = report('refill', 'R', '2024-05-10T12:00:00-04:00', { fill: fill(18) });
    const filled = pumpOf([implant, emptied, refill]);
    expect(filled.programme.delivery).not.toHaveProperty('words');
    expect(filled.reservoir.calculatedMl.method).toBe('calculated');
  });

  it('that was stopped is told as stopped, whatever else is open', () => {
    const stop = report('pump-stop', 'S', '2024-05-11T10:00:00-04:00');
    expect(deliveryOf([complication('catheter-kink'), stop])).toMatchObject({ value: 'stopped' });
    expect(deliveryOf([complication('catheter-kink'), stop])).not.toHaveProperty('words');
  });
});
