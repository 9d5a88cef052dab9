import { describe, expect, it } from 'vitest';
import { problemsOf, readRow, refillList } from './site-map.ts';

describe('a row by its field map', () => {
  it('is an event, whose time has the offset of the zone and says so', () => {
    const { item } = readRow();
    expect(item).toMatchObject({
      source: 'refill-list',
      format: 'csv',
      place: { row: 2 },
      event: {
        type: 'refill',
        source: { system: 'urn:x-clinic', eventId: 'R1' },
        occurredAt: '2026-11-03T10:15-06:00',
        timeZone: 'America/Chicago',
        patient: { identifier: { system: 'urn:x-mrn', value: 'M1' } },
        fill: { volumeMl: 20, concentrationUgPerMl: 2000 },
        extra: { offsetFromZone: ['occurredAt'] },
      },
    });
  });

  it('tells every problem at the column of the row, in one answer', () => {
    expect(problemsOf({ ml: '<5', conc_unit: 'mg/mL', when: '2026-13-01', mrn: '' })).toEqual([
      'when time-unreadable',
      'ml value-inexact',
      'conc unit-differs',
      'mrn field-missing',
    ]);
  });

  it('tells what the event itself refuses at the column that it came from', () => {
    expect(problemsOf({ attempts: '0' })).toEqual(['attempts field-range']);
    expect(problemsOf({ ml: '-3' })).toEqual(['ml field-range']);
    expect(problemsOf({ conc: '', conc_unit: '' })).toEqual(['conc field-missing']);
  });

  it('never takes a number for one in another unit, nor one without its unit', () => {
    expect(problemsOf({ conc_unit: '' })).toEqual(['conc unit-missing']);
    expect(problemsOf({ conc_unit: 'furlong' })).toEqual(['conc unit-unknown']);
    expect(problemsOf({ conc_unit: 'mL' })).toEqual(['conc unit-mismatch']);
  });

  it('knows an amount that its sender says is not known', () => {
    expect(readRow({ left: '?' }).item).toMatchObject({ event: { residual: { measuredMl: null } } });
    expect(readRow({ left: '4.2' }).item).toMatchObject({ event: { residual: { measuredMl: 4.2 } } });
  });

  it('leaves out a time of recording that is only a date, with a remark', () => {
    const { item } = readRow({ recorded: '2026-11-04' });
    expect(item).toMatchObject({ remarks: [{ code: 'time-unreadable', severity: 'information' }] });
    expect(item).not.toHaveProperty('event.recordedAt');
  });

  it('refuses a word that its table does not have', () => {
    expect(readRow({ test: 'Y' }).item).toMatchObject({ event: { test: true } });
    expect(problemsOf({ test: 'perhaps' })).toEqual(['test code-unmapped']);
  });

  it('says whom a refused row is about', () => {
    expect(readRow({ ml: '' }).item).toMatchObject({
      payload: 'the row',
      about: { patient: { system: 'urn:x-mrn', value: 'M1' }, sourceSystem: 'urn:x-clinic' },
    });
  });

  it('says what was not used of it, and by whose decision', () => {
    const { unused, item } = readRow({ room: '7', colour: 'red', remark: 'x' });
    expect(unused).toEqual([
      { path: 'room', count: 1, decision: 'kept' },
      { path: 'colour', count: 1, decision: 'ignored', reason: 'for the eye' },
      { path: 'remark', count: 1, decision: 'unknown' },
    ]);
    expect(item).toMatchObject({ event: { extra: { room: '7' } } });
  });
});

describe('a row that amends another', () => {
  it('corrects it as a whole, or withdraws it', () => {
    expect(readRow({ id: 'R2', status: 'corrected', of: 'R1', why: 'misread', ml: '18' }).item).toMatchObject({
      event: {
        type: 'correction',
        source: { eventId: 'R2' },
        replaces: 'R1',
        reason: 'misread',
        event: { type: 'refill', fill: { volumeMl: 18 } },
      },
    });
    expect(readRow({ id: 'R3', status: 'deleted', of: 'R1', ml: '', conc: '' }).item).toMatchObject({
      event: { type: 'void', voids: 'R1', reason: 'withdrawn by its source' },
    });
  });

  it('is refused without the one that it amends, or with a word that the map does not know', () => {
    expect(problemsOf({ status: 'corrected' })).toEqual(['of field-missing']);
    expect(problemsOf({ status: 'odd' })).toEqual(['status code-unmapped']);
  });

  it('is left alone where the map says that it does not stand', () => {
    expect(readRow({ status: 'draft' }).item).toMatchObject({ leftAlone: { code: 'ignored-by-map' } });
  });
});

describe('events of a row', () => {
  const two = (when: object) => ({ ...refillList, events: [{ ...refillList.events[0], when: [when] }] });

  it('are those whose conditions hold', () => {
    expect(readRow({ kind: 'fill' }, two({ from: 'kind', is: ['fill'] })).item).toHaveProperty('event');
    expect(readRow({ kind: 'other' }, two({ from: 'kind', is: ['fill'] })).item).toMatchObject({
      problems: [{ code: 'source-event-unknown', place: { row: 2 } }],
    });
    expect(readRow({}, two({ from: 'kind', absent: true })).item).toHaveProperty('event');
    expect(readRow({ kind: 'x' }, two({ from: 'kind', isNot: ['fill'] })).item).toHaveProperty('event');
  });

  it('are left alone where the map gives a reason', () => {
    const events = [
      ...refillList.events,
      { ignore: 'a cancelled visit', per: 'row', when: [{ from: 'kind', is: ['cancelled'] }] },
    ];
    const map = { ...refillList, events: events.slice(1) };
    expect(readRow({ kind: 'cancelled' }, map).item).toMatchObject({
      leftAlone: { code: 'ignored-by-map', message: 'a cancelled visit' },
    });
  });
});

describe('a list in one cell', () => {
  const map = {
    ...refillList,
    events: [
      {
        ...refillList.events[0],
        fields: [
          ...refillList.events[0].fields,
          { from: 'mode', to: 'program.mode' },
          { from: 'dose', to: 'program.doseUgPerDay', unit: 'ug/d' },
          {
            from: 'steps',
            to: 'program.flexSteps[]',
            separator: ';',
            pattern: ['{start}/{durationHours}h/{rateUgPerHour}', '{start}-{end}={doseUg}'],
          },
        ],
      },
    ],
  };
  const flex = (steps: string) => readRow({ mode: 'flex', dose: '220', steps }, map).item;

  it('is read by the form that fits', () => {
    expect(flex('00:00/18h/8;18:00/2h/20;20:00/4h/9')).toMatchObject({
      event: {
        program: {
          flexSteps: [
            { start: '00:00', end: '18:00', doseUg: 144 },
            { start: '18:00', end: '20:00', doseUg: 40 },
            { start: '20:00', end: '24:00', doseUg: 36 },
          ],
        },
      },
    });
    expect(flex('00:00-12:00=100; 12:00-24:00=120')).toMatchObject({
      event: { program: { flexSteps: [{ doseUg: 100 }, { end: '24:00', doseUg: 120 }] } },
    });
  });

  it('is refused in any other', () => {
    expect(problemsOf({ mode: 'flex', dose: '220', steps: 'all day' }, map)).toEqual(['steps list-unreadable']);
    expect(problemsOf({ mode: 'flex', dose: '220', steps: '00:00/25h/8' }, map)).toEqual(['steps flex-steps-invalid']);
  });
});
