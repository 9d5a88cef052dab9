import type { Observation } from '@medplum/fhirtypes';
import { external, itb, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Segment } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, dateTime, measured, ofEvent, refer, subject } from './element.ts';
import { doseUgPerDay } from './infusion.ts';
import { pumpWithKey } from './pump-device.ts';

/**
 * The programmed daily dose as one Observation for each change: the simplest answer for apps, and the only carrier of
 * the dose at servers that take no MedicationAdministration. A stop says 0, so that the last dose is not read as running.
 */
export function dailyDoses(therapy: Timeline, context: MappingContext): Built[] {
  const opened = Map.groupBy(therapy.segments, (segment) => segment.openedBy);
  const changes = [...opened.values()].flatMap(([first]) => (first ? changeTo(first) : []));
  const stops = therapy.segments.flatMap((segment) => stopOf(segment, opened));
  return [...changes, ...stops].map(({ entry, pumpKey, dose }) => ({
    identity: eventIdentity(context, entry, 'daily-dose'),
    resource: dailyDose(entry, pumpWithKey(therapy, context, pumpKey), dose, context),
    entry,
  }));
}

interface DoseChange {
  readonly entry: Entry;
  readonly pumpKey: string;
  readonly dose: number | 'unknown';
}

function changeTo({ openedBy, program, pumpKey }: Segment): DoseChange[] {
  return [{ entry: openedBy, pumpKey, dose: doseUgPerDay(program) ?? 'unknown' }];
}

/** An end that no new segment follows: 0 where delivery was stopped, unknown where the programme is. */
function stopOf(
  { endReason, closedBy, pumpKey }: Segment,
  opened: ReadonlyMap<Entry, readonly Segment[]>,
): DoseChange[] {
  if (!closedBy || opened.has(closedBy)) return [];
  return [{ entry: closedBy, pumpKey, dose: endReason === 'programme-unknown' ? 'unknown' : 0 }];
}

function dailyDose(entry: Entry, pump: string, dose: number | 'unknown', context: MappingContext): Observation {
  return {
    resourceType: 'Observation',
    ...ofEvent(context, profile.dailyDose, entry, 'daily-dose'),
    status: 'final',
    category: [{ coding: [{ system: external.observationCategory, code: 'therapy' }] }],
    code: concept(context, itb.observation, 'programmed-daily-dose'),
    subject: subject(context),
    focus: [refer(pump)],
    effectiveDateTime: dateTime(entry.when),
    ...(dose === 'unknown'
      ? { dataAbsentReason: { coding: [{ system: external.dataAbsentReason, code: 'unknown' }] } }
      : { valueQuantity: measured(dose, 'ug/d') }),
    device: refer(pump),
  };
}
