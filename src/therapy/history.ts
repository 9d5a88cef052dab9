import type { ClinicalEvent, ClinicalType } from '../event/event.ts';
import { type Problem, problem } from '../event/problem.ts';
import { amend, compareText, type RecordedEvent, type Statement } from './amendments.ts';
import type { TherapySettings } from './settings.ts';
import { isBefore, type When, whenOf } from './when.ts';

/** One thing that happened to the patient, as it stands after corrections and voids. */
export interface Entry<Event extends ClinicalEvent = ClinicalEvent> {
  readonly event: Event;
  readonly when: When;
  readonly source: { readonly system: string; readonly rootEventId: string; readonly reportEventId: string };
  readonly sequence: number;
  readonly reattributions: number;
  readonly recordedAt: Temporal.Instant;
  readonly test: boolean;
}

export interface History {
  readonly entries: readonly Entry[];
  /** Events that are kept back, each with its problem. */
  readonly held: readonly { readonly entry: Entry; readonly problem: Problem }[];
  readonly problems: readonly Problem[];
}

/** The order of things that happen at one instant: what makes a device known comes before what uses it. */
const typeRank: readonly ClinicalType[] = [
  'baseline',
  'consent',
  'enrolment',
  'transfer',
  'care-plan',
  'screening-bolus',
  'implant',
  'revision',
  'reservoir-emptied',
  'refill',
  'interrogation',
  'restart',
  'dose-change',
  'bolus',
  'alarm',
  'complication',
  'imaging',
  'rescue-medication',
  'assessment',
  'follow-up',
  'pump-stop',
  'explant',
  'death',
];

/** Everything reported about one patient, in the total order, corrections and voids applied. */
export function history(recorded: readonly RecordedEvent[], patientId: string, settings: TherapySettings): History {
  const { statements, problems } = amend(recorded);
  const entries = statements
    .filter((statement) => statement.patientId === patientId)
    .map((statement) => entryOf(statement, settings))
    .toSorted(compareEntries);
  const held = entries.filter((entry) => isInFuture(entry, settings)).map(heldAsFuture);
  const heldEntries = new Set(held.map(({ entry }) => entry));
  return {
    entries: entries.filter((entry) => !heldEntries.has(entry)),
    held,
    problems: problems.filter((found) => found.patientId === patientId).map((found) => found.problem),
  };
}

interface Received extends Entry {
  readonly receivedAt: Temporal.Instant;
}

function entryOf(statement: Statement, settings: TherapySettings): Received {
  const { event, report } = statement;
  const zone = event.timeZone ?? report.event.timeZone ?? settings.siteTimeZone;
  const { source, recordedAt, test } = report.event;
  return {
    event,
    when: whenOf(event.occurredAt, zone),
    source: { system: source.system, rootEventId: statement.rootEventId, reportEventId: source.eventId },
    sequence: statement.sequence,
    reattributions: statement.reattributions,
    recordedAt: recordedAt ? Temporal.Instant.from(recordedAt) : report.receivedAt,
    receivedAt: report.receivedAt,
    test: test ?? false,
  };
}

/** The total order of "Any order of receipt, one history": nothing in it depends on when we received what. */
function compareEntries(a: Entry, b: Entry): number {
  return (
    Temporal.Instant.compare(placeInTime(a), placeInTime(b)) ||
    a.sequence - b.sequence ||
    typeRank.indexOf(a.event.type) - typeRank.indexOf(b.event.type) ||
    compareText(a.source.system, b.source.system) ||
    compareText(a.source.rootEventId, b.source.rootEventId)
  );
}

/** A device is never ended earlier than it may have been: a partial-date explant counts at its latest instant. */
export function placeInTime(entry: Entry): Temporal.Instant {
  return entry.event.type === 'explant' ? entry.when.latest : entry.when.earliest;
}

function isInFuture(entry: Received, settings: TherapySettings): boolean {
  return isBefore(entry.receivedAt.add({ minutes: settings.futureToleranceMinutes }), entry.when.earliest);
}

function heldAsFuture(entry: Entry) {
  const place = { field: 'occurredAt', eventId: entry.source.reportEventId };
  return { entry, problem: problem('event-in-future', 'the event lies after its receipt', place) };
}
