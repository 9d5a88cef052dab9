import { describe, expect, it } from 'vitest';
import { type BatteryReading, batteryAfter } from '../../src/therapy/battery.ts';
import type { PumpModel } from '../../src/therapy/settings.ts';
import { whenOf } from '../../src/therapy/when.ts';

const zone = 'America/New_York';
const visit = (text: string) => whenOf(text, zone);
const model: PumpModel = {
  manufacturer: 'Medtronic',
  family: 'SynchroMed II',
  models: ['8637-40'],
  kind: 'programmable-pump',
  eriToEndOfServiceDays: 90,
  serviceLifeMonthsMax: 84,
};

const inText = (battery: ReturnType<typeof batteryAfter>) => JSON.parse(JSON.stringify(battery ?? null));
const read = (
  reading: object,
  at = '2025-01-14T09:30:00-05:00',
  of: PumpModel | undefined = model,
  implanted?: string,
) =>
  inText(batteryAfter(undefined, reading as BatteryReading, visit(at), of, implanted ? visit(implanted) : undefined));

describe('the battery', () => {
  it('is unknown until something about it is reported', () => expect(read({})).toBeNull());

  it('counts the months that the programmer showed from the day it showed them', () => {
    expect(read({ monthsToEri: 18, batteryStatus: 'ok' })).toEqual({
      asOf: '2025-01-14T14:30:00Z',
      status: 'ok',
      monthsToEri: 18,
      eriExpected: '2026-07-14',
      endOfServiceBy: '2026-10-12',
      replacementWindow: { from: '2026-07-14', to: '2026-10-12' },
    });
  });

  it.each([
    [0, '2025-01-14'],
    [0.5, '2025-01-29'],
    [1.25, '2025-02-22'],
    [1, '2025-02-14'],
  ])('of %d months ends on %s', (monthsToEri, eriExpected) => {
    expect(read({ monthsToEri })).toMatchObject({ monthsToEri, eriExpected });
  });

  it('whose indicator is on works for 90 days more at this model', () => {
    expect(read({ batteryStatus: 'eri', eriDate: '2025-02-03' })).toEqual({
      asOf: '2025-01-14T14:30:00Z',
      status: 'eri',
      eriSince: '2025-02-03',
      endOfServiceBy: '2025-05-04',
      replacementWindow: { from: '2025-02-03', to: '2025-05-04' },
    });
  });

  it('whose indicator is seen on, and nobody says since when, has it since that day at the latest', () => {
    expect(read({ batteryStatus: 'eri' })).toMatchObject({ eriSince: '2025-01-14', endOfServiceBy: '2025-04-14' });
    expect(read({ batteryStatus: 'eos' })).toEqual({ asOf: '2025-01-14T14:30:00Z', status: 'eos' });
  });

  it('takes the calendar date of the site', () => {
    expect(read({ batteryStatus: 'eri' }, '2025-01-15T03:30:00Z')).toMatchObject({ eriSince: '2025-01-14' });
  });

  it('of a model nobody knows has no calculated end', () => {
    expect(read({ monthsToEri: 2, estimatedReplacementDate: '2025-03-01' }, undefined, null as never)).toEqual({
      asOf: '2025-01-14T14:30:00Z',
      monthsToEri: 2,
      eriExpected: '2025-03-14',
      reportedReplacementDate: '2025-03-01',
    });
  });

  it('ends with the age at which the model shuts itself off, where that comes first', () => {
    const ends = (implanted: string) => {
      const { endOfServiceBy, replacementWindow } = read({ monthsToEri: 2 }, undefined, model, implanted);
      return { endOfServiceBy, ...replacementWindow };
    };
    expect(ends('2018-06')).toEqual({ endOfServiceBy: '2025-06-01', from: '2025-03-14', to: '2025-06-01' });
    expect(ends('2018-02-20')).toEqual({ endOfServiceBy: '2025-02-20', from: '2025-02-20', to: '2025-02-20' });
    expect(ends('2019')).toEqual({ endOfServiceBy: '2025-06-12', from: '2025-03-14', to: '2025-06-12' });
    const { serviceLifeMonthsMax: _, ...ageless } = model;
    expect(read({ monthsToEri: 2 }, undefined, ageless, '2010')).toMatchObject({ endOfServiceBy: '2025-06-12' });
  });

  it('whose indicator is on expects it no more, whatever months are shown beside it', () => {
    const { eriSince, eriExpected } = read({ batteryStatus: 'eri', monthsToEri: 0.5 });
    expect([eriSince, eriExpected]).toEqual(['2025-01-14', undefined]);
  });

  it('keeps what is not read again', () => {
    const first = batteryAfter(
      undefined,
      { monthsToEri: 18, batteryStatus: 'ok', estimatedReplacementDate: '2026-08-01' } as BatteryReading,
      visit('2025-01-14T09:30:00-05:00'),
      model,
      undefined,
    );
    const second = batteryAfter(first, { batteryStatus: 'eri' }, visit('2025-12-01T09:00:00-05:00'), model, undefined);
    expect(inText(second)).toEqual({
      asOf: '2025-12-01T14:00:00Z',
      status: 'eri',
      monthsToEri: 18,
      eriSince: '2025-12-01',
      reportedReplacementDate: '2026-08-01',
      endOfServiceBy: '2026-03-01',
      replacementWindow: { from: '2025-12-01', to: '2026-03-01' },
    });
    expect(batteryAfter(second, {}, visit('2026-01-01T09:00:00-05:00'), model, undefined)).toBe(second);
    const third = batteryAfter(second, { batteryStatus: 'eri' }, visit('2026-01-10T09:00:00-05:00'), model, undefined);
    expect(inText(third)).toMatchObject({ eriSince: '2025-12-01', asOf: '2026-01-10T14:00:00Z' });
  });
});
