import fc from 'fast-check';
import { expect, it } from 'vitest';
import { desiredOf, patientOf } from '../stories/story.ts';
import { report } from '../therapy/reports.ts';

/** A mistyped number is bad data, never a crash: whatever passes the schema comes to resources or to something held. */
const number = fc.constantFrom(Number.MIN_VALUE, 1e-300, 1e-9, 0.3, 85, 1e9, 1e300, Number.MAX_VALUE);
const program = fc.record({
  mode: fc.constantFrom('simple-continuous', 'minimum-rate'),
  concentrationUgPerMl: number,
  doseUgPerDay: number,
});
const flex = fc.tuple(number, fc.constantFrom(1e-300, 1, 1e300)).map(([concentrationUgPerMl, doseUg]) => ({
  mode: 'flex',
  concentrationUgPerMl,
  doseUgPerDay: doseUg * 2,
  flexSteps: [
    { start: '22:00', end: '06:00', doseUg },
    { start: '06:00', end: '22:00', doseUg },
  ],
}));
const fill = fc.record({ volumeMl: number, concentrationUgPerMl: number });
const bridge = fc.record({ volumeMl: number, durationHours: number });
const bolus = fc.record({ kind: fc.constant('single'), doseUg: number, durationMinutes: number });
const anyProgram = fc.oneof(program, flex);

it('comes to resources, whatever the numbers', () => {
  fc.assert(
    fc.property(fill, anyProgram, bridge, bolus, number, ({ ...filled }, first, bridged, given, measuredMl) => {
      const events = [
        report('implant', 'A', '2024-03-01T10:00-05:00', {
          fill: filled,
          program: first,
          prime: { volumeMl: measuredMl },
        }),
        report('bolus', 'B', '2024-03-02T10:00-05:00', { bolus: given }),
        report('refill', 'C', '2024-03-03T10:00-05:00', {
          fill: filled,
          residual: { measuredMl },
          program: first,
          bridge: bridged,
        }),
        report('dose-change', 'D', '2024-03-04T10:00-05:00', {
          program: { ...first, concentrationUgPerMl: 7 },
          bridge: bridged,
        }),
        report('interrogation', 'E', '2024-03-05T10:00-05:00'),
      ];
      const { resources, remarks } = desiredOf(events, patientOf(events[0] as never));
      const told = new Set([...resources, ...remarks].map(({ entry }) => entry?.source.reportEventId));
      expect(['A', 'B', 'C', 'D'].filter((id) => !told.has(id))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
