import type { CodeableConcept, MedicationStatement } from '@medplum/fhirtypes';
import type { ClinicalEventOf } from '../event/event.ts';
import { conceptMap, mapSource } from '../fhir/codes.ts';
import { profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { dateTime, ofEvent, subject } from './element.ts';
import { recorded } from './observed.ts';
import { encounterOf } from './party.ts';
import { performerOf } from './performer.ts';
import { sourceWord } from './source-word.ts';

type Rescue = ClinicalEventOf<'rescue-medication'>;

/**
 * Medication for withdrawal, overdose or cover: a statement in words. It is no MedicationAdministration, because
 * readers add those up as exposure, and 10 mg by mouth has nothing to do with micrograms from the pump.
 */
export function rescueMedications(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.entries.filter(isRescue).map((entry) => ({
    identity: eventIdentity(context, entry, 'rescue-medication'),
    resource: rescueMedication(entry, context),
    entry,
  }));
}

function rescueMedication(entry: Entry<Rescue>, context: MappingContext): MedicationStatement {
  const { medication, dose, route, indication, note } = entry.event;
  return {
    resourceType: 'MedicationStatement',
    ...ofEvent(context, profile.rescueMedication, entry, 'rescue-medication'),
    // Whether the patient still takes it was not reported.
    status: 'unknown',
    medicationCodeableConcept: { text: medication },
    subject: subject(context),
    context: encounterOf(entry.event),
    effectiveDateTime: dateTime(entry.when),
    dateAsserted: recorded(entry),
    informationSource: performerOf(entry.event),
    ...(indication && { reasonCode: [{ text: indication }] }),
    ...(note && { note: [{ text: note }] }),
    ...((dose || route) && { dosage: [{ text: dose, route: route ? routeOf(route, context) : undefined }] }),
  };
}

/** The map knows no intrathecal route on purpose: an intrathecal dose by hand stays in words. */
function routeOf(route: string, { codes }: MappingContext): CodeableConcept {
  const coding = codes.translate(conceptMap.sourceRoute, mapSource.route, sourceWord(route));
  return { ...(coding && { coding: [coding] }), text: route };
}

const isRescue = (entry: Entry): entry is Entry<Rescue> => entry.event.type === 'rescue-medication';
