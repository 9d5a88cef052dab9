import { describe, expect, it } from 'vitest';
import { flexStepMinutes } from '../../src/event/program.ts';
import { occurredAt, precisionOf } from '../../src/event/time.ts';

describe('when something happened', () => {
  it.each([
    ['2018', 'year'],
    ['2018-06', 'month'],
    ['2018-06-05', 'day'],
    ['2024-06-25T10:00-04:00', 'minute'],
    ['2024-06-25T10:00:00-04:00', 'second'],
    ['2024-06-25T14:00:00.250Z', 'second'],
  ])('%s is known to the %s', (text, precision) => {
    expect(occurredAt.safeParse(text).success).toBe(true);
    expect(precisionOf(text)).toBe(precision);
  });

  it.each(['2024-06-25T25:00-04:00', '2024-06-25T10:00:00', '2024-6-5', '24', '2024-06-25 10:00-04:00', '20240625'])(
    '%s is not a time',
    (text) => expect(occurredAt.safeParse(text).success).toBe(false),
  );
});

describe('a flex step', () => {
  it.each([
    ['06:00', '08:00', 120],
    ['22:00', '24:00', 120],
    ['22:00', '06:00', 480],
    ['00:00', '24:00', 1440],
    ['07:15', '07:15', 1440],
  ])('from %s to %s lasts %i minutes', (start, end, minutes) => {
    expect(flexStepMinutes({ start, end })).toBe(minutes);
  });
});
