import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { statusCard } from '../../../src/views/cds-hooks/status-card.ts';
import { report } from '../../therapy/reports.ts';
import { implant, read, statusOf } from '../pump-status/status-of.ts';
import { shippedSettings } from './shipped-settings.ts';

/** 18 mL at 2000 ug/mL and 100 ug/d: stable until 2024-08-28, 2 mL are left on 2025-01-15. */

const alarm = (code: string, at = '2024-05-05T10:00:00-04:00') => report('alarm', code, at, { code });
const system = 'https://w3id.org/itb-fhir/CodeSystem/itb-card-override';

const cardOf = (
  events: readonly CanonicalEvent[],
  asked?: Parameters<typeof statusOf>[1],
  own?: Parameters<typeof shippedSettings>[0],
) => statusCard(statusOf(events, asked), shippedSettings(own));

const dataOf = (day: string, age: string) => [
  `- Last report of ${day}, ${age} before.`,
  '- Not an alarm or monitoring system.',
];

describe('whoever opens the record', () => {
  it('is shown nothing where nothing of it is reported or calculated', () => {
    expect(cardOf([implant])).toBeUndefined();
  });

  it('is not shown that a refill is due soon: that is the clinic’s to plan', () => {
    expect(cardOf([implant], { at: '2024-08-27T12:00:00Z' })).toBeUndefined();
    expect(cardOf([implant], { at: '2024-08-28T23:00:00-04:00' })).toBeUndefined();
  });

  it('is told from the day after the due date that no refill was reported, and how sure that is', () => {
    expect(cardOf([implant], { at: '2024-08-29T12:00:00Z' })).toEqual({
      codes: ['past-due'],
      summary: 'TEST PATIENT. Intrathecal baclofen pump: refill date passed. Check the pump with its programmer.',
      indicator: 'warning',
      detail: [
        '- No refill reported since 2024-03-01. By calculation the reservoir would reach the alarm volume on 2025-01-15; a refill elsewhere may be missing. Check the pump with its programmer.',
        ...dataOf('2024-03-01', '180 days'),
      ].join('\n'),
      overrideReasons: [
        { system, code: 'checked-with-programmer', display: 'Pump checked with its programmer' },
        { system, code: 'refilled-elsewhere', display: 'Refilled elsewhere' },
        { system, code: 'pump-team-informed', display: 'Pump team informed' },
        { system, code: 'planned', display: 'Known and planned for' },
        { system, code: 'not-relevant-now', display: 'Not relevant to this visit' },
      ],
    });
  });

  it('is shown nothing of the pump of one who died', () => {
    const stall = report('alarm', 'S', '2024-05-10T10:00:00-04:00', { code: 'motor-stall' });
    expect(cardOf([implant, stall])).toMatchObject({ codes: ['critical-alarm'] });
    expect(cardOf([implant, stall, report('death', 'D', '2024-05-12')])).toBeUndefined();
  });

  it('is told so on the morning of the alarm date too, and where only by calculation it was due', () => {
    expect(cardOf([implant], { at: '2025-01-15T12:00:00Z' })).toMatchObject({ codes: ['past-due'] });
    const shown = read({ reported: { refillDueDate: '2024-12-01' } });
    expect(cardOf([implant, shown], { at: '2024-08-28T12:00:00Z' })).toBeUndefined();
    expect(cardOf([implant, shown], { at: '2024-08-29T12:00:00Z' })).toMatchObject({ codes: ['past-due'] });
  });

  it('is told of the alarm volume as calculated, and of the programmer’s alarm date as shown', () => {
    const at = '2025-01-16T12:00:00Z';
    expect(cardOf([implant], { at })).toMatchObject({ codes: ['at-alarm-volume'], indicator: 'warning' });
    const shown = read({ reported: { lowReservoirAlarmDate: '2025-01-10' } });
    expect(cardOf([implant, shown], { at, shown: 'withheld' })).toMatchObject({
      codes: ['alarm-date-passed'],
      summary: 'TEST PATIENT. Intrathecal baclofen pump: alarm date passed. Check the pump with its programmer.',
      detail: [
        '- No refill reported since 2024-03-01. The programmer showed the alarm date 2025-01-10; a refill elsewhere may be missing. Check the pump with its programmer.',
        ...dataOf('2024-05-01', '259 days'),
      ].join('\n'),
    });
  });

  it('is told nothing calculated where a site does not show what is calculated', () => {
    expect(cardOf([implant], { at: '2025-01-16T12:00:00Z', shown: 'withheld' })).toBeUndefined();
  });

  it('is told of a critical alarm that stands, and of no other', () => {
    const card = cardOf([implant, alarm('motor-stall')]);
    expect(card).toMatchObject({
      codes: ['critical-alarm'],
      indicator: 'critical',
      summary: 'TEST PATIENT. Intrathecal baclofen pump: critical alarm reported. Check the pump with its programmer.',
    });
    expect(card?.detail).toMatch(/^- Critical alarm reported: .* Since 2024-05-05\.\n/);
    expect(cardOf([implant, alarm('low-reservoir')])).toBeUndefined();
    const over = alarm('motor-stall-recovered', '2024-05-05T11:00:00-04:00');
    expect(cardOf([implant, alarm('motor-stall'), over])).toBeUndefined();
  });

  it.each([
    ['ERI', 'replacement-indicator', 'warning', 'replacement indicator on'],
    ['EOS', 'end-of-service', 'critical', 'end of service reported'],
  ])('is told of %s', (code, about, indicator, words) => {
    expect(cardOf([implant, alarm(code)])).toMatchObject({
      codes: expect.arrayContaining([about]),
      indicator,
      summary: expect.stringContaining(words),
    });
  });

  it('is told all in one card, the most pressing first', () => {
    const card = cardOf([implant, alarm('ERI'), alarm('motor-stall')], { at: '2024-08-29T12:00:00Z' });
    expect(card?.codes).toEqual(['critical-alarm', 'replacement-indicator', 'past-due']);
    expect(card?.indicator).toBe('critical');
    expect(card?.summary).toBe(
      'TEST PATIENT. Intrathecal baclofen pump: critical alarm reported; replacement indicator on. Check the pump with its programmer.',
    );
    expect(card?.summary.length).toBeLessThan(140);
    expect(card?.detail.split('\n')).toHaveLength(5);
  });

  it('is told that reports are held', () => {
    const held = { count: 2, sinceMs: Temporal.Instant.from('2024-05-10T08:00:00Z').epochMilliseconds };
    expect(cardOf([implant, alarm('motor-stall')], { held })?.detail).toContain(
      '\n- 2 reports held since 2024-05-10: not in this answer.\n',
    );
  });

  it('is told as pressingly as the site says, or not at all', () => {
    const stalled = [implant, alarm('motor-stall')];
    expect(cardOf(stalled, {}, { indicators: { 'critical-alarm': 'info' } })?.indicator).toBe('info');
    expect(cardOf(stalled, {}, { indicators: { 'critical-alarm': 'off' } })).toBeUndefined();
  });

  it('is shown nothing of a pump that was taken out', () => {
    const explant = report('explant', 'X', '2024-05-06T10:00:00-04:00', { cause: 'other' });
    expect(cardOf([implant, alarm('motor-stall'), explant], { at: '2025-06-01T00:00:00Z' })).toBeUndefined();
  });
});
