import { describe, expect, it } from 'vitest';
import { isClearing, isLogLine } from '../../src/therapy/pump-log.ts';
import { fold, patientNamed, pump, report } from './reports.ts';

const readAt = '2024-06-25T10:00:00-04:00';
const stalledAt = '2024-06-20T10:00:00Z';
const clearedAt = '2024-06-21T10:00:00Z';
const stall = { code: 'motor-stall', at: stalledAt, clearedAt };

describe('a line of the log of the pump', () => {
  it('keeps who read it, where and for whom, and counts at its own time', () => {
    const situation = {
      timeZone: 'America/New_York',
      patient: patientNamed('MRN0710'),
      pump,
      performer: { display: 'a nurse' },
      encounter: { identifier: { system: 'urn:x', value: 'V1' } },
      clinic: { display: 'ward 3' },
      session: { reportId: 'S-1' },
    };
    const { entries } = fold([report('interrogation', 'B', readAt, { ...situation, pumpLog: [stall] })]);
    const line = {
      type: 'alarm',
      ...situation,
      occurredAt: stalledAt,
      code: 'motor-stall',
      learnedAt: readAt,
      clearedAt,
    };
    const lines = entries.filter(({ event }) => event.type === 'alarm');
    expect(lines.map(({ event }) => event)).toEqual([line, { ...line, occurredAt: clearedAt }]);
    expect(lines.map(({ when }) => when.text)).toEqual([stalledAt, clearedAt]);
    expect(lines.map((entry) => [isLogLine(entry), isClearing(entry)])).toEqual([
      [true, false],
      [true, true],
    ]);
    expect(entries.filter(isLogLine)).toHaveLength(2);
  });

  it('has nothing that the interrogation did not state', () => {
    const bare = { patient: patientNamed('MRN0710'), timeZone: undefined };
    const { entries } = fold([
      report('interrogation', 'B', '2024-06-25', { ...bare, pumpLog: [{ code: 'eri', at: stalledAt }] }),
    ]);
    const [event] = entries.flatMap((entry) => (isLogLine(entry) ? [entry.event] : []));
    expect(Object.keys(event ?? {}).toSorted()).toEqual(['code', 'occurredAt', 'patient', 'pump', 'type']);
  });

  it('is none of a report of an alarm itself, nor its clearing', () => {
    const alarm = report('alarm', 'B', stalledAt, { code: 'motor-stall', clearedAt });
    const { entries } = fold([alarm]);
    expect(entries.map((entry) => [isLogLine(entry), isClearing(entry)])).toEqual([
      [false, false],
      [false, true],
    ]);
    const low = report('alarm', 'B', stalledAt, { code: 'low-reservoir', clearedAt });
    const odd = report('alarm', 'C', stalledAt, { code: 'never heard of', clearedAt });
    expect(fold([low, odd]).entries).toHaveLength(2);
  });
});
