import type { AdverseEvent, Observation } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { Emit } from '../../../src/mapping/context.ts';
import { type Desired, desired } from '../../../src/mapping/desired.ts';
import { mappingContext, patientOf, therapyOf } from '../../stories/story.ts';
import { fill, pump, report, simple } from '../../therapy/reports.ts';
import { hl7, implant, nameOf, only, ours, said, written } from './clinic.ts';

const complication = (fields: object, occurredAt = '2024-05-01T10:00:00-04:00') =>
  report('complication', 'C', occurredAt, { code: 'withdrawal', ...fields });
const refill = report('refill', 'REFILL', '2024-04-01T10:00:00-04:00', { fill: fill(18), program: simple(120) });
const suspects = (...events: Parameters<typeof written>[0]) => {
  const result = written(events);
  const { suspectEntity } = only<AdverseEvent>(result, 'itb-adverse-event');
  return suspectEntity?.map(({ instance }) => nameOf(result, instance.reference));
};

describe('an adverse event', () => {
  it('says of each complication what registries read, and refers to the Observation that says the rest', () => {
    const result = written([
      implant,
      complication({
        severity: 'moderate',
        serious: true,
        outcome: 'recovering',
        relatedTo: 'catheter',
        performer: { display: 'Dr. A' },
        clinic: { display: 'pump clinic' },
        encounter: { identifier: { system: 'urn:visit', value: 'V1' } },
        recordedAt: '2024-05-01T12:00:00-04:00',
      }),
    ]);
    const resource = only<AdverseEvent>(result, 'itb-adverse-event');
    expect(said(resource)).toEqual({
      resourceType: 'AdverseEvent',
      actuality: 'actual',
      event: ours('itb-complication', 'withdrawal', 'Baclofen withdrawal'),
      encounter: { type: 'Encounter', identifier: { system: 'urn:visit', value: 'V1' } },
      date: '2024-05-01T10:00:00-04:00',
      recordedDate: '2024-05-01T12:00:00-04:00',
      location: { display: 'pump clinic' },
      seriousness: hl7('adverse-event-seriousness', 'Serious', 'Serious'),
      severity: hl7('adverse-event-severity', 'moderate', 'Moderate'),
      outcome: hl7('adverse-event-outcome', 'recovering', 'Recovering'),
      recorder: { display: 'Dr. A' },
      suspectEntity: resource.suspectEntity,
      subjectMedicalHistory: resource.subjectMedicalHistory,
    });
    const { identifier } = only<Observation>(result, 'itb-complication');
    expect(resource.subjectMedicalHistory).toEqual([{ reference: `urn:uuid:${identifier?.[0]?.value}` }]);
  });

  it('carries its identity as its one identifier and as a tag, because it is found by tag', () => {
    const result = written([complication({})]);
    const { meta, identifier } = only<AdverseEvent>(result, 'itb-adverse-event');
    const item = result.resources.find(({ resource }) => resource.resourceType === 'AdverseEvent');
    expect(identifier).toEqual({ system: 'https://w3id.org/itb-fhir/sid/demo', value: item?.identity });
    expect(meta?.tag).toEqual([
      { system: 'https://w3id.org/itb-fhir/CodeSystem/itb-sync', code: 'itb-adapter' },
      { system: 'https://w3id.org/itb-fhir/sid/demo', code: item?.identity },
    ]);
  });

  it('of which nothing is known but the month invents nothing', () => {
    const resource = only<AdverseEvent>(
      written([complication({ recordedAt: undefined }, '2024-05')]),
      'itb-adverse-event',
    );
    expect(Object.keys(resource).sort()).toEqual([
      'actuality',
      'date',
      'event',
      'extension',
      'identifier',
      'meta',
      'resourceType',
      'subject',
      'subjectMedicalHistory',
    ]);
    expect(resource.date).toBe('2024-05');
  });

  it('stands without what it suspects and what it resulted in, where that is held', () => {
    const optionalOf = (fields: object, emit?: Emit) => {
      const result = written([implant, complication(fields)], emit);
      const item = result.resources.find(({ resource }) => resource.resourceType === 'AdverseEvent');
      const { suspectEntity = [], resultingCondition = [] } = only<AdverseEvent>(result, 'itb-adverse-event');
      const named = [...suspectEntity.map(({ instance }) => instance), ...resultingCondition];
      return [item?.optional?.map((identity) => `urn:uuid:${identity}`), named.map(({ reference }) => reference)];
    };
    const [resultAlone, alone] = optionalOf({ confirmed: true }, { condition: true });
    expect(alone).toHaveLength(1);
    expect(resultAlone).toEqual(alone);
    const [optional, named] = optionalOf({ confirmed: true, relatedTo: 'pump' }, { condition: true });
    expect(named).toHaveLength(2);
    expect(optional).toEqual(named);
    const [suspected, pumps] = optionalOf({ confirmed: true, relatedTo: 'pump' });
    expect(pumps).toHaveLength(1);
    expect(suspected).toEqual(pumps);
  });

  it('suspects no device where none is known', () => {
    for (const relatedTo of ['pump', 'catheter']) {
      const result = written([complication({ relatedTo })]);
      const item = result.resources.find(({ resource }) => resource.resourceType === 'AdverseEvent');
      expect(item?.optional).toEqual([]);
      expect(item?.resource).not.toHaveProperty('suspectEntity');
    }
  });

  it('is not written for a complication that is held', () => {
    const result = written([implant, complication({ code: 'sprocket-loose' })]);
    expect(result.resources.filter(({ resource }) => resource.resourceType === 'AdverseEvent')).toEqual([]);
  });
});

describe('what an adverse event suspects', () => {
  it('is the pump or the catheter that the reporter relates it to', () => {
    expect(suspects(implant, complication({ relatedTo: 'pump' }))).toEqual(['NGP710001H']);
    expect(suspects(implant, complication({ relatedTo: 'catheter' }))).toEqual(['LOT-C1']);
  });

  it('is the infusion that ran, for the drug and for its programming', () => {
    expect(suspects(implant, refill, complication({ relatedTo: 'drug' }))).toEqual(['120 ug/d']);
    expect(suspects(implant, refill, complication({ relatedTo: 'programming', pump }))).toEqual(['120 ug/d']);
    const earlier = complication({ relatedTo: 'drug' }, '2024-03-31T10:00:00-04:00');
    expect(suspects(implant, refill, earlier)).toEqual(['100 ug/d']);
  });

  it('is no infusion of another pump, and none that had ended', () => {
    const other = { ...pump, serialNumber: 'NGP-OTHER' };
    expect(suspects(implant, complication({ relatedTo: 'drug', pump: other }))).toBeUndefined();
    const stop = report('pump-stop', 'S', '2024-04-30T10:00:00-04:00');
    expect(suspects(implant, stop, complication({ relatedTo: 'drug' }))).toBeUndefined();
  });

  it('is the last operation and the last refill before it, where the reporter says only: a procedure', () => {
    const infection = complication({ code: 'meningitis', relatedTo: 'procedure' });
    expect(suspects(implant, refill, infection)).toEqual(['system-implant', 'pump-refill']);
    expect(suspects(implant, infection)).toEqual(['system-implant']);
  });

  it('is a revision or an explant as much as an implant', () => {
    const infection = complication({ code: 'meningitis', relatedTo: 'procedure' });
    const at = '2024-04-15T10:00:00-04:00';
    const revision = report('revision', 'R', at, { component: 'catheter', action: 'repositioned' });
    const explant = report('explant', 'X', at, { removed: ['pump'] });
    expect(suspects(implant, revision, infection)).toEqual(['catheter-revision']);
    expect(suspects(implant, explant, infection)).toEqual(['pump-explant']);
  });

  it('is only the operation for a complication of wounds, only the refill for one of refills', () => {
    const of = (code: string) => suspects(implant, refill, complication({ code, relatedTo: 'procedure' }));
    for (const code of ['surgical-site-infection', 'wound-dehiscence', 'csf-leak', 'pocket-seroma', 'pocket-haematoma'])
      expect(of(code)).toEqual(['system-implant']);
    for (const code of ['pocket-fill', 'refill-error', 'wrong-concentration'])
      expect(of(code)).toEqual(['pump-refill']);
  });

  describe('of a pocket fill that is reported after a refill', () => {
    const at = '2024-04-02T10:00:00-04:00';
    const found = (measuredMl: number) => report('refill', 'FOUND', at, { fill: fill(17), residual: { measuredMl } });
    const reported = (code: string) => complication({ code, relatedTo: 'procedure' }, '2024-04-02T10:30:00-04:00');
    const reportsSuspected = ({ resources }: Desired) => {
      const [event] = resources.flatMap(({ resource }) => (resource.resourceType === 'AdverseEvent' ? resource : []));
      const suspected = event?.suspectEntity?.map(({ instance }) => instance.reference);
      return resources
        .filter(({ identity }) => suspected?.includes(`urn:uuid:${identity}`))
        .map(({ entry }) => entry.source.reportEventId);
    };
    const ofPocketFill = (...before: Parameters<typeof written>[0]) =>
      reportsSuspected(written([implant, ...before, reported('pocket-fill')]));

    it('is the fill before, where that refill found most of it missing', () => {
      expect(ofPocketFill(refill, found(1))).toEqual(['REFILL']);
      expect(ofPocketFill(found(1))).toEqual(['IMPLANT']);
    });

    it('is that refill, where it found what had been calculated', () => {
      expect(ofPocketFill(refill, found(17.9))).toEqual(['FOUND']);
      expect(ofPocketFill(refill, found(12))).toEqual(['FOUND']);
    });

    it('is nothing where no refill was reported', () => {
      expect(ofPocketFill()).toEqual([]);
    });

    it('is no fill of another pump', () => {
      const other = { ...pump, serialNumber: 'NGP-OTHER' };
      const between = report('refill', 'BETWEEN', '2024-04-01T12:00:00-04:00', { pump: other, fill: fill(18) });
      expect(ofPocketFill(refill, between, found(1))).toEqual(['REFILL']);
    });

    it('is that refill for any other complication, and where nothing that we calculate may be shown', () => {
      const events = [implant, refill, found(1)];
      expect(reportsSuspected(written([...events, reported('refill-error')]))).toEqual(['FOUND']);
      const all = [...events, reported('pocket-fill')];
      const patientId = patientOf(implant);
      const context = { ...mappingContext(patientId), calculatedValues: 'withheld' } as const;
      expect(reportsSuspected(desired(therapyOf(all, patientId), context))).toEqual(['FOUND']);
    });
  });

  it('is no procedure that came later', () => {
    const before = complication({ relatedTo: 'procedure' }, '2024-03-31T10:00:00-04:00');
    expect(suspects(implant, refill, before)).toEqual(['system-implant']);
    expect(suspects(implant, complication({ relatedTo: 'procedure' }, '2024-02-01'))).toBeUndefined();
  });

  it('is nothing where the reporter names the patient, says unknown, or says nothing', () => {
    for (const relatedTo of ['patient', 'unknown', undefined]) {
      expect(suspects(implant, refill, complication({ relatedTo }))).toBeUndefined();
    }
  });
});
