import type { MedicationAdministration } from '@medplum/fhirtypes';
import { itb, profile } from '../fhir/systems.ts';
import type { Bolus, Priming, Segment } from '../therapy/records.ts';
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
import { infusionIdentity } from './infusion.ts';
import { encounterOf } from './party.ts';
import { performers } from './performer.ts';
import { regimenIdentity } from './programming.ts';
import { pumpWithKey } from './pump-device.ts';
import { drugInWords } from './reservoir-drug.ts';

/** Drug delivered to the patient at once: amount in micrograms, intrathecal route. */
export function boluses(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.boluses.map((bolus) => {
    const running = segmentAt(therapy, bolus);
    return {
      identity: eventIdentity(context, bolus.openedBy, 'bolus'),
      resource: bolusGiven(therapy, bolus, running, context),
      entry: bolus.openedBy,
      optional: running && [infusionIdentity(running, context), regimenIdentity(running, context)],
    };
  });
}

/** Drug that fills tubing and catheter: a volume without a route, because it is no patient dose. */
export function primings(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.primings.map((priming) => ({
    identity: eventIdentity(context, priming.entry, 'priming'),
    resource: primed(therapy, priming, context),
    entry: priming.entry,
  }));
}

function bolusGiven(
  therapy: Timeline,
  bolus: Bolus,
  running: Segment | undefined,
  context: MappingContext,
): MedicationAdministration {
  const { openedBy, kind } = bolus;
  const byPatient = kind === 'patient-activated';
  const unfinished = isBefore(therapy.asOf, bolus.end);
  const method = concept(context, itb.administration, byPatient ? 'patient-activated-bolus' : 'single-bolus');
  const dose = calculated(bolus.doseUg, 'ug');
  return {
    resourceType: 'MedicationAdministration',
    ...ofEvent(context, profile.bolus, openedBy, 'bolus'),
    ...(running && { partOf: [refer(infusionIdentity(running, context))] }),
    status: unfinished ? 'in-progress' : 'completed',
    medicationCodeableConcept: baclofen(context),
    subject: subject(context),
    context: encounterOf(openedBy.event),
    effectivePeriod: {
      start: dateTime(openedBy.when),
      ...(!unfinished && { end: endOf(bolus) }),
    },
    ...(byPatient ? { performer: [{ actor: subject(context) }] } : performers(context, openedBy.event, 'programmer')),
    ...(byPatient && running && { request: refer(regimenIdentity(running, context)) }),
    device: [refer(pumpWithKey(therapy, context, bolus.pumpKey))],
    dosage: {
      text: `${method.text}, ${dose.value} ug, intrathecal${running ? drugInWords(therapy, running) : ''}`,
      route: intrathecal(context),
      method,
      dose,
    },
  };
}

/** The infusion that ran when the bolus began; none where the time is only a date. */
function segmentAt({ segments }: Timeline, { pumpKey, start, openedBy }: Bolus): Segment | undefined {
  if (!isExact(openedBy.when)) return undefined;
  return segments.find(
    (segment) =>
      segment.pumpKey === pumpKey && !isBefore(start, segment.start) && (!segment.end || isBefore(start, segment.end)),
  );
}

/** Of a bolus whose time is only a date, the end is no better known than the start. */
function endOf({ end, openedBy: { when } }: Bolus): string {
  return isExact(when) ? siteDateTime(end, when.zone) : dateTime(when);
}

function primed(therapy: Timeline, priming: Priming, context: MappingContext): MedicationAdministration {
  const { entry } = priming;
  const dose = calculated(priming.volumeMl, 'mL');
  const minutes = primingMinutes(entry.event);
  return {
    resourceType: 'MedicationAdministration',
    ...ofEvent(context, profile.primingBolus, entry, 'priming'),
    partOf: [refer(eventIdentity(context, entry, 'procedure'))],
    status: 'completed',
    medicationCodeableConcept: baclofen(context),
    subject: subject(context),
    context: encounterOf(entry.event),
    effectiveDateTime: dateTime(entry.when),
    ...performers(context, entry.event, 'programmer'),
    device: [refer(pumpWithKey(therapy, context, priming.pumpKey))],
    dosage: {
      text:
        `PRIMING, ${dose.value} mL fills tubing` +
        `${minutes === undefined ? '' : ` in ${minutes} min`}. Not a patient dose.`,
      method: concept(context, itb.administration, 'priming-bolus'),
      dose,
    },
  };
}

function primingMinutes(event: Priming['entry']['event']): number | undefined {
  if (event.type === 'bolus') return event.bolus.kind === 'priming' ? event.bolus.durationMinutes : undefined;
  return 'prime' in event ? event.prime?.durationMinutes : undefined;
}
