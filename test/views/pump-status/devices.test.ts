import { describe, expect, it } from 'vitest';
import { pump, report, simple } from '../../therapy/reports.ts';
import { by, catheter, implant, pumpOf, statusOf, unknown } from './status-of.ts';

const at = '2024-03-01T10:00:00-05:00';
const implanted = (fields: Readonly<Record<string, unknown>>) => report('implant', 'A', at, fields);
const stated = { method: 'reported', ...by('A', at, 'implant') };

describe('the pump', () => {
  it('is told with its label and pocket, each with the report that stated it first', () => {
    const label = { ...pump, reservoirMl: 40, pocketSite: 'abdomen', pocketSide: 'left', pocketPlane: 'subfascial' };
    const one = pumpOf([implanted({ pump: label, program: simple(100) })]);
    expect(one).toMatchObject({
      device: 'pump-NGP710001H',
      manufacturer: { value: 'Medtronic', ...stated },
      model: { value: '8637-40', ...stated },
      serialNumber: { value: 'NGP710001H', ...stated },
      reservoirCapacityMl: { value: 40, ...stated },
      implanted: { value: at, ...stated },
      explanted: unknown,
      pocket: {
        site: { value: 'abdomen', ...stated },
        side: { value: 'left', ...stated },
        plane: { value: 'subfascial', ...stated },
      },
    });
  });

  it('whose label was completed later says which report added what', () => {
    const label = { ...pump, reservoirMl: 40, pocketSite: 'abdomen' };
    const later = report('interrogation', 'B', '2024-05-01T10:00:00-04:00', { pump: label });
    expect(pumpOf([implanted({}), later]).pocket.site).toEqual({
      ...{ value: 'abdomen', method: 'reported' },
      ...by('B', '2024-05-01T10:00:00-04:00', 'interrogation'),
    });
  });

  it('whose capacity nobody read says that it is that of the model', () => {
    expect(pumpOf([implanted({})]).reservoirCapacityMl).toEqual({
      ...{ value: 40, ...stated },
      words: 'Of the model; not read from its label.',
    });
  });

  it('keeps a date of implantation as precise as it was reported, and says which label states it', () => {
    const label = { ...pump, implantedOn: '2018-06' };
    const seen = report('interrogation', 'B', '2024-05-01T10:00:00-04:00', { pump: label });
    expect(pumpOf([seen]).implanted).toEqual({
      ...{ value: '2018-06', method: 'reported' },
      ...by('B', '2024-05-01T10:00:00-04:00', 'interrogation'),
    });
  });

  it('in use stands before the one that was taken out', () => {
    const other = { ...pump, serialNumber: 'NEW' };
    const events = [
      implanted({}),
      report('explant', 'X', '2024-05-10T10:00:00-04:00'),
      report('implant', 'N', '2024-05-11T10:00:00-04:00', { pump: other }),
    ];
    expect(statusOf(events).pumps.map(({ device, state }) => [device, state.value])).toEqual([
      ['pump-NEW', 'active'],
      ['pump-NGP710001H', 'explanted'],
    ]);
  });

  it('of which little was reported does not know the rest', () => {
    const one = pumpOf([implanted({ pump: { manufacturer: 'Acme', serialNumber: 'X1' } })]);
    expect([one.model, one.reservoirCapacityMl, one.pocket]).toEqual([
      unknown,
      unknown,
      { site: unknown, side: unknown, plane: unknown },
    ]);
  });

  it('of a model with notices shows them', () => {
    const [first] = pumpOf([implant]).notices;
    expect(first).toMatchObject({ date: expect.any(String), words: expect.any(String), verified: expect.any(Boolean) });
    expect(pumpOf([implanted({ pump: { manufacturer: 'Acme', serialNumber: 'X1' } })]).notices).toEqual([]);
  });
});

describe('the catheter', () => {
  it('that is connected is told with the level of its tip and how surely that is known', () => {
    const label = { ...catheter, implantedLengthCm: 78, volumeMl: 0.172 };
    expect(pumpOf([implanted({ catheter: label })]).catheter).toEqual({
      device: 'catheter-L1',
      manufacturer: { value: 'Medtronic', ...stated },
      model: { value: '8780', ...stated },
      implanted: { value: at, ...stated },
      tipLevel: { value: 'T10', ...stated },
      tipLevelSource: { value: 'assumed', ...stated },
      implantedLengthCm: { value: 78, ...stated },
      volumeMl: { value: 0.172, ...stated },
    });
  });

  it('of which nothing was reported, or which was taken out, says that the level is not recorded', () => {
    const explant = report('explant', 'X', '2024-05-10T10:00:00-04:00', { catheter, removed: ['catheter'] });
    for (const events of [[implanted({})], [implant, explant]]) {
      const none = pumpOf(events).catheter;
      expect([none.device, none.model, none.tipLevel]).toEqual([
        null,
        unknown,
        { ...unknown, words: 'Tip level not recorded.' },
      ]);
    }
  });

  it('of which only the level is missing says that it is not recorded', () => {
    const { tipLevel, model } = pumpOf([implanted({ catheter: { ...catheter, tipLevel: undefined } })]).catheter;
    expect([model.value, tipLevel]).toEqual(['8780', { ...unknown, words: 'Tip level not recorded.' }]);
  });
});

describe('magnetic resonance', () => {
  const of = (label: object) => pumpOf([implanted({ pump: label })]).magneticResonance;
  const notEstablished = 'MR status not established: ask the manufacturer and radiology.';

  it('is told for exactly this reference number, with region and date of the label', () => {
    expect(of({ manufacturer: 'Flowonix', model: '91827', serialNumber: 'P1' })).toEqual({
      statements: [
        {
          status: 'mr-unsafe',
          region: 'EU',
          labelDate: '2019-10',
          verified: false,
          words: "Declared MR Unsafe by the manufacturer's notice.",
        },
      ],
      words: notEstablished,
    });
  });

  it('is never told by the name of a family, or where no label was seen', () => {
    const nothing = { statements: [], words: notEstablished };
    expect(of({ manufacturer: 'Flowonix', model: 'Prometra II 20 mL', serialNumber: 'P1' })).toEqual(nothing);
    expect(of({ manufacturer: 'Acme', serialNumber: 'P1' })).toEqual(nothing);
  });
});
