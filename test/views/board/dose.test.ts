import { describe, expect, it } from 'vitest';
import { doseWords } from '../../../src/views/board/dose.ts';
import type { OnePump } from '../../../src/views/pump-status/pump-schema.ts';
import { report } from '../../therapy/reports.ts';
import { implant, statusOf } from '../pump-status/status-of.ts';

const week = [
  { days: ['monday', 'tuesday'] as const, doseUgPerDay: 100 },
  { days: ['sunday'] as const, doseUgPerDay: 120 },
].map(({ days, doseUgPerDay }) => ({ days: [...days], doseUgPerDay, flexSteps: [] }));

function pumpWith(over: Partial<OnePump['programme']>, serialNumber?: string): OnePump {
  const [pump] = statusOf([implant]).pumps;
  if (!pump) throw new Error('the pump is in use');
  const serial = serialNumber ?? pump.serialNumber.value;
  return {
    ...pump,
    serialNumber: { ...pump.serialNumber, value: serial },
    programme: { ...pump.programme, ...over },
  };
}

const told = (...pumps: OnePump[]) => doseWords({ ...statusOf([implant]), pumps });
const none = { value: null, method: 'unknown', asOf: null, source: null } as const;

describe('the dose on the board', () => {
  it('is that of the programme', () => {
    expect(doseWords(statusOf([implant]))).toBe('100 mcg/day');
  });

  it('of a stopped pump says so, with the day of the report and what is said beside it', () => {
    const stop = report('pump-stop', 'S', '2024-05-01T10:00:00-04:00');
    expect(doseWords(statusOf([implant, stop]))).toBe('stopped, reported 2024-05-01');
    const death = report('death', 'D', '2024-05-10');
    expect(doseWords(statusOf([implant, death]))).toBe(
      'stopped, reported 2024-05-10. By the report of a death. The pump may run on.',
    );
    const undated = { ...none, value: 'stopped', method: 'reported' } as const;
    expect(told(pumpWith({ delivery: undated, doseUgPerDay: none }))).toBe('stopped');
  });

  it('is by weekday where days have their own, beside that of the others', () => {
    const weekdayDoses = { ...none, value: week };
    expect(told(pumpWith({ doseUgPerDay: none, weekdayDoses }))).toBe(
      'monday, tuesday 100 mcg/day; sunday 120 mcg/day',
    );
    expect(told(pumpWith({ weekdayDoses }))).toBe('100 mcg/day; monday, tuesday 100 mcg/day; sunday 120 mcg/day');
  });

  it('of several pumps is told of each', () => {
    expect(told(pumpWith({}, 'ONE'), pumpWith({ doseUgPerDay: none }, 'TWO'))).toBe('ONE: 100 mcg/day; TWO: unknown');
  });

  it('is not known where nothing was reported of it, and of no pump in use', () => {
    expect(told(pumpWith({ doseUgPerDay: none }))).toBeNull();
    expect(doseWords(statusOf([implant, report('explant', 'X', '2024-05-10T10:00:00-04:00')]))).toBeNull();
    expect(told()).toBeNull();
  });
});
