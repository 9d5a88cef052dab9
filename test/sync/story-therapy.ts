import { desired } from '../../src/mapping/desired.ts';
import { eventReports } from '../../src/mapping/event-report.ts';
import type { EventReport, TailorContext, Wanted } from '../../src/sync/tailored.ts';
import { mappingContext, patientsOf, reportedEvents, therapyOf } from '../stories/story.ts';
import { contextOf } from './destination-context.ts';

/** The therapy of the first patient of a story, after all of its reports or the first so many. */
export interface StoryTherapy {
  readonly patientId: string;
  readonly wanted: readonly Wanted[];
  readonly reports: readonly EventReport[];
}

export function storyTherapy(name: string, reported = Number.POSITIVE_INFINITY): StoryTherapy {
  const events = reportedEvents(name);
  const [patientId = ''] = patientsOf(events);
  const therapy = therapyOf(events.slice(0, reported), patientId);
  const context = mappingContext(patientId);
  const wanted = desired(therapy, context).resources.map(({ identity, resource, entry, changedBy }) => ({
    identity,
    resource,
    group: therapy.entries.indexOf(entry),
    changedIn: changedBy && therapy.entries.indexOf(changedBy),
  }));
  return { patientId, wanted, reports: eventReports(therapy, context) };
}

/** A destination that knows the patient of a story. */
export const contextFor = ({ patientId }: StoryTherapy, changes: Partial<TailorContext> = {}): TailorContext =>
  contextOf({
    patientId,
    patientIdentifiers: [{ system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN0001', patientId }],
    ...changes,
  });
