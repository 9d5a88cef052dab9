import type { MedicationAdministration } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { patientOf } from '../../stories/story.ts';
import { fill, report, simple } from '../../therapy/reports.ts';
import { codesOf, infusionBy, made, referenceTo } from '../made.ts';

const implant = (fields: object = {}) =>
  report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(100), ...fields });
const at = '2024-05-01T10:00:00-04:00';
const change = (program: object, fields: object = {}) => report('dose-change', 'B', at, { program, ...fields });
const infusionsOf = (...events: Parameters<typeof made>[0]) => made(events).of<MedicationAdministration>('infusion');
const dosageOf = (program: object, fields: object = {}) =>
  infusionBy(made([implant(), change(program, fields)]), 'B').dosage;

const twoSteps = [
  { start: '00:00', end: '12:00', doseUg: 40 },
  { start: '12:00', end: '24:00', doseUg: 60 },
];
const flex = { mode: 'flex', concentrationUgPerMl: 2000, doseUgPerDay: 100, flexSteps: twoSteps };
const weekend = {
  days: ['saturday', 'sunday'],
  doseUgPerDay: 90.5,
  flexSteps: [{ start: '00:00', end: '24:00', doseUg: 90.5 }],
};
const perDays = (value: number, days: number) => ({
  numerator: { value, unit: 'ug', system: 'http://unitsofmeasure.org', code: 'ug' },
  denominator: { value: days, unit: 'd', system: 'http://unitsofmeasure.org', code: 'd' },
});
const ugPerDay = (value: number) => ({ value, unit: 'ug/d', system: 'http://unitsofmeasure.org', code: 'ug/d' });

describe('an infusion', () => {
  it('names the programme, who set it, what was read then, and at which encounter', () => {
    const event = change(simple(120), {
      performer: { display: 'N. Urse' },
      encounter: { identifier: { system: 'urn:oid:2.16.840.1.113883.19.5.9', value: 'CSN1' } },
      reported: { monthsToEri: 40 },
    });
    const all = made([implant(), event]);
    const { meta, identifier, ...rest } = infusionBy(all, 'B');
    expect(rest).toEqual({
      resourceType: 'MedicationAdministration',
      extension: [
        { url: 'https://w3id.org/itb-fhir/StructureDefinition/infusion-mode', valueCode: 'simple-continuous' },
      ],
      status: 'in-progress',
      medicationCodeableConcept: {
        coding: [
          { system: 'http://fdasis.nlm.nih.gov', code: 'H789N3FKE8', display: 'Baclofen' },
          {
            system: 'https://w3id.org/itb-fhir/CodeSystem/itb-administration',
            code: 'baclofen',
            display: 'Baclofen for intrathecal use',
          },
        ],
        text: 'Baclofen for intrathecal use',
      },
      subject: { reference: `Patient/${patientOf(event)}` },
      context: {
        type: 'Encounter',
        identifier: { system: 'urn:oid:2.16.840.1.113883.19.5.9', value: 'CSN1' },
      },
      supportingInformation: [{ reference: referenceTo(all, 'pumpStatus', 'B') }],
      effectivePeriod: { start: at },
      performer: [
        {
          function: {
            coding: [
              {
                system: 'https://w3id.org/itb-fhir/CodeSystem/itb-performer-function',
                code: 'programmer',
                display: 'Programmer',
              },
            ],
            text: 'Programmer',
          },
          actor: { display: 'N. Urse' },
        },
      ],
      request: { reference: referenceTo(all, 'regimen', 'B') },
      device: [{ reference: referenceTo(all, 'pump', 'A') }],
      dosage: {
        text: 'Simple continuous, 120 ug per day, intrathecal; concentration 2000 ug/mL',
        route: {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration',
              code: 'IT',
              display: 'Infusion, intrathecal',
            },
            {
              system: 'https://w3id.org/itb-fhir/CodeSystem/itb-administration',
              code: 'intrathecal',
              display: 'Intrathecal',
            },
          ],
          text: 'Intrathecal',
        },
        method: {
          coding: [
            {
              system: 'https://w3id.org/itb-fhir/CodeSystem/itb-infusion-mode',
              code: 'simple-continuous',
              display: 'Simple continuous',
            },
          ],
          text: 'Simple continuous',
        },
        rateQuantity: ugPerDay(120),
      },
    });
    expect(identifier?.[1]).toEqual({ system: event.source.system, value: 'B' });
    expect(meta?.tag).toHaveLength(1);
  });

  it('of a pattern over the day has its total per day', () => {
    const dosage = dosageOf(flex);
    expect(dosage?.rateRatio).toEqual(perDays(100, 1));
    expect(dosage?.text).toBe('Flex (variable over 24 h), 100 ug per day, intrathecal; concentration 2000 ug/mL');
  });

  it('of a pattern that differs by weekday has its total per week', () => {
    const dosage = dosageOf({ ...flex, weekdayPatterns: [weekend] });
    expect(dosage?.rateRatio).toEqual(perDays(681, 7));
    expect(dosage).not.toHaveProperty('rateQuantity');
    expect(dosage?.text).toBe(
      'Flex (variable over 24 h), 681 ug per week (Saturday, Sunday 90.5 ug; other days 100 ug per day), ' +
        'intrathecal; concentration 2000 ug/mL',
    );
  });

  it('of a week in which every day has its own pattern names no dose of other days', () => {
    const workdays = {
      days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      doseUgPerDay: 80,
      flexSteps: [{ start: '00:00', end: '24:00', doseUg: 80 }],
    };
    const dosage = dosageOf({ ...flex, weekdayPatterns: [workdays, weekend] });
    expect(dosage?.rateRatio).toEqual(perDays(581, 7));
    expect(dosage?.text).toBe(
      'Flex (variable over 24 h), 581 ug per week (Monday, Tuesday, Wednesday, Thursday, Friday 80 ug; ' +
        'Saturday, Sunday 90.5 ug), intrathecal; concentration 2000 ug/mL',
    );
  });

  it('that is a bridge runs at a constant rate, whatever pattern the programme behind it has', () => {
    const bridge = { volumeMl: 0.436, durationHours: 61.5 };
    const infusions = infusionsOf(implant(), change({ ...flex, concentrationUgPerMl: 500 }, { bridge }));
    expect(infusions.map(({ dosage }) => [dosage?.rateQuantity, dosage?.rateRatio])).toEqual([
      [ugPerDay(100), undefined],
      [ugPerDay(100), undefined],
      [undefined, perDays(100, 1)],
    ]);
  });

  it('of boluses at intervals has the total per day, and with boluses on request the constant rate', () => {
    const periodic = {
      mode: 'periodic-bolus',
      concentrationUgPerMl: 2000,
      doseUgPerDay: 160,
      bolus: { doseUg: 40, intervalHours: 6 },
    };
    expect(dosageOf(periodic)?.rateRatio).toEqual(perDays(160, 1));
    const onRequest = { ...simple(90), mode: 'patient-activated', patientBolus: { doseUg: 5 } };
    expect(dosageOf(onRequest)?.rateQuantity).toEqual(ugPerDay(90));
  });

  it('at the minimum rate has the dose that flow and concentration give, where both are reported', () => {
    const minimum = { mode: 'minimum-rate', concentrationUgPerMl: 2000, rateMlPerDay: 0.006 };
    expect(dosageOf(minimum)?.rateQuantity).toEqual(ugPerDay(12));
    expect(dosageOf({ ...minimum, doseUgPerDay: 12.5 })?.rateQuantity).toEqual(ugPerDay(12.5));
  });

  it.each([
    ['no flow', { mode: 'minimum-rate', concentrationUgPerMl: 2000 }],
    ['no concentration', { mode: 'minimum-rate', rateMlPerDay: 0.006 }],
  ])('with %s and no dose is held, and said so', (_says, program) => {
    const { told, of, result } = made([implant(), change(program)]);
    expect(told).toContainEqual(['program-incomplete', true, 'program.doseUgPerDay']);
    const held = result.remarks.find(({ problem, held }) => held && problem.code === 'program-incomplete');
    expect(held?.problem.message).toBe('the programme (minimum-rate) states no daily dose');
    expect(of('infusion')).toHaveLength(1);
    expect(of('regimen')).toHaveLength(1);
  });

  it('names every other drug in the reservoir with its concentration, where it is known', () => {
    const additionalDrugs = [{ name: 'clonidine', concentrationUgPerMl: 150 }, { name: 'bupivacaine' }];
    const text = '; with clonidine 150 ug/mL, bupivacaine in the same reservoir';
    expect(dosageOf({ ...simple(120), additionalDrugs })?.text).toMatch(text);
    expect(dosageOf({ ...simple(120), additionalDrugs })?.text).toBe(
      `Simple continuous, 120 ug per day, intrathecal; concentration 2000 ug/mL${text}`,
    );
    const mixed = implant({ fill: { ...fill(18), additionalDrugs } });
    expect(infusionsOf(mixed, change(simple(120))).map(({ dosage }) => dosage?.text?.endsWith(text))).toEqual([
      true,
      true,
    ]);
  });

  it('names what is filled while it runs, and not what is filled after it ended', () => {
    const refill = report('refill', 'B', at, {
      fill: { ...fill(18), additionalDrugs: [{ name: 'clonidine' }] },
    });
    const ended = report('pump-stop', 'C', '2024-04-01T10:00:00-04:00');
    expect(infusionsOf(implant(), refill)[0]?.dosage?.text).toMatch(/; with clonidine in the same reservoir$/);
    expect(infusionsOf(implant(), refill, ended)[0]?.dosage?.text).toMatch(/; concentration 2000 ug\/mL$/);
  });

  it('names what was in the reservoir when it began: of the last fill, not of those before it', () => {
    const clonidine = { ...fill(18), additionalDrugs: [{ name: 'clonidine' }] };
    const refill = report('refill', 'B', at, { fill: fill(18), program: simple(120) });
    const isNamed = (...events: Parameters<typeof made>[0]) =>
      infusionsOf(...events).map(({ dosage }) => dosage?.text?.includes('clonidine'));
    expect(isNamed(implant({ fill: clonidine }), refill)).toEqual([true, false]);
    const mixed = report('refill', 'B', at, { fill: clonidine, program: simple(120) });
    expect(isNamed(implant(), mixed)).toEqual([false, true]);
  });

  it('names every fill that was made while it ran', () => {
    const filled = (id: string, day: string, name: string) =>
      report('refill', id, `2024-${day}T10:00:00-04:00`, { fill: { ...fill(18), additionalDrugs: [{ name }] } });
    const [infusion] = infusionsOf(
      implant({ fill: undefined }),
      filled('B', '04-01', 'clonidine'),
      filled('C', '05-01', 'bupivacaine'),
    );
    expect(infusion?.dosage?.text).toMatch(/; with clonidine, bupivacaine in the same reservoir$/);
  });

  it('does not name what was filled into another pump', () => {
    const other = { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP720002H' };
    const mixed = { ...fill(18), additionalDrugs: [{ name: 'clonidine' }] };
    const second = report('implant', 'X', '2024-03-02T10:00:00-05:00', { pump: other, fill: mixed });
    expect(infusionsOf(implant(), second).map(({ dosage }) => dosage?.text?.includes('clonidine'))).toEqual([false]);
  });

  it('is not said to be programmed by who only read it', () => {
    const read = report('interrogation', 'B', at, { program: simple(120), performer: { display: 'N. Urse' } });
    expect(infusionBy(made([implant(), read]), 'B')).not.toHaveProperty('performer');
  });

  it('stands without the reading of its session where that is not there', () => {
    const restart = report('restart', 'B', at, { program: simple(120) });
    const all = made([implant(), restart]);
    const panels = all.result.resources.map(({ identity }) => `urn:uuid:${identity}`);
    for (const { supportingInformation = [] } of all.of<MedicationAdministration>('infusion')) {
      expect(panels).toEqual(expect.arrayContaining(supportingInformation.map(({ reference }) => reference)));
    }
    expect(all.of('infusion')).toHaveLength(2);
  });
});

describe('the end of an infusion', () => {
  const stateOf = (...later: Parameters<typeof made>[0]) => {
    const [first] = infusionsOf(implant(), ...later);
    return [first?.status, codesOf(first?.statusReason?.[0])[0], first?.effectivePeriod?.end];
  };

  it('by another programme completes it', () => {
    expect(stateOf(change(simple(120)))).toEqual(['completed', 'programme-changed', at]);
  });

  it.each([
    ['pump-stop', 'pump-stopped'],
    ['explant', 'pump-explanted'],
  ])('by a report of %s stops it', (type, reason) => {
    expect(stateOf(report(type, 'B', at))).toEqual(['stopped', reason, at]);
  });

  it('by a motor stall stops it, and its recovery starts the same programme again', () => {
    const stall = report('alarm', 'B', at, { code: 'motor-stall', clearedAt: '2024-05-01T12:00:00-04:00' });
    const all = made([implant({ performer: { display: 'N. Urse' } }), stall]);
    const infusions = all.of<MedicationAdministration>('infusion');
    expect(
      infusions.map(({ status, statusReason, effectivePeriod }) => [
        status,
        codesOf(statusReason?.[0])[0],
        effectivePeriod,
      ]),
    ).toEqual([
      ['stopped', 'delivery-stopped-by-alarm', { start: '2024-03-01T10:00:00-05:00', end: at }],
      ['in-progress', undefined, { start: '2024-05-01T12:00:00-04:00' }],
    ]);
    const regimen = { reference: referenceTo(all, 'regimen', 'A') };
    expect(infusions.map(({ request }) => request)).toEqual([regimen, regimen]);
    expect(infusions.map(({ performer }) => performer?.length)).toEqual([1, undefined]);
    expect(all.of('regimen')).toMatchObject([{ status: 'active' }]);
  });

  it('by an alarm that leaves delivery uncertain completes it, for what it delivered is not in doubt', () => {
    expect(stateOf(report('alarm', 'B', at, { code: 'low-battery-reset' }))).toEqual([
      'completed',
      'delivery-uncertain',
      at,
    ]);
  });
});

describe('the reader of an infusion', () => {
  const noteOf = (...events: Parameters<typeof made>[0]) =>
    infusionsOf(...events).map(({ note }) => note?.map(({ text }) => text));

  it('is told where the concentration changed without a bridge, on the infusion that began then', () => {
    const [before, then] = noteOf(implant(), change(simple(120, 500)));
    expect(before).toBeUndefined();
    expect(then).toEqual([
      expect.stringMatching(/^The programmed concentration changed and no bridge was reported\. /),
    ]);
  });

  it('is told on bridge and infusion alike what was flagged of the report that programmed both', () => {
    const filled = { fill: fill(18, 1000), bridge: { volumeMl: 0.1, durationHours: 20 } };
    const [, bridge, after] = noteOf(implant(), report('refill', 'B', at, { program: simple(100, 500), ...filled }));
    expect(bridge).toEqual([
      expect.stringMatching(/^The bridge is not what /),
      expect.stringMatching(/^Concentration filled and concentration programmed differ/),
    ]);
    expect(after).toEqual(bridge);
  });

  it('is told of a flow below the range of the model where it runs, not on the bridge before it', () => {
    const bridged = { program: simple(70), fill: fill(18), bridge: { volumeMl: 0.3, durationHours: 51.4 } };
    const [, bridge, after] = noteOf(implant({ program: simple(70, 500) }), report('refill', 'B', at, bridged));
    expect(bridge).toBeUndefined();
    expect(after).toEqual([expect.stringMatching(/^The programme needs a flow below the range of this model\./)]);
  });

  it('is told once what several reports about the same programme were flagged for', () => {
    const again = report('refill', 'C', '2024-06-01T10:00:00-04:00', { program: simple(70), fill: fill(18) });
    expect(noteOf(implant(), change(simple(70)), again)).toEqual([
      undefined,
      [expect.stringMatching(/^The programme needs a flow below the range of this model\./)],
    ]);
  });

  it('is told, with the reader of the fill, that two sources differ about it', () => {
    const told = (eventId: string, system: string, concentrationUgPerMl: number) =>
      report('refill', eventId, at, {
        source: { system, eventId },
        fill: fill(18, concentrationUgPerMl),
      });
    const differing = [
      told('B', 'urn:oid:2.16.840.1.113883.19.5.1', 2000),
      told('C', 'urn:oid:2.16.840.1.113883.19.5.2', 500),
    ];
    const all = made([implant(), ...differing]);
    const note = [
      {
        text:
          'Two sources reported one session with the pump, and they differ. ' +
          'Correct or void one of the two reports.',
      },
    ];
    expect(infusionBy(all, 'A').note).toEqual(note);
    expect(all.by<MedicationAdministration>('reservoirFill', 'B').note).toEqual(note);
    expect(all.by<MedicationAdministration>('reservoirFill', 'A')).not.toHaveProperty('note');
  });

  it('is not told it on the infusion of another pump that ran meanwhile', () => {
    const other = report('implant', 'X', '2024-03-02T10:00:00-05:00', {
      pump: { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP720002H' },
      program: simple(100),
    });
    const all = made([implant(), other, change(simple(120, 500))]);
    expect(infusionBy(all, 'B').note).toHaveLength(1);
    expect(infusionBy(all, 'X')).not.toHaveProperty('note');
  });

  it('is not told there what concerns the fill or the battery', () => {
    const expired = report('refill', 'B', at, { fill: { ...fill(18), lotNumber: 'L', expirationDate: '2024-01-31' } });
    const [note] = noteOf(implant(), expired);
    expect(note ?? []).toEqual([]);
  });
});
