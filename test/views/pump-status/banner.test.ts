import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { fill, report, simple } from '../../therapy/reports.ts';
import { implant, read, shippedRules, statusOf } from './status-of.ts';

const alarm = (code: string, at = '2024-05-05T10:00:00-04:00') => report('alarm', code, at, { code });
const complication = (code: string, fields: object = {}) =>
  report('complication', code, '2024-05-10T10:00:00-04:00', { code, ...fields });
const bannerOf = (events: readonly CanonicalEvent[], asked = {}) => statusOf([implant, ...events], asked).banner;
const codesOf = (events: readonly CanonicalEvent[], asked = {}) =>
  bannerOf(events, asked).reasons.map(({ code, urgency, since }) => [code, urgency, since]);
const device = 'pump-NGP710001H';
const elsewhere = 'a refill elsewhere may be missing. Check the pump with its programmer.';

describe('the banner', () => {
  it('with nothing reported says up to when, and is no all-clear', () => {
    expect(bannerOf([])).toEqual({
      urgency: 'nothing-reported',
      reasons: [],
      words:
        'No urgent reason known from reports up to 2024-03-01. What happened since, or was not reported, is not known here.',
    });
    expect(statusOf([implant], { at: '2024-01-01T00:00:00Z' }).banner.words).toBe(
      'Nothing reported. What happened is not known here.',
    );
  });

  it.each([
    ['withdrawal', 'Withdrawal reported, and not reported as over.'],
    ['overdose', 'Overdose reported, and not reported as over.'],
  ])('is urgent while %s is open', (code, words) => {
    expect(bannerOf([complication(code)])).toEqual({
      urgency: 'urgent',
      reasons: [
        {
          ...{ code: 'withdrawal-or-overdose', urgency: 'urgent', words },
          ...{ since: '2024-05-10T10:00:00-04:00', device: null },
        },
      ],
      words: 'Urgent by what was reported or calculated. Check the patient, and the pump with its programmer.',
    });
    expect(codesOf([complication(code, { outcome: 'resolved' })])).toEqual([]);
  });

  it('is urgent in whatever words the source names it', () => {
    expect(codesOf([complication('baclofen withdrawal')])).toEqual([
      ['withdrawal-or-overdose', 'urgent', '2024-05-10T10:00:00-04:00'],
    ]);
  });

  it('asks for attention while another complication is open', () => {
    expect(bannerOf([complication('csf-leak')]).reasons).toEqual([
      {
        ...{ code: 'open-complication', urgency: 'attention', device: null },
        ...{ words: 'Reported, and not reported as over: csf leak.', since: '2024-05-10T10:00:00-04:00' },
      },
    ]);
    expect(codesOf([complication('csf-leak', { outcome: 'resolved' })])).toEqual([]);
  });

  it('is urgent for a critical alarm, in the words of the table, and says what follows from it', () => {
    const { reasons } = bannerOf([alarm('motor-stall')]);
    expect(reasons).toEqual([
      {
        ...{ code: 'critical-alarm', urgency: 'urgent', since: '2024-05-05T10:00:00-04:00', device },
        words: 'Critical alarm reported: The motor does not turn. Nothing is delivered until it turns again.',
      },
      {
        ...{ code: 'delivery-stopped', urgency: 'attention', since: '2024-05-05T10:00:00-04:00', device },
        words: 'The pump was reported as not delivering.',
      },
    ]);
  });

  it('is urgent at the end of service, and asks for attention when the pump asks for its replacement', () => {
    expect(codesOf([read({ reported: { batteryStatus: 'eos' } })])).toEqual([
      ['end-of-service', 'urgent', '2024-05-01T10:00:00-04:00'],
    ]);
    expect(codesOf([read({ reported: { batteryStatus: 'eri' } })])).toEqual([
      ['replacement-indicator', 'attention', '2024-05-01'],
    ]);
    expect(codesOf([read({ reported: { batteryStatus: 'eri', eriDate: '2024-04-20' } })])).toEqual([
      ['replacement-indicator', 'attention', '2024-04-20'],
    ]);
  });

  it('asks for attention for a low reservoir alarm', () => {
    expect(codesOf([alarm('low-reservoir')])).toEqual([
      ['low-reservoir-alarm', 'attention', '2024-05-05T10:00:00-04:00'],
    ]);
  });

  // 18 mL at 100 ug/d and 2000 ug/mL are 2 mL on 2025-01-15 at 15:00Z; the drug is stable until 2024-08-28.
  it.each([
    ['2024-08-20T12:00:00Z', []],
    ['2024-08-21T12:00:00Z', ['A refill is due within 7 days.']],
    ['2024-08-28T12:00:00Z', ['A refill is due today.']],
    ['2024-08-31T12:00:00Z', [`The day by which a refill is due was 3 days ago; ${elsewhere}`]],
  ])('at %s says of the refill: %s', (at, words) => {
    const { reasons } = bannerOf([], { at });
    expect(reasons.map((reason) => reason.words)).toEqual(words);
    expect(new Set(reasons.map(({ urgency }) => urgency)).size).toBe(words.length);
  });

  it('asks for attention on the morning of the alarm date, as the day before', () => {
    for (const [at, days] of [
      ['2025-01-14T12:00:00Z', 139],
      ['2025-01-15T14:59:59Z', 140],
    ] as const) {
      expect(bannerOf([], { at }).reasons).toEqual([
        {
          ...{ code: 'refill-due', urgency: 'attention', since: null, device },
          words: `The day by which a refill is due was ${days} days ago; ${elsewhere}`,
        },
      ]);
    }
  });

  it('asks for attention where a refill was due by our calculation and the programmer showed a later day', () => {
    const shown = read({ reported: { refillDueDate: '2024-12-01' } });
    expect(codesOf([shown], { at: '2024-08-28T12:00:00Z' })).toEqual([]);
    expect(bannerOf([shown], { at: '2024-08-29T12:00:00Z' }).reasons).toEqual([
      {
        ...{ code: 'refill-due', urgency: 'attention', since: '2024-08-28', device },
        words: `By calculation a refill was due by 2024-08-28; ${elsewhere}`,
      },
    ]);
    expect(codesOf([shown], { at: '2024-08-29T12:00:00Z', shown: 'withheld' })).toEqual([]);
  });

  it('is urgent from the instant at which the calculated volume comes down to the alarm volume', () => {
    expect(bannerOf([], { at: '2025-01-15T15:00:00Z' }).reasons).toEqual([
      {
        ...{ code: 'at-alarm-volume', urgency: 'urgent', since: '2025-01-15', device },
        words: `By calculation the volume came down to the alarm volume on 2025-01-15; ${elsewhere}`,
      },
    ]);
  });

  it('is urgent from the alarm date that the programmer showed, also where ours is withheld', () => {
    const shown = read({ reported: { lowReservoirAlarmDate: '2024-12-01' } });
    const asked = { at: '2024-12-01T12:00:00Z', shown: 'withheld' };
    expect(bannerOf([shown], asked).reasons).toEqual([
      {
        ...{ code: 'alarm-date-passed', urgency: 'urgent', since: '2024-12-01', device },
        words: `The alarm date that the programmer showed, 2024-12-01, has come; ${elsewhere}`,
      },
    ]);
    expect(bannerOf([shown], { ...asked, at: '2024-11-30T12:00:00Z' }).reasons).toMatchObject([
      { code: 'refill-due', urgency: 'attention', words: 'A refill is due within 1 day.' },
    ]);
    expect(codesOf([shown], { ...asked, at: '2024-11-23T12:00:00Z' })).toEqual([]);
  });

  it('does not go by an alarm date that was shown before the pump was stopped, or its patient died', () => {
    const shown = read({ reported: { lowReservoirAlarmDate: '2024-06-01' } });
    const stop = report('pump-stop', 'S', '2024-05-10T10:00:00-04:00');
    expect(codesOf([shown, stop], { at: '2024-06-02T12:00:00Z' })).toEqual([
      ['delivery-stopped', 'attention', '2024-05-10T10:00:00-04:00'],
    ]);
    expect(codesOf([shown, report('death', 'D', '2024-05-10')], { at: '2024-06-02T12:00:00Z' })).toEqual([]);
  });

  it('says that the volume is at the alarm volume only if all boluses were taken, where the model counts on them', () => {
    const pump = { manufacturer: 'Flowonix', model: '13827', serialNumber: 'FX1' };
    const patientBolus = { doseUg: 50, maxPerDay: 6 };
    const program = { ...simple(200), patientBolus };
    const own = report('implant', 'A', '2024-03-01T10:00:00-05:00', { pump, fill: fill(18), program });
    const { banner, pumps } = statusOf([own], { at: '2024-05-05T20:00:00Z' });
    expect(banner.reasons.map(({ words }) => words)).toEqual([
      'If the patient took every bolus that the programme allots, by calculation the volume came down to the alarm ' +
        `volume on 2024-04-30; ${elsewhere}`,
    ]);
    expect(pumps[0]?.reservoir.calculatedMl).toMatchObject({
      ...{ value: 11.48, method: 'calculated' },
      words: 'Less what the patient requested since the last reported count of boluses.',
    });
  });

  it('asks for attention while a pump runs at its minimum rate', () => {
    const rate = report('dose-change', 'M', '2024-05-10T10:00:00-04:00', {
      program: { mode: 'minimum-rate', concentrationUgPerMl: 2000 },
    });
    expect(bannerOf([rate]).reasons).toEqual([
      {
        ...{ code: 'delivery-stopped', urgency: 'attention', since: '2024-05-10T10:00:00-04:00', device },
        words: 'The pump was reported at its minimum rate.',
      },
    ]);
  });

  it('asks for attention where it is not known what a pump delivers', () => {
    const reset = alarm('memory-error-critical');
    expect(bannerOf([reset]).reasons).toMatchObject([
      { code: 'critical-alarm' },
      {
        ...{ code: 'delivery-unknown', urgency: 'attention', since: null, device },
        words: 'What the pump delivers is not known.',
      },
    ]);
  });

  it('asks for attention while the concentrations filled and programmed differ', () => {
    const refill = report('refill', 'R', '2024-05-10T10:00:00-04:00', { fill: fill(18, 500) });
    const differ = ['concentration-differs', 'attention', '2024-05-10T10:00:00-04:00'];
    expect(codesOf([refill])).toEqual([differ]);
    const change = report('dose-change', 'C', '2024-05-11T10:00:00-04:00', {
      program: simple(100, 500),
      bridge: { volumeMl: 0.45, durationHours: 54 },
    });
    expect(codesOf([refill, change])).toEqual([]);
  });

  it('asks for attention where a concentration changed without a reported bridge, until the next fill', () => {
    const refill = report('refill', 'R', '2024-05-10T10:00:00-04:00', {
      fill: fill(18, 500),
      program: simple(100, 500),
    });
    expect(bannerOf([refill]).reasons).toEqual([
      {
        ...{ code: 'bridge-not-reported', urgency: 'attention', since: '2024-05-10T10:00:00-04:00', device },
        words: 'The concentration changed, and no bridge bolus was reported.',
      },
    ]);
    const change = report('dose-change', 'C', '2024-05-11T10:00:00-04:00', { program: simple(110, 500) });
    expect(codesOf([refill, change]).map(([code]) => code)).toEqual(['bridge-not-reported']);
    const next = report('refill', 'N', '2024-05-20T10:00:00-04:00', { fill: fill(18, 500) });
    expect(codesOf([refill, change, next])).toEqual([]);
  });

  it('gives no reason that was calculated where calculated values are withheld', () => {
    expect(codesOf([], { at: '2025-01-16T00:00:00Z', shown: 'withheld' })).toEqual([]);
    const refill = report('refill', 'R', '2024-05-01T10:00:00-04:00', {
      residual: { measuredMl: 17.5 },
      fill: fill(18),
    });
    expect(codesOf([refill])).toEqual([['residual-discrepancy', 'attention', '2024-05-01T10:00:00-04:00']]);
    expect(codesOf([refill], { shown: 'withheld' })).toEqual([]);
  });

  it('asks for attention where no concentration was reported', () => {
    const program = { mode: 'simple-continuous', doseUgPerDay: 100 };
    const only = report('implant', 'A', '2024-03-01T10:00:00-05:00', { program });
    expect(statusOf([only]).banner.reasons).toMatchObject([{ code: 'concentration-unknown', urgency: 'attention' }]);
  });

  it('says nothing of a pump that was taken out', () => {
    const explant = report('explant', 'X', '2024-05-10T10:00:00-04:00');
    expect(codesOf([alarm('motor-stall'), explant])).toEqual([]);
  });

  it('does not call a pump stopped because its patient died', () => {
    const { banner, pumps } = statusOf([implant, report('death', 'D', '2024-05-20')]);
    expect(banner.reasons).toEqual([]);
    expect(pumps[0]?.programme.delivery).toMatchObject({
      ...{ value: 'stopped', words: 'By the report of a death. The pump may run on.' },
      source: { eventId: 'D', display: 'death' },
    });
  });

  it('goes by the rules of the site: what is off is not said, what is urgent there stands first', () => {
    const rules = {
      ...shippedRules,
      banner: {
        ...shippedRules.banner,
        'critical-alarm': { urgency: 'off' as const },
        'refill-due': { urgency: 'urgent' as const, withinDays: 100 },
      },
    };
    expect(codesOf([alarm('motor-stall')], { rules }).map(([code]) => code)).toEqual([
      'refill-due',
      'delivery-stopped',
    ]);
    expect(codesOf([alarm('eri')], { rules }).map(([code]) => code)).toEqual(['refill-due', 'replacement-indicator']);
  });

  it('never says that a reservoir is used up, nor that all is well', () => {
    const late = [
      alarm('empty-reservoir'),
      report('dose-change', 'C', '2024-05-01T10:00:00-04:00', { program: simple(90) }),
    ];
    const texts = [bannerOf([]), bannerOf(late, { at: '2025-12-01T00:00:00Z' })].map((one) => JSON.stringify(one));
    for (const text of texts)
      expect(text.replace('empty-reservoir', '')).not.toMatch(/\bempty\b|overdue|all clear|green/i);
  });
});
