import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import { fill, fold, report, simple } from './reports.ts';

const implant = (fields = {}) =>
  report('implant', 'A', '2024-03-01T10:00-05:00', { fill: fill(18), program: simple(100), ...fields });

describe('a reservoir emptied on purpose', () => {
  const start = implant({ fill: fill(20), program: simple(200) });
  const at = '2024-03-11T10:00-05:00';
  const emptied = (fields = {}) => report('reservoir-emptied', 'B', at, fields);
  const refilled = (measuredMl: number, id = 'C', when = '2024-03-11T12:00-05:00') =>
    report('refill', id, when, { fill: fill(20), residual: { measuredMl } });
  const residuals = (...events: readonly CanonicalEvent[]) =>
    fold(events).sessions.flatMap(({ residual }) =>
      residual
        ? [
            [
              residual.expectedMl && toNumber(residual.expectedMl, 3),
              residual.measuredMl && toNumber(residual.measuredMl, 3),
              residual.volumeAtLastFillMl && toNumber(residual.volumeAtLastFillMl, 3),
              residual.grade,
            ],
          ]
        : [],
    );

  it('is empty by calculation, what was left is compared, and the programme runs on', () => {
    const therapy = fold([start, emptied({ residual: { measuredMl: 19.1 } })]);
    const session = therapy.sessions[1];
    expect(session?.reservoirMl && toNumber(session.reservoirMl, 3)).toBe(0);
    expect(session?.program).toMatchObject({ doseUgPerDay: 200 });
    expect(therapy.segments.map(({ endReason }) => endReason)).toEqual([undefined]);
    expect(residuals(start, emptied({ residual: { measuredMl: 19.1 } }))).toEqual([[19, 19.1, 20, 'ok']]);
  });

  it('leaves nothing to be expected at the next refill, counted from the emptying', () => {
    expect(residuals(start, emptied(), refilled(0)).slice(1)).toEqual([[0, 0, 0, 'ok']]);
    expect(residuals(start, emptied(), refilled(3)).slice(1)).toEqual([[0, 3, 0, 'critical']]);
  });

  it('does not change what the comparison after that refill begins with', () => {
    expect(residuals(start, emptied(), refilled(0), refilled(19, 'D', '2024-03-21T12:00-04:00')).at(-1)).toEqual([
      19.004,
      19,
      20,
      'ok',
    ]);
  });

  it('while the pump is stopped stays so until it is filled and started again', () => {
    const stop = report('pump-stop', 'S', '2024-03-11T09:00-05:00');
    const restart = report('restart', 'R', '2024-03-11T13:00-05:00', { program: simple(200) });
    const therapy = fold([start, stop, emptied(), refilled(0), restart], '2024-03-21T13:00:00-04:00');
    expect(therapy.segments.map(({ endReason }) => endReason)).toEqual(['pump-stopped', undefined]);
    expect(therapy.pumps[0]?.reservoir.volumeMl && toNumber(therapy.pumps[0].reservoir.volumeMl, 3)).toBe(19.004);
  });

  it('makes a volume known that was lost, but never a baseline that was not', () => {
    const never = implant({ fill: undefined });
    expect(residuals(never, emptied(), refilled(0)).map(([, , , grade]) => grade)).toEqual([
      'not-assessable',
      'not-assessable',
    ]);
  });
});
