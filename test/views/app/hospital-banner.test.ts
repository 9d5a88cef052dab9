import type { Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { hospitalBanner } from '../../../src/views/app/page/hospital-banner.ts';
import { hospitalStatus } from '../../../src/views/app/page/hospital-status.ts';
import { recordOf, writtenThere } from './hospital-record.ts';

const elsewhere = 'a refill elsewhere may be missing. Check the pump with its programmer.';
const shown = { method: 'reported', asOf: '2024-07-16', source: null } as const;

/** The pump of a record, with these dates that its programmer showed. */
async function reasonsAt(asOf: string, dates: { alarm?: string; due?: string; words?: string }) {
  const { pumps } = hospitalStatus(await recordOf(writtenThere('infection-explant-and-reimplant')), asOf);
  const [first, ...others] = pumps;
  if (!first) throw new Error('the record holds a pump');
  const told = (value: string | undefined) => ({
    ...shown,
    value: value ?? null,
    ...(dates.words && { words: dates.words }),
  });
  const { alarmDate, dueBy } = first.refillPlan;
  const refillPlan = {
    ...first.refillPlan,
    alarmDate: { ...alarmDate, reported: told(dates.alarm) },
    dueBy: { ...dueBy, reported: told(dates.due) },
  };
  const { reasons, urgency } = hospitalBanner({
    pumps: [{ ...first, refillPlan }, ...others],
    open: [],
    newest: asOf,
    asOf,
  });
  return { urgency, reasons: reasons.map(({ code, words, since }) => [code, words, since]) };
}

describe('dates that the programmer showed', () => {
  it('are urgent from the alarm date on', async () => {
    expect((await reasonsAt('2024-11-19T12:00:00Z', { alarm: '2024-11-20' })).reasons).toEqual([]);
    expect(await reasonsAt('2024-11-20T12:00:00Z', { alarm: '2024-11-20' })).toEqual({
      urgency: 'urgent',
      reasons: [
        [
          'alarm-date-passed',
          `The alarm date that the programmer showed, 20 Nov 2024, has come; ${elsewhere}`,
          '2024-11-20',
        ],
      ],
    });
  });

  it('need attention once the day of the refill is over', async () => {
    expect((await reasonsAt('2024-11-20T12:00:00Z', { due: '2024-11-20' })).reasons).toEqual([]);
    expect(await reasonsAt('2024-11-21T12:00:00Z', { due: '2024-11-20' })).toEqual({
      urgency: 'attention',
      reasons: [
        [
          'refill-due',
          `The day by which the programmer showed a refill as due, 20 Nov 2024, has gone by; ${elsewhere}`,
          '2024-11-20',
        ],
      ],
    });
  });

  it('count no more where something reported since made them outdated', async () => {
    const outdated = { alarm: '2024-11-20', due: '2024-11-20', words: 'Shown before.' };
    expect(await reasonsAt('2025-01-01T12:00:00Z', outdated)).toEqual({ urgency: 'nothing-reported', reasons: [] });
  });

  it('are outdated in the record where a fill stands in it that came later', async () => {
    const { pumps } = hospitalStatus(await recordOf(withDateBefore('2024-03-25T10:00:00Z')), '2024-08-01T00:00:00Z');
    expect(pumps[0]?.refillPlan.alarmDate.reported).toMatchObject({
      value: '2024-09-01',
      words: 'Shown before what was reported since of the reservoir or its programme.',
    });
    const later = hospitalStatus(await recordOf(withDateBefore('2024-03-27T10:00:00Z')), '2024-08-01T00:00:00Z');
    expect(later.pumps[0]?.refillPlan.alarmDate.reported.words).toBeUndefined();
  });
});

/** A record whose last fill was on 26 March 2024, with an alarm date that was shown at this instant. */
function withDateBefore(at: string): Resource[] {
  const resources = writtenThere('flex-and-kinked-catheter');
  const code = (value: string) => ({
    coding: [{ system: 'https://w3id.org/itb-fhir/CodeSystem/itb-observation', code: value }],
  });
  return resources.map((one) => {
    if (one.resourceType !== 'Observation' || one.code.coding?.[0]?.code !== 'pump-status-panel') return one;
    const component = [
      ...(one.component ?? []).filter((part) => !part.code.coding?.some((coded) => coded.code === dateCode)),
      { code: code(dateCode), valueDateTime: '2024-09-01' },
    ];
    return { ...one, effectiveDateTime: at, component };
  });
}

const dateCode = 'reported-low-reservoir-alarm-date';
