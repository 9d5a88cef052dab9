import { describe, expect, it } from 'vitest';
import { settings } from '../stories/story.ts';
import { type Fields, fill, pump, report, simple } from './reports.ts';
import { told } from './told.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(200) });
const at = '2024-04-01T10:00:00-04:00';
const read = (fields: Fields, occurredAt = at) => report('interrogation', 'B', occurredAt, fields);

describe('the clock of the pump', () => {
  const differs = (field: string) =>
    `B device-clock-differs information ${field}: the clock of the pump and the time of the event differ`;

  it('is that of the event within half an hour, whatever its offset', () => {
    expect(told([implant, read({ deviceClockAt: '2024-04-01T10:30:00-04:00' })])).toEqual([]);
    expect(told([implant, read({ deviceClockAt: '2024-04-01T13:30:00Z' })])).toEqual([]);
    expect(told([implant, read({ deviceClockAt: '2024-04-01T10:30:01-04:00' })])).toEqual([differs('deviceClockAt')]);
    expect(told([implant, read({ deviceClockAt: '2024-04-01T09:29:59-04:00' })])).toEqual([differs('deviceClockAt')]);
  });

  it('is read at other sessions too', () => {
    const session = { deviceClockAt: '2024-04-01T11:00:00-04:00' };
    const changed = report('dose-change', 'B', at, { program: simple(220), session });
    expect(told([implant, changed])).toEqual([differs('session.deviceClockAt')]);
  });

  it('is that of the session, not of the lines of the log that it read', () => {
    const session = { deviceClockAt: '2024-04-01T10:00:00-04:00' };
    const pumpLog = [{ code: 'motor-stall', at: '2024-03-20T10:00:00-04:00', clearedAt: '2024-03-20T11:00:00-04:00' }];
    expect(told([implant, read({ session, pumpLog })])).toEqual([]);
    const late = { deviceClockAt: '2024-04-01T11:00:00-04:00' };
    expect(told([implant, read({ session: late, pumpLog })])).toEqual([differs('session.deviceClockAt')]);
  });

  it('cannot be compared with a date', () => {
    expect(told([implant, read({ deviceClockAt: '2024-04-09T11:00:00-04:00' }, '2024-04-01')])).toEqual([]);
  });
});

describe('the change in percent that a sender states', () => {
  const wrong =
    'B sender-arithmetic-differs warning changePercent: the change stated is not that from the dose before to the dose now';
  const states = (changePercent: number, rest: Fields = {}) =>
    told([implant, report('dose-change', 'B', at, { program: simple(220), changePercent, ...rest })]);

  it('is ours within a percentage point', () => {
    expect(states(11)).toEqual([]);
    expect(states(9)).toEqual([]);
    expect(states(11.01)).toEqual([wrong]);
    expect(states(8.99)).toEqual([wrong]);
    expect(states(-10)).toEqual([wrong]);
  });

  it('counts from the dose that the sender saw before', () => {
    const previousProgram = simple(110);
    expect(states(100, { previousProgram })).not.toContain(wrong);
    expect(states(10, { previousProgram })).toContain(wrong);
  });

  it('cannot be checked at a first programme', () => {
    expect(told([report('dose-change', 'B', at, { program: simple(220), changePercent: 50 })])).toEqual([]);
  });
});

describe('the alarm date that a programmer shows', () => {
  const differs =
    'B reported-differs-from-calculated information reported.lowReservoirAlarmDate: the programmer shows another alarm date than is calculated here';
  const shows = (lowReservoirAlarmDate: string) => told([implant, read({ reported: { lowReservoirAlarmDate } })]);

  // (18 − 2) mL ÷ 0.1 mL/d is 160 d after the implant.
  it('is ours within two days', () => {
    expect(shows('2024-08-08')).toEqual([]);
    expect(shows('2024-08-10')).toEqual([]);
    expect(shows('2024-08-06')).toEqual([]);
    expect(shows('2024-08-11')).toEqual([differs]);
    expect(shows('2024-08-05')).toEqual([differs]);
    expect(shows('2025-08-08')).toEqual([differs]);
  });

  it('is not compared where none can be calculated', () => {
    expect(told([read({ reported: { lowReservoirAlarmDate: '2024-08-11' } })])).toEqual([]);
  });
});

describe('an alarm', () => {
  const heard = (model: string, code: string, manufacturer = 'Medtronic') =>
    told([report('alarm', 'B', at, { code, pump: { manufacturer, model, serialNumber: 'NGP710009H' } })]);
  const outside = 'B alarm-outside-model information code: this model of pump is not known to have this alarm';

  it('is one that the model has', () => {
    expect(heard('8637-40', 'eri')).toEqual([]);
    expect(heard('Archimedes', 'eri', 'Codman')).toEqual([outside]);
    expect(heard('Archimedes', 'ERI reached', 'Codman')).toEqual([outside]);
  });

  it('in the log is checked at its line, once', () => {
    const label = { manufacturer: 'Codman', model: 'Archimedes', serialNumber: 'C3K710003' };
    const at = '2024-03-20T10:00:00-04:00';
    const pumpLog = [{ code: 'eos', at, clearedAt: '2024-03-20T11:00:00-04:00' }];
    expect(told([read({ pump: label, pumpLog })])).toEqual([outside.replace(' code:', ' pumpLog:')]);
  });

  it('is not judged where nothing is known of the alarms of the model, or of the alarm', () => {
    expect(heard('13827', 'eri', 'Flowonix')).toEqual([]);
    expect(heard('Archimedes', 'no alarm that we know', 'Codman')).toEqual([]);
  });

  it('warns where what the model has was verified', () => {
    const models = settings.models.map((model) => ({ ...model, unverified: [] }));
    const label = { manufacturer: 'Codman', model: 'Archimedes', serialNumber: 'C3K710002' };
    expect(told([report('alarm', 'B', at, { code: 'eri', pump: label })], { models })).toEqual([
      outside.replace('information', 'warning'),
    ]);
  });
});

describe('a label', () => {
  const labelled = (model: string, reservoirMl: number) => told([read({ pump: { ...pump, model, reservoirMl } })]);
  const contradicts =
    'B label-contradicts-model warning pump.reservoirMl: the label states another reservoir than this model has';

  it('states the reservoir of its model', () => {
    expect(labelled('8637-40', 40)).toEqual([]);
    expect(labelled('8637-40', 20)).toEqual([contradicts]);
  });

  it('informs only where the reservoir of the model was not verified', () => {
    expect(labelled('8667-40', 20)).toEqual([contradicts.replace('warning', 'information')]);
  });

  it('warns by the facts of a site that does not say which of them it verified', () => {
    const own = { manufacturer: 'Medtronic', models: ['8637-40'], family: 'own', kind: 'programmable-pump' } as const;
    const event = read({ pump: { ...pump, model: '8637-40', reservoirMl: 20 } });
    expect(told([event], { models: [{ ...own, reservoirMl: 40 }] })).toEqual([contradicts]);
  });

  it('is not judged where the reservoir of the model is not known', () => {
    expect(labelled('Archimedes', 20)).toEqual([]);
  });
});
