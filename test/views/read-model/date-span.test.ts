import { describe, expect, it } from 'vitest';
import { dateSpan } from '../../../src/views/read-model/date-span.ts';

const span = (text: string) => {
  const found = dateSpan(text);
  const text_ = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toString();
  return found && [text_(found.fromMs), text_(found.toMs)];
};

describe('a date of FHIR means', () => {
  it.each([
    ['2024', '2024-01-01T00:00:00Z', '2024-12-31T23:59:59.999Z'],
    ['2024-02', '2024-02-01T00:00:00Z', '2024-02-29T23:59:59.999Z'],
    ['2024-12', '2024-12-01T00:00:00Z', '2024-12-31T23:59:59.999Z'],
    ['2024-06-25', '2024-06-25T00:00:00Z', '2024-06-25T23:59:59.999Z'],
    ['2024-06-25T10:00Z', '2024-06-25T10:00:00Z', '2024-06-25T10:00:59.999Z'],
    ['2024-06-25T10:00:05Z', '2024-06-25T10:00:05Z', '2024-06-25T10:00:05.999Z'],
    ['2024-06-25T10:00:05.250Z', '2024-06-25T10:00:05.25Z', '2024-06-25T10:00:05.25Z'],
    ['2024-06-25T22:00:00-04:00', '2024-06-26T02:00:00Z', '2024-06-26T02:00:00.999Z'],
    ['2024-06-25T10:00:05', '2024-06-25T10:00:05Z', '2024-06-25T10:00:05.999Z'],
  ])('%s: from %s to %s', (text, from, to) => {
    expect(span(text)).toEqual([from, to]);
  });

  it.each([
    '',
    '24',
    '2024-13',
    '2024-02-30',
    '2024-06-25T',
    '2024-06-25T25:00Z',
    'yesterday',
    '2024-06-25 10:00',
    '2024-6',
  ])('nothing where it is none: %s', (text) => {
    expect(dateSpan(text)).toBeUndefined();
  });
});
