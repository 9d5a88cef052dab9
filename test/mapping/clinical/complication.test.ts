import type { Observation } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { loadCodes } from '../../../src/fhir/codes.ts';
import { complicationCode } from '../../../src/mapping/complication-code.ts';
import { desired } from '../../../src/mapping/desired.ts';
import { mappingContext, patientOf, therapyOf } from '../../stories/story.ts';
import { pump, report } from '../../therapy/reports.ts';
import {
  firstCatheter,
  hl7,
  implant,
  nameOf,
  only,
  ours,
  readOn,
  remarksOn,
  said,
  secondCatheter,
  snomed,
  written,
} from './clinic.ts';

const component = (code: string, display: string) => ours('itb-observation', `complication-${code}`, display);
const complication = (fields: object, occurredAt = '2024-05-01T10:00:00-04:00') =>
  report('complication', 'C', occurredAt, { code: 'withdrawal', ...fields });
const codeOf = (code: string) => {
  const result = written([implant, complication({ code })]);
  return only<Observation>(result, 'itb-complication').valueCodeableConcept;
};
const focusOf = (...events: Parameters<typeof written>[0]) => {
  const result = written(events);
  return only<Observation>(result, 'itb-complication').focus?.map(({ reference }) => nameOf(result, reference));
};

describe('a complication', () => {
  it('says everything that was reported, each in its own component', () => {
    const event = complication({
      code: 'pocket-infection',
      severity: 'severe',
      symptoms: ['Fever', 'redness over the pump', 'itching without rash'],
      cause: 'staphylococci',
      relatedTo: 'pump',
      consequences: ['sepsis', 'rhabdomyolysis', 'delayed discharge'],
      action: 'explant',
      serious: true,
      expected: false,
      confirmed: true,
      outcome: 'resolvedWithSequelae',
      resolvedAt: '2024-06-01T09:00+02:00',
      recordedAt: '2024-05-01T12:00-04:00',
      performer: { identifier: { system: 'urn:npi', value: '1' }, display: 'Dr. A' },
      clinic: { display: 'pump clinic' },
      encounter: { identifier: { system: 'urn:visit', value: 'V1' } },
    });
    const result = written([implant, event]);
    const resource = only<Observation>(result, 'itb-complication');
    expect(said(resource)).toEqual({
      resourceType: 'Observation',
      status: 'final',
      encounter: { type: 'Encounter', identifier: { system: 'urn:visit', value: 'V1' } },
      effectiveDateTime: '2024-05-01T10:00:00-04:00',
      issued: '2024-05-01T12:00:00-04:00',
      performer: [{ identifier: { system: 'urn:npi', value: '1' }, display: 'Dr. A' }, { display: 'pump clinic' }],
      code: ours('itb-observation', 'complication', 'Complication of intrathecal therapy'),
      focus: resource.focus,
      valueCodeableConcept: {
        coding: [
          ...ours('itb-complication', 'pocket-infection', 'Pump pocket infection').coding,
          snomed(
            '31871009',
            'Infection AND/OR inflammatory reaction due to internal prosthetic device, implant AND/OR graft',
          ),
        ],
        text: 'Pump pocket infection',
      },
      component: [
        {
          code: component('severity', 'Severity of the complication'),
          valueCodeableConcept: hl7('adverse-event-severity', 'severe', 'Severe'),
        },
        { code: component('cause', 'Cause of the complication'), valueCodeableConcept: { text: 'staphylococci' } },
        {
          code: component('symptom', 'Symptom of the complication'),
          valueCodeableConcept: { coding: [snomed('386661006', 'Fever')], text: 'Fever' },
        },
        {
          code: component('symptom', 'Symptom of the complication'),
          valueCodeableConcept: { text: 'redness over the pump' },
        },
        {
          code: component('symptom', 'Symptom of the complication'),
          valueCodeableConcept: { coding: [snomed('418290006', 'Itching')], text: 'itching without rash' },
        },
        {
          code: component('related-to', 'Related part'),
          valueCodeableConcept: ours('itb-related-to', 'pump', 'Pump'),
        },
        {
          code: component('consequence', 'Consequence of the complication'),
          valueCodeableConcept: {
            coding: [...ours('itb-complication', 'sepsis', 'Sepsis').coding, snomed('91302008', 'Sepsis')],
            text: 'sepsis',
          },
        },
        {
          code: component('consequence', 'Consequence of the complication'),
          valueCodeableConcept: { coding: [snomed('240131006', 'Rhabdomyolysis')], text: 'rhabdomyolysis' },
        },
        {
          code: component('consequence', 'Consequence of the complication'),
          valueCodeableConcept: { text: 'delayed discharge' },
        },
        { code: component('action', 'Action taken'), valueCodeableConcept: { text: 'explant' } },
        {
          code: component('seriousness', 'Seriousness of the complication'),
          valueCodeableConcept: hl7('adverse-event-seriousness', 'Serious', 'Serious'),
        },
        { code: component('expected', 'Expectedness of the complication'), valueBoolean: false },
        { code: component('confirmed', 'Confirmation of the complication'), valueBoolean: true },
        {
          code: component('outcome', 'Outcome of the complication'),
          valueCodeableConcept: hl7('adverse-event-outcome', 'resolvedWithSequelae', 'Resolved with Sequelae'),
        },
        { code: component('resolved', 'Time of resolution'), valueDateTime: '2024-06-01T09:00:00+02:00' },
      ],
    });
    expect(nameOf(result, resource.focus?.[0]?.reference)).toBe('NGP710001H');
    expect(remarksOn(result, 'C')).toEqual([['code-unmapped', 'consequences[2]', false]]);
    expect(readOn(result, 'C')).toEqual(['warning: the consequence is not known and stays in words']);
  });

  it('of which only the code is known says no more', () => {
    const resource = only<Observation>(
      written([complication({ recordedAt: undefined }, '2018-06')]),
      'itb-complication',
    );
    expect(said(resource)).toEqual({
      resourceType: 'Observation',
      extension: [{ url: 'https://w3id.org/itb-fhir/StructureDefinition/time-precision', valueCode: 'month' }],
      status: 'final',
      effectiveDateTime: '2018-06',
      code: ours('itb-observation', 'complication', 'Complication of intrathecal therapy'),
      valueCodeableConcept: ours('itb-complication', 'withdrawal', 'Baclofen withdrawal'),
    });
  });

  it('that is not serious says so, and is not the same as one of which nothing was said', () => {
    const resource = only<Observation>(written([complication({ serious: false })]), 'itb-complication');
    expect(resource.component).toEqual([
      {
        code: component('seriousness', 'Seriousness of the complication'),
        valueCodeableConcept: hl7('adverse-event-seriousness', 'Non-serious', 'Non-serious'),
      },
    ]);
  });
});

describe('the code of a complication', () => {
  it.each([
    ['catheter-disconnect', 'catheter-disconnect'],
    ['Catheter disconnection', 'catheter-disconnect'],
    ['catheter_disconnection', 'catheter-disconnect'],
    ['withdrawal-syndrome', 'withdrawal'],
    [' CSF leak ', 'csf-leak'],
    ['Pocket hematoma', 'pocket-haematoma'],
    ['POCKET FILL', 'pocket-fill'],
  ])('%s is %s', (stated, code) => {
    expect(codeOf(stated)?.coding?.[0]?.code).toBe(code);
  });

  it('that nobody knows holds its report, and does not repeat the word', () => {
    const result = written([implant, complication({ code: 'sprocket-loose' })]);
    expect(remarksOn(result, 'C')).toEqual([['code-unmapped', 'code', true]]);
    expect(readOn(result, 'C')).toEqual(['error: the complication code is not known']);
    expect(result.resources).toEqual(written([implant]).resources);
    expect(JSON.stringify(result.remarks.map(({ problem }) => problem))).not.toContain('sprocket');
  });

  it('has the licensed SNOMED CT code only where the site switched the pack on', () => {
    const events = [complication({ code: 'csf-leak' })];
    const patientId = patientOf(events[0] as (typeof events)[0]);
    const codes = loadCodes('mappings', { packs: ['snomed'] });
    const licensed = desired(therapyOf(events, patientId), { ...mappingContext(patientId), codes });
    const codings = (result: typeof licensed) =>
      only<Observation>(result, 'itb-complication').valueCodeableConcept?.coding?.map(({ code }) => code);
    expect(codings(written(events))).toEqual(['csf-leak']);
    expect(codings(licensed)).toEqual(['csf-leak', '230744007']);
  });

  it('is never one of another code system', () => {
    expect(complicationCode('refill', mappingContext('p'))).toBeUndefined();
  });
});

describe('the part that a complication concerns', () => {
  const replaced = report('revision', 'R', '2024-05-02T10:00:00-04:00', {
    component: 'catheter',
    action: 'replaced',
    removedCatheter: firstCatheter,
    catheter: secondCatheter,
  });

  it('is the catheter that was in place then, not the one that took its place', () => {
    expect(focusOf(implant, complication({ relatedTo: 'catheter' }), replaced)).toEqual(['LOT-C1']);
  });

  it('is the catheter that was taken out at the same instant', () => {
    const then = complication({ relatedTo: 'catheter' }, '2024-05-02T10:00:00-04:00');
    expect(focusOf(implant, then, replaced)).toEqual(['LOT-C1']);
  });

  it('is the new catheter afterwards', () => {
    const later = complication({ relatedTo: 'catheter' }, '2024-05-02T10:00:01-04:00');
    expect(focusOf(implant, replaced, later)).toEqual(['LOT-C2']);
  });

  it('is the catheter that the report names, even if it was no longer in place', () => {
    const later = complication({ catheter: firstCatheter }, '2024-06-02T10:00:00-04:00');
    expect(focusOf(implant, replaced, later)).toEqual(['LOT-C1']);
  });

  it('is not guessed between two catheters of one lot, neither of which was in place', () => {
    const removed = (eventId: string, month: string) =>
      report('explant', eventId, `2024-${month}-10T10:00:00-04:00`, { removed: ['catheter'], catheter: firstCatheter });
    const again = report('implant', 'I2', '2024-04-20T10:00:00-04:00', { pump: undefined, catheter: firstCatheter });
    const later = complication({ catheter: firstCatheter }, '2024-06-02T10:00:00-04:00');
    expect(focusOf(implant, removed('X1', '04'), later)).toEqual(['LOT-C1']);
    expect(focusOf(implant, removed('X1', '04'), again, removed('X2', '05'), later)).toBeUndefined();
  });

  it('is the pump that the report names', () => {
    expect(focusOf(implant, complication({ pump }))).toEqual(['NGP710001H']);
  });

  it('is the pump where the report names it and the catheter concerned is not known', () => {
    const noCatheter = report('implant', 'IMPLANT', '2024-03-01T10:00:00-05:00');
    expect(focusOf(noCatheter, complication({ pump, relatedTo: 'catheter' }))).toEqual(['NGP710001H']);
  });

  it('is the only pump in place where it is related to the pump', () => {
    expect(focusOf(implant, complication({ relatedTo: 'pump' }))).toEqual(['NGP710001H']);
  });

  it('is not guessed where it is related to neither', () => {
    expect(focusOf(implant, complication({ relatedTo: 'patient' }))).toBeUndefined();
  });

  it('is not guessed before anything was implanted, nor between two pumps', () => {
    expect(focusOf(implant, complication({ relatedTo: 'pump' }, '2024-02-01T10:00:00-05:00'))).toBeUndefined();
    const other = report('implant', 'I2', '2024-03-02T10:00:00-05:00', { pump: { ...pump, serialNumber: 'NGP2' } });
    expect(focusOf(implant, other, complication({ relatedTo: 'pump' }))).toBeUndefined();
  });

  it('is not guessed after it was taken out', () => {
    const explant = report('explant', 'X', '2024-04-01T10:00:00-04:00', { removed: ['pump', 'catheter'] });
    expect(focusOf(implant, explant, complication({ relatedTo: 'pump' }))).toBeUndefined();
    expect(focusOf(implant, explant, complication({ relatedTo: 'catheter' }))).toBeUndefined();
  });

  it('can be a pump implanted on a day, where the complication has only that day', () => {
    const sameDay = complication({ relatedTo: 'pump' }, '2024-03-01');
    expect(focusOf(implant, sameDay)).toEqual(['NGP710001H']);
  });

  it('is told to nobody where another report names the pump, whatever other pump there is', () => {
    const other = report('implant', 'I2', '2024-03-02T10:00:00-05:00', { pump: { ...pump, serialNumber: 'NGP2' } });
    expect(remarksOn(written([implant, other, complication({ pump })]), 'C')).toEqual([]);
  });

  it('is the one thing that the complication stands without', () => {
    const optionalOf = (fields: object) => {
      const { resources } = written([implant, complication(fields)]);
      const item = resources.find(({ resource }) => resource.meta?.profile?.[0]?.endsWith('/itb-complication'));
      const resource = item?.resource as Observation | undefined;
      return [item?.optional?.map((identity) => `urn:uuid:${identity}`), resource?.focus ?? []];
    };
    expect(optionalOf({})).toEqual([[], []]);
    const [optional, focus = []] = optionalOf({ relatedTo: 'pump' });
    expect(focus).toHaveLength(1);
    expect(optional?.map((reference) => ({ reference }))).toEqual(focus);
  });

  it('may be held: the complication stands without it', () => {
    const odd = report('implant', 'IMPLANT', '2024-03-01T10:00:00-05:00', { pump: { ...pump, firmware: 'x\u0007' } });
    const result = written([odd, complication({ pump, relatedTo: 'pump' })]);
    expect(only<Observation>(result, 'itb-complication')).not.toHaveProperty('focus');
    expect(only(result, 'itb-adverse-event')).not.toHaveProperty('suspectEntity');
  });

  it('is told to a human where no other report names the pump', () => {
    const result = written([implant, complication({ pump: { ...pump, serialNumber: 'NGP-OTHER' } })]);
    expect(only<Observation>(result, 'itb-complication')).not.toHaveProperty('focus');
    expect(remarksOn(result, 'C')).toEqual([['pump-unknown', 'pump', false]]);
    expect(readOn(result, 'C')).toEqual(['warning: no other report names the pump of this complication']);
  });
});
