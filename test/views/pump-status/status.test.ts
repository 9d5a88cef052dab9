import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { statusFacts } from '../../../src/views/pump-status/facts.ts';
import { fill, fold, report } from '../../therapy/reports.ts';
import { by, context, implant, read, statusOf } from './status-of.ts';

const now = Temporal.Instant.from('2024-06-01T00:00:00Z');

describe('a status', () => {
  it('says on its face what it is not', () => {
    const { schemaVersion, notice, patient, environment, asOf } = statusOf([implant]);
    expect([schemaVersion, notice, patient, environment, asOf]).toEqual([
      1,
      'Not an alarm or monitoring system.',
      'patient',
      'test',
      '2024-06-01T00:00:00Z',
    ]);
  });

  it.each([
    ['2024-06-01T00:00:00Z', 'now', null],
    ['2024-05-31T23:59:00Z', 'now', null],
    ['2024-06-01T00:01:00Z', 'now', null],
    ['2024-05-31T23:58:59Z', 'past', 'A time before now, by what is known now.'],
    [
      '2024-06-01T00:01:01Z',
      'projection',
      'A projection: it holds only while the reported programme goes on unchanged and nothing else happens.',
    ],
  ])('at %s is told as %s', (at, kind, words) => {
    expect(statusOf([implant], { at, now }).time).toEqual({ kind, words });
  });

  it.each([
    [0, null, null, null],
    [1, 0, '1970-01-01T00:00:00Z', '1 report held since 1970-01-01: not in this answer.'],
    [2, 0, '1970-01-01T00:00:00Z', '2 reports held since 1970-01-01: not in this answer.'],
    [2, null, null, '2 reports held: not in this answer.'],
  ])('with %s reports held since %s says so', (count, sinceMs, since, words) => {
    expect(statusOf([implant], { held: { count, sinceMs } }).reportsHeld).toEqual({ count, since, words });
  });

  it('says how old its data are, and whose they are', () => {
    const other = report('interrogation', 'B', '2024-05-31T10:00:00-04:00', {
      source: { system: 'urn:other', eventId: 'B' },
    });
    expect(statusOf([implant, other]).dataAsOf).toEqual({
      lastReportAt: '2024-05-31T10:00:00-04:00',
      lastReceivedAt: '2024-05-20T00:00:00Z',
      ageDays: 0,
      sources: [
        { system: 'urn:oid:2.16.840.1.113883.19.5.1', lastReportAt: '2024-03-01T10:00:00-05:00' },
        { system: 'urn:other', lastReportAt: '2024-05-31T10:00:00-04:00' },
      ],
      words: 'Last report of 2024-05-31, 0 days before.',
    });
    expect(statusOf([implant]).dataAsOf).toMatchObject({
      ageDays: 91,
      words: 'Last report of 2024-03-01, 91 days before.',
    });
    expect(statusOf([implant], { at: '2024-03-02T15:00:00Z' }).dataAsOf.words).toBe(
      'Last report of 2024-03-01, 1 day before.',
    );
  });

  it('of whom nothing was reported yet has no age', () => {
    expect(statusOf([implant], { at: '2024-01-01T00:00:00Z' })).toMatchObject({
      pumps: [],
      dataAsOf: { lastReportAt: null, ageDays: null, sources: [], words: 'No report.' },
      lastEvents: [],
    });
  });

  it('shows the last ten reports, newest first', () => {
    const days = Array.from({ length: 11 }, (_, n) => String(n + 1).padStart(2, '0'));
    const events = days.map((day) => read({}, `2024-05-${day}T10:00:00-04:00`, `R${day}`));
    const { lastEvents } = statusOf([implant, ...events]);
    expect(lastEvents).toHaveLength(10);
    expect(lastEvents[0]).toEqual({
      type: 'interrogation',
      ...by('R11', '2024-05-11T10:00:00-04:00', 'interrogation'),
    });
    expect(lastEvents.at(-1)?.source.eventId).toBe('R02');
  });
});

describe('what a reader should check', () => {
  it('is told newest first with its code, the pump and the report', () => {
    const refill = (n: number) =>
      report('refill', `R${n}`, `2024-05-0${n}T10:00:00-04:00`, {
        fill: { ...fill(18), lotNumber: 'L', expirationDate: '2023-01-01' },
      });
    const { conflicts } = statusOf([implant, refill(1), refill(3)]);
    const expired = conflicts.filter(({ code }) => code === 'lot-expired');
    expect(expired.map(({ asOf }) => asOf.slice(0, 10))).toEqual(['2024-05-03', '2024-05-01']);
    expect(expired[0]).toEqual({
      code: 'lot-expired',
      severity: 'warning',
      words: expect.stringMatching(/Check the lot and its expiry date at the source\.$/),
      device: 'pump-NGP710001H',
      ...by('R3', '2024-05-03T10:00:00-04:00', 'refill'),
    });
  });

  it('keeps what is only information apart by its severity', () => {
    const clock = read({ deviceClockAt: '2024-05-01T07:00:00-04:00' });
    expect(statusOf([implant, clock]).conflicts.map(({ code, severity }) => [code, severity])).toEqual([
      ['device-clock-differs', 'information'],
    ]);
  });
});

describe('complications', () => {
  const complication = (code: string, fields: object = {}) =>
    report('complication', code, '2024-05-10T10:00:00-04:00', { code, ...fields });
  const openOf = (...events: CanonicalEvent[]) => statusOf([implant, ...events]).openComplications;

  it('that were not reported as over are open', () => {
    const at = '2024-05-10T10:00:00-04:00';
    const severe = complication('withdrawal', { severity: 'severe', outcome: 'recovering', pump: implant.pump });
    expect(openOf(severe, complication('csf-leak'))).toEqual([
      { code: 'csf-leak', at, severity: null, outcome: null, device: null, ...by('csf-leak', at, 'complication') },
      {
        ...{ code: 'withdrawal', at, severity: 'severe', outcome: 'recovering', device: 'pump-NGP710001H' },
        ...by('withdrawal', at, 'complication'),
      },
    ]);
  });

  it.each(['resolved', 'resolvedWithSequelae', 'fatal'])('whose outcome is %s are not', (outcome) => {
    expect(openOf(complication('withdrawal', { outcome }))).toEqual([]);
  });

  it('that were resolved in the past are not; that will have been, are', () => {
    expect(openOf(complication('withdrawal', { resolvedAt: '2024-06-01T00:00:00Z' }))).toEqual([]);
    expect(openOf(complication('withdrawal', { resolvedAt: '2024-06-01T00:00:01Z' }))).toHaveLength(1);
    expect(openOf(complication('withdrawal', { resolvedAt: '2024-06' }))).toHaveLength(1);
  });

  it('that ended later were open at the time, and nobody knew how they would end', () => {
    const over = complication('withdrawal', { outcome: 'resolved', resolvedAt: '2024-06-01T00:00:01Z' });
    expect(openOf(over)).toMatchObject([{ code: 'withdrawal', outcome: null }]);
    expect(statusOf([implant, over]).banner.urgency).toBe('urgent');
    expect(statusOf([implant, over], { at: '2024-06-01T00:00:01Z' }).openComplications).toEqual([]);
  });
});

describe('how long facts hold', () => {
  const until = (...events: CanonicalEvent[]) => {
    const { from, until: end } = statusFacts(fold([implant, ...events], '2024-06-01T00:00:00Z'), context);
    expect(from).toBe('2024-06-01T00:00:00Z');
    return end;
  };

  it('is for ever where nothing is to come', () => {
    expect(until()).toBeNull();
  });

  it('is until the next report, until an alarm is learned of, until a complication is over', () => {
    expect(until(read({}, '2024-06-05T00:00:00Z'))).toBe('2024-06-05T00:00:00Z');
    const learned = { code: 'eri', learnedAt: '2024-06-03T00:00:00Z' };
    expect(until(report('alarm', 'E', '2024-05-30T00:00:00Z', learned))).toBe('2024-06-03T00:00:00Z');
    const over = { code: 'csf-leak', resolvedAt: '2024-06-02T00:00:00Z' };
    expect(until(report('complication', 'C', '2024-05-30T00:00:00Z', over))).toBe('2024-06-02T00:00:00Z');
    expect(
      until(
        report('alarm', 'E', '2024-05-30T00:00:00Z', learned),
        report('complication', 'C', '2024-05-30T00:00:00Z', over),
      ),
    ).toBe('2024-06-02T00:00:00Z');
  });
});
