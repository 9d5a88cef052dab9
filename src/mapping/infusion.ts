import type { MedicationAdministration, MedicationAdministrationDosage } from '@medplum/fhirtypes';
import { problem } from '../event/problem.ts';
import { extension, itb, profile } from '../fhir/systems.ts';
import type { EndReason, Flag, Segment } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { isBefore } from '../therapy/when.ts';
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
import { flagNotes, ofDelivery } from './flag-notes.ts';
import { encounterOf } from './party.ts';
import { performers } from './performer.ts';
import { doseInWords, doseUgPerDay, doseUgPerWeek, isPattern } from './programmed-dose.ts';
import { isProgramming, regimenIdentity } from './programming.ts';
import { pumpWithKey } from './pump-device.ts';
import { drugInWords } from './reservoir-drug.ts';

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
      changedBy: segment.closedBy,
      optional: [readingOf(segment, context)],
    };
  });
}

/** Whether delivery ended, so far as is known: a stop, an explant, an alarm that says so. */
export const isStop = (reason: EndReason | undefined): boolean => stops.has(reason);

const stops: ReadonlySet<EndReason | undefined> = new Set<EndReason>([
  'pump-stopped',
  'pump-explanted',
  'delivery-stopped-by-alarm',
  'patient-died',
]);

export function infusionIdentity(segment: Segment, context: MappingContext): string {
  return eventIdentity(context, segment.openedBy, segment.role);
}

/** The panel of the session that programmed it, where there is one. */
const readingOf = ({ openedBy }: Segment, context: MappingContext): string =>
  eventIdentity(context, openedBy, 'pump-status');

function infusion(therapy: Timeline, segment: Segment, context: MappingContext): MedicationAdministration {
  const { openedBy, program } = segment;
  const startsAtEvent = Temporal.Instant.compare(segment.start, openedBy.when.earliest) === 0;
  const { extension: precise = [] } = startsAtEvent ? precision(openedBy.when) : {};
  return {
    resourceType: 'MedicationAdministration',
    meta: meta(profile.infusion, openedBy),
    extension: [...precise, { url: extension.infusionMode, valueCode: program.mode }],
    identifier: identifiers(context, infusionIdentity(segment, context), openedBy),
    status: statusOf(segment),
    ...(segment.endReason && { statusReason: [concept(context, itb.stopReason, segment.endReason)] }),
    medicationCodeableConcept: baclofen(context),
    subject: subject(context),
    context: encounterOf(openedBy.event),
    supportingInformation: [refer(readingOf(segment, context))],
    effectivePeriod: {
      start: startsAtEvent ? dateTime(openedBy.when) : siteDateTime(segment.start, openedBy.when.zone),
      ...(segment.end && { end: endOf(segment, segment.end) }),
    },
    ...(isProgramming(openedBy.event) && performers(context, openedBy.event, 'programmer')),
    request: refer(regimenIdentity(segment, context)),
    device: [refer(pumpWithKey(therapy, context, segment.pumpKey))],
    ...flagNotes(flagsAbout(therapy, segment), ofDelivery),
    dosage: dosage(therapy, segment, context),
  };
}

function statusOf({ end, endReason }: Segment): MedicationAdministration['status'] {
  if (!end) return 'in-progress';
  return isStop(endReason) ? 'stopped' : 'completed';
}

/**
 * The end is the time of the event that closed it, as its source wrote it (a month stays a month), unless we computed
 * it (a bridge ran out).
 */
function endOf({ closedBy, endReason, openedBy }: Segment, end: Temporal.Instant): string {
  return closedBy && endReason !== 'bridge-ended' ? dateTime(closedBy.when) : siteDateTime(end, openedBy.when.zone);
}

function dosage(therapy: Timeline, segment: Segment, context: MappingContext): MedicationAdministrationDosage {
  const { program, role } = segment;
  const method =
    role === 'bridge'
      ? concept(context, itb.administration, 'bridge-bolus')
      : concept(context, itb.infusionMode, program.mode);
  return {
    text: `${method.text}, ${doseInWords(program)}, intrathecal${drugInWords(therapy, segment)}`,
    route: intrathecal(context),
    method,
    ...rateOf(segment),
  };
}

/** A pattern as its total per day, or per week where days differ; a bridge and any other mode as a constant rate. */
function rateOf({ program, role }: Segment): Pick<MedicationAdministrationDosage, 'rateQuantity' | 'rateRatio'> {
  const daily = doseUgPerDay(program) as number;
  if (role === 'bridge' || !isPattern(program)) return { rateQuantity: measured(daily, 'ug/d') };
  const weekly = doseUgPerWeek(program);
  const [totalUg, days] = weekly === undefined ? [daily, 1] : [weekly, 7];
  return { rateRatio: { numerator: measured(totalUg, 'ug'), denominator: measured(days, 'd') } };
}

/** What was flagged while it ran, and of the report that began it: also where a bridge comes between the two. */
function flagsAbout({ flags }: Timeline, { pumpKey, role, openedBy, start, end }: Segment): Flag[] {
  return flags.filter(({ entry, pumpKey: flagged, problem: { code } }) => {
    if (flagged !== pumpKey) return false;
    // The flow that the programme needs begins when the bridge is over.
    if (role === 'bridge' && code === 'flow-outside-model') return false;
    const { earliest } = entry.when;
    return entry === openedBy || (!isBefore(earliest, start) && (!end || isBefore(earliest, end)));
  });
}

function doseUnknown(segment: Segment): Built {
  const { openedBy } = segment;
  const message = `the programme (${segment.program.mode}) states no daily dose`;
  const place = { field: 'program.doseUgPerDay', eventId: openedBy.source.reportEventId };
  return { problem: problem('program-incomplete', message, place), held: true, entry: openedBy };
}
