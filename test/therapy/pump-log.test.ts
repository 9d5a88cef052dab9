import { describe, expect, it } from 'vitest';
import {
  again,
  first,
  implant,
  line,
  read,
  recoveredAt,
  recovery,
  stall,
  stallAt,
  stalled,
  told,
} from './alarm-reports.ts';
import { report, segmentsOf, simple } from './reports.ts';

describe('the log of the pump', () => {
  const lines = [line('motor-stall', stallAt), line('motor-stall-recovered', recoveredAt)];

  it('counts at its own times, however late it was read: as if it had been known in time', () => {
    const late = read('R', '2024-06-01T10:00:00Z', { pumpLog: lines });
    const change = report('dose-change', 'C', '2024-04-01T10:00:00Z', { program: simple(220) });
    const inTime = told(implant, stall('S', stallAt), recovery('T', recoveredAt), change);
    const readLate = told(implant, change, late);
    expect(segmentsOf(readLate)).toEqual(segmentsOf(inTime));
    expect(readLate.entries.map(({ source }) => source.part ?? source.rootEventId)).toEqual([
      'A',
      `log|motor-stall|${stallAt}`,
      `log|motor-stall-recovered|${recoveredAt}`,
      'C',
      'R',
    ]);
    expect(readLate.alarms.map(({ learnedAt }) => learnedAt?.toString())).toEqual([
      '2024-06-01T10:00:00Z',
      '2024-06-01T10:00:00Z',
    ]);
  });

  it('tells of a recovery only at a second reading: the same as if the first had told it', () => {
    const seen = { program: simple(200) };
    const one = read('R1', '2024-03-13T10:00:00Z', { ...seen, pumpLog: [lines[0]] });
    const two = read('R2', '2024-03-14T10:00:00Z', { ...seen, pumpLog: lines });
    expect(segmentsOf(told(implant, one))).toEqual([stalled]);
    expect(segmentsOf(told(implant, one, two))).toEqual([stalled, again(recoveredAt)]);
    expect(told(implant, one, two).alarms).toHaveLength(2);
  });

  it('states a line once, also where it is listed twice', () => {
    const twice = read('R', '2024-03-13T10:00:00Z', {
      pumpLog: [line('motor-stall', stallAt), line('Motor stall', '2024-03-11T11:00:00+01:00', recoveredAt)],
    });
    const therapy = told(implant, twice);
    expect(therapy.entries.map(({ source }) => source.part)).toEqual([
      undefined,
      `log|motor-stall|${stallAt}`,
      `log|motor-stall|${stallAt}|cleared`,
      undefined,
    ]);
    expect(segmentsOf(therapy)).toEqual([stalled, again(recoveredAt)]);
  });

  it('names the pump, the reader and the session of the interrogation', () => {
    const fields = {
      pumpLog: [lines[0]],
      performer: { display: 'a nurse' },
      clinic: { display: 'a clinic' },
      session: { reportId: 'S-1' },
    };
    const entry = told(implant, read('R', '2024-03-13T10:00:00Z', fields)).entries[1];
    const { pumpLog: _, ...stated } = fields;
    expect(entry?.event).toMatchObject({ type: 'alarm', pump: { serialNumber: 'NGP710001H' }, ...stated });
    expect(entry?.event).not.toHaveProperty('pumpLog');
    expect(entry?.when.zone).toBe('America/New_York');
  });

  it('goes with its interrogation where that is voided or held', () => {
    const late = read('R', '2024-06-01T10:00:00Z', { pumpLog: lines });
    const voided = report('void', 'V', '2024-06-02T10:00:00Z', { voids: 'R', reason: 'wrong pump' });
    expect(told(implant, late, voided).alarms).toEqual([]);
    const future = read('F', '2027-06-01T10:00:00Z', { pumpLog: lines });
    const therapy = told(implant, future);
    expect(therapy.alarms).toEqual([]);
    expect(therapy.held.map(({ entry, problem }) => [entry.event.type, problem.code])).toEqual([
      ['interrogation', 'event-in-future'],
    ]);
  });

  it('is held with its interrogation as one report where the pump is not known', () => {
    const other = { manufacturer: 'Medtronic', serialNumber: 'NGP710002H' };
    const second = report('implant', 'Z', '2024-03-01T11:00:00Z', { pump: other });
    const nameless = read('R', '2024-03-13T10:00:00Z', { pump: undefined, pumpLog: lines });
    const therapy = told(implant, second, nameless);
    expect(therapy.held.map(({ problem }) => problem.code)).toEqual(['pump-unknown']);
    expect(segmentsOf(therapy)).toEqual([{ ...first, end: stallAt, endReason: 'delivery-uncertain' }]);
  });

  it('holds a line that lies in the future of its receipt, and takes the others', () => {
    const odd = read('R', '2024-06-01T10:00:00Z', {
      pumpLog: [lines[0], line('low-reservoir', '2027-01-01T00:00:00Z')],
    });
    const therapy = told(implant, odd);
    expect(therapy.alarms.map(({ code }) => code)).toEqual(['motor-stall']);
    expect(therapy.held.map(({ entry, problem }) => [entry.source.part, problem.code])).toEqual([
      ['log|low-reservoir|2027-01-01T00:00:00Z', 'event-in-future'],
    ]);
  });
});
