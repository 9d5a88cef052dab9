import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAlarms } from '../../src/alarm-table.ts';
import { readPumpModels } from '../../src/pump-models.ts';
import { bareName } from '../../src/therapy/bare-name.ts';

const mappingsDir = join(import.meta.dirname, '../../mappings');
const pumpsDir = join(mappingsDir, 'pumps');
const models = readPumpModels(pumpsDir);
const named = (name: string) => models.find((facts) => facts.models.includes(name));

describe('the table of pumps', () => {
  it('holds every family that clinics meet, programmable and of constant flow', () => {
    const families = models.map(({ kind, family }) => `${kind}: ${family}`);
    expect([...new Set(families)].toSorted()).toEqual([
      'constant-flow-pump: Archimedes',
      'constant-flow-pump: Codman 3000',
      'constant-flow-pump: IsoMed',
      'programmable-pump: MedStream',
      'programmable-pump: Prometra',
      'programmable-pump: Prometra II',
      'programmable-pump: SynchroMed EL',
      'programmable-pump: SynchroMed II',
      'programmable-pump: SynchroMed III',
      'programmable-pump: SynchroMed, before EL',
    ]);
  });

  it('has each reference number once', () => {
    const numbers = models.flatMap((facts) => facts.models.map(bareName));
    expect(numbers).toEqual([...new Set(numbers)]);
  });

  it('names only alarms that the table of alarms knows', () => {
    const known = readAlarms(join(mappingsDir, 'alarms.json')).map(({ code }) => code);
    const used = new Set(models.flatMap(({ alarms = [] }) => alarms));
    expect([...used].filter((code) => !known.includes(code))).toEqual([]);
  });

  it('gives the program the values, and the names of those whose source was not verified', () => {
    const { notices, manufacturerAlsoWritten: _m, familyAlsoWritten: _f, alarms, ...facts } = named('8637-40') ?? {};
    expect(facts).toEqual({
      manufacturer: 'Medtronic',
      family: 'SynchroMed II',
      kind: 'programmable-pump',
      models: ['8637-40', '8637C40'],
      reservoirMl: 40,
      lowReservoirAlarmMl: 2,
      flowMinMlPerDay: 0.048,
      flowMaxMlPerDay: 24,
      maxFlexSteps: 13,
      batteryMonthsTypical: 60,
      serviceLifeMonthsMax: 84,
      eriToEndOfServiceDays: 90,
      safety: [],
      unverified: ['lowReservoirAlarmMl', 'flowMinMlPerDay', 'flowMaxMlPerDay', 'alarms'],
    });
    expect(alarms).toHaveLength(12);
    expect(notices?.map(({ date }) => date)).toEqual(['2009/2011', '2011', '2014/2016', '2019']);
    expect(Object.keys(notices?.[0] ?? {})).toEqual(['date', 'inWords', 'verified']);
  });

  it('knows which forecast assumes that all patient-activated boluses are taken', () => {
    const assuming = models.filter(({ assumesPatientBoluses }) => assumesPatientBoluses);
    expect(new Set(assuming.map(({ family }) => family))).toEqual(new Set(['Prometra', 'Prometra II']));
  });

  it('says of no constant-flow pump that it raises alarms', () => {
    const constant = models.filter(({ kind }) => kind === 'constant-flow-pump');
    expect(constant.map(({ alarms }) => alarms)).toEqual(constant.map(() => []));
  });

  it('keeps what other sources say beside the value', () => {
    const text = readFileSync(join(pumpsDir, 'synchromed-ii.json'), 'utf8');
    expect(JSON.parse(text).facts.eriToEndOfServiceDays.conflict).toMatch(/shorten the 90 days/);
  });

  it('gives readers statements, never an instruction', () => {
    const words = models.flatMap(({ safety = [], notices = [] }) =>
      [...safety, ...notices].map(({ inWords }) => inWords),
    );
    expect(words.filter((text) => /\b(must|should|stop|replace|call)\b/i.test(text))).toEqual([]);
  });
});

describe('a file of pumps', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'itb-fhir-pumps-')), 'pumps');
    mkdirSync(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const base = { manufacturer: 'M', family: 'F', kind: 'programmable-pump', models: [{ names: ['F-1'] }] };
  const read = (content: unknown) => {
    writeFileSync(join(folder, 'f.json'), typeof content === 'string' ? content : JSON.stringify(content));
    return readPumpModels(folder);
  };
  const fact = (value: unknown) => ({ value, source: 'a page', verified: true });

  it('may say no more than a name', () => {
    expect(read(base)).toEqual([
      {
        ...{ manufacturer: 'M', manufacturerAlsoWritten: [], family: 'F', familyAlsoWritten: [] },
        ...{ kind: 'programmable-pump', models: ['F-1'], safety: [], notices: [], unverified: [] },
      },
    ]);
  });

  it('has facts of the family, and of a model, which hold before those', () => {
    const models = [{ names: ['F-1'] }, { names: ['F-2'], lowReservoirAlarmMl: fact(4), tubingMl: fact(0.2) }];
    const found = read({ ...base, facts: { lowReservoirAlarmMl: fact(2) }, models });
    expect(found.map(({ lowReservoirAlarmMl, tubingMl }) => [lowReservoirAlarmMl, tubingMl])).toEqual([
      [2, undefined],
      [4, 0.2],
    ]);
  });

  it.each([
    ['no JSON', '{', /f\.json cannot be used: /],
    ['a family without models', { ...base, models: [] }, /f\.json cannot be used:\n[\s\S]*→ at models/],
    [
      'a fact without its source',
      { ...base, facts: { tubingMl: { value: 1, verified: true } } },
      /→ at facts\.tubingMl\.source/,
    ],
    ['a fact that is none', { ...base, facts: { colour: fact(1) } }, /→ at facts/],
    ['a kind that is none', { ...base, kind: 'syringe' }, /→ at kind/],
    ['a volume of nothing', { ...base, facts: { tubingMl: fact(0) } }, /→ at facts\.tubingMl\.value/],
    [
      'a statement without its region',
      {
        ...base,
        models: [{ names: ['F-1'], safety: [{ status: 'mr-unsafe', inWords: 'x', source: 's', verified: true }] }],
      },
      /→ at models\[0\]\.safety\[0\]\.region/,
    ],
  ])('that holds %s is refused, and named', (_what, content, says) => {
    expect(() => read(content)).toThrow(says);
  });

  it('is read in the order of names, others are left alone', () => {
    writeFileSync(join(folder, 'a.json'), JSON.stringify({ ...base, family: 'A' }));
    writeFileSync(join(folder, 'README.md'), 'not data');
    expect(read(base).map(({ family }) => family)).toEqual(['A', 'F']);
    expect(readdirSync(folder)).toHaveLength(3);
  });
});
