import type { Observation, ObservationComponent } from '@medplum/fhirtypes';
import type { Program } from '../event/program.ts';
import { external, itb, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { AlarmRecord, EndReason, Segment } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { isBefore } from '../therapy/when.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, measured, refer } from './element.ts';
import { infusionIdentity, isStop } from './infusion.ts';
import { category, observed } from './observed.ts';
import { daysInWords, singleDailyDose, weekdayPatterns } from './programmed-dose.ts';
import { pumpWithKey } from './pump-device.ts';

/**
 * The programmed daily dose as one Observation for each change: the simplest answer for apps, and the only carrier of
 * the dose at servers that take no MedicationAdministration. A stop says 0, so that the last dose is not read as
 * running; where nobody knows what is delivered it says so. During a bridge the dose is the one that the bridge gives.
 */
export function dailyDoses(therapy: Timeline, context: MappingContext): Built[] {
  const opened = Map.groupBy(therapy.segments, (segment) => segment.openedBy);
  const changes = [...opened.values()].flatMap((both) => both.slice(0, 1)).map((first) => changeTo(first, context));
  const stops = therapy.segments.flatMap((segment) => stopOf(segment, opened));
  const doubts = therapy.alarms.flatMap((alarm) => doubtOf(therapy, alarm, stops));
  return [...changes, ...stops, ...doubts].map((change) => ({
    identity: eventIdentity(context, change.entry, 'daily-dose'),
    resource: dailyDose(change, pumpWithKey(therapy, context, change.pumpKey), context),
    entry: change.entry,
    optional: change.infusion ? [change.infusion] : [],
  }));
}

interface DoseChange {
  readonly entry: Entry;
  readonly pumpKey: string;
  readonly dose: number | 'unknown' | 'not-applicable';
  /** Why the dose before ended, where no dose follows it. */
  readonly reason?: EndReason | undefined;
  readonly program?: Program | undefined;
  readonly infusion?: string | undefined;
}

function changeTo(segment: Segment, context: MappingContext): DoseChange {
  const { openedBy, program, pumpKey } = segment;
  const none = weekdayPatterns(program).length > 0 ? 'not-applicable' : 'unknown';
  const dose = singleDailyDose(program) ?? none;
  return { entry: openedBy, pumpKey, dose, program, infusion: infusionIdentity(segment, context) };
}

/** An end that no new segment follows: 0 where delivery was stopped, unknown where it is not known what is delivered. */
function stopOf(
  { endReason, closedBy, pumpKey }: Segment,
  opened: ReadonlyMap<Entry, readonly Segment[]>,
): DoseChange[] {
  if (!closedBy || opened.has(closedBy)) return [];
  return [{ entry: closedBy, pumpKey, dose: isStop(endReason) ? 0 : 'unknown', reason: endReason }];
}

/** An alarm during a stall that makes the delivery uncertain, or a recovery of which only the day is known. */
function doubtOf({ sessions }: Timeline, alarm: AlarmRecord, stops: readonly DoseChange[]): DoseChange[] {
  const { entry, pumpKey } = alarm;
  const isKnown = sessions.some((session) => session.entry === entry && session.program !== undefined);
  const isStalled = stops.some(
    (stop) =>
      stop.pumpKey === pumpKey &&
      stop.reason === 'delivery-stopped-by-alarm' &&
      isBefore(stop.entry.when.earliest, entry.when.earliest),
  );
  if (isKnown || !isStalled || stops.some((stop) => stop.entry === entry)) return [];
  return [{ entry, pumpKey, dose: 'unknown', reason: 'delivery-uncertain' }];
}

function dailyDose(change: DoseChange, pump: string, context: MappingContext): Observation {
  const { entry, dose, reason, program, infusion } = change;
  const component = program ? weekdays(program, context) : [];
  return {
    ...observed(context, profile.dailyDose, entry, 'daily-dose'),
    ...(infusion && { partOf: [refer(infusion)] }),
    ...category(context, 'therapy'),
    code: concept(context, itb.observation, 'programmed-daily-dose'),
    focus: [refer(pump)],
    ...(typeof dose === 'number'
      ? { valueQuantity: measured(dose, 'ug/d') }
      : { dataAbsentReason: concept(context, external.dataAbsentReason, dose) }),
    ...(reason && { note: [{ text: `${concept(context, itb.stopReason, reason).text}.` }] }),
    device: refer(pump),
    ...(component.length > 0 && { component }),
  };
}

/** The weekdays that differ, each with its dose: the value is that of all other days. */
function weekdays(program: Program, context: MappingContext): ObservationComponent[] {
  const code = concept(context, itb.observation, 'weekday-dose');
  return weekdayPatterns(program).map(({ days, doseUgPerDay }) => ({
    code: { ...code, text: `Programmed daily dose on ${daysInWords(days)}` },
    valueQuantity: measured(doseUgPerDay, 'ug/d'),
  }));
}
