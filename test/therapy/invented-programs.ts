import fc from 'fast-check';

/** Invented programmes, in every mode that a pump has. */

export const concentrationUgPerMl = fc.constantFrom(500, 1000, 2000);
export const doseUgPerDay = fc.integer({ min: 20, max: 900 });

const clock = (quarter: number): string =>
  `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;

/** Steps that tile the clock from any cut to the next, so that one may pass midnight, and the dose that they add up to. */
const pattern = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 0, max: 95 }), { minLength: 1, maxLength: 5 }),
    fc.array(fc.integer({ min: 5, max: 90 }), { minLength: 5, maxLength: 5 }),
  )
  .map(([quarters, doses]) => {
    const cuts = quarters.toSorted((a, b) => a - b).map(clock);
    const flexSteps = cuts.map((start, n) => ({
      start,
      end: cuts[(n + 1) % cuts.length] as string,
      doseUg: doses[n] as number,
    }));
    return { doseUgPerDay: flexSteps.reduce((sum, step) => sum + step.doseUg, 0), flexSteps };
  });

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** One or two other patterns, each on days of its own. */
const weekdayPatterns = fc
  .tuple(
    fc.shuffledSubarray(weekdays, { minLength: 2, maxLength: 5 }),
    fc.array(pattern, { minLength: 1, maxLength: 2 }),
  )
  .map(([days, own]) => own.map((one, n) => ({ ...one, days: n === 0 ? days.slice(0, 1) : days.slice(1) })));

export const flex = fc
  .record({ concentrationUgPerMl, day: pattern, weekdayPatterns }, { requiredKeys: ['concentrationUgPerMl', 'day'] })
  .map(({ day, ...rest }) => ({ mode: 'flex', ...rest, ...day }));

export const simple = fc.record({ mode: fc.constant('simple-continuous'), concentrationUgPerMl, doseUgPerDay });

export const periodicBolus = fc.record({
  mode: fc.constant('periodic-bolus'),
  concentrationUgPerMl,
  doseUgPerDay,
  bolus: fc.constant({ doseUg: 10, durationMinutes: 5, intervalHours: 4 }),
});

export const bolusDose = fc.record({ doseUg: fc.integer({ min: 1, max: 100 }), durationMinutes: fc.nat(600) });

const rateMlPerDay = fc.constantFrom(0.048, 0.3);
const patientBolus = fc.record(
  { doseUg: fc.constantFrom(10, 20), lockoutMinutes: fc.constant(120), maxPerDay: fc.constantFrom(3, 6) },
  { requiredKeys: ['doseUg', 'lockoutMinutes'] },
);

/** A minimum rate may state its dose, its rate or neither: then nothing says how much it moves. */
const minimumRate = fc.record(
  { mode: fc.constant('minimum-rate'), concentrationUgPerMl, doseUgPerDay, rateMlPerDay },
  { requiredKeys: ['mode', 'concentrationUgPerMl'] },
);

const patientActivated = fc.record(
  { mode: fc.constant('patient-activated'), concentrationUgPerMl, doseUgPerDay, rateMlPerDay, patientBolus },
  { requiredKeys: ['mode', 'concentrationUgPerMl', 'patientBolus'] },
);

const simpleWithBoluses = fc.record({
  mode: fc.constant('simple-continuous'),
  concentrationUgPerMl,
  doseUgPerDay,
  patientBolus,
});

export const program: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  { weight: 3, arbitrary: simple },
  { weight: 3, arbitrary: flex },
  { weight: 1, arbitrary: periodicBolus },
  { weight: 1, arbitrary: simpleWithBoluses },
  { weight: 1, arbitrary: minimumRate },
  { weight: 1, arbitrary: patientActivated },
  { weight: 1, arbitrary: fc.record({ mode: fc.constant('single-bolus'), concentrationUgPerMl, bolus: bolusDose }) },
  { weight: 1, arbitrary: fc.constant({ mode: 'stopped' }) },
);
