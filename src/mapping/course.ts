import type { Observation, ObservationComponent } from '@medplum/fhirtypes';
import type { ClinicalEvent } from '../event/event.ts';
import { itb, profile } from '../fhir/systems.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept } from './element.ts';
import { answer, fact, inBoolean, inText, observed } from './observed.ts';

/** Follow-up, consent, enrolment, transfer and death: one Observation each, as registries count them. */
export function courses(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.entries.flatMap((entry): Built[] => {
    const stated = statedIn(entry.event, context);
    if (!stated) return [];
    const { component } = stated;
    const resource: Observation = {
      ...observed(context, profile.course, entry, 'course'),
      code: concept(context, itb.clinical, entry.event.type),
      valueCodeableConcept: concept(context, itb.clinicalAnswer, stated.answer),
      ...(component.length > 0 && { component }),
    };
    return [{ identity: eventIdentity(context, entry, 'course'), resource, entry }];
  });
}

interface Stated {
  /** A code of itb-clinical-answer. */
  readonly answer: string;
  readonly component: ObservationComponent[];
}

function statedIn(event: ClinicalEvent, context: MappingContext): Stated | undefined {
  switch (event.type) {
    case 'follow-up':
      return {
        answer: `contact-${event.contact}`,
        component: [
          ...fact(context, 'alive', inBoolean(event.alive)),
          ...fact(context, 'on-therapy', inBoolean(event.onTherapy)),
        ],
      };
    case 'consent':
      return { answer: `consent-${event.decision}`, component: fact(context, 'scope', inText(event.scope)) };
    case 'enrolment':
      return {
        answer: `enrolment-${event.status}`,
        component: [
          ...fact(context, 'programme', inText(event.programme)),
          ...fact(context, 'reason', inText(event.reason)),
        ],
      };
    case 'transfer':
      return { answer: `transfer-${event.direction}`, component: fact(context, 'clinic', inText(event.clinic)) };
    case 'death':
      return {
        answer: 'died',
        component: [
          ...fact(context, 'related-to-therapy', answer(context, event.relatedToTherapy)),
          ...fact(context, 'cause', inText(event.cause)),
        ],
      };
    default:
      return undefined;
  }
}
