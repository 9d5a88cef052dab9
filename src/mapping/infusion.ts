import type { MedicationAdministration, MedicationAdministrationDosage } from '@medplum/fhirtypes';
import { inWords, problem } from '../event/problem.ts';
import type { Program } from '../event/program.ts';
import { extension, itb, profile } from '../fhir/systems.ts';
import type { Flag, Segment } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import {
  baclofen,
  concept,
  dateTime,
  identifiers,
  intrathecal,
  measured,
  meta,
  precision,
  refer,
  siteDateTime,
  subject,
} from './element.ts';
import { pumpWithKey } from './pump-device.ts';

/**
 * One MedicationAdministration for each segment of delivery: FHIR R4 asks for a distinct one whenever the rate changes.
 * It states the programmed dose; what may truly have been delivered is an annotation.
 */
export function infusions(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.segments.map((segment): Built => {
    if (doseUgPerDay(segment.program) === undefined) return doseUnknown(segment);
    return {
      identity: infusionIdentity(segment, context),
      resource: infusion(therapy, segment, context),
      entry: segment.openedBy,
      changedBy: segment.closedBy === segment.openedBy ? undefined : segment.closedBy,
    };
  });
}

export const doseUgPerDay = (program: Program): number | undefined =>
  'doseUgPerDay' in program ? program.doseUgPerDay : undefined;

/** A pattern over the day states its 24-hour total as a Ratio; a constant rate is a Quantity (FHIR R4 rate[x]). */
export const isPattern = (program: Program): boolean => program.mode === 'flex' || program.mode === 'periodic-bolus';

function infusionIdentity(segment: Segment, context: MappingContext): string {
  return eventIdentity(context, segment.openedBy, segment.role);
}

function infusion(therapy: Timeline, segment: Segment, context: MappingContext): MedicationAdministration {
  const { openedBy, program } = segment;
  const startsAtEvent = Temporal.Instant.compare(segment.start, openedBy.when.earliest) === 0;
  const { extension: precise = [] } = startsAtEvent ? precision(openedBy.when) : {};
  const notes = annotations(therapy, segment);
  return {
    resourceType: 'MedicationAdministration',
    meta: meta(profile.infusion, openedBy),
    extension: [...precise, { url: extension.infusionMode, valueCode: program.mode }],
    identifier: identifiers(context, infusionIdentity(segment, context), openedBy),
    status: statusOf(segment),
    ...(segment.endReason && { statusReason: [concept(context, itb.stopReason, segment.endReason)] }),
    medicationCodeableConcept: baclofen(context),
    subject: subject(context),
    effectivePeriod: {
      start: startsAtEvent ? dateTime(openedBy.when) : siteDateTime(segment.start, openedBy.when.zone),
      ...(segment.end && { end: endOf(segment, segment.end) }),
    },
    request: refer(eventIdentity(context, openedBy, 'regimen')),
    device: [refer(pumpWithKey(therapy, context, segment.pumpKey))],
    ...(notes.length > 0 && { note: notes.map((text) => ({ text })) }),
    dosage: dosage(segment, context),
  };
}

function statusOf({ end, endReason }: Segment): MedicationAdministration['status'] {
  if (!end) return 'in-progress';
  return endReason === 'pump-stopped' || endReason === 'pump-explanted' ? 'stopped' : 'completed';
}

/**
 * The end is the time of the event that closed it, as its source wrote it (a month stays a month), unless we computed
 * it (a bridge ran out).
 */
function endOf({ closedBy, endReason, openedBy }: Segment, end: Temporal.Instant): string {
  return closedBy && endReason !== 'bridge-ended' ? dateTime(closedBy.when) : siteDateTime(end, openedBy.when.zone);
}

function dosage(segment: Segment, context: MappingContext): MedicationAdministrationDosage {
  const { program, role } = segment;
  const dose = doseUgPerDay(program) as number;
  const method =
    role === 'bridge'
      ? concept(context, itb.administration, 'bridge-bolus')
      : concept(context, itb.infusionMode, program.mode);
  const pattern = role === 'infusion' && isPattern(program);
  return {
    text: `${method.text}, ${dose} ug per day, intrathecal`,
    route: intrathecal(context),
    method,
    ...(pattern
      ? { rateRatio: { numerator: measured(dose, 'ug'), denominator: measured(1, 'd') } }
      : { rateQuantity: measured(dose, 'ug/d') }),
  };
}

/** What a reader should know beside the programmed dose. The dose that might result is for reviewers, not here. */
function annotations(therapy: Timeline, segment: Segment): string[] {
  const touches = (flag: Flag) =>
    flag.pumpKey === segment.pumpKey &&
    deliveryFlags.has(flag.problem.code) &&
    Temporal.Instant.compare(flag.entry.when.earliest, segment.start) >= 0 &&
    (!segment.end || Temporal.Instant.compare(flag.entry.when.earliest, segment.end) < 0);
  return therapy.flags.filter(touches).map((flag) => inWords(flag.problem));
}

const deliveryFlags: ReadonlySet<string> = new Set(['concentration-mismatch', 'concentration-change-without-bridge']);

function doseUnknown(segment: Segment): Built {
  const { openedBy } = segment;
  const message = `the programme (${segment.program.mode}) states no daily dose`;
  const place = { field: 'program.doseUgPerDay', eventId: openedBy.source.reportEventId };
  return { problem: problem('program-incomplete', message, place), held: true, entry: openedBy };
}
