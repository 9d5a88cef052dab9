import { describe, expect, it } from 'vitest';
import { fill, fold, report, segmentsOf, simple } from './reports.ts';

const implant = (fields = {}) =>
  report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(100), ...fields });
const death = (occurredAt: string) => report('death', 'D', occurredAt, { pump: undefined });

describe('the death of the patient', () => {
  it('ends delivery, and nothing is forecast after it', () => {
    const therapy = fold([implant(), death('2024-04-01T06:30:00-04:00')]);
    expect(segmentsOf(therapy)).toEqual([
      {
        role: 'infusion',
        doseUgPerDay: 100,
        start: '2024-03-01T15:00:00Z',
        end: '2024-04-01T10:30:00Z',
        endReason: 'patient-died',
      },
    ]);
    const [pump] = therapy.pumps;
    expect(pump).toMatchObject({ program: { mode: 'stopped', concentrationUgPerMl: 2000 } });
    expect([pump?.forecast, pump?.life.explanted]).toEqual([undefined, undefined]);
  });

  it('known only by its month ends delivery at the last instant that it can mean', () => {
    const [segment] = segmentsOf(fold([implant(), death('2024-04')]));
    expect(segment).toMatchObject({ end: '2024-05-01T03:59:59.999Z', endReason: 'patient-died' });
  });

  it('leaves the residual of an explant afterwards to be read', () => {
    const explant = report('explant', 'X', '2024-04-03T09:00:00-04:00', { residual: { measuredMl: 16.4 } });
    const therapy = fold([implant(), death('2024-04-01T11:00:00-04:00'), explant]);
    expect(therapy.sessions.at(-1)?.residual).toMatchObject({ grade: 'ok' });
    expect(therapy.pumps[0]?.life.explanted?.text).toBe('2024-04-03T09:00:00-04:00');
    expect(therapy.sessions.map(({ entry }) => entry.event.type)).toEqual(['implant', 'explant']);
  });

  it('of a patient without a pump ends nothing', () => {
    const therapy = fold([report('baseline', 'B', '2024-01-01'), death('2024-04-01T06:30:00-04:00')]);
    expect([therapy.segments, therapy.pumps, therapy.held]).toEqual([[], [], []]);
  });
});

describe('a catheter that a session with the pump names', () => {
  const catheter = { manufacturer: 'Medtronic', model: '8780', lotNumber: 'LOT-1', volumeMl: 0.2 };

  it('is known from then on, at that pump', () => {
    const { catheters } = fold([implant(), report('interrogation', 'R', '2024-03-05T10:00:00-05:00', { catheter })]);
    expect(catheters.map(({ label, pumpKey, implanted }) => ({ lot: label.lotNumber, pumpKey, implanted }))).toEqual([
      { lot: 'LOT-1', pumpKey: 'pump|MEDTRONIC|NGP710001H', implanted: undefined },
    ]);
  });

  it('completes the label of the one that was implanted', () => {
    const { volumeMl: _, ...short } = catheter;
    const { catheters } = fold([
      implant({ catheter: short }),
      report('refill', 'R', '2024-03-05T10:00:00-05:00', { catheter, fill: fill(18) }),
    ]);
    expect(catheters).toHaveLength(1);
    expect(catheters[0]).toMatchObject({ label: { volumeMl: 0.2 }, implanted: { text: '2024-03-01T10:00:00-05:00' } });
  });
});

describe('while the reservoir is emptied on purpose', () => {
  it('no refill date is forecast, until it is filled', () => {
    const emptied = report('reservoir-emptied', 'E', '2024-03-05T10:00:00-05:00');
    const again = report('refill', 'F', '2024-03-05T14:00:00-05:00', { fill: fill(18) });
    const dates = fold([implant(), emptied, again]).sessions.map(({ forecast }) => forecast?.alarmDate?.toString());
    expect(dates).toEqual(['2025-01-15', undefined, '2025-01-19']);
  });
});
