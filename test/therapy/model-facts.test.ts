import { describe, expect, it } from 'vitest';
import { type ModelLabel, modelFacts } from '../../src/therapy/model-facts.ts';
import type { PumpModel } from '../../src/therapy/settings.ts';
import { settings } from '../stories/story.ts';

const named = (model: string, label: ModelLabel = {}) => modelFacts(settings, { ...label, model });

describe('the model of a pump', () => {
  it.each([
    '8637-40',
    '863740',
    '8637 40',
    '8637C40',
    '8637c40',
    'SynchroMed II 40 mL',
    'Synchromed II, 40ml',
    'SYNCHROMEDII 40ML',
    'SYNCHROMED II (8637-40)',
    'SynchroMed 2 40 mL',
    'Medtronic SynchroMed II pump, 8637-40',
  ])('is found however it is written: %s', (model) => {
    expect(named(model)).toMatchObject({ family: 'SynchroMed II', models: ['8637-40', '8637C40'], reservoirMl: 40 });
  });

  it('is found by its family and the size of the reservoir on the label', () => {
    expect(named('SynchroMed II', { reservoirMl: 20 })?.models).toEqual(['8637-20', '8637C20']);
    expect(named('SynchroMed II 40 mL', { reservoirMl: 20 })?.models).toEqual(['8637-40', '8637C40']);
  });

  it('is named by the longest name that fits', () => {
    expect(named('Prometra 20 mL')).toMatchObject({ family: 'Prometra', models: ['11827'] });
    expect(named('Prometra II 20 mL')).toMatchObject({ family: 'Prometra II', models: ['13827'] });
    expect(named('IsoMed 8472-20-10')).toMatchObject({ flowMlPerDay: 1, reservoirMl: 20 });
    expect(named('8472-20-07')).toMatchObject({ models: ['8472-20'], reservoirMl: 20 });
    expect(named('8472-20-07')?.flowMlPerDay).toBeUndefined();
  });

  it('that may be several of a family has what holds for all of them', () => {
    const either = named('SynchroMed II');
    expect(either).toMatchObject({
      family: 'SynchroMed II',
      kind: 'programmable-pump',
      models: ['8637-20', '8637C20', '8637-40', '8637C40'],
      eriToEndOfServiceDays: 90,
      safety: [],
    });
    expect(either && 'reservoirMl' in either).toBe(false);
    const isomed = named('IsoMed 35 mL');
    expect(isomed).toMatchObject({ kind: 'constant-flow-pump', reservoirMl: 35 });
    expect(isomed?.unverified?.toSorted()).toEqual(['alarms', 'flowMlPerDay', 'reservoirMl']);
    expect(isomed?.flowMlPerDay).toBeUndefined();
  });

  it('that may be several by their numbers has what holds for all of them', () => {
    expect(named('8637-20 / 8637-40')).toMatchObject({ family: 'SynchroMed II', maxFlexSteps: 13 });
    expect(named('8637-20 / 8667-40')).toBeUndefined();
  });

  it('of a size that its family does not have is not found', () => {
    expect(named('SynchroMed II 30 mL')).toBeUndefined();
  });

  it('of a family whose sizes are not known is found whatever the size', () => {
    expect(named('Archimedes 60 mL')).toMatchObject({ family: 'Archimedes', kind: 'constant-flow-pump' });
  });

  it.each(['', 'pump', '8637', 'SynchroMed', '-'])('is not guessed from "%s"', (model) => {
    expect(named(model)).toBeUndefined();
  });

  it('is not known where the label states none', () => {
    expect(modelFacts(settings, { manufacturer: 'Medtronic', reservoirMl: 40 })).toBeUndefined();
  });

  it('is one of its manufacturer where the table knows that one', () => {
    expect(named('8637-40', { manufacturer: 'Medtronic Neuromodulation' })?.reservoirMl).toBe(40);
    expect(named('8637-40', { manufacturer: 'MDT' })?.reservoirMl).toBe(40);
    expect(named('8637-40', { manufacturer: 'Infusyn Therapeutics' })).toBeUndefined();
    expect(named('13827', { manufacturer: 'Infusyn Therapeutics' })?.reservoirMl).toBe(20);
    expect(named('8637-40', { manufacturer: 'A dealer' })?.reservoirMl).toBe(40);
  });
});

describe('a family of which one model has no size in the table', () => {
  const of = (names: readonly string[], reservoirMl?: number) => ({
    ...(settings.models[0] as PumpModel),
    manufacturer: 'Maker',
    family: 'Family',
    familyAlsoWritten: [],
    unverified: undefined,
    models: names,
    reservoirMl,
  });
  const models = [of(['REF-20'], 20), of(['REF-X'])];
  const found = (model: string) => modelFacts({ ...settings, models }, { manufacturer: 'Maker', model })?.models;

  it('has nothing unverified where nothing of its models is', () => {
    const all = modelFacts({ ...settings, models }, { manufacturer: 'Maker', model: 'Family' });
    expect(all?.unverified).toEqual([]);
  });

  it('is that model where no other has the size, and all of them where none is stated', () => {
    expect([found('Family 20 mL'), found('Family 40 mL'), found('Family')]).toEqual([
      ['REF-20'],
      ['REF-X'],
      ['REF-20', 'REF-X'],
    ]);
  });
});

describe('what is said of magnetic resonance', () => {
  it('is said of an exact reference number, region and label', () => {
    expect(named('11827')?.safety).toEqual([
      {
        status: 'mr-conditional',
        region: 'US',
        inWords:
          'Labelled MR Conditional at 1.5 T, with the reservoir emptied before the examination. Conditions are those of the label.',
        verified: true,
      },
    ]);
    expect(named('91827')?.safety).toMatchObject([
      { status: 'mr-unsafe', region: 'EU', labelDate: '2019-10', verified: false },
    ]);
    expect(named('8637-40')?.safety).toEqual([]);
  });

  it('is not said of a pump that is known by family and size only', () => {
    expect(named('Prometra 20 mL')?.safety).toEqual([]);
  });
});
