import type { MedicationAdministration } from '@medplum/fhirtypes';
import { itb, profile } from '../fhir/systems.ts';
import type { Bolus, Priming } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { isBefore, isExact } from '../therapy/when.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import {
  baclofen,
  calculated,
  concept,
  dateTime,
  intrathecal,
  ofEvent,
  refer,
  siteDateTime,
  subject,
} from './element.ts';
import { pumpWithKey } from './pump-device.ts';

/** Drug delivered to the patient at once: amount in micrograms, intrathecal route. */
export function boluses(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.boluses.map((bolus) => ({
    identity: eventIdentity(context, bolus.openedBy, 'bolus'),
    resource: bolusGiven(therapy, bolus, context),
    entry: bolus.openedBy,
  }));
}

/** Drug that fills tubing and catheter: a volume without a route, because it is no patient dose. */
export function primings(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.primings.map((priming) => ({
    identity: eventIdentity(context, priming.entry, 'priming'),
    resource: primed(therapy, priming, context),
    entry: priming.entry,
  }));
}

function bolusGiven(therapy: Timeline, bolus: Bolus, context: MappingContext): MedicationAdministration {
  const { openedBy } = bolus;
  const running = isBefore(therapy.asOf, bolus.end);
  const method = concept(
    context,
    itb.administration,
    bolus.kind === 'single' ? 'single-bolus' : 'patient-activated-bolus',
  );
  const dose = calculated(bolus.doseUg, 'ug');
  return {
    resourceType: 'MedicationAdministration',
    ...ofEvent(context, profile.bolus, openedBy, 'bolus'),
    status: running ? 'in-progress' : 'completed',
    medicationCodeableConcept: baclofen(context),
    subject: subject(context),
    effectivePeriod: {
      start: dateTime(openedBy.when),
      ...(!running && { end: endOf(bolus) }),
    },
    ...(bolus.kind === 'patient-activated' && { performer: [{ actor: subject(context) }] }),
    device: [refer(pumpWithKey(therapy, context, bolus.pumpKey))],
    dosage: { text: `${method.text}, ${dose.value} ug, intrathecal`, route: intrathecal(context), method, dose },
  };
}

/** Of a bolus whose time is only a date, the end is no better known than the start. */
function endOf({ end, openedBy: { when } }: Bolus): string {
  return isExact(when) ? siteDateTime(end, when.zone) : dateTime(when);
}

function primed(therapy: Timeline, priming: Priming, context: MappingContext): MedicationAdministration {
  const { entry } = priming;
  const dose = calculated(priming.volumeMl, 'mL');
  return {
    resourceType: 'MedicationAdministration',
    ...ofEvent(context, profile.primingBolus, entry, 'priming'),
    partOf: [refer(eventIdentity(context, entry, 'procedure'))],
    status: 'completed',
    medicationCodeableConcept: baclofen(context),
    subject: subject(context),
    effectiveDateTime: dateTime(entry.when),
    device: [refer(pumpWithKey(therapy, context, priming.pumpKey))],
    dosage: {
      text: `PRIMING, ${dose.value} mL fills pump tubing and catheter. Not a patient dose.`,
      method: concept(context, itb.administration, 'priming-bolus'),
      dose,
    },
  };
}
