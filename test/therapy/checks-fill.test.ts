import { describe, expect, it } from 'vitest';
import { settings } from '../stories/story.ts';
import { type Fields, pump, report, simple, fill as wellDocumented } from './reports.ts';
import { told } from './told.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: wellDocumented(18), program: simple(200) });

const refill = (fields: Fields, occurredAt = '2024-05-30T11:00:00-04:00', rest: Fields = {}) =>
  report('refill', 'B', occurredAt, { fill: { ...wellDocumented(18), ...fields }, ...rest });

describe('the lot of a fill', () => {
  it('and its expiry are named as missing, for information only', () => {
    const undocumented = { lotNumber: undefined, expirationDate: undefined };
    expect(told([implant, refill(undocumented)])).toEqual([
      'B lot-missing information fill.lotNumber: the fill states no lot number',
      'B expiry-missing information fill.expirationDate: the fill states no expiry date',
    ]);
  });

  it('may be used on the day of its expiry, by the calendar of the site, and not after it', () => {
    const lateEvening = '2024-05-30T23:30:00-04:00';
    expect(told([implant, refill({ expirationDate: '2024-05-30' }, lateEvening)])).toEqual([]);
    expect(told([implant, refill({ expirationDate: '2024-05-29' }, lateEvening)])).toEqual([
      'B lot-expired warning fill.expirationDate: the lot had expired when it was filled',
    ]);
  });

  it('is checked at every fill, that of an implant too', () => {
    const expired = { ...wellDocumented(18), expirationDate: '2023-12-31' };
    const first = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: expired, program: simple(200) });
    expect(told([first])).toEqual([
      'A lot-expired warning fill.expirationDate: the lot had expired when it was filled',
    ]);
  });
});

describe('the volume of a fill', () => {
  const overCapacity = 'B fill-over-capacity warning fill.volumeMl: the fill is larger than the reservoir';

  it('is no larger than the reservoir of the model', () => {
    expect(told([implant, refill({ volumeMl: 40 })])).toEqual([]);
    expect(told([implant, refill({ volumeMl: 40.1 })])).toEqual([overCapacity]);
  });

  it('is no larger than the reservoir on the label, which holds before that of the model', () => {
    const small = { pump: { ...pump, model: 'unknown', reservoirMl: 20 } };
    const first = report('implant', 'A', '2024-03-01T10:00:00-05:00', {
      ...small,
      fill: wellDocumented(18),
      program: simple(200),
    });
    expect(told([first, refill({ volumeMl: 20 }, undefined, small)])).toEqual([]);
    expect(told([first, refill({ volumeMl: 20.1 }, undefined, small)])).toEqual([overCapacity]);
  });

  it('is what the programmer was told, within the tolerance', () => {
    const differs =
      'B fill-volume-differs warning fill.programmedVolumeMl: the volume filled and the volume programmed differ';
    expect(told([implant, refill({ programmedVolumeMl: 18.5 })])).toEqual([]);
    expect(told([implant, refill({ programmedVolumeMl: 17.5 })])).toEqual([]);
    expect(told([implant, refill({ programmedVolumeMl: 18.6 })])).toEqual([differs]);
    expect(told([implant, refill({ programmedVolumeMl: 17.4 })])).toEqual([differs]);
  });

  it('is what the programmer shows afterwards', () => {
    const shows = (reservoirMl: number) => told([implant, refill({}, undefined, { reported: { reservoirMl } })]);
    expect(shows(18.2)).toEqual([]);
    expect(shows(40)).toEqual([
      'B fill-volume-differs warning reported.reservoirMl: the volume filled and the volume that the programmer shows differ',
    ]);
  });
});

describe('a refill soon after another fill', () => {
  const repeated = ['B refill-repeated warning fill: the reservoir had been filled shortly before'];
  const again = (occurredAt: string) => told([implant, refill({}, occurredAt)]);

  it('within 24 h may tell of the same one', () => {
    expect(again('2024-03-02T10:00:00-05:00')).toEqual(repeated);
    expect(again('2024-03-02T10:01:00-05:00')).toEqual([]);
  });

  it('on the same date tells of another one, where the times are known and are farther apart than the site says', () => {
    const checks = { ...settings.checks, refillRepeatHours: 2 };
    const later = (occurredAt: string) => told([implant, refill({}, occurredAt)], { checks });
    expect(later('2024-03-01T12:00:00-05:00')).toEqual(repeated);
    expect(later('2024-03-01T12:01:00-05:00')).toEqual([]);
  });

  it('on the same date may tell of the same one, where that is all that is known', () => {
    const first = refill({ lotNumber: 'LOT-0' }, '2024-05-29T10:00:00-04:00');
    const dated = (eventId: string, date: string) => report('refill', eventId, date, { fill: wellDocumented(18) });
    expect(told([dated('A0', '2024-05-29'), dated('B', '2024-05-29')])).toEqual(repeated);
    expect(told([dated('A0', '2024-05-29'), dated('B', '2024-05-30')])).toEqual([]);
    expect(told([dated('A0', '2024-05-29'), first])).toEqual(repeated);
    expect(told([dated('A0', '2024-05'), dated('B', '2024-05-02')])).toEqual([]);
  });

  it('is nothing to tell of the first fill, nor of an implant', () => {
    expect(told([refill({})])).toEqual([]);
    const next = report('revision', 'B', '2024-03-01T12:00:00-05:00', {
      component: 'pump',
      action: 'repaired',
      fill: wellDocumented(18),
    });
    expect(told([implant, next])).toEqual([]);
  });
});

describe('the product of a fill', () => {
  const contradicts = (field: string) =>
    `B product-contradicts-concentration warning fill.${field}: the product named has another concentration than the fill states`;

  it.each(['70121-2502-02', '70121-2502-1', '70121250202', ' 70121-2502-02 '])(
    '%s is known to have 2000 ug/mL',
    (ndc) => {
      expect(told([implant, refill({ ndc })])).toEqual([]);
      expect(told([implant, refill({ ndc, concentrationUgPerMl: 500 })])).toContain(contradicts('ndc'));
    },
  );

  it.each([
    ['is not in the table', '00000-0000-00'],
    ['has ten digits without hyphens, which can be read in several ways', '7012125020'],
    ['has a digit too many', '701212502022'],
    ['is of another product of the same labeler', '70121-2499-01'],
  ])('whose code %s says nothing', (_says, ndc) => {
    expect(told([implant, refill({ ndc })])).toEqual([]);
  });

  it('is the same one whether its code has three digits or four', () => {
    expect(told([implant, refill({ ndc: '66794-0157-02' })])).toEqual([]);
    expect(told([implant, refill({ ndc: '66794-0151-01' })])).toEqual([contradicts('ndc')]);
  });

  it.each([
    ['Baclofen 10 mg/5 mL', true],
    ['Baclofen 10 mg / 20 ml', false],
    ['baclofen 2000 mcg/mL', true],
    ['Baclofen 2000 µg per ml', true],
    ['Baclofen 40 MG in 20 ML', true],
    ['Baclofen 2 mg/mL', true],
    ['Baclofen 0.5 mg/ml', false],
    ['Baclofen 500 micrograms/ml', false],
    ['Baclofen 10 mg/0 mL', true],
    ['Baclofen 0,5 mg/ml', true],
    ['Baclofen 500,000 mcg/ml', true],
    ['Baclofen 10 mg/5,0 ml', true],
    ['Lioresal Intrathecal', true],
    ['Baclofen 10 mg tablets', true],
  ])('%s: whether it can have 2000 ug/mL is %s', (productName, agrees) => {
    expect(told([implant, refill({ productName })])).toEqual(agrees ? [] : [contradicts('productName')]);
  });
});
