import { describe, expect, it } from 'vitest';
import type { Catheter } from '../../src/event/device.ts';
import { catheterKey, completed, pumpKey, sameCatheter } from '../../src/therapy/device-life.ts';

const label = { manufacturer: 'Medtronic', model: '8780', serialNumber: 'S1', lotNumber: 'L1' };

describe('the key of a device', () => {
  it('of a pump is its manufacturer and serial number, whatever their case and the blanks around them', () => {
    expect(pumpKey({ manufacturer: ' medtronic ', serialNumber: ' ngp1h' })).toBe('pump|MEDTRONIC|NGP1H');
  });

  it('of a catheter is its serial number, else what its label states, with a count', () => {
    expect(catheterKey(label, 3)).toBe('catheter|MEDTRONIC|serial|S1');
    expect(catheterKey({ ...label, serialNumber: undefined }, 3)).toBe('catheter|MEDTRONIC|lot|L1|8780|3');
    expect(catheterKey({ manufacturer: 'Codman' }, 0)).toBe('catheter|CODMAN|lot|||0');
  });
});

describe('two labels of a catheter', () => {
  it.each(Object.keys(label) as (keyof typeof label)[])('are of two catheters where the %s differs', (field) => {
    expect(sameCatheter(label, { ...label, [field]: 'other' })).toBe(false);
  });

  it.each(['model', 'serialNumber', 'lotNumber'] as const)('may be of one where only one states the %s', (field) => {
    const bare: Catheter = { ...label, [field]: undefined };
    expect([sameCatheter(label, bare), sameCatheter(bare, label), sameCatheter(bare, bare)]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('are of one in another spelling, and the second fills the gaps of the first', () => {
    const spelt = { manufacturer: 'MEDTRONIC ', model: ' 8780', lotNumber: 'l1' };
    expect(sameCatheter(label, spelt)).toBe(true);
    expect(completed<Catheter>(spelt, label)).toEqual({ ...label, ...spelt });
  });
});
