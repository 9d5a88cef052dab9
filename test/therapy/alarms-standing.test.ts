import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { alarmsStanding } from '../../src/therapy/alarms-standing.ts';
import { pumpKey } from '../../src/therapy/device-life.ts';
import { fill, fold, pump, report, simple } from './reports.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00Z', { fill: fill(18), program: simple(100) });
const alarm = (code: string, at: string, fields: object = {}) => report('alarm', code, at, { code, ...fields });
const refill = (at: string) => report('refill', `R${at}`, at, { fill: fill(18) });

/** The codes that stand at an instant; everything is known of what happened until 2026. */
const standing = (at: string, ...events: readonly CanonicalEvent[]) =>
  alarmsStanding(fold([implant, ...events]), pumpKey(pump as never), Temporal.Instant.from(at)).map(({ code }) => code);

describe('an alarm stands', () => {
  it('from its time on, not before', () => {
    const eri = alarm('eri', '2024-05-01T10:00:00Z');
    expect(standing('2024-05-01T09:59:59Z', eri)).toEqual([]);
    expect(standing('2024-05-01T10:00:00Z', eri)).toEqual(['eri']);
  });

  it('only from when somebody learned of it', () => {
    const eri = alarm('eri', '2024-05-01T10:00:00Z', { learnedAt: '2024-06-01T10:00:00Z' });
    expect(standing('2024-06-01T09:59:59Z', eri)).toEqual([]);
    expect(standing('2024-06-01T10:00:00Z', eri)).toEqual(['eri']);
  });

  it('until it is cleared', () => {
    const error = alarm('memory-error-noncritical', '2024-05-01T10:00:00Z', { clearedAt: '2024-05-02T10:00:00Z' });
    expect(standing('2024-05-02T09:59:59Z', error)).toEqual(['memory-error-noncritical']);
    expect(standing('2024-05-02T10:00:00Z', error)).toEqual([]);
  });

  it('beside others, oldest first', () => {
    const events = [alarm('low-reservoir', '2024-05-02T10:00:00Z'), alarm('eri', '2024-05-01T10:00:00Z')];
    expect(standing('2024-05-03T10:00:00Z', ...events)).toEqual(['eri', 'low-reservoir']);
  });

  it('of its own pump only', () => {
    const other = alarm('eri', '2024-05-01T10:00:00Z', { pump: { ...pump, serialNumber: 'NGP710002H' } });
    expect(standing('2024-05-03T10:00:00Z', other)).toEqual([]);
  });

  it('no longer when its pump was taken out', () => {
    const events = [alarm('eri', '2024-05-01T10:00:00Z'), report('explant', 'X', '2024-05-02T10:00:00Z')];
    expect(standing('2024-05-02T09:59:59Z', ...events)).toEqual(['eri']);
    expect(standing('2024-05-02T10:00:00Z', ...events)).toEqual([]);
  });
});

describe.each(['low-reservoir', 'empty-reservoir'])('the alarm %s', (code) => {
  it('is answered by a fill', () => {
    const events = [alarm(code, '2024-05-01T10:00:00Z'), refill('2024-05-02T10:00:00Z')];
    expect(standing('2024-05-02T09:59:59Z', ...events)).toEqual([code]);
    expect(standing('2024-05-02T10:00:00Z', ...events)).toEqual([]);
  });

  it('is not answered by a fill before it, nor by a programme', () => {
    const events = [
      refill('2024-04-30T10:00:00Z'),
      alarm(code, '2024-05-01T10:00:00Z'),
      report('dose-change', 'D', '2024-05-02T10:00:00Z', { program: simple(120) }),
    ];
    expect(standing('2024-05-03T10:00:00Z', ...events)).toEqual([code]);
  });

  it('is not answered by the fill of another pump', () => {
    const other = { pump: { ...pump, serialNumber: 'NGP710002H' }, fill: fill(18) };
    const events = [alarm(code, '2024-05-01T10:00:00Z'), report('refill', 'R', '2024-05-02T10:00:00Z', other)];
    expect(standing('2024-05-03T10:00:00Z', ...events)).toEqual([code]);
  });
});

describe('an alarm about delivery', () => {
  it.each(['motor-stall', 'low-battery-reset'])('%s is answered by a programme that runs after it', (code) => {
    const events = [
      alarm(code, '2024-05-01T10:00:00Z'),
      report('dose-change', 'D', '2024-05-02T10:00:00Z', { program: simple(120) }),
    ];
    expect(standing('2024-05-02T09:59:59Z', ...events)).toEqual([code]);
    expect(standing('2024-05-02T10:00:00Z', ...events)).toEqual([]);
  });

  it('is not answered by the programme that ran before it', () => {
    expect(standing('2024-05-02T10:00:00Z', alarm('motor-stall', '2024-05-01T10:00:00Z'))).toEqual(['motor-stall']);
  });

  it('that says that a stall is over never stands, nor does the stall', () => {
    const events = [
      alarm('motor-stall', '2024-05-01T10:00:00Z'),
      alarm('motor-stall-recovered', '2024-05-01T11:00:00Z'),
    ];
    expect(standing('2024-05-01T11:00:00Z', ...events)).toEqual([]);
  });
});

it.each(['eri', 'eos'])('%s is answered by no fill and no programme', (code) => {
  const events = [
    alarm(code, '2024-05-01T10:00:00Z'),
    refill('2024-05-02T10:00:00Z'),
    report('dose-change', 'D', '2024-05-03T10:00:00Z', { program: simple(120) }),
  ];
  expect(standing('2024-05-04T10:00:00Z', ...events)).toEqual([code]);
});
