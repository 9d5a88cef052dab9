import { describe, expect, it } from 'vitest';
import { settings } from '../stories/story.ts';
import { type Fields, fill, pump, report, simple } from './reports.ts';
import { told } from './told.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(38), program: simple(200) });

const change = (program: Fields, rest: Fields = {}) =>
  report('dose-change', 'B', '2024-04-01T10:00:00-04:00', { program, ...rest });

const toldOf = (program: Fields, rest: Fields = {}) => told([implant, change(program, rest)]);

describe('the rate that a programmer shows', () => {
  const contradicts =
    'B rate-contradicts-dose warning program.rateMlPerDay: the rate stated is not the dose divided by the concentration';

  it('is dose ÷ concentration within 1 %', () => {
    const shows = (rateMlPerDay: number) => toldOf({ ...simple(200), rateMlPerDay });
    expect(shows(0.101)).toEqual([]);
    expect(shows(0.099)).toEqual([]);
    expect(shows(0.1011)).toEqual([contradicts]);
    expect(shows(0.0989)).toEqual([contradicts]);
  });

  it('is checked with the concentration known before where the report leaves it out', () => {
    const unstated = { mode: 'simple-continuous', doseUgPerDay: 200 };
    expect(toldOf({ ...unstated, rateMlPerDay: 0.1 })).toEqual([]);
    expect(toldOf({ ...unstated, rateMlPerDay: 0.4 })).toEqual([contradicts]);
  });

  it('may be that of the old concentration while a bridge runs', () => {
    const bridged = (rateMlPerDay: number, rest: Fields = {}) =>
      toldOf({ ...simple(200, 500), rateMlPerDay }, { bridge: { volumeMl: 0.5, durationHours: 120 }, ...rest });
    expect(bridged(0.1)).toEqual([]);
    expect(bridged(0.4)).toEqual([]);
    expect(bridged(0.2)).toEqual([contradicts]);
    expect(bridged(0.1, { bridge: undefined })).toContain(contradicts);
  });

  it('may be all that is known', () => {
    expect(toldOf({ mode: 'minimum-rate', concentrationUgPerMl: 2000, rateMlPerDay: 0.006 })).toEqual([]);
  });

  it('may be farther off where the site says so', () => {
    const checks = { ...settings.checks, rateShare: 0.05 };
    expect(told([implant, change({ ...simple(200), rateMlPerDay: 0.105 })], { checks })).toEqual([]);
  });
});

describe('a programme that is not complete', () => {
  const first = (program: Fields) => told([report('dose-change', 'B', '2024-04-01T10:00:00-04:00', { program })]);
  const noConcentration =
    'B program-incomplete warning program.concentrationUgPerMl: without a concentration the reservoir volume cannot be calculated';
  const noDose =
    'B program-incomplete warning program.doseUgPerDay: without a daily dose or a rate the reservoir volume cannot be calculated';

  it('has no concentration, and none is known from before', () => {
    expect(first({ mode: 'simple-continuous', doseUgPerDay: 200 })).toEqual([noConcentration]);
    expect(toldOf({ mode: 'simple-continuous', doseUgPerDay: 200 })).toEqual([]);
  });

  it('is not one of a single bolus, which has no daily dose', () => {
    const bolus = { doseUg: 20, durationMinutes: 5 };
    expect(first({ mode: 'single-bolus', concentrationUgPerMl: 2000, bolus })).toEqual([]);
  });

  it.each(['patient-activated', 'minimum-rate'])('has neither dose nor rate: %s', (mode) => {
    const program = {
      mode,
      concentrationUgPerMl: 2000,
      ...(mode === 'patient-activated' && { patientBolus: { doseUg: 10 } }),
    };
    expect(first(program)).toEqual([noDose]);
    expect(first({ ...program, doseUgPerDay: 100 })).toEqual([]);
    expect(first({ ...program, rateMlPerDay: 0.1 })).toEqual([]);
  });

  it('is not one that stops the pump', () => {
    expect(first({ mode: 'stopped' })).toEqual([]);
  });
});

describe('the flow that a programme needs', () => {
  const verified = settings.models.map((model) => ({ ...model, unverified: [] }));
  const below = 'B flow-outside-model warning program: the programme needs a flow below the range of this model';
  const above = 'B flow-outside-model warning program: the programme needs a flow above the range of this model';
  const needs = (program: Fields) => told([implant, change(program)], { models: verified, plausible: [] });

  it('lies in the range of the model', () => {
    expect(needs(simple(96))).toEqual([]);
    expect(needs(simple(95.9))).toEqual([below]);
    expect(needs(simple(48_000))).toEqual([]);
    expect(needs(simple(48_100))).toEqual([above]);
  });

  it('informs only where the range of the model was not verified', () => {
    expect(toldOf(simple(95.9))).toEqual([below.replace('warning', 'information')]);
    expect(told([implant, change(simple(48_100))], { plausible: [] })).toEqual([
      above.replace('warning', 'information'),
    ]);
  });

  it('may be less in the mode that keeps the pump alive', () => {
    expect(needs({ mode: 'minimum-rate', concentrationUgPerMl: 2000, doseUgPerDay: 12 })).toEqual([]);
    expect(needs({ mode: 'minimum-rate', concentrationUgPerMl: 2000, doseUgPerDay: 48_100 })).toEqual([above]);
  });

  const flex = (doseUgPerDay: number, ...steps: readonly (readonly [string, string, number])[]) => ({
    ...{ mode: 'flex', concentrationUgPerMl: 2000, doseUgPerDay },
    flexSteps: steps.map(([start, end, doseUg]) => ({ start, end, doseUg })),
  });

  it('is that of each step of a pattern', () => {
    expect(needs(flex(200, ['00:00', '12:00', 152], ['12:00', '24:00', 48]))).toEqual([]);
    expect(needs(flex(200, ['00:00', '12:00', 153], ['12:00', '24:00', 47]))).toEqual([below]);
  });

  it('is that of each step on other weekdays too', () => {
    const weekdayPatterns = [{ days: ['saturday'], ...flex(200, ['00:00', '12:00', 153], ['12:00', '24:00', 47]) }].map(
      ({ mode: _, concentrationUgPerMl: _c, ...pattern }) => pattern,
    );
    expect(needs({ ...flex(200, ['00:00', '24:00', 200]), weekdayPatterns })).toEqual([below]);
  });

  it('is not judged where the model has no known range', () => {
    const models = verified.map(({ flowMinMlPerDay: _, flowMaxMlPerDay: _m, ...model }) => model);
    expect(told([implant, change(simple(10))], { models, plausible: [] })).toEqual([]);
    expect(told([implant, change(simple(48_100))], { models, plausible: [] })).toEqual([]);
  });
});

describe('a pattern', () => {
  const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`;
  const steps = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      start: clock(n),
      end: n === count - 1 ? '24:00' : clock(n + 1),
      doseUg: 20,
    }));
  const flex = (count: number) => ({
    ...{ mode: 'flex', concentrationUgPerMl: 500, doseUgPerDay: 20 * count },
    flexSteps: steps(count),
  });
  const tooMany = 'B flex-steps-over-model warning program.flexSteps: the pattern has more steps than this model takes';
  const first = (program: Fields, model = '8637-40') =>
    told([report('dose-change', 'B', '2024-04-01T10:00:00-04:00', { program, pump: { ...pump, model } })]);

  it('has at most 13 steps on a SynchroMed II', () => {
    expect(first(flex(13))).toEqual([]);
    expect(first(flex(14))).toEqual([tooMany]);
  });

  it('has at most 13 steps on every weekday', () => {
    const { flexSteps, doseUgPerDay } = flex(14);
    expect(first({ ...flex(13), weekdayPatterns: [{ days: ['sunday'], doseUgPerDay, flexSteps }] })).toEqual([tooMany]);
  });

  it('informs only where the number was not verified, and says nothing where none is known', () => {
    expect(first(flex(14), '8667-40')).toEqual([tooMany.replace('warning', 'information')]);
    expect(first(flex(14), '8627-18')).toEqual([]);
  });
});

describe('a constant-flow pump', () => {
  const label = { manufacturer: 'Codman', model: 'Archimedes', serialNumber: 'C3K710001', flowMlPerDay: 0.5 };
  const wrongDose =
    'B dose-contradicts-flow warning program.doseUgPerDay: the dose is not the flow of the pump times the concentration';
  const first = (program: Fields, over: Fields = {}) =>
    told([report('dose-change', 'B', '2024-04-01T10:00:00-04:00', { program, pump: { ...label, ...over } })]);

  it('gives its flow times the concentration, within 1 %', () => {
    expect(first(simple(250, 500))).toEqual([]);
    expect(first(simple(252.5, 500))).toEqual([]);
    expect(first(simple(252.6, 500))).toEqual([wrongDose]);
    expect(first(simple(1000, 500))).toEqual([wrongDose]);
  });

  it('has its flow from the model where the label states none, and from the label first', () => {
    const isomed = { manufacturer: 'Medtronic', model: '8472-20-10', flowMlPerDay: undefined };
    expect(first(simple(500, 500), isomed)).toEqual([]);
    expect(first(simple(250, 500), isomed)).toEqual([wrongDose]);
    expect(first(simple(250, 500), { ...isomed, flowMlPerDay: 0.5 })).toEqual([]);
  });

  it('is not judged where its flow or the concentration is not known', () => {
    expect(first(simple(999, 500), { flowMlPerDay: undefined })).toEqual([]);
    expect(first({ mode: 'simple-continuous', doseUgPerDay: 999 })).toEqual([
      'B program-incomplete warning program.concentrationUgPerMl: without a concentration the reservoir volume cannot be calculated',
    ]);
  });

  it('is one where the label says so, though the model does not', () => {
    expect(first(simple(999, 500), { model: 'unknown', kind: 'constant-flow-pump' })).toEqual([wrongDose]);
    expect(first(simple(999, 500), { model: 'unknown' })).toEqual([]);
    expect(first(simple(999, 500), { kind: 'programmable-pump' })).toEqual([]);
  });

  it('runs no pattern', () => {
    const flexSteps = [{ start: '00:00', end: '24:00', doseUg: 250 }];
    expect(first({ mode: 'flex', concentrationUgPerMl: 500, doseUgPerDay: 250, flexSteps })).toEqual([
      'B dose-contradicts-flow warning program.mode: a constant-flow pump has one rate and cannot run this mode',
    ]);
  });
});
