import type { MedicationRequest } from '@medplum/fhirtypes';
import { profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Segment } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { baclofen, dateTime, ofEvent, subject } from './element.ts';
import { isStop } from './infusion.ts';
import { encounterOf } from './party.ts';
import { performerOf } from './performer.ts';
import { doseUgPerDay } from './programmed-dose.ts';
import { isProgramming } from './programming.ts';
import { instructions } from './regimen-instructions.ts';

/** The programmed regimen of each programming event: the only place in FHIR R4 that holds a multi-step schedule. */
export function regimens(therapy: Timeline, context: MappingContext): Built[] {
  const byEvent = Map.groupBy(therapy.segments.filter(canBeInstructed), ({ programmedBy }) => programmedBy);
  return [...byEvent].map(([entry, segments]) => {
    const last = segments.at(-1) as Segment;
    return {
      identity: eventIdentity(context, entry, 'regimen'),
      resource: regimen(entry, segments, context),
      entry,
      changedBy: last.closedBy,
    };
  });
}

/** A programme that states neither a dose nor what the patient may request tells nobody what to give. */
function canBeInstructed({ program }: Segment): boolean {
  return doseUgPerDay(program) !== undefined || program.mode === 'patient-activated';
}

function regimen(entry: Entry, segments: readonly Segment[], context: MappingContext): MedicationRequest {
  const { event } = entry;
  const last = segments.at(-1) as Segment;
  const bridge = segments.find(({ role, program }) => role === 'bridge' && doseUgPerDay(program) !== undefined);
  const requester = isProgramming(event) ? performerOf(event) : undefined;
  const reason = 'reason' in event ? event.reason : undefined;
  return {
    resourceType: 'MedicationRequest',
    ...ofEvent(context, profile.regimen, entry, 'regimen'),
    status: statusOf(last),
    intent: 'order',
    // Read from the pump: who set it, and when, was not reported.
    ...(event.type === 'interrogation' && { reportedBoolean: true }),
    medicationCodeableConcept: baclofen(context),
    subject: subject(context),
    encounter: encounterOf(event),
    authoredOn: dateTime(entry.when),
    ...(requester && { requester }),
    ...(reason && { reasonCode: [{ text: reason }] }),
    dosageInstruction: instructions(last.program, bridge, context),
  };
}

/** Of its last segment: a bridge that ended has handed over to the infusion of the same regimen. */
function statusOf({ end, endReason }: Segment): MedicationRequest['status'] {
  if (!end) return 'active';
  return isStop(endReason) ? 'stopped' : 'completed';
}
