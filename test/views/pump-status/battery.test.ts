import { describe, expect, it } from 'vitest';
import { report } from '../../therapy/reports.ts';
import { by, implant, pumpOf, read, unknown, withheld } from './status-of.ts';

const reported = { batteryStatus: 'ok', monthsToEri: 10, estimatedReplacementDate: '2025-04-01' };
const readAt = by('B', '2024-05-01T10:00:00-04:00', 'interrogation');
const calculated = (calculation: string, value: unknown, inputs: object) => ({
  ...{ value, method: 'calculated', asOf: '2024-05-01T14:00:00Z' },
  source: { calculation, inputs },
});

describe('the battery', () => {
  it('is told as it was reported last, with what follows from it and how that differs', () => {
    const basis = { monthsToEri: 10 };
    expect(pumpOf([implant, read({ reported })]).battery).toEqual({
      status: { value: 'ok', method: 'reported', ...readAt },
      monthsToEri: { value: 10, method: 'reported', ...readAt },
      eriSince: unknown,
      replacementDate: { value: '2025-04-01', method: 'reported', ...readAt },
      eriExpected: calculated('eri-date', '2025-03-01', basis),
      endOfServiceBy: calculated('end-of-service-date', '2025-05-30', basis),
      replacementWindow: calculated('replacement-window', { from: '2025-03-01', to: '2025-05-30' }, basis),
      differenceDays: calculated('difference-to-reported', 59, { reported: '2025-04-01', calculated: '2025-05-30' }),
    });
  });

  it('whose indicator is on says since when, and the pump says that it asks for its replacement', () => {
    const eri = read({ reported: { batteryStatus: 'eri', eriDate: '2024-04-20' } });
    const { battery, state } = pumpOf([implant, eri]);
    expect(battery).toMatchObject({
      eriSince: { value: '2024-04-20' },
      monthsToEri: unknown,
      eriExpected: unknown,
      endOfServiceBy: { value: '2024-07-19' },
    });
    expect(state).toEqual({ value: 'eri', method: 'reported', ...readAt });
  });

  it('whose months were shown before the indicator came on says so', () => {
    const months = read({ reported: { monthsToEri: 1 } }, '2024-04-01T10:00:00-04:00', 'M');
    const eri = read({ reported: { batteryStatus: 'eri', eriDate: '2024-04-20' } });
    const monthsOf = (...events: Parameters<typeof pumpOf>[0]) => pumpOf([implant, ...events]).battery.monthsToEri;
    expect(monthsOf(months)).not.toHaveProperty('words');
    expect(monthsOf(months, eri)).toMatchObject({ value: 1, words: 'Shown before the indicator came on.' });
    expect(monthsOf(read({ reported: { batteryStatus: 'eri', monthsToEri: 0 } }))).not.toHaveProperty('words');
  });

  it('that is at its end by an alarm says so before what was read', () => {
    const eri = read({ reported: { batteryStatus: 'eri' } });
    const eos = report('alarm', 'E', '2024-05-05T10:00:00-04:00', { code: 'eos' });
    expect(pumpOf([implant, eri, eos]).state).toMatchObject({ value: 'eos', source: { eventId: 'E' } });
  });

  it('is not calculated without a clinical owner; what was reported stays', () => {
    const { battery } = pumpOf([implant, read({ reported })], { shown: 'withheld' });
    expect(battery.monthsToEri.value).toBe(10);
    expect([battery.eriExpected, battery.endOfServiceBy, battery.replacementWindow, battery.differenceDays]).toEqual([
      withheld,
      withheld,
      withheld,
      withheld,
    ]);
  });

  it('has no dates where nothing says when its indicator comes on', () => {
    const ok = read({ reported: { batteryStatus: 'ok' } });
    expect(pumpOf([implant, ok]).battery.eriExpected).toEqual(unknown);
  });

  it('is not known where nothing was reported, nor of a pump that was taken out', () => {
    const explant = report('explant', 'X', '2024-05-10T10:00:00-04:00');
    for (const events of [[implant], [implant, read({ reported }), explant]]) {
      expect([...new Set(Object.values(pumpOf(events).battery).map(({ method }) => method))]).toEqual(['unknown']);
    }
  });
});

describe('the state of a pump', () => {
  it('in use is no all-clear: it says what was not reported', () => {
    expect(pumpOf([implant]).state).toEqual({
      ...{ value: 'active', method: 'reported', words: 'No replacement indicator reported.' },
      ...by('A', '2024-03-01T10:00:00-05:00', 'implant'),
    });
  });

  it('taken out says when and by whom that was reported', () => {
    const one = pumpOf([implant, report('explant', 'X', '2024-05-10T10:00:00-04:00')]);
    const taken = by('X', '2024-05-10T10:00:00-04:00', 'explant');
    expect([one.state, one.explanted, one.programme.delivery]).toEqual([
      { value: 'explanted', method: 'reported', ...taken },
      { value: '2024-05-10T10:00:00-04:00', method: 'reported', ...taken },
      { value: 'stopped', method: 'reported', ...taken },
    ]);
  });
});
