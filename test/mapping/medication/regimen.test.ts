import type { Dosage, MedicationAdministration, MedicationRequest } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { patientOf } from '../../stories/story.ts';
import { fill, report, simple } from '../../therapy/reports.ts';
import { codesOf, made, referenceTo, regimenBy } from '../made.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(100) });
const at = '2024-05-01T10:00:00-04:00';
const change = (program: object, fields: object = {}) => report('dose-change', 'B', at, { program, ...fields });
const instructionsOf = (program: object, fields: object = {}) =>
  regimenBy(made([implant, change(program, fields)]), 'B').dosageInstruction as Dosage[];

const quantity = (value: number, unit: string) => ({ value, unit, system: 'http://unitsofmeasure.org', code: unit });
/** What differs from one instruction to another; route and text of the method are alike everywhere. */
const bare = ({ route, method, ...rest }: Dosage) => ({ ...rest, method: codesOf(method)[0] });
const step = (n: number, start: string, end: string, doseUg: number, hours: number, days?: [string[], string]) => ({
  sequence: n,
  text:
    `Step ${days?.[1] ?? n}: ${doseUg} ug from ${start} to ${end}` +
    `${days ? ` on ${days[0].join(', ')}` : ''}; concentration 2000 ug/mL`,
  timing: {
    repeat: {
      frequency: 1,
      period: 1,
      periodUnit: 'd',
      ...(days && { dayOfWeek: days[0].map((day) => day.slice(0, 3).toLowerCase()) }),
      timeOfDay: [`${start}:00`],
      duration: hours,
      durationUnit: 'h',
    },
  },
  method: 'flex-step',
  doseAndRate: [{ doseQuantity: quantity(doseUg, 'ug') }],
});

const flex = {
  mode: 'flex',
  concentrationUgPerMl: 2000,
  doseUgPerDay: 100,
  flexSteps: [
    { start: '22:00', end: '06:30', doseUg: 40 },
    { start: '06:30', end: '22:00', doseUg: 60 },
  ],
};

describe('the instructions of a programme', () => {
  it('of one rate are that rate, by the intrathecal route', () => {
    const [instruction, ...others] = instructionsOf(simple(120));
    expect(others).toEqual([]);
    expect(instruction && bare(instruction)).toEqual({
      text: 'Simple continuous, 120 ug per day; concentration 2000 ug/mL',
      method: 'simple-continuous',
      doseAndRate: [{ rateQuantity: quantity(120, 'ug/d') }],
    });
    expect(codesOf(instruction?.route)).toEqual(['IT', 'intrathecal']);
  });

  it('name the other drugs, where the programme does', () => {
    const program = { mode: 'simple-continuous', doseUgPerDay: 120, additionalDrugs: [{ name: 'clonidine' }] };
    expect(instructionsOf(program)[0]?.text).toBe(
      'Simple continuous, 120 ug per day; with clonidine in the same reservoir',
    );
  });

  it('of steps name the other drugs beside the concentration', () => {
    const [instruction] = instructionsOf({ ...flex, additionalDrugs: [{ name: 'clonidine' }] });
    expect(instruction?.text).toBe(
      'Step 1: 40 ug from 22:00 to 06:30; concentration 2000 ug/mL; with clonidine in the same reservoir',
    );
  });

  it('of a day of steps are its steps in order, past midnight and to the minute', () => {
    expect(instructionsOf(flex).map(bare)).toEqual([
      step(1, '22:00', '06:30', 40, 8.5),
      step(2, '06:30', '22:00', 60, 15.5),
    ]);
  });

  it('begin a step at the end of the day at midnight, as FHIR writes it', () => {
    const flexSteps = [
      { start: '24:00', end: '12:00', doseUg: 40 },
      { start: '12:00', end: '24:00', doseUg: 60 },
    ];
    expect(instructionsOf({ ...flex, flexSteps })[0]?.timing?.repeat?.timeOfDay).toEqual(['00:00:00']);
  });

  it('of a week name the days of each pattern', () => {
    const weekdayPatterns = [
      {
        days: ['saturday', 'sunday'],
        doseUgPerDay: 90,
        flexSteps: [{ start: '00:00', end: '24:00', doseUg: 90 }],
      },
    ];
    const others: [string[], string] = [['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'], '1'];
    expect(instructionsOf({ ...flex, weekdayPatterns }).map(bare)).toEqual([
      step(1, '22:00', '06:30', 40, 8.5, others),
      step(2, '06:30', '22:00', 60, 15.5, [others[0], '2']),
      step(3, '00:00', '24:00', 90, 24, [['Saturday', 'Sunday'], '1']),
    ]);
  });

  it('of a week in which every day has its own pattern leave out the pattern of no day', () => {
    const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
    const weekdayPatterns = [{ days, doseUgPerDay: 90, flexSteps: [{ start: '00:00', end: '24:00', doseUg: 90 }] }];
    const [only, ...others] = instructionsOf({ ...flex, weekdayPatterns });
    expect(others).toEqual([]);
    expect(only?.timing?.repeat?.dayOfWeek).toEqual(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
    expect(only).not.toHaveProperty('sequence');
  });

  it('of boluses at intervals say how much, how often, for how long, and the total in words', () => {
    const program = {
      mode: 'periodic-bolus',
      concentrationUgPerMl: 500,
      doseUgPerDay: 170,
      bolus: { doseUg: 40, durationMinutes: 15, intervalHours: 6 },
    };
    expect(instructionsOf(program).map(bare)).toEqual([
      {
        text: 'Periodic bolus, 40 ug every 6 h, 170 ug per day in all; concentration 500 ug/mL',
        timing: { repeat: { frequency: 1, period: 6, periodUnit: 'h', duration: 15, durationUnit: 'min' } },
        method: 'periodic-bolus',
        doseAndRate: [{ doseQuantity: quantity(40, 'ug') }],
      },
    ]);
  });

  it('put what the patient may request beside them, with lockout and limit', () => {
    const patientBolus = { doseUg: 5.5, durationMinutes: 10, lockoutMinutes: 120, maxPerDay: 4 };
    expect(instructionsOf({ ...simple(90), mode: 'patient-activated', patientBolus }).map(bare)).toEqual([
      {
        text: 'Patient activated, 90 ug per day; concentration 2000 ug/mL',
        method: 'patient-activated',
        doseAndRate: [{ rateQuantity: quantity(90, 'ug/d') }],
      },
      {
        text: 'Patient activated bolus, 5.5 ug, lockout 120 min, at most 4 a day',
        timing: { repeat: { frequency: 1, period: 120, periodUnit: 'min', duration: 10, durationUnit: 'min' } },
        asNeededBoolean: true,
        method: 'patient-activated-bolus',
        doseAndRate: [{ doseQuantity: quantity(5.5, 'ug') }],
        maxDosePerPeriod: { numerator: quantity(22, 'ug'), denominator: quantity(1, 'd') },
      },
    ]);
  });

  it('state of a request no lockout and no limit that were not reported', () => {
    const [, request] = instructionsOf({ ...simple(90), patientBolus: { doseUg: 5 } }).map(bare);
    expect(request).toEqual({
      text: 'Patient activated bolus, 5 ug',
      asNeededBoolean: true,
      method: 'patient-activated-bolus',
      doseAndRate: [{ doseQuantity: quantity(5, 'ug') }],
    });
  });

  it('of boluses on request alone are that request, and no infusion is written', () => {
    const all = made([
      implant,
      change({ mode: 'patient-activated', concentrationUgPerMl: 2000, patientBolus: { doseUg: 5 } }),
    ]);
    expect(regimenBy(all, 'B').dosageInstruction?.map(({ asNeededBoolean }) => asNeededBoolean)).toEqual([true]);
    expect(all.told).toContainEqual(['program-incomplete', true, 'program.doseUgPerDay']);
    expect(all.of('infusion')).toHaveLength(1);
  });

  it('of boluses on request alone name no bridge, for nothing says at which dose it runs', () => {
    const program = { mode: 'patient-activated', concentrationUgPerMl: 500, patientBolus: { doseUg: 5 } };
    const instructions = instructionsOf(program, { bridge: { volumeMl: 0.436, durationHours: 61.5 } });
    expect(instructions.map(({ method }) => codesOf(method)[0])).toEqual(['patient-activated-bolus']);
  });

  it('begin with the bridge, and run the programme after it', () => {
    const instructions = instructionsOf(simple(120, 500), { bridge: { volumeMl: 0.436, durationHours: 61.5 } });
    expect(instructions.map(bare)).toEqual([
      {
        sequence: 1,
        text: 'Bridge bolus, 120 ug per day; 0.436 mL in 61.5 h; concentration 2000 ug/mL',
        timing: { repeat: { boundsDuration: quantity(61.5, 'h') } },
        method: 'bridge-bolus',
        doseAndRate: [{ rateQuantity: quantity(120, 'ug/d') }],
      },
      {
        sequence: 2,
        text: 'Simple continuous, 120 ug per day; concentration 500 ug/mL',
        method: 'simple-continuous',
        doseAndRate: [{ rateQuantity: quantity(120, 'ug/d') }],
      },
    ]);
  });

  it('of a bridge name no concentration of the old drug that nobody reported', () => {
    const unknown = report('implant', 'A', '2024-03-01T10:00:00-05:00', {
      program: { mode: 'simple-continuous', doseUgPerDay: 100 },
    });
    const bridged = change(simple(120, 500), { bridge: { volumeMl: 0.436, durationHours: 61.5 } });
    const [first] = regimenBy(made([unknown, bridged]), 'B').dosageInstruction ?? [];
    expect(first?.text).toBe('Bridge bolus, 120 ug per day; 0.436 mL in 61.5 h');
  });

  it('of a bridge that was programmed by itself say what was stated of it', () => {
    const bridge = report('bolus', 'B', at, { bolus: { kind: 'bridge', volumeMl: 0.4, durationHours: 60 } });
    const [first] = regimenBy(made([implant, bridge]), 'B').dosageInstruction ?? [];
    expect(first?.text).toBe('Bridge bolus, 100 ug per day; 0.4 mL in 60 h; concentration 2000 ug/mL');
  });

  it('of a bridge that goes on at a new dose state no duration, for none was reported', () => {
    const first = change(simple(120, 500), { bridge: { volumeMl: 0.436, durationHours: 61.5 } });
    const during = report('dose-change', 'C', '2024-05-02T10:00:00-04:00', { program: simple(140, 500) });
    const [bridge] = regimenBy(made([implant, first, during]), 'C').dosageInstruction ?? [];
    expect(bridge && bare(bridge)).toEqual({
      sequence: 1,
      text: 'Bridge bolus, 140 ug per day; concentration 2000 ug/mL',
      method: 'bridge-bolus',
      doseAndRate: [{ rateQuantity: quantity(140, 'ug/d') }],
    });
  });
});

describe('a regimen', () => {
  const parties = {
    performer: { display: 'N. Urse' },
    encounter: { identifier: { system: 'urn:oid:2.16.840.1.113883.19.5.9', value: 'CSN1' } },
    reason: 'morning stiffness',
  };
  const profiles = ({ meta }: MedicationRequest) => meta?.profile?.map((url) => url.split('/').at(-1));

  it('names who programmed it, when, why and at which encounter, and then is one of US Core', () => {
    const { dosageInstruction, identifier, medicationCodeableConcept, meta, ...rest } = regimenBy(
      made([implant, change(simple(120), parties)]),
      'B',
    );
    expect(rest).toEqual({
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      subject: { reference: `Patient/${patientOf(implant)}` },
      encounter: {
        type: 'Encounter',
        identifier: { system: 'urn:oid:2.16.840.1.113883.19.5.9', value: 'CSN1' },
      },
      authoredOn: at,
      requester: { display: 'N. Urse' },
      reasonCode: [{ text: 'morning stiffness' }],
    });
    expect(profiles({ meta } as MedicationRequest)).toEqual(['itb-regimen', 'us-core-medicationrequest']);
  });

  it('of which nobody is named makes no claim of US Core, which asks for a requester', () => {
    expect(profiles(regimenBy(made([implant]), 'A'))).toEqual(['itb-regimen']);
  });

  it('that was only read from the pump is a report, and who read it did not order it', () => {
    const read = report('interrogation', 'B', at, { program: simple(120), performer: parties.performer });
    const regimen = regimenBy(made([implant, read]), 'B');
    expect(regimen.reportedBoolean).toBe(true);
    expect(regimen).not.toHaveProperty('requester');
    expect(regimenBy(made([implant]), 'A')).not.toHaveProperty('reportedBoolean');
  });

  it.each([
    ['another programme took over', change(simple(120)), 'completed'],
    ['the pump was stopped', report('pump-stop', 'B', at), 'stopped'],
    ['the pump was removed', report('explant', 'B', at), 'stopped'],
    ['the motor stalled', report('alarm', 'B', at, { code: 'motor-stall' }), 'stopped'],
    ['nothing happened to it', report('interrogation', 'B', at), 'active'],
  ])('where %s is %s', (_says, later, status) => {
    expect(regimenBy(made([implant, later as ReturnType<typeof report>]), 'A').status).toBe(status);
  });

  it('whose bridge ended just when another programme took over is completed', () => {
    const bridged = change(simple(120, 500), { bridge: { volumeMl: 0.436, durationHours: 61.5 } });
    const next = report('dose-change', 'C', '2024-05-03T23:30:00-04:00', { program: simple(130, 500) });
    const all = made([implant, bridged, next]);
    expect(all.of<MedicationRequest>('regimen').map(({ status }) => status)).toEqual([
      'completed',
      'completed',
      'active',
    ]);
  });

  it('that was read from a stalled pump is the one that runs once the motor turns again', () => {
    const stall = report('alarm', 'X', '2024-05-01T08:00:00-04:00', {
      code: 'motor-stall',
      clearedAt: '2024-05-01T12:00:00-04:00',
    });
    const read = report('interrogation', 'B', at, { program: simple(120) });
    const all = made([implant, stall, read]);
    const infusions = all.of<MedicationAdministration>('infusion');
    expect(infusions.map(({ request, dosage }) => [request?.reference, dosage?.rateQuantity?.value])).toEqual([
      [referenceTo(all, 'regimen', 'A'), 100],
      [referenceTo(all, 'regimen', 'B'), 120],
    ]);
  });

  it('whose bridge has ended is still active', () => {
    const bridged = change(simple(120, 500), { bridge: { volumeMl: 0.436, durationHours: 61.5 } });
    expect(regimenBy(made([implant, bridged]), 'B').status).toBe('active');
  });
});
