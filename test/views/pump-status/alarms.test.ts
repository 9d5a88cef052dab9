import { describe, expect, it } from 'vitest';
import { report } from '../../therapy/reports.ts';
import { by, implant, pumpOf } from './status-of.ts';

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

  it('of which nobody had learned yet are not counted', () => {
    const late = alarm('motor-stall', '2024-05-05T10:00:00-04:00', { learnedAt: '2024-06-02T00:00:00Z' });
    expect(pumpOf([implant, late]).alarms).toEqual({
      standing: [],
      words: 'No alarm reported since 2024-03-01. Alarms are learned late.',
    });
  });

  it('that stand say which, how critical, when, when learned, what they mean for delivery, and who reported them', () => {
    const eri = alarm('ERI', '2024-05-05T10:00:00-04:00', { learnedAt: '2024-05-06T10:00:00-04:00' });
    expect(pumpOf([implant, eri]).alarms).toEqual({
      standing: [
        {
          code: 'eri',
          criticality: 'non-critical',
          at: '2024-05-05T10:00:00-04:00',
          learnedAt: '2024-05-06T14:00:00Z',
          delivery: 'continues',
          words: 'The battery asks for replacement. Delivery goes on until the end of service.',
          ...by('ERI', '2024-05-05T10:00:00-04:00', 'alarm'),
        },
      ],
      words: null,
    });
  });

  it('that no table knows stand with what is known of them', () => {
    expect(pumpOf([implant, alarm('HUMMING', '2024-05-05T10:00:00-04:00')]).alarms.standing).toMatchObject([
      { code: 'HUMMING', criticality: null, at: '2024-05-05T10:00:00-04:00', learnedAt: null, words: null },
    ]);
  });
});

describe('delivery', () => {
  const stall = alarm('motor-stall', '2024-05-05T10:00:00-04:00');
  const reset = alarm('low-battery-reset', '2024-05-06T10:00:00-04:00');
  const over = alarm('motor-stall-recovered', '2024-05-05T11:00:00-04:00');
  const stop = report('pump-stop', 'S', '2024-05-05T10:00:00-04:00');

  it.each([
    ['while the motor is stalled', [stall], 'stopped', 'motor-stall'],
    ['when the stall is over', [stall, over], 'running', 'motor-stall-recovered'],
    ['after a stop', [stop], 'stopped', 'S'],
    ['with nothing in its way', [], 'running', 'A'],
  ])('%s is told with the report that says so', (_when, events, value, eventId) => {
    expect(pumpOf([implant, ...events]).programme.delivery).toMatchObject({
      value,
      method: 'reported',
      source: { eventId },
    });
  });

  it.each([
    ['after a reset', [reset]],
    ['after a reset during a stall', [stall, reset]],
  ])('%s is not known', (_when, events) => {
    expect(pumpOf([implant, ...events]).programme.delivery).toEqual({
      ...{ value: null, method: 'unknown', asOf: null, source: null },
      words: 'What the pump delivers is not known.',
    });
  });
});
