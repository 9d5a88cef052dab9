import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { boardRow } from '../../../src/views/pump-status/board-row.ts';
import { statusFacts } from '../../../src/views/pump-status/facts.ts';
import { fill, fold, report } from '../../therapy/reports.ts';
import { context, implant, read } from './status-of.ts';

const rowOf = (events: readonly CanonicalEvent[], shown: 'shown' | 'withheld' = 'shown') =>
  boardRow(statusFacts(fold(events, '2024-06-01T00:00:00Z'), context), shown);

const nothing = {
  hasPump: false,
  dueOn: null,
  dueMethod: null,
  alarmOn: null,
  alarmMethod: null,
  refilledOn: null,
  refilledWhere: null,
};
const implantedMs = Date.parse('2024-03-01T15:00:00Z');

describe('what the board lists', () => {
  it('are our dates where the programmer showed none, and nothing where ours are withheld', () => {
    const row = { hasPump: true, refilledOn: '2024-03-01', refilledWhere: null, heardAtMs: implantedMs };
    expect(rowOf([implant])).toEqual({
      ...row,
      ...{ dueOn: '2024-08-28', dueMethod: 'calculated', alarmOn: '2025-01-15', alarmMethod: 'calculated' },
    });
    expect(rowOf([implant], 'withheld')).toEqual({ ...nothing, ...row });
  });

  it('are the dates of the programmer first', () => {
    const shown = read({ reported: { lowReservoirAlarmDate: '2025-01-13', refillDueDate: '2024-08-20' } });
    for (const values of ['shown', 'withheld'] as const) {
      expect(rowOf([implant, shown], values)).toMatchObject({
        ...{ dueOn: '2024-08-20', dueMethod: 'reported', alarmOn: '2025-01-13', alarmMethod: 'reported' },
      });
    }
  });

  it('are due by our day where the programmer showed a later one, where ours are shown', () => {
    const shown = read({ reported: { lowReservoirAlarmDate: '2025-01-13', refillDueDate: '2024-08-29' } });
    const alarm = { alarmOn: '2025-01-13', alarmMethod: 'reported' };
    expect(rowOf([implant, shown])).toMatchObject({ dueOn: '2024-08-28', dueMethod: 'calculated', ...alarm });
    expect(rowOf([implant, shown], 'withheld')).toMatchObject({ dueOn: '2024-08-29', dueMethod: 'reported', ...alarm });
    const same = read({ reported: { refillDueDate: '2024-08-28' } });
    expect(rowOf([implant, same])).toMatchObject({ dueOn: '2024-08-28', dueMethod: 'reported' });
  });

  it('are due by the alarm date of the programmer at the latest', () => {
    const shown = read({ reported: { lowReservoirAlarmDate: '2024-08-20' } });
    const alarm = { alarmOn: '2024-08-20', alarmMethod: 'reported' };
    expect(rowOf([implant, shown])).toMatchObject({ dueOn: '2024-08-20', dueMethod: 'calculated', ...alarm });
    expect(rowOf([implant, shown], 'withheld')).toMatchObject({ dueOn: null, dueMethod: null, ...alarm });
  });

  it('says where the last refill took place', () => {
    const refill = (fields: object) => [
      implant,
      report('refill', 'R', '2024-05-01T10:00:00-04:00', { fill: fill(18), ...fields }),
    ];
    expect(rowOf(refill({ setting: 'home' })).refilledWhere).toEqual({ setting: 'home', place: null });
    expect(rowOf(refill({ clinic: { display: 'north' } })).refilledWhere).toEqual({ setting: null, place: 'north' });
    expect(rowOf(refill({})).refilledOn).toBe('2024-05-01');
  });

  it.each([
    ['was taken out', [report('explant', 'X', '2024-05-10T10:00:00-04:00')], null],
    ['is looked after elsewhere', [report('transfer', 'T', '2024-05-10', { direction: 'out' })], '2024-08-28'],
    ['was that of one who died', [report('death', 'D', '2024-05-10')], null],
  ])('has no pump where it %s', (_, events, dueOn) => {
    expect(rowOf([implant, ...events])).toMatchObject({ hasPump: false, dueOn });
  });

  it('has the pump again of a patient who came back', () => {
    const out = report('transfer', 'T', '2024-05-10', { direction: 'out' });
    const back = report('transfer', 'U', '2024-05-12', { direction: 'in' });
    expect(rowOf([implant, out, back]).hasPump).toBe(true);
  });

  it('is nothing of one without reports so far', () => {
    expect(boardRow(statusFacts(fold([implant], '2024-01-01T00:00:00Z'), context), 'shown')).toEqual({
      ...nothing,
      heardAtMs: null,
    });
  });
});
