import type { Dosage, MedicationRequest } from '@medplum/fhirtypes';
import { type FlexStep, flexStepMinutes, type Program } from '../event/program.ts';
import { itb, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Segment } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { baclofen, concept, dateTime, intrathecal, measured, ofEvent, subject } from './element.ts';
import { doseUgPerDay } from './infusion.ts';
import { performerOf } from './performer.ts';

/** The programmed regimen of each programming event: the only place in FHIR R4 that holds a multi-step schedule. */
export function regimens(therapy: Timeline, context: MappingContext): Built[] {
  const byEvent = Map.groupBy(
    therapy.segments.filter((segment) => doseUgPerDay(segment.program) !== undefined),
    (segment) => segment.openedBy,
  );
  return [...byEvent].map(([entry, segments]) => {
    const last = segments.at(-1) as Segment;
    return {
      identity: eventIdentity(context, entry, 'regimen'),
      resource: regimen(entry, last, context),
      entry,
      changedBy: last.closedBy === entry ? undefined : last.closedBy,
    };
  });
}

function regimen(entry: Entry, last: Segment, context: MappingContext): MedicationRequest {
  const requester = performerOf(entry.event);
  return {
    resourceType: 'MedicationRequest',
    ...ofEvent(context, profile.regimen, entry, 'regimen'),
    status: statusOf(last),
    intent: 'order',
    medicationCodeableConcept: baclofen(context),
    subject: subject(context),
    authoredOn: dateTime(entry.when),
    ...(requester && { requester }),
    dosageInstruction: instructions(last.program, context),
  };
}

/** A bridge that ended hands over to the infusion of the same regimen, which is then the last segment. */
function statusOf({ end, endReason }: Segment): MedicationRequest['status'] {
  if (!end || endReason === 'bridge-ended') return 'active';
  return endReason === 'pump-stopped' || endReason === 'pump-explanted' ? 'stopped' : 'completed';
}

function instructions(program: Program, context: MappingContext): Dosage[] {
  if (program.mode === 'flex') return program.flexSteps.map((step, n) => flexInstruction(step, n + 1, context));
  const dose = doseUgPerDay(program) as number;
  const method = concept(context, itb.infusionMode, program.mode);
  return [
    {
      text: `${method.text}, ${dose} ug per day`,
      route: intrathecal(context),
      method,
      doseAndRate: [{ rateQuantity: measured(dose, 'ug/d') }],
    },
  ];
}

function flexInstruction(step: FlexStep, sequence: number, context: MappingContext): Dosage {
  const durationHours = flexStepMinutes(step) / 60;
  return {
    sequence,
    text: `Step ${sequence}: ${step.doseUg} ug from ${step.start} to ${step.end}`,
    timing: {
      repeat: {
        frequency: 1,
        period: 1,
        periodUnit: 'd',
        timeOfDay: [`${step.start}:00`],
        duration: durationHours,
        durationUnit: 'h',
      },
    },
    route: intrathecal(context),
    method: concept(context, itb.administration, 'flex-step'),
    doseAndRate: [{ doseQuantity: measured(step.doseUg, 'ug') }],
  };
}
