import type { CodeableConcept, MedicationAdministration, Observation, ObservationComponent } from '@medplum/fhirtypes';
import type { ClinicalEventOf } from '../event/event.ts';
import { external, itb, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { isExact } from '../therapy/when.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import {
  baclofen,
  concept,
  dateTime,
  measured,
  ofEvent,
  refer,
  siteDateTime,
  standardCodings,
  subject,
  type Ucum,
} from './element.ts';
import { fact, inText, observed, unknownValue, type Value } from './observed.ts';
import { encounterOf } from './party.ts';
import { performerOf } from './performer.ts';

type Screening = ClinicalEventOf<'screening-bolus'>;

/**
 * The trial dose before implantation: a true intrathecal dose by injection, never delivery by a pump, and what came
 * of it.
 */
export function screenings(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.entries.filter(isScreening).flatMap((entry) => [
    { identity: eventIdentity(context, entry, 'screening'), resource: trialDose(entry, context), entry },
    { identity: eventIdentity(context, entry, 'screening-response'), resource: response(entry, context), entry },
  ]);
}

function trialDose(entry: Entry<Screening>, context: MappingContext): MedicationAdministration {
  const { event } = entry;
  const actor = performerOf(event);
  const method = concept(context, itb.clinical, 'screening-bolus');
  const how = event.route ? `, ${event.route}` : '';
  const duration = event.injectionMinutes === undefined ? '' : `, injected over ${event.injectionMinutes} min`;
  return {
    resourceType: 'MedicationAdministration',
    ...ofEvent(context, profile.screeningBolus, entry, 'screening'),
    status: 'completed',
    medicationCodeableConcept: baclofen(context),
    subject: subject(context),
    context: encounterOf(event),
    ...injectedAt(entry),
    ...(actor && { performer: [{ actor }] }),
    ...(event.note && { note: [{ text: event.note }] }),
    dosage: {
      text: `${method.text}, ${event.doseUg} ug, intrathecal${how}${duration}. Not given by a pump.`,
      route: injected(context),
      method: { ...method, text: `${method.text}${how}` },
      dose: measured(event.doseUg, 'ug'),
    },
  };
}

/** An injection, so that nobody reads it as the infusion of a pump. */
function injected(context: MappingContext): CodeableConcept {
  const own = context.codes.coding(external.routeOfAdministration, 'ITINJ');
  const standard = standardCodings(context, itb.administration, 'intrathecal');
  return { coding: [own, ...standard], text: 'Intrathecal injection' };
}

/** A period where instant and length of the injection are known. */
function injectedAt({
  event: { injectionMinutes },
  when,
}: Entry<Screening>): Pick<MedicationAdministration, 'effectiveDateTime' | 'effectivePeriod'> {
  const start = dateTime(when);
  if (!injectionMinutes || !isExact(when)) return { effectiveDateTime: start };
  const seconds = Math.round(injectionMinutes * 60);
  return { effectivePeriod: { start, end: siteDateTime(when.earliest.add({ seconds }), when.zone) } };
}

function response(entry: Entry<Screening>, context: MappingContext): Observation {
  const { response: stated } = entry.event;
  return {
    ...observed(context, profile.screeningResponse, entry, 'screening-response'),
    partOf: [refer(eventIdentity(context, entry, 'screening'))],
    code: concept(context, itb.clinical, 'screening-response'),
    ...(stated ? { valueCodeableConcept: concept(context, itb.clinicalAnswer, stated) } : unknownValue(context)),
    component: components(entry.event, context),
  };
}

function components(event: Screening, context: MappingContext): ObservationComponent[] {
  const quantity = (value: number | undefined, unit: Ucum): Value | undefined =>
    value === undefined ? undefined : { valueQuantity: measured(value, unit) };
  return [
    ...fact(context, 'screening-dose', quantity(event.doseUg, 'ug')),
    ...fact(context, 'screening-volume', quantity(event.volumeMl, 'mL')),
    ...fact(context, 'screening-concentration', quantity(event.concentrationUgPerMl, 'ug/mL')),
    ...fact(context, 'effect-duration', quantity(event.effectDurationHours, 'h')),
    ...fact(context, 'lot-number', inText(event.lotNumber)),
    ...fact(context, 'product-ndc', inText(event.ndc)),
  ];
}

const isScreening = (entry: Entry): entry is Entry<Screening> => entry.event.type === 'screening-bolus';
