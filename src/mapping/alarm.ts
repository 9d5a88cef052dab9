import type { Observation, ObservationComponent } from '@medplum/fhirtypes';
import { inWords } from '../event/problem.ts';
import { itb, profile } from '../fhir/systems.ts';
import type { AlarmRecord } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { alarmIdentity, type MappingContext } from './context.ts';
import { concept, identifiers, refer, siteDateTime } from './element.ts';
import { heldBack, inBoolean, inText, observed } from './observed.ts';
import { pumpWithKey } from './pump-device.ts';
import { components, inDate } from './reading.ts';

/** One Observation for each alarm, however often it was read from the log. It records an alarm and alerts to none. */
export function alarms(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.alarms.map((record): Built => {
    const { entry, code } = record;
    if (!context.codes.lookUp(itb.alarm, code)) {
      const field = entry.source.part === undefined ? 'code' : 'pumpLog';
      return heldBack(entry, 'code-unmapped', 'the code of the alarm is not known', field);
    }
    const pump = pumpWithKey(therapy, context, record.pumpKey);
    const identity = alarmIdentity(context, pump, code, entry);
    return { identity, resource: alarm(therapy, record, { identity, pump }, context), entry };
  });
}

function alarm(
  therapy: Timeline,
  record: AlarmRecord,
  { identity, pump }: { identity: string; pump: string },
  context: MappingContext,
): Observation {
  const { entry, code, learnedAt } = record;
  const component = facts(record, context);
  return {
    ...observed(context, profile.alarm, entry, 'alarm'),
    identifier: identifiers(context, identity, entry),
    ...(learnedAt && { issued: siteDateTime(learnedAt, entry.when.zone) }),
    code: concept(context, itb.observation, 'pump-alarm'),
    focus: [refer(pump)],
    device: refer(pump),
    valueCodeableConcept: concept(context, itb.alarm, code),
    note: notes(therapy, record).map((text) => ({ text })),
    ...(component.length > 0 && { component }),
  };
}

function facts(record: AlarmRecord, context: MappingContext): ObservationComponent[] {
  const { entry, criticality, clearedAt, delivery, inWords: meaning, reports } = record;
  const tones = [...new Set(reports.flatMap(({ event }) => event.tone ?? []))];
  return components(
    [
      ['alarm-critical', inBoolean(criticality && criticality === 'critical')],
      ['alarm-cleared', inDate(clearedAt && siteDateTime(clearedAt, entry.when.zone))],
      ['alarm-tone', inText(tones.length > 0 ? tones.join('; ') : undefined)],
      // Without a row in the table of alarms nobody has said what it means.
      ['alarm-delivery', meaning === undefined ? undefined : meaningOf(delivery, meaning, context)],
    ],
    context,
  );
}

function meaningOf(delivery: AlarmRecord['delivery'], meaning: string, context: MappingContext) {
  return { valueCodeableConcept: { ...concept(context, itb.alarmDelivery, delivery), text: meaning } };
}

/** What kind of record this is, what its reporters noted, and what a reader should check. */
function notes(therapy: Timeline, { reports }: AlarmRecord): string[] {
  const entries = new Set<unknown>(reports);
  const flags = therapy.flags.filter((flag) => entries.has(flag.entry));
  const stated = [...reports.flatMap(({ event }) => event.note ?? []), ...flags.map(({ problem }) => inWords(problem))];
  return [noAlarmSystem, ...new Set(stated)];
}

const noAlarmSystem = 'Not an alarm or monitoring system: alarms are learned late, often only when the pump is read.';
