import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { fill, fold, report, simple } from './reports.ts';

const lot = (lotNumber: string) => ({ manufacturer: 'Medtronic', model: '8780', lotNumber });
const implant = (fields = {}) =>
  report('implant', 'A', '2024-03-01T10:00-05:00', { fill: fill(18), program: simple(100), ...fields });
const replaced = (eventId: string, at: string, catheter: object) =>
  report('revision', eventId, at, { component: 'catheter', action: 'replaced', catheter });

/** Each device with the time of its implant and of its explant, as reported. */
const livesOf = (...events: readonly CanonicalEvent[]) => {
  const { pumps, catheters } = fold(events);
  const span = ({ implanted, explanted }: { implanted?: { text: string }; explanted?: { text: string } }) => [
    implanted?.text,
    explanted?.text,
  ];
  return { pumps: pumps.map(({ life }) => span(life)), catheters: catheters.map(span) };
};

describe('a catheter', () => {
  it('replaced by one of the same lot is another catheter', () => {
    const events = [implant({ catheter: lot('LOT-1') }), replaced('B', '2024-06-01T10:00-04:00', lot('LOT-1'))];
    expect(livesOf(...events).catheters).toEqual([
      ['2024-03-01T10:00-05:00', '2024-06-01T10:00-04:00'],
      ['2024-06-01T10:00-04:00', undefined],
    ]);
    const keys = fold(events).catheters.map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
  });

  it('with a serial number stays one device, also where it is named after it was removed', () => {
    const first = { manufacturer: 'Medtronic', serialNumber: 'CAT1' };
    const events = [
      implant({ catheter: first }),
      replaced('B', '2024-06-01T10:00-04:00', { manufacturer: 'Medtronic', serialNumber: 'CAT2' }),
      report('revision', 'C', '2024-06-02T10:00-04:00', { component: 'catheter', action: 'repaired', catheter: first }),
    ];
    expect(fold(events).catheters.map(({ key }) => key)).toEqual([
      'catheter|MEDTRONIC|serial|CAT1',
      'catheter|MEDTRONIC|serial|CAT2',
    ]);
  });

  it('kept at the replacement of the pump joins the new pump and keeps its own implant', () => {
    const next = { manufacturer: 'Medtronic', serialNumber: 'NGP710009H' };
    const events = [
      implant({ catheter: lot('LOT-1') }),
      report('explant', 'B', '2024-06-01T10:00-04:00'),
      report('implant', 'C', '2024-06-01T11:00-04:00', { pump: next, catheterKept: true }),
    ];
    expect(livesOf(...events)).toEqual({
      pumps: [
        ['2024-03-01T10:00-05:00', '2024-06-01T10:00-04:00'],
        ['2024-06-01T11:00-04:00', undefined],
      ],
      catheters: [['2024-03-01T10:00-05:00', undefined]],
    });
    expect(fold(events).catheters[0]?.pumpKey).toBe('pump|MEDTRONIC|NGP710009H');
  });

  it('is removed with its pump where the explant says so', () => {
    const explant = report('explant', 'B', '2024-06', { removed: ['pump', 'catheter'] });
    expect(livesOf(implant({ catheter: lot('LOT-1') }), explant)).toEqual({
      pumps: [['2024-03-01T10:00-05:00', '2024-06']],
      catheters: [['2024-03-01T10:00-05:00', '2024-06']],
    });
  });
});

describe('a pump', () => {
  it('implanted again after an explant is not explanted any more', () => {
    const events = [
      implant(),
      report('explant', 'B', '2024-06-01T10:00-04:00'),
      report('implant', 'C', '2024-07-01T10:00-04:00'),
    ];
    expect(livesOf(...events).pumps).toEqual([['2024-07-01T10:00-04:00', undefined]]);
  });

  it('is completed by what later reports add to its label; what was stated first stands', () => {
    const pump = { manufacturer: 'medtronic', serialNumber: 'ngp710001h', model: 'other', firmware: '2.1' };
    const { label } =
      fold([implant(), report('interrogation', 'B', '2024-06-01T10:00-04:00', { pump })]).pumps[0]?.life ?? {};
    expect(label).toMatchObject({
      manufacturer: 'Medtronic',
      model: '8637-40',
      serialNumber: 'NGP710001H',
      firmware: '2.1',
    });
  });
});

describe('a pump replaced in one report', () => {
  const next = { manufacturer: 'Medtronic', model: '8667-20', serialNumber: 'NGP720002H' };
  const events = (fields: object) => [
    implant({ catheter: lot('LOT-1') }),
    report('revision', 'B', '2024-06-01T10:00-04:00', { component: 'pump', action: 'replaced', ...fields }),
  ];

  it('ends the old one at that time, and the catheter joins the new one', () => {
    const therapy = fold(events({ pump: next, fill: fill(18), program: simple(100) }));
    expect(
      therapy.pumps.map(({ life }) => [life.label.serialNumber, life.implanted?.text, life.explanted?.text]),
    ).toEqual([
      ['NGP710001H', '2024-03-01T10:00-05:00', '2024-06-01T10:00-04:00'],
      ['NGP720002H', '2024-06-01T10:00-04:00', undefined],
    ]);
    expect(therapy.catheters.map(({ pumpKey, explanted }) => [pumpKey, explanted])).toEqual([
      ['pump|MEDTRONIC|NGP720002H', undefined],
    ]);
    expect(therapy.segments.map(({ pumpKey, endReason }) => [pumpKey, endReason])).toEqual([
      ['pump|MEDTRONIC|NGP710001H', 'pump-explanted'],
      ['pump|MEDTRONIC|NGP720002H', undefined],
    ]);
    expect(therapy.held).toEqual([]);
  });

  it('is held where it does not name the new one, and the old one goes on', () => {
    const therapy = fold(events({ pump: undefined }));
    expect(therapy.held.map(({ problem: { code, place } }) => [code, place?.field])).toEqual([
      ['pump-unknown', 'pump'],
    ]);
    expect(therapy.pumps.map(({ life }) => life.explanted)).toEqual([undefined]);
    expect(therapy.segments.map(({ endReason }) => endReason)).toEqual([undefined]);
  });
});
