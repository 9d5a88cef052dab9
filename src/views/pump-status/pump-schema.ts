import { z } from 'zod';
import { fact, moment, record } from './fact-schema.ts';

/** One pump in the status, version 1: what it is, what it does, what is left, what is wrong. */

const text = fact(z.string());
const number = fact(z.number());
const whole = fact(z.int());
const date = fact(z.iso.date());

const identity = {
  /** Id of its Device resource. */
  device: z.string(),
  manufacturer: text,
  model: text,
  serialNumber: text,
  reservoirCapacityMl: number,
  implanted: fact(moment),
  explanted: fact(moment),
  pocket: z.strictObject({
    site: text,
    side: fact(z.enum(['left', 'right'])),
    plane: fact(z.enum(['subfascial', 'subcutaneous'])),
  }),
};

/** The catheter that is connected to it, so far as one was reported. */
const catheter = z.strictObject({
  /** Id of its Device resource; null: none was reported. */
  device: z.string().nullable(),
  manufacturer: text,
  model: text,
  implanted: fact(moment),
  tipLevel: text,
  tipLevelSource: fact(z.enum(['operative-note', 'assumed', 'unknown'])),
  implantedLengthCm: number,
  volumeMl: number,
});

/** What labels say of magnetic resonance, for exactly this reference number. */
const magneticResonance = z.strictObject({
  statements: z.array(
    z.strictObject({
      status: z.enum(['mr-conditional', 'mr-unsafe']),
      region: z.string(),
      labelDate: z.string().nullable(),
      verified: z.boolean(),
      words: z.string(),
    }),
  ),
  words: z.string(),
});

const battery = z.strictObject({
  status: fact(z.enum(['ok', 'eri', 'eos'])),
  monthsToEri: number,
  /** Since when the elective replacement indicator is on. */
  eriSince: date,
  replacementDate: date.meta({ description: 'As the programmer estimated it.' }),
  eriExpected: date,
  endOfServiceBy: date,
  replacementWindow: fact(z.strictObject({ from: z.iso.date(), to: z.iso.date() })),
  /** Our end of service less the reported replacement date. */
  differenceDays: whole,
});

const step = z.strictObject({ start: z.string(), end: z.string(), doseUg: z.number() });
const weekday = z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']);

const programme = z.strictObject({
  delivery: fact(z.enum(['running', 'bridge', 'stopped'])),
  mode: fact(
    z.enum([
      'simple-continuous',
      'flex',
      'periodic-bolus',
      'patient-activated',
      'minimum-rate',
      'single-bolus',
      'stopped',
    ]),
  ),
  drug: fact(z.literal('baclofen')),
  /** Loud where it is not known: without it a dose says nothing of a volume. */
  concentrationUgPerMl: number,
  additionalDrugs: fact(z.array(z.strictObject({ name: z.string(), concentrationUgPerMl: z.number().nullable() }))),
  doseUgPerDay: number.meta({ description: 'Of the days that have no pattern of their own.' }),
  weekdayDoses: fact(
    z.array(z.strictObject({ days: z.array(weekday), doseUgPerDay: z.number(), flexSteps: z.array(step) })),
  ),
  flexSteps: fact(z.array(step)),
  bolus: fact(
    z.strictObject({
      doseUg: z.number(),
      durationMinutes: z.number().nullable(),
      intervalHours: z.number().nullable(),
    }),
  ),
  runningSince: fact(moment),
  lastChange: fact(
    z.strictObject({ at: moment, fromUgPerDay: z.number().nullable(), toUgPerDay: z.number().nullable() }),
  ),
  lastChangePercent: number,
  patientBolus: fact(
    z.strictObject({
      doseUg: z.number(),
      durationMinutes: z.number().nullable(),
      lockoutMinutes: z.number().nullable(),
      maxPerDay: z.int().nullable(),
    }),
  ),
  patientBolusCount: fact(z.strictObject({ since: moment.nullable(), delivered: z.int(), denied: z.int().nullable() })),
  /** Old drug that is being cleared from tubing and catheter at present. */
  bridge: z.strictObject({ since: fact(moment), endsAt: fact(moment), concentrationUgPerMl: number }),
});

export const residualReading = z.enum(['under-delivery', 'over-delivery', 'pocket-fill-possible']);

const refill = z.strictObject({
  last: fact(moment),
  volumeMl: number,
  concentrationUgPerMl: number,
  lotNumber: text,
  /** Where it took place, seen from the clinic that looks after the pump. */
  setting: fact(z.enum(['clinic', 'hospital', 'home', 'elsewhere'])),
  place: text,
  measuredResidualMl: number,
  expectedResidualMl: z.strictObject({ reported: number, calculated: number }),
  discrepancyMl: z.strictObject({ reported: number, calculated: number }),
  grade: fact(z.enum(['ok', 'warn', 'critical', 'not-assessable'])),
  direction: fact(z.enum(['more-left', 'less-left', 'as-expected'])),
  reading: fact(residualReading),
  /** Delivered ÷ programmed since the fill before. */
  deliveredToProgrammed: number,
  ratioBound: fact(z.enum(['at-least', 'at-most', 'hidden'])),
});

const reservoir = z.strictObject({
  reportedMl: number,
  /** By calculation at the asked instant. A pump does not measure it. */
  calculatedMl: number,
  /** Ours less the reported one, both as of the report. */
  differenceMl: number,
  alarmVolumeMl: number,
});

export const refillState = z.enum(['before-due', 'past-due-date', 'past-alarm-date', 'past-calculated-end']);

const refillPlan = z.strictObject({
  alarmDate: z.strictObject({ reported: date, calculated: date, differenceDays: whole }),
  dueBy: z.strictObject({ reported: date, calculated: date, differenceDays: whole }),
  /** The day by which the drug that was filled last is to be replaced. */
  stableUntil: date,
  /** To the earlier due date, the reported one where there is one; below zero after it. */
  daysLeft: whole,
  state: fact(refillState),
  calculatedEnd: date,
  words: z.string().nullable(),
});

const standingAlarm = record({
  code: z.string(),
  criticality: z.enum(['critical', 'non-critical']).nullable(),
  at: moment,
  learnedAt: moment.nullable(),
  delivery: z.enum(['continues', 'stopped', 'uncertain', 'recovered']),
  words: z.string().nullable(),
});

const alarms = z.strictObject({
  /** Reported and not reported as over, oldest first. */
  standing: z.array(standingAlarm),
  /** Where none stands: since when none was reported. It never says that there is none. */
  words: z.string().nullable(),
});

export const pump = z.strictObject({
  ...identity,
  state: fact(z.enum(['active', 'eri', 'eos', 'explanted'])),
  catheter,
  magneticResonance,
  /** Recalls and safety notices of the model: whether they concern this serial number is not known. */
  notices: z.array(z.strictObject({ date: z.string(), words: z.string(), verified: z.boolean() })),
  battery,
  programme,
  refill,
  reservoir,
  refillPlan,
  alarms,
});

export type OnePump = z.infer<typeof pump>;
