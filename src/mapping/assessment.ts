import type { Coding, Observation } from '@medplum/fhirtypes';
import type { ClinicalEventOf } from '../event/event.ts';
import { problem } from '../event/problem.ts';
import { conceptMap, mapSource } from '../fhir/codes.ts';
import { external, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { dateTime, measured, ofEvent, standardCodings, subject } from './element.ts';

type Assessment = ClinicalEventOf<'assessment'>;

/** One Observation for each score. A grade such as `1+` of the Modified Ashworth Scale is not a number and stays text. */
export function assessments(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.entries.filter(isAssessment).map((entry): Built => {
    const scale = scaleOf(entry.event.scale, context);
    if (!scale) {
      const place = { field: 'scale', eventId: entry.source.reportEventId };
      return { problem: problem('code-unmapped', 'the scale is not in the ConceptMap', place), held: true, entry };
    }
    const resource: Observation = {
      resourceType: 'Observation',
      ...ofEvent(context, profile.assessment, entry, 'assessment'),
      status: 'final',
      category: [{ coding: [{ system: external.observationCategory, code: 'survey' }] }],
      code: {
        coding: [scale, ...standardCodings(context, scale.system as string, scale.code as string)],
        text: scale.display,
      },
      subject: subject(context),
      effectiveDateTime: dateTime(entry.when),
      ...scoreOf(entry.event),
      ...(entry.event.site && { bodySite: { text: entry.event.site } }),
    };
    return { identity: eventIdentity(context, entry, 'assessment'), resource, entry };
  });
}

function scoreOf({ value }: Assessment): Pick<Observation, 'valueQuantity' | 'valueString'> {
  return typeof value === 'number' ? { valueQuantity: measured(value, '{score}') } : { valueString: value };
}

/** Sources write scales in their own words: the ConceptMap says which are known. */
function scaleOf(scale: string, { codes }: MappingContext): Coding | undefined {
  return codes.translate(conceptMap.sourceScale, mapSource.scale, scale.toUpperCase());
}

const isAssessment = (entry: Entry): entry is Entry<Assessment> => entry.event.type === 'assessment';
