import { describe, expect, it } from 'vitest';
import { fill, report, simple } from '../../therapy/reports.ts';
import { by, implant, pumpOf, read, unknown, withheld } from './status-of.ts';

/** 18 mL at 2000 ug/mL and 100 ug/d: 2 mL are left after 320 d, on 2025-01-15; the drug is stable until 2024-08-28. */

const shown = (fields: object, at?: string) =>
  read({ reported: { lowReservoirAlarmDate: '2025-01-13', refillDueDate: '2024-08-20', ...fields } }, at);
const session = by('B', '2024-05-01T10:00:00-04:00', 'interrogation');

describe('the plan for the next refill', () => {
  it('has our dates with what they come from', () => {
    const inputs = { volumeMl: 18, alarmVolumeMl: 2, calculatedAt: '2024-03-01T15:00:00Z' };
    const ours = (calculation: string, value: string) => ({
      ...{ value, method: 'calculated', asOf: '2024-03-01T15:00:00Z' },
      source: { calculation, inputs },
    });
    const at = '2024-06-01T00:00:00Z';
    expect(pumpOf([implant]).refillPlan).toEqual({
      alarmDate: { reported: unknown, calculated: ours('alarm-date', '2025-01-15'), differenceDays: unknown },
      dueBy: { reported: unknown, calculated: ours('refill-due-date', '2024-08-28'), differenceDays: unknown },
      stableUntil: {
        ...{ value: '2024-08-28', method: 'calculated', asOf: '2024-03-01T10:00:00-05:00' },
        source: { calculation: 'stability-date', inputs: { filledOn: '2024-03-01', stabilityDays: 180 } },
      },
      daysLeft: {
        ...{ value: 89, method: 'calculated', asOf: at },
        source: { calculation: 'days-to-refill', inputs: { dueBy: '2024-08-28', basis: 'calculated' } },
      },
      state: {
        ...{ value: 'before-due', method: 'calculated', asOf: at },
        source: {
          calculation: 'refill-state',
          inputs: { basis: 'calculated', alarmDate: '2025-01-15', dueBy: '2024-08-28' },
        },
      },
      calculatedEnd: ours('calculated-end', '2025-02-24'),
      words: null,
    });
  });

  it('has the dates that the programmer showed before ours, with the difference', () => {
    const { alarmDate, dueBy, daysLeft } = pumpOf([implant, shown({})]).refillPlan;
    expect(alarmDate.reported).toEqual({ value: '2025-01-13', method: 'reported', ...session });
    expect(alarmDate.differenceDays).toEqual({
      ...{ value: 2, method: 'calculated', asOf: '2024-05-01T10:00:00-04:00' },
      source: {
        calculation: 'difference-to-reported',
        inputs: { reported: '2025-01-13', calculated: '2025-01-15' },
      },
    });
    expect([dueBy.reported.value, dueBy.differenceDays.value]).toEqual(['2024-08-20', 8]);
    expect(daysLeft).toMatchObject({ value: 81, source: { inputs: { dueBy: '2024-08-20', basis: 'reported' } } });
  });

  it('says of dates of the programmer that a later refill or programme has made them old, and does not go by them', () => {
    const change = report('dose-change', 'C', '2024-05-02T10:00:00-04:00', { program: simple(110) });
    const { alarmDate, daysLeft } = pumpOf([implant, shown({}), change]).refillPlan;
    expect(alarmDate.reported.words).toBe('Shown before what was reported since of the reservoir or its programme.');
    expect(daysLeft.source).toMatchObject({ inputs: { basis: 'calculated' } });
    const filled = report('refill', 'C', '2024-05-02T10:00:00-04:00', { fill: fill(18) });
    expect(pumpOf([implant, shown({}), filled]).refillPlan.dueBy.reported.words).toBeDefined();
  });

  it.each([
    ['pump-stop', {}],
    ['reservoir-emptied', { residual: { measuredMl: 10 } }],
    ['death', {}],
    ['alarm', { code: 'motor-stall' }],
  ])('goes by no date of the programmer after a %s', (type, fields) => {
    const later = report(type, 'L', '2024-05-02T10:00:00-04:00', fields);
    const { alarmDate, daysLeft } = pumpOf([implant, shown({}), later]).refillPlan;
    expect(alarmDate.reported.words).toBe('Shown before what was reported since of the reservoir or its programme.');
    expect(daysLeft.source).not.toMatchObject({ inputs: { basis: 'reported' } });
  });

  it('goes by what the programmer showed during a bridge, also when the bridge has ended', () => {
    const refill = report('refill', 'R', '2024-04-30T10:00:00-04:00', {
      ...{ fill: fill(18, 500), program: simple(100, 500) },
      bridge: { volumeMl: 0.45, durationHours: 54 },
    });
    const { alarmDate } = pumpOf([implant, refill, shown({})]).refillPlan;
    expect(alarmDate.reported).toEqual({ value: '2025-01-13', method: 'reported', ...session });
  });

  it('counts to the alarm date that the programmer showed, where the due date is later', () => {
    const { daysLeft } = pumpOf([implant, read({ reported: { lowReservoirAlarmDate: '2024-06-10' } })]).refillPlan;
    expect(daysLeft).toEqual({
      ...{ value: 10, method: 'calculated', asOf: '2024-06-01T00:00:00Z' },
      source: { calculation: 'days-to-refill', inputs: { alarmDate: '2024-06-10', basis: 'reported' } },
      words: 'To the alarm date that the programmer showed.',
    });
  });

  it('has no date of ours where what the pump moves is not known, until the drug is to be replaced', () => {
    const reset = report('alarm', 'L', '2024-05-02T10:00:00-04:00', { code: 'memory-error-critical' });
    const plan = pumpOf([implant, reset], { at: '2024-08-28T12:00:00Z' }).refillPlan;
    expect([plan.dueBy.calculated, plan.daysLeft, plan.state]).toEqual([unknown, unknown, unknown]);
    expect(plan.stableUntil.value).toBe('2024-08-28');
    const late = pumpOf([implant, reset], { at: '2024-08-29T12:00:00Z' }).refillPlan;
    expect([late.daysLeft.value, late.state.value]).toEqual([-1, 'past-due-date']);
    expect(late.words).toBe(
      'No refill reported since 2024-03-01. A refill elsewhere may be missing. Check the pump with its programmer.',
    );
  });

  it('of a fill of which only the day is known is late from the day by which the drug is to be replaced', () => {
    const refill = report('refill', 'R', '2024-05-03', { fill: fill(18) });
    const stateOn = (at: string) => pumpOf([implant, refill], { at }).refillPlan.state.value;
    expect(['2024-10-30T12:00:00Z', '2024-10-31T12:00:00Z'].map(stateOn)).toEqual([null, 'past-due-date']);
  });

  it.each([
    ['2024-08-28T12:00:00Z', 'before-due', 0],
    ['2024-08-29T12:00:00Z', 'past-due-date', -1],
    ['2025-01-14T12:00:00Z', 'past-due-date', -139],
    ['2025-01-15T12:00:00Z', 'past-alarm-date', -140],
    ['2025-02-25T12:00:00Z', 'past-calculated-end', -181],
  ])('at %s is %s', (at, state, daysLeft) => {
    const plan = pumpOf([implant], { at }).refillPlan;
    expect([plan.state.value, plan.daysLeft.value]).toEqual([state, daysLeft]);
    expect(plan.words).toBe(
      state === 'before-due'
        ? null
        : 'No refill reported since 2024-03-01. By calculation the reservoir would reach the alarm volume on ' +
            '2025-01-15; a refill elsewhere may be missing. Check the pump with its programmer.',
    );
  });

  it('goes by the programmer alone without a clinical owner', () => {
    const plan = pumpOf([implant, shown({})], { at: '2025-01-13T12:00:00Z', shown: 'withheld' }).refillPlan;
    expect([plan.alarmDate.calculated, plan.alarmDate.differenceDays, plan.calculatedEnd]).toEqual([
      withheld,
      withheld,
      withheld,
    ]);
    expect(plan.state).toMatchObject({ value: 'past-alarm-date', source: { inputs: { basis: 'reported' } } });
    expect(plan.words).toBe(
      'No refill reported since 2024-03-01. The programmer showed the alarm date 2025-01-13; a refill elsewhere may ' +
        'be missing. Check the pump with its programmer.',
    );
  });

  it('is withheld where neither the programmer showed a date nor ours may be shown', () => {
    const { state, daysLeft, words } = pumpOf([implant], { shown: 'withheld' }).refillPlan;
    expect([state, daysLeft, words]).toEqual([withheld, withheld, null]);
  });

  it('of a pump that was taken out is not known', () => {
    const explant = report('explant', 'X', '2024-05-10T10:00:00-04:00');
    const plan = pumpOf([implant, shown({}), explant]).refillPlan;
    expect([plan.state, plan.daysLeft, plan.alarmDate.reported, plan.dueBy.calculated, plan.stableUntil]).toEqual([
      unknown,
      unknown,
      unknown,
      unknown,
      unknown,
    ]);
  });

  it('does not know until when drug is stable of which only the month of the fill was reported', () => {
    const filled = report('implant', 'A', '2024-03', { fill: fill(18), program: simple(100) });
    expect(pumpOf([filled]).refillPlan.stableUntil).toEqual(unknown);
  });
});
