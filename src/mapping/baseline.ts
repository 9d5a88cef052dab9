import type { Observation, ObservationComponent } from '@medplum/fhirtypes';
import type { ClinicalEventOf } from '../event/event.ts';
import { itb, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { diagnosisConcept } from './diagnosis.ts';
import { concept, measured } from './element.ts';
import { answer, beside, fact, inText, observed } from './observed.ts';

type Baseline = ClinicalEventOf<'baseline'>;

/** One panel for each baseline. Birth date and sex belong to the hospital's Patient, which is never written. */
export function baselines(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.entries.filter(isBaseline).flatMap((entry): Built[] => {
    const component = components(entry.event, context);
    if (component.length === 0) return remarks(entry, context);
    const resource: Observation = {
      ...observed(context, profile.baseline, entry, 'baseline'),
      code: concept(context, itb.clinical, 'baseline'),
      component,
    };
    return [{ identity: eventIdentity(context, entry, 'baseline'), resource, entry }, ...remarks(entry, context)];
  });
}

function components(event: Baseline, context: MappingContext): ObservationComponent[] {
  const { indication, origin, diagnosis, functionalLevel, weightKg, allergies = [], earlierOralTherapy = [] } = event;
  return [
    ...fact(context, 'indication', answer(context, indication)),
    ...fact(context, 'origin', answer(context, origin)),
    ...fact(context, 'diagnosis', diagnosis && { valueCodeableConcept: diagnosisConcept(diagnosis, context) }),
    ...fact(context, 'functional-level', inText(functionalLevel)),
    ...fact(context, 'weight', weightKg === undefined ? undefined : { valueQuantity: measured(weightKg, 'kg') }),
    ...allergies.flatMap((words) => fact(context, 'allergy', inText(words))),
    ...earlierOralTherapy.flatMap((words) => fact(context, 'earlier-oral-therapy', inText(words))),
  ];
}

function remarks(entry: Entry<Baseline>, context: MappingContext): Built[] {
  const { diagnosis, birthDate, sex } = entry.event;
  const isUnmapped = diagnosis && !diagnosisConcept(diagnosis, context).coding;
  return [
    ...(isUnmapped
      ? [beside(entry, 'code-unmapped', 'the diagnosis is not in the ConceptMap and stays in words', 'diagnosis')]
      : []),
    ...(birthDate ? [beside(entry, 'kept-in-ledger', 'the birth date belongs to the Patient there', 'birthDate')] : []),
    ...(sex ? [beside(entry, 'kept-in-ledger', 'the sex belongs to the Patient there', 'sex')] : []),
  ];
}

const isBaseline = (entry: Entry): entry is Entry<Baseline> => entry.event.type === 'baseline';
