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
      words: 'Nothing urgent reported up to 2024-03-01. What happened since, or was not reported, is not known here.',
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

  it('is not urgent for other complications', () => {
    expect(codesOf([complication('csf-leak')])).toEqual([]);
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
      ['replacement-indicator', 'attention', '2024-05-01T10:00:00-04:00'],
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

  it('is urgent from the instant at which the calculated volume comes down to the alarm volume', () => {
    expect(codesOf([], { at: '2025-01-15T14:59:59Z' })).toEqual([]);
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
    expect(codesOf([shown], { ...asked, at: '2024-11-30T12:00:00Z' })).toEqual([]);
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
