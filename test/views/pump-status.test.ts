import { describe, expect, it } from 'vitest';
import { fill, report } from '../therapy/reports.ts';
import { implant, pumpOf, read } from './status-of.ts';

/** What the pump says of itself, and what of it a reader should check. */

const alarm = (code: string, at: string, fields: object = {}) => report('alarm', code, at, { code, ...fields });

describe('alarms', () => {
  it('none reported says since when, and is no all-clear', () => {
    expect(pumpOf([implant]).alarms).toEqual({
      standing: [],
      words: 'No alarm reported since 2024-03-01. Alarms are learned late.',
    });
  });

  it('that are over are told by the time of the latest', () => {
    const events = [
      implant,
      alarm('motor-stall', '2024-05-05T10:00:00-04:00', { clearedAt: '2024-05-05T10:30:00-04:00' }),
      alarm('memory-error-noncritical', '2024-04-05T10:00:00-04:00', { clearedAt: '2024-04-06T10:30:00-04:00' }),
    ];
    expect(pumpOf(events).alarms.words).toBe('No alarm reported since 2024-05-05. Alarms are learned late.');
  });

  it('that stand say which, how critical, when, when learned, and what they mean for delivery', () => {
    const eri = alarm('ERI', '2024-05-05T10:00:00-04:00', { learnedAt: '2024-05-06T10:00:00-04:00' });
    expect(pumpOf([implant, eri]).alarms).toEqual({
      standing: [
        {
          code: 'eri',
          criticality: 'non-critical',
          at: '2024-05-05T10:00:00-04:00',
          learnedAt: '2024-05-06T14:00:00Z',
          words: 'The battery asks for replacement. Delivery goes on until the end of service.',
        },
      ],
      words: null,
    });
  });

  it('that no table knows stand with what is known of them', () => {
    expect(pumpOf([implant, alarm('HUMMING', '2024-05-05T10:00:00-04:00')]).alarms.standing).toEqual([
      { code: 'HUMMING', criticality: null, at: '2024-05-05T10:00:00-04:00', learnedAt: null, words: null },
    ]);
  });
});

describe('delivery', () => {
  const stall = alarm('motor-stall', '2024-05-05T10:00:00-04:00');
  const reset = alarm('low-battery-reset', '2024-05-06T10:00:00-04:00');

  it.each([
    ['while the motor is stalled', [stall], 'stopped'],
    ['after a reset', [reset], 'unknown'],
    ['after a reset during a stall', [stall, reset], 'unknown'],
    ['when the stall is over', [stall, alarm('motor-stall-recovered', '2024-05-05T11:00:00-04:00')], 'running'],
    ['after a stop', [report('pump-stop', 'S', '2024-05-05T10:00:00-04:00')], 'stopped'],
  ])('%s', (_when, events, delivery) => {
    expect(pumpOf([implant, ...events]).delivery).toBe(delivery);
  });
});

describe('the battery', () => {
  const reported = { batteryStatus: 'ok', monthsToEri: 10, estimatedReplacementDate: '2025-04-01' };

  it('is told as it was reported last, with what follows from it', () => {
    expect(pumpOf([implant, read({ reported })]).battery).toEqual({
      asOf: '2024-05-01T14:00:00Z',
      status: 'ok',
      monthsToEri: 10,
      eriSince: null,
      reportedReplacementDate: '2025-04-01',
      calculated: {
        method: 'calculated',
        eriDate: '2025-03-01',
        endOfServiceBy: '2025-05-30',
        replacementWindow: { from: '2025-03-01', to: '2025-05-30' },
      },
    });
  });

  it('whose indicator is on says since when', () => {
    const eri = read({ reported: { batteryStatus: 'eri', eriDate: '2024-04-20' } });
    expect(pumpOf([implant, eri]).battery).toMatchObject({
      eriSince: '2024-04-20',
      monthsToEri: null,
      calculated: { eriDate: null, endOfServiceBy: '2024-07-19' },
    });
  });

  it('is not calculated without a clinical owner', () => {
    expect(pumpOf([implant, read({ reported })], { shown: 'withheld' }).battery?.calculated).toEqual({
      method: 'withheld',
      eriDate: null,
      endOfServiceBy: null,
      replacementWindow: null,
    });
  });

  it('has no dates where nothing says when its indicator comes on', () => {
    const ok = read({ reported: { batteryStatus: 'ok' } });
    expect(pumpOf([implant, ok]).battery?.calculated.method).toBe('unknown');
  });

  it('is not told where nothing was reported, nor of a pump that was taken out', () => {
    expect(pumpOf([implant]).battery).toBeNull();
    const explant = report('explant', 'X', '2024-05-10T10:00:00-04:00');
    expect(pumpOf([implant, read({ reported }), explant]).battery).toBeNull();
  });
});

describe('the residual of the last refill', () => {
  const refill = (measuredMl: number | null, fields: object = {}) =>
    report('refill', 'B', '2024-05-01T10:00:00-04:00', { residual: { measuredMl, ...fields }, fill: fill(18) });

  it('says what was measured and expected, how it compares, and what that may mean', () => {
    expect(pumpOf([implant, refill(17.5, { expectedMl: 15 })]).lastResidual).toEqual({
      at: '2024-05-01T10:00:00-04:00',
      measuredMl: 17.5,
      expectedMl: 15,
      calculated: {
        method: 'calculated',
        expectedMl: 14.95,
        discrepancyMl: 2.55,
        deliveredToProgrammed: 0.164,
        ratioBound: null,
        grade: 'critical',
        direction: 'more-left',
        reading: 'under-delivery',
        words:
          'More was left than calculated: less may have been delivered than programmed. ' +
          'Check the pump with its programmer.',
      },
    });
  });

  it.each([
    [13, 'Less was left than calculated: more may have been delivered than programmed.'],
    [1, 'Much less was left than calculated: a part of the last fill may lie beside the pump.'],
  ])('of %s mL', (measuredMl, words) => {
    expect(pumpOf([implant, refill(measuredMl)]).lastResidual?.calculated.words).toBe(
      `${words} Check the pump with its programmer.`,
    );
  });

  it('as calculated has no words, and a bound where nothing was left', () => {
    expect(pumpOf([implant, refill(15)]).lastResidual?.calculated).toMatchObject({ grade: 'ok', words: null });
    expect(pumpOf([implant, refill(0)]).lastResidual?.calculated.ratioBound).toBe('at-least');
  });

  it('without a baseline is not assessable, and not 0', () => {
    expect(pumpOf([refill(3)]).lastResidual).toEqual({
      at: '2024-05-01T10:00:00-04:00',
      measuredMl: 3,
      expectedMl: null,
      calculated: {
        method: 'calculated',
        expectedMl: null,
        discrepancyMl: null,
        deliveredToProgrammed: null,
        ratioBound: null,
        grade: 'not-assessable',
        direction: null,
        reading: null,
        words: null,
      },
    });
  });

  it('is not compared without a clinical owner', () => {
    const { measuredMl, calculated } = pumpOf([implant, refill(17.5)], { shown: 'withheld' }).lastResidual ?? {};
    expect(measuredMl).toBe(17.5);
    expect([...new Set(Object.values(calculated ?? {}))]).toEqual(['withheld', null]);
  });

  it('is not told where nothing was measured', () => {
    expect(pumpOf([implant, refill(null)]).lastResidual).toBeNull();
  });
});

describe('what a reader should check', () => {
  it('is told newest first with its code, and the last five in words', () => {
    const refill = (n: number) =>
      report('refill', `R${n}`, `2024-05-0${n}T10:00:00-04:00`, {
        fill: { ...fill(18), lotNumber: 'L', expirationDate: '2023-01-01' },
      });
    const one = pumpOf([implant, ...[1, 2, 3, 4, 5, 6].map(refill)]);
    const expired = one.flags.filter(({ code }) => code === 'lot-expired');
    expect(expired.map(({ at }) => at.slice(0, 10))).toEqual([
      '2024-05-06',
      '2024-05-05',
      '2024-05-04',
      '2024-05-03',
      '2024-05-02',
      '2024-05-01',
    ]);
    expect(expired[0]).toEqual({
      at: '2024-05-06T10:00:00-04:00',
      code: 'lot-expired',
      severity: 'warning',
      words: expect.stringMatching(/Check the lot and its expiry date at the source\.$/),
    });
    expect(one.remarks).toHaveLength(5);
  });

  it('that is only information is not among the words', () => {
    const { flags, remarks } = pumpOf([implant, read({ deviceClockAt: '2024-05-01T07:00:00-04:00' })]);
    expect(flags.map(({ code, severity }) => [code, severity])).toEqual([['device-clock-differs', 'information']]);
    expect(remarks).toEqual([]);
  });
});
