import { describe, expect, test } from 'vitest';
import { receiptIds } from '../../src/receiving/receipt-id.ts';

describe('receipt ids', () => {
  test('are UUIDs of version 7 with the time at their beginning', () => {
    const at = Temporal.Instant.from('2026-06-01T12:00:00Z').epochMilliseconds;
    expect(receiptIds(() => at)()).toMatch(/^019e830e-1a00-7000-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('grow, more than fit into one millisecond, and while the clock is set back', () => {
    let now = 1_000_000;
    const next = receiptIds(() => now);
    const ids = Array.from({ length: 10_000 }, next);
    now = 5;
    ids.push(next());
    now = 2_000_000;
    ids.push(next());
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(10_002);
  });
});
