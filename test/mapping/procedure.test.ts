import type { Procedure } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { patientOf } from '../stories/story.ts';
import { type Fields, fill, pump, report, simple } from '../therapy/reports.ts';
import { codesOf, made, procedureBy, referenceTo } from './made.ts';

const catheter = { manufacturer: 'Medtronic', model: '8780', lotNumber: 'LOT-C9' };
const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { catheter, program: simple(100) });
const at = '2024-05-01T10:00:00-04:00';
const later = (type: string, fields: Fields = {}) => report(type, 'B', at, fields);
const procedureOf = (event: CanonicalEvent, ...before: CanonicalEvent[]) =>
  procedureBy(made([...before, event]), event.source.eventId);

describe('the Procedure of a report', () => {
  it('says where, when, by whom, on what and in which session it was done', () => {
    const event = later('refill', {
      fill: fill(18),
      performer: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1487654321' }, display: 'N. Urse' },
      clinic: {
        identifier: { system: 'urn:oid:2.16.840.1.113883.19.5.8', value: 'SC-1' },
        display: 'Spasticity clinic',
      },
      encounter: { identifier: { system: 'urn:oid:2.16.840.1.113883.19.5.9', value: 'CSN1' } },
      session: {
        reportId: 'SR-1',
        programmerModel: 'A810',
        softwareVersion: '2.0',
        programmerClockAt: '2024-05-01T10:01:00-04:00',
        deviceClockAt: '2024-05-01T09:58:00-04:00',
      },
      needleAttempts: 2,
      imagingUsed: 'ultrasound',
      rinseVolumeMl: 5,
      reason: 'planned',
    });
    const all = made([implant, event]);
    const { meta, identifier, ...rest } = procedureBy(all, 'B');
    expect(identifier?.slice(1)).toEqual([
      { system: event.source.system, value: 'B' },
      { type: { text: 'Session report of the programmer' }, value: 'SR-1' },
    ]);
    expect(rest).toEqual({
      resourceType: 'Procedure',
      status: 'completed',
      category: {
        coding: [{ system: 'https://w3id.org/itb-fhir/CodeSystem/itb-pump-event', code: 'refill', display: 'Refill' }],
        text: 'Refill',
      },
      code: {
        coding: [
          {
            system: 'https://w3id.org/itb-fhir/CodeSystem/itb-procedure',
            code: 'pump-refill',
            display: 'Refill of pump reservoir',
          },
        ],
        text: 'Refill of pump reservoir',
      },
      subject: { reference: `Patient/${patientOf(event)}` },
      encounter: {
        type: 'Encounter',
        identifier: { system: 'urn:oid:2.16.840.1.113883.19.5.9', value: 'CSN1' },
      },
      performedDateTime: at,
      performer: [
        {
          function: {
            coding: [
              {
                system: 'https://w3id.org/itb-fhir/CodeSystem/itb-performer-function',
                code: 'refiller',
                display: 'Refiller',
              },
            ],
            text: 'Refiller',
          },
          actor: {
            identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1487654321' },
            display: 'N. Urse',
          },
        },
      ],
      location: {
        identifier: { system: 'urn:oid:2.16.840.1.113883.19.5.8', value: 'SC-1' },
        display: 'Spasticity clinic',
      },
      reasonCode: [{ text: 'planned' }],
      focalDevice: [
        {
          action: { coding: [{ system: 'http://hl7.org/fhir/device-action', code: 'manipulated' }] },
          manipulated: { reference: referenceTo(all, 'pump', 'A') },
        },
      ],
      usedReference: [{ reference: referenceTo(all, 'medication', 'B') }],
      note: [
        { text: 'Needle attempts: 2' },
        { text: 'Imaging used: ultrasound' },
        { text: 'Reservoir rinsed with: 5 mL' },
        { text: 'Programmer: A810' },
        { text: 'Software of the programmer: 2.0' },
        { text: 'Clock of the programmer: 2024-05-01T10:01:00-04:00' },
        { text: 'Clock of the pump: 2024-05-01T09:58:00-04:00' },
      ],
    });
    expect(meta?.source).toBe(event.source.system);
  });

  it('leaves out what was not reported', () => {
    const procedure = procedureOf(later('pump-stop'), implant);
    const absent = ['encounter', 'performer', 'location', 'reasonCode', 'bodySite', 'usedReference', 'note'];
    expect(absent.filter((name) => name in procedure)).toEqual([]);
    expect(procedure.identifier).toHaveLength(2);
  });

  it('names the drug of every fill, and only of a fill', () => {
    const filled = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18) });
    const all = made([filled, later('dose-change', { program: simple(120) })]);
    expect(procedureBy(all, 'A').usedReference).toEqual([{ reference: referenceTo(all, 'medication', 'A') }]);
    expect(procedureBy(all, 'B')).not.toHaveProperty('usedReference');
  });
});

describe('what was done', () => {
  const label = { manufacturer: 'Medtronic', model: '8667-20', serialNumber: 'NGP720002H' };
  const single = { kind: 'single', doseUg: 25, durationMinutes: 10 };
  const by = { performer: { display: 'N. Urse' } };
  const done = (event: CanonicalEvent, ...before: CanonicalEvent[]) => {
    const { code, performer } = procedureOf(event, ...before);
    return [codesOf(code)[0], codesOf(performer?.[0]?.function)[0]];
  };

  it.each([
    [
      'implant',
      { ...by, pump: label, catheter: { ...catheter, lotNumber: 'LOT-C10' } },
      ['system-implant', 'operator'],
    ],
    ['implant', { ...by, pump: label }, ['pump-implant', 'operator']],
    ['implant', { ...by, pump: label, catheter, catheterKept: true }, ['pump-implant', 'operator']],
    ['implant', { ...by, pump: undefined, catheter }, ['catheter-implant', 'operator']],
    ['refill', { ...by, fill: fill(18) }, ['pump-refill', 'refiller']],
    ['reservoir-emptied', by, ['reservoir-emptying', 'refiller']],
    ['dose-change', { ...by, program: simple(120) }, ['pump-reprogramming', 'programmer']],
    ['restart', { ...by, program: simple(120) }, ['pump-reprogramming', 'programmer']],
    ['pump-stop', by, ['pump-reprogramming', 'programmer']],
    ['interrogation', by, ['pump-interrogation', 'programmer']],
    ['bolus', { ...by, bolus: single }, ['bolus-programming', 'programmer']],
    ['bolus', { ...by, bolus: { kind: 'priming', volumeMl: 0.3 } }, ['bolus-programming', 'programmer']],
    [
      'bolus',
      { ...by, bolus: { kind: 'bridge', volumeMl: 0.4, durationHours: 60 } },
      ['bolus-programming', 'programmer'],
    ],
    ['revision', { ...by, component: 'catheter', action: 'repositioned' }, ['catheter-revision', 'operator']],
    ['revision', { ...by, component: 'pump', action: 'repositioned' }, ['pump-revision', 'operator']],
    [
      'revision',
      { ...by, component: 'pump', action: 'replaced', pump: label },
      ['pump-replacement-catheter-kept', 'operator'],
    ],
    ['explant', by, ['pump-explant', 'operator']],
    ['explant', { ...by, removed: ['catheter'] }, ['catheter-explant', 'operator']],
    ['explant', { ...by, removed: ['pump'] }, ['pump-explant', 'operator']],
    ['explant', { ...by, removed: ['pump', 'catheter'] }, ['system-explant', 'operator']],
  ] as readonly [string, Fields, string[]][])('%s %j is coded as %j', (type, fields, expected) => {
    expect(done(later(type, fields), implant)).toEqual(expected);
  });

  it('by the patient is no procedure: the pump gives what was programmed before', () => {
    const bolus = later('bolus', { bolus: { ...single, kind: 'patient-activated' } });
    const procedures = made([implant, bolus]).of<Procedure>('procedure');
    expect(procedures.map(({ identifier }) => identifier?.[1]?.value)).toEqual(['A']);
  });

  it('in a report that is held is not written', () => {
    const unknown = report('refill', 'B', at, { pump: undefined, fill: fill(18) });
    const { of, told } = made([unknown]);
    expect(of('procedure')).toEqual([]);
    expect(told).toContainEqual(['pump-unknown', true, 'pump']);
  });
});

describe('the devices that it was done on', () => {
  const second = { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP720002H' };
  const did = ({ focalDevice }: Procedure) =>
    focalDevice?.map(({ action, manipulated }) => [codesOf(action)[0], manipulated.reference]);

  it('are pump and catheter, where both were implanted', () => {
    const all = made([implant]);
    expect(did(procedureBy(all, 'A'))).toEqual([
      ['implanted', referenceTo(all, 'pump', 'A')],
      ['implanted', referenceTo(all, 'catheter', 'A')],
    ]);
  });

  it('are the new pump and the catheter that it joins, though nobody names the catheter', () => {
    const all = made([implant, later('implant', { pump: second, catheterKept: true })]);
    expect(did(procedureBy(all, 'B'))).toEqual([
      ['implanted', referenceTo(all, 'pump', 'B')],
      ['manipulated', referenceTo(all, 'catheter', 'A')],
    ]);
  });

  it('are not the catheters of another pump', () => {
    const elsewhere = report('implant', 'X', '2024-03-02T10:00:00-05:00', {
      pump: { ...second, serialNumber: 'NGP730003H' },
      catheter: { ...catheter, lotNumber: 'LOT-C10' },
    });
    const all = made([implant, elsewhere, later('implant', { pump: second, catheterKept: true })]);
    expect(did(procedureBy(all, 'B'))).not.toContainEqual(['manipulated', referenceTo(all, 'catheter', 'X')]);
  });

  it('are implanted by every report of the implantation, also by a second one', () => {
    const all = made([implant, later('implant')]);
    expect(did(procedureBy(all, 'B'))).toEqual([['implanted', referenceTo(all, 'pump', 'A')]]);
    expect(did(procedureBy(all, 'A'))?.[0]).toEqual(['implanted', referenceTo(all, 'pump', 'A')]);
  });

  it('of a refill are its pump alone', () => {
    const all = made([implant, later('refill', { fill: fill(18) })]);
    expect(did(procedureBy(all, 'B'))).toEqual([['manipulated', referenceTo(all, 'pump', 'A')]]);
  });

  it('are none where a catheter that nobody reported was removed', () => {
    const all = made([later('explant', { pump: undefined, removed: ['catheter'] })]);
    expect(procedureBy(all, 'B')).not.toHaveProperty('focalDevice');
  });
});

describe('why it was done', () => {
  const reasonOf = (fields: Fields) => procedureOf(later('explant', fields), implant).reasonCode;
  const cause = {
    system: 'https://w3id.org/itb-fhir/CodeSystem/itb-explant-cause',
    code: 'battery',
    display: 'Battery',
  };

  it('is the cause as registries count it, with the words of the reporter', () => {
    expect(reasonOf({ cause: 'battery', reason: 'low battery since May' })).toEqual([
      { coding: [cause], text: 'low battery since May' },
    ]);
    expect(reasonOf({ cause: 'battery' })).toEqual([{ coding: [cause], text: 'Battery' }]);
    expect(reasonOf({ reason: 'low battery since May' })).toEqual([{ text: 'low battery since May' }]);
    expect(reasonOf({})).toBeUndefined();
  });

  it.each(['infection', 'malfunction', 'end-of-therapy', 'patient-choice', 'death', 'other'])('may be %s', (stated) => {
    expect(reasonOf({ cause: stated })?.map(codesOf)).toEqual([[stated]]);
  });
});

describe('where it was done', () => {
  const siteOf = (fields: Fields, packs: string[] = []) => {
    const event = report('implant', 'A', '2024-03-01T10:00:00-05:00', fields);
    return procedureBy(made([event], { packs }), 'A').bodySite;
  };
  const pocket = (label: object, packs?: string[]) => siteOf({ pump: { ...pump, ...label } }, packs)?.[0];
  const tip = (label: object, packs?: string[]) => siteOf({ catheter: { ...catheter, ...label } }, packs)?.[0];

  it('is in words: pocket with side and plane, and the level of the tip with how surely it is known', () => {
    expect(
      siteOf({
        pump: { ...pump, pocketSite: 'abdomen', pocketSide: 'right', pocketPlane: 'subcutaneous' },
        catheter: { ...catheter, tipLevel: 'T10', tipLevelSource: 'operative-note' },
      }),
    ).toEqual([
      { text: 'pump pocket: abdomen, right, subcutaneous' },
      { text: 'catheter tip at the level of T10 (operative note)' },
    ]);
    expect(tip({ tipLevel: 'T9', tipLevelSource: 'unknown' })?.text).toBe(
      'catheter tip at the level of T9 (source unknown)',
    );
    expect(tip({ tipLevel: 'T9', tipLevelSource: 'assumed' })?.text).toBe('catheter tip at the level of T9 (assumed)');
    expect(pocket({ pocketPlane: 'subfascial' })).toEqual({ text: 'pump pocket: subfascial' });
  });

  it('has no code of SNOMED CT unless the site states its licence', () => {
    expect(pocket({ pocketSite: 'left lower quadrant of abdomen' })).not.toHaveProperty('coding');
    expect(tip({ tipLevel: 'T10' })).not.toHaveProperty('coding');
  });

  it.each([
    ['left lower quadrant of abdomen', undefined, '68505006'],
    ['LLQ', undefined, '68505006'],
    ['Lower abdomen.', 'left', '68505006'],
    ['right lower quadrant', undefined, '48544008'],
    ['abdomen, right upper quadrant', undefined, '50519007'],
    ['left upper abdomen', undefined, '86367003'],
    ['Abdomen', undefined, '818981001'],
    ['abdomen', 'left', '818981001'],
    ['flank', 'left', undefined],
  ])('%s %s is coded as %s with the licensed pack', (pocketSite, pocketSide, code) => {
    const site = pocket({ pocketSite, ...(pocketSide && { pocketSide }) }, ['snomed']);
    expect(site?.coding?.[0]?.code).toBe(code);
    expect(site?.text).toBe(['pump pocket: ', pocketSite, pocketSide && `, ${pocketSide}`].join(''));
  });

  it.each([
    ['T10', '7610001'],
    ['Th10', '7610001'],
    ['t 10', '7610001'],
    ['T01', '64864005'],
    ['C5', '36978003'],
    ['L3', '36470004'],
    ['l 03', '36470004'],
    ['T10-T11', undefined],
    ['at T10', undefined],
    ['T13', undefined],
    ['cervical', undefined],
  ])('a tip at %s is coded as %s with the licensed pack', (tipLevel, code) => {
    const site = tip({ tipLevel }, ['snomed']);
    expect(site?.coding?.[0]?.code).toBe(code);
    expect(site?.text).toBe(`catheter tip at the level of ${tipLevel}`);
  });

  it('is told by a revision, and by no other procedure', () => {
    const placed = { pump: { ...pump, pocketSite: 'abdomen' } };
    const revision = later('revision', { component: 'pump', action: 'repositioned', ...placed });
    expect(procedureOf(revision, implant).bodySite).toEqual([{ text: 'pump pocket: abdomen' }]);
    expect(procedureOf(later('refill', { fill: fill(18), ...placed }), implant)).not.toHaveProperty('bodySite');
  });
});

describe('what else was reported', () => {
  const notes = (type: string, fields: Fields) =>
    procedureOf(later(type, fields), implant).note?.map(({ text }) => text);

  it('is kept in words', () => {
    const label = { manufacturer: 'Medtronic', serialNumber: 'NGP720002H' };
    expect(notes('implant', { pump: label, anaesthesia: 'general', informationSource: 'patient report' })).toEqual([
      'Anaesthesia: general',
      'Source of the information: patient report',
    ]);
    expect(notes('revision', { component: 'catheter', action: 'repositioned', anaesthesia: 'local' })).toEqual([
      'Revision: catheter repositioned',
      'Anaesthesia: local',
    ]);
    expect(notes('dose-change', { program: simple(110), phase: 'titration', changePercent: 10 })).toEqual([
      'Phase: titration',
      'Change of the daily dose, as reported: 10 %',
    ]);
    expect(notes('interrogation', { deviceClockAt: '2024-05-01T09:00:00-04:00' })).toEqual([
      'Clock of the pump: 2024-05-01T09:00:00-04:00',
    ]);
  });

  it('is told after what the clinician noted', () => {
    expect(notes('dose-change', { program: simple(110), phase: 'titration', note: 'tone rose at night' })).toEqual([
      'tone rose at night',
      'Phase: titration',
    ]);
  });

  it('of the clock of the pump is what the session says, where both say it', () => {
    const session = { deviceClockAt: '2024-05-01T09:58:00-04:00' };
    expect(notes('interrogation', { session, deviceClockAt: '2024-05-01T09:00:00-04:00' })).toEqual([
      'Clock of the pump: 2024-05-01T09:58:00-04:00',
    ]);
  });
});
