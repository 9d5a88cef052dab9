import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import { fill, flagged, fold, report, simple } from './reports.ts';

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

  it('is held where it does not name the new one, and what the old one runs from then on is not known', () => {
    const therapy = fold(events({ pump: undefined }));
    expect(therapy.held.map(({ problem: { code, place } }) => [code, place?.field])).toEqual([
      ['pump-unknown', 'pump'],
    ]);
    expect(therapy.pumps.map(({ life }) => life.explanted)).toEqual([undefined]);
    expect(therapy.segments.map(({ endReason }) => endReason)).toEqual(['programme-unknown']);
    expect(therapy.pumps[0]?.program).toBeUndefined();
  });
});

describe('what was removed', () => {
  const catheterless = implant();
  const withCatheter = implant({ catheter: lot('LOT-1') });
  const june = '2024-06-01T10:00-04:00';

  it('keeps why, in words and as registries count it', () => {
    const fields = { removed: ['pump', 'catheter'], reason: 'pocket infection', cause: 'infection' };
    const { pumps, catheters } = fold([withCatheter, report('explant', 'B', june, fields)]);
    const why = { explantReason: 'pocket infection', explantCause: 'infection' };
    expect(pumps[0]?.life).toMatchObject(why);
    expect(catheters[0]).toMatchObject(why);
  });

  it('is the pump where the report does not say: the catheter stays', () => {
    const { pumps, catheters } = fold([withCatheter, report('explant', 'B', june)]);
    expect(pumps[0]?.life.explanted?.text).toBe(june);
    expect(catheters[0]?.explanted).toBeUndefined();
  });

  it('may be the catheter while the pump runs on', () => {
    const therapy = fold([withCatheter, report('explant', 'B', june, { removed: ['catheter'], cause: 'malfunction' })]);
    expect(therapy.catheters[0]).toMatchObject({ explantCause: 'malfunction', explanted: { text: june } });
    expect(therapy.pumps[0]?.life.explanted).toBeUndefined();
    expect(therapy.segments.map(({ endReason }) => endReason)).toEqual([undefined]);
  });

  it('may be a catheter that was left when its pump was removed before, without any pump named', () => {
    const later = report('explant', 'C', '2024-07-01T10:00-04:00', { pump: undefined, removed: ['catheter'] });
    const therapy = fold([withCatheter, report('explant', 'B', june), later]);
    expect(therapy.catheters.map(({ explanted }) => explanted?.text)).toEqual(['2024-07-01T10:00-04:00']);
    expect(therapy.held).toEqual([]);
  });

  it('may leave the catheter in the body: no pump uses it then, until one is said to', () => {
    const left = report('explant', 'B', june, { catheterAbandoned: true });
    const again = (fields: Readonly<Record<string, unknown>>) =>
      report('implant', 'C', '2024-09-02T10:00-04:00', fields);
    const state = (...events: Parameters<typeof fold>[0]) =>
      fold([withCatheter, ...events]).catheters.map(({ explanted, abandoned, pumpKey }) => [
        explanted?.text,
        abandoned?.text,
        pumpKey?.split('|').at(-1),
      ]);
    expect(state(left)).toEqual([[undefined, june, 'NGP710001H']]);
    const next = { pump: { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP710009H' } };
    expect(state(left, again({ ...next, catheterKept: true }))).toEqual([[undefined, june, 'NGP710001H']]);
    const removed = report('explant', 'D', '2024-10-01T10:00-04:00', { removed: ['catheter'], pump: undefined });
    expect(state(left, removed)).toEqual([['2024-10-01T10:00-04:00', june, 'NGP710001H']]);
  });

  it('is the catheter that the report names, known before or not', () => {
    const second = report('implant', 'Z', '2024-03-02T10:00-05:00', { pump: undefined, catheter: lot('LOT-2') });
    const named = (lotNumber: string) =>
      fold([
        withCatheter,
        second,
        report('explant', 'B', june, { removed: ['catheter'], catheter: lot(lotNumber) }),
      ]).catheters.map(({ explanted }) => explanted?.text);
    expect(named('LOT-2')).toEqual([undefined, june]);
    expect(named('LOT-3')).toEqual([undefined, undefined, june]);
  });

  it('is not guessed among several catheters that hang on no pump', () => {
    const loose = ['LOT-1', 'LOT-2'].map((lotNumber, n) =>
      report('implant', `Z${n}`, '2024-03-02T10:00-05:00', { pump: undefined, catheter: lot(lotNumber) }),
    );
    const explant = report('explant', 'B', june, { pump: undefined, removed: ['catheter'] });
    expect(fold([...loose, explant]).catheters.map(({ explanted }) => explanted)).toEqual([undefined, undefined]);
  });

  it('is forgotten when the same pump is implanted again, and what it held is not known', () => {
    const events = [
      catheterless,
      report('explant', 'B', june, { cause: 'infection', reason: 'infection' }),
      report('implant', 'C', '2024-09-01T10:00-04:00', { program: simple(50) }),
    ];
    const [pump] = fold(events).pumps;
    expect(pump?.life.implanted?.text).toBe('2024-09-01T10:00-04:00');
    expect([pump?.life.explanted, pump?.life.explantCause, pump?.life.explantReason]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(pump?.reservoir.volumeMl).toBeUndefined();
    expect(fold(events).segments.map(({ endReason }) => endReason)).toEqual(['pump-explanted', undefined]);
  });

  it('is forgotten of a catheter too, when one of the same serial number is implanted again', () => {
    const serial = { manufacturer: 'Medtronic', serialNumber: 'CAT1' };
    const events = [
      implant({ catheter: serial }),
      report('explant', 'B', june, { removed: ['pump', 'catheter'], cause: 'infection', reason: 'infection' }),
      report('implant', 'C', '2024-09-01T10:00-04:00', { catheter: serial }),
    ];
    const { catheters } = fold(events);
    expect(catheters).toHaveLength(1);
    expect(catheters[0]).toMatchObject({
      implanted: { text: '2024-09-01T10:00-04:00' },
      explanted: undefined,
      explantReason: undefined,
      explantCause: undefined,
    });
  });

  it('compares what was measured, and ends delivery on a taper at its last dose', () => {
    const taper = report('dose-change', 'T', '2024-05-01T10:00-04:00', { program: simple(50), phase: 'taper' });
    const explant = report('explant', 'B', june, { residual: { measuredMl: 14 } });
    const therapy = fold([catheterless, taper, explant]);
    expect(therapy.segments.map(({ endReason }) => endReason)).toEqual(['programme-changed', 'pump-explanted']);
    expect(therapy.sessions.at(-1)?.residual?.grade).toBe('ok');
  });
});

describe('a revision', () => {
  const at = '2024-06-01T10:00-04:00';

  it('of the catheter ends the one that it names, says why, and leaves the pump running', () => {
    const events = [
      implant({ catheter: lot('LOT-1') }),
      report('revision', 'B', at, {
        component: 'catheter',
        action: 'replaced',
        removedCatheter: lot('LOT-1'),
        catheter: lot('LOT-2'),
        reason: 'kink at the fascia',
      }),
    ];
    const { catheters, segments } = fold(events);
    expect(
      catheters.map(({ explanted, explantReason, implanted }) => [implanted?.text, explanted?.text, explantReason]),
    ).toEqual([
      ['2024-03-01T10:00-05:00', at, 'kink at the fascia'],
      [at, undefined, undefined],
    ]);
    expect(catheters[1]?.pumpKey).toBe('pump|MEDTRONIC|NGP710001H');
    expect(segments).toHaveLength(1);
  });

  it('measures what is left, before a fill and without one; the next comparison begins after the prime', () => {
    const fields = { component: 'catheter', action: 'repaired', residual: { measuredMl: 13 } };
    const measured = fold([implant(), report('revision', 'B', at, fields)]).sessions[1]?.residual;
    expect(measured?.measuredMl && toNumber(measured.measuredMl, 3)).toBe(13);
    const events = [implant(), report('revision', 'B', at, { ...fields, fill: fill(18), prime: { volumeMl: 0.4 } })];
    const read = report('interrogation', 'C', '2024-06-02T10:00-04:00', { residual: { measuredMl: 17 } });
    const therapy = fold([...events, read]);
    expect(therapy.fills[1]?.residual.measuredMl && toNumber(therapy.fills[1].residual.measuredMl, 3)).toBe(13);
    const { volumeAtLastFillMl } = therapy.sessions[2]?.residual ?? {};
    expect(volumeAtLastFillMl && toNumber(volumeAtLastFillMl, 3)).toBe(17.6);
    expect(therapy.primings).toHaveLength(1);
  });

  it('that replaces one of two pumps without saying which ends neither, and says so', () => {
    const serial = (serialNumber: string) => ({ manufacturer: 'Medtronic', serialNumber });
    const two = report('implant', 'Z', '2024-03-02T10:00-05:00', { pump: serial('TWO') });
    const fields = { component: 'pump', action: 'replaced', pump: serial('THREE') };
    const therapy = fold([implant(), two, report('revision', 'B', at, fields)]);
    expect(therapy.pumps.map(({ life }) => life.explanted)).toEqual([undefined, undefined, undefined]);
    expect(therapy.pumps[2]?.life.implanted?.text).toBe(at);
    expect(flagged(therapy, 'order-incomplete')).toContain('order-incomplete');
  });

  it('that replaces the pump says why the old one was removed', () => {
    const next = { manufacturer: 'Medtronic', serialNumber: 'NEXT' };
    const fields = { component: 'pump', action: 'replaced', pump: next, reason: 'end of service' };
    expect(fold([implant(), report('revision', 'B', at, fields)]).pumps[0]?.life.explantReason).toBe('end of service');
  });
});

describe('a new pump while another is implanted', () => {
  const next = { manufacturer: 'Medtronic', serialNumber: 'NGP710009H' };
  const second = report('implant', 'B', '2024-06-01T11:00-04:00', { pump: next });

  it('is flagged as long as nobody reports the explant of the first, and neither is ended', () => {
    const therapy = fold([implant(), second]);
    const flags = therapy.flags.filter(({ problem }) => problem.code === 'order-incomplete');
    expect(flags.map(({ entry, pumpKey }) => [entry.source.rootEventId, pumpKey])).toEqual([
      ['B', 'pump|MEDTRONIC|NGP710009H'],
    ]);
    expect(therapy.pumps.map(({ life }) => life.explanted)).toEqual([undefined, undefined]);
  });

  it.each([
    ['before it', '2024-06-01T10:00-04:00'],
    ['after it in the same operation', '2024-06-01T11:30-04:00'],
    ['some day of that month', '2024-06'],
  ])('is not flagged where the first was removed %s', (_, at) => {
    expect(flagged(fold([implant(), second, report('explant', 'C', at)]), 'order-incomplete')).toEqual([]);
  });

  it('is flagged beside a pump that only an interrogation ever named', () => {
    const seen = report('interrogation', 'A', '2024-03-01T10:00-05:00');
    expect(flagged(fold([seen, second]), 'order-incomplete')).toEqual(['order-incomplete']);
  });

  it('keeps the catheter that hangs on the pump before it, or on none', () => {
    const kept = report('implant', 'B', '2024-06-01T11:00-04:00', { pump: next, catheterKept: true });
    const keptBy = (...events: readonly CanonicalEvent[]) => fold(events).catheters.map(({ pumpKey }) => pumpKey);
    expect(keptBy(implant({ catheter: lot('LOT-1') }), kept)).toEqual(['pump|MEDTRONIC|NGP710009H']);
    const loose = report('implant', 'Z', '2024-03-02T10:00-05:00', { pump: undefined, catheter: lot('LOT-2') });
    expect(keptBy(implant({ catheter: lot('LOT-1') }), loose, kept)).toEqual([
      'pump|MEDTRONIC|NGP710001H',
      'pump|MEDTRONIC|NGP710009H',
    ]);
  });

  it('does not say which of two catheters was kept where both are free', () => {
    const loose = ['LOT-1', 'LOT-2'].map((lotNumber, n) =>
      report('implant', `Z${n}`, '2024-03-02T10:00-05:00', { pump: undefined, catheter: lot(lotNumber) }),
    );
    const kept = report('implant', 'B', '2024-06-01T11:00-04:00', { pump: next, catheterKept: true });
    const therapy = fold([...loose, kept]);
    expect(therapy.catheters.map(({ pumpKey }) => pumpKey)).toEqual([undefined, undefined]);
    expect(flagged(therapy, 'order-incomplete')).toEqual(['order-incomplete']);
  });

  it('may keep a catheter of which nothing is known', () => {
    const kept = report('implant', 'B', '2024-06-01T11:00-04:00', { pump: next, catheterKept: true });
    const therapy = fold([kept]);
    expect([therapy.catheters, therapy.held]).toEqual([[], []]);
  });
});

describe('an implant date on a label', () => {
  const dated = { manufacturer: 'Medtronic', serialNumber: 'NGP710001H', implantedOn: '2018-09' };
  const seen = report('interrogation', 'B', '2024-06-01T10:00-04:00', { pump: dated });

  it('stands where no implant was reported', () => {
    expect(fold([seen]).pumps[0]?.life.implanted).toMatchObject({ text: '2018-09', precision: 'month' });
  });

  it('stands where the pump had been named without it before', () => {
    const before = report('interrogation', 'A', '2024-05-01T10:00-04:00');
    expect(fold([before, seen]).pumps[0]?.life.implanted?.text).toBe('2018-09');
  });

  it('gives way to a report of the implant, before and after', () => {
    const started = '2024-03-01T10:00-05:00';
    expect(fold([implant(), seen]).pumps[0]?.life.implanted?.text).toBe(started);
    const late = report('implant', 'C', '2024-07-01T10:00-04:00');
    expect(fold([seen, late]).pumps[0]?.life.implanted?.text).toBe('2024-07-01T10:00-04:00');
  });

  it('of a catheter stands where it was there before the implant that names it, else the report does', () => {
    const implantedOf = (implantedOn: string) =>
      fold([implant({ catheter: { ...lot('LOT-1'), implantedOn } })]).catheters[0]?.implanted?.text;
    expect(implantedOf('2018-09')).toBe('2018-09');
    expect(implantedOf('2024-02-29')).toBe('2024-02-29');
    expect(implantedOf('2024-03-01')).toBe('2024-03-01T10:00-05:00');
    const named = report('revision', 'B', '2024-06-01T10:00-04:00', {
      component: 'catheter',
      action: 'repaired',
      catheter: { ...lot('LOT-1'), implantedOn: '2019' },
    });
    expect(fold([report('implant', 'A', '2024-03-01T10:00-05:00'), named]).catheters[0]?.implanted?.text).toBe('2019');
  });
});
