import type { CodeableConcept, Observation, ObservationComponent } from '@medplum/fhirtypes';
import type { ClinicalEventOf } from '../event/event.ts';
import { problem } from '../event/problem.ts';
import { itb, profile } from '../fhir/systems.ts';
import { pumpKey, sameCatheter } from '../therapy/device-life.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { identityOfCatheter } from './catheter-device.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, dateTime, ofEvent, refer, subject } from './element.ts';
import { identityOfPump } from './pump-device.ts';

type Complication = ClinicalEventOf<'complication'>;

/** One Observation for each complication. `focus` is the part concerned: `device` would mean what observed it. */
export function complications(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.complications.map((entry): Built => {
    if (!context.codes.lookUp(itb.complication, entry.event.code)) return unmapped(entry);
    return {
      identity: eventIdentity(context, entry, 'complication'),
      resource: complication(therapy, entry, context),
      entry,
    };
  });
}

function complication(therapy: Timeline, entry: Entry<Complication>, context: MappingContext): Observation {
  const { event, when } = entry;
  const focus = focusOf(therapy, event, context);
  const component = components(event, context);
  return {
    resourceType: 'Observation',
    ...ofEvent(context, profile.complication, entry, 'complication'),
    status: 'final',
    code: concept(context, itb.observation, 'complication'),
    subject: subject(context),
    ...(focus && { focus: [refer(focus)] }),
    effectiveDateTime: dateTime(when),
    valueCodeableConcept: concept(context, itb.complication, event.code),
    ...(component.length > 0 && { component }),
  };
}

/** The part that the report names as concerned, where this patient has it. */
function focusOf(therapy: Timeline, event: Complication, context: MappingContext): string | undefined {
  if (event.relatedTo === 'catheter' || event.catheter) {
    const label = event.catheter;
    const life = therapy.catheters.findLast((candidate) => !label || sameCatheter(candidate.label, label));
    if (life) return identityOfCatheter(context, life);
  }
  if (!event.pump) return undefined;
  const key = pumpKey(event.pump);
  const pump = therapy.pumps.find(({ life }) => life.key === key);
  return pump && identityOfPump(context, pump.life);
}

function components(event: Complication, context: MappingContext): ObservationComponent[] {
  const text = (value: string): CodeableConcept => ({ text: value });
  const all: [string, CodeableConcept | undefined][] = [
    ['complication-severity', event.severity ? text(event.severity) : undefined],
    ['complication-cause', event.cause ? text(event.cause) : undefined],
    ...(event.symptoms ?? []).map((symptom): [string, CodeableConcept] => ['complication-symptom', text(symptom)]),
    ['complication-related-to', event.relatedTo && concept(context, itb.relatedTo, event.relatedTo)],
    ['complication-action', event.action ? text(event.action) : undefined],
    ['complication-outcome', event.outcome ? text(event.outcome) : undefined],
  ];
  const coded = all.flatMap(([code, value]) =>
    value ? [{ code: concept(context, itb.observation, code), valueCodeableConcept: value }] : [],
  );
  if (!event.resolvedAt) return coded;
  const code = concept(context, itb.observation, 'complication-resolved');
  return [...coded, { code, valueDateTime: event.resolvedAt.replace(/T(\d{2}:\d{2})(?=[Z+-])/, 'T$1:00') }];
}

function unmapped(entry: Entry): Built {
  const place = { field: 'code', eventId: entry.source.reportEventId };
  return { problem: problem('code-unmapped', 'the complication code is not known', place), held: true, entry };
}
