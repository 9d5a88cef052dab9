import type { ClinicalEvent, ClinicalType } from '../event/event.ts';
import { type Problem, problem } from '../event/problem.ts';
import { alarmFacts } from './alarm-facts.ts';
import { amend, compareText, type RecordedEvent, type Statement } from './amendments.ts';
import { expand, isClearing } from './pump-log.ts';
import { sameSessions } from './same-session.ts';
import type { TherapySettings } from './settings.ts';
import { isBefore, type When, whenOf } from './when.ts';

/** One thing that happened to the patient, as it stands after corrections and voids. */
export interface Entry<Event extends ClinicalEvent = ClinicalEvent> {
  readonly event: Event;
  readonly when: When;
  readonly source: {
    readonly system: string;
    readonly rootEventId: string;
    readonly reportEventId: string;
    /** Where one report tells of several happenings, which of them: a line of the log of the pump. */
    readonly part?: string | undefined;
  };
  readonly sequence: number;
  readonly reattributions: number;
  readonly recordedAt: Temporal.Instant;
  /** Of a correction: why, in the words of who corrected it. */
  readonly amendedBecause?: string | undefined;
  readonly test: boolean;
  /** Other sources that told of the same session. */
  readonly alsoReportedBy?: readonly Entry['source'][] | undefined;
}

export interface History {
  readonly entries: readonly Entry[];
  /** Events that are kept back, each with its problem. */
  readonly held: readonly { readonly entry: Entry; readonly problem: Problem }[];
  /** What a reader should know beside an entry that stands. */
  readonly flags: readonly {
    readonly entry: Entry;
    readonly problem: Problem;
    readonly pumpKey?: string | undefined;
  }[];
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
  const inOrder = orderOf(settings);
  const stated = statements
    .filter((statement) => statement.patientId === patientId)
    .map((statement) => entryOf(statement, settings));
  const [ahead, past] = partition(stated, settings);
  // The lines of a log go with the interrogation that read it, and each may itself lie in the future.
  const [linesAhead, happened] = partition(
    past.flatMap((entry) => expand(entry, settings)),
    settings,
  );
  const sessions = sameSessions(happened.toSorted(inOrder), settings);
  return {
    entries: sessions.entries,
    held: [...[...ahead, ...linesAhead].toSorted(inOrder).map(heldAsFuture), ...sessions.held],
    flags: sessions.flags,
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
    ...(report.event.type === 'correction' && report.event.reason && { amendedBecause: report.event.reason }),
    test: test ?? false,
  };
}

/** The total order of "Any order of receipt, one history": nothing in it depends on when we received what. */
function orderOf(settings: TherapySettings): (a: Entry, b: Entry) => number {
  return (a, b) =>
    Temporal.Instant.compare(placeInTime(a), placeInTime(b)) ||
    a.sequence - b.sequence ||
    typeRank.indexOf(a.event.type) - typeRank.indexOf(b.event.type) ||
    Number(endsAlarm(a, settings)) - Number(endsAlarm(b, settings)) ||
    compareText(a.source.system, b.source.system) ||
    compareText(a.source.rootEventId, b.source.rootEventId) ||
    compareText(a.source.part ?? '', b.source.part ?? '');
}

/** A stall that was over at the instant at which it began is over. */
function endsAlarm(entry: Entry, settings: TherapySettings): boolean {
  if (entry.event.type !== 'alarm') return false;
  return isClearing(entry) || alarmFacts(settings, entry.event.code)?.delivery === 'recovered';
}

const endsTherapy: ReadonlySet<ClinicalType> = new Set<ClinicalType>(['explant', 'death']);

/** Delivery is never ended earlier than it may have been: a partial-date explant or death counts at its latest instant. */
export function placeInTime(entry: Entry): Temporal.Instant {
  return endsTherapy.has(entry.event.type) ? entry.when.latest : entry.when.earliest;
}

/** Whether what stands of the event is not what was reported first. */
export const isCorrection = ({ source }: Entry): boolean => source.rootEventId !== source.reportEventId;

/** What lies in the future of its receipt, and what does not. */
function partition(entries: readonly Received[], settings: TherapySettings): [Received[], Received[]] {
  const tolerance = { minutes: settings.futureToleranceMinutes };
  const groups = Map.groupBy(entries, ({ receivedAt, when }) => isBefore(receivedAt.add(tolerance), when.earliest));
  return [groups.get(true) ?? [], groups.get(false) ?? []];
}

function heldAsFuture(entry: Entry) {
  const place = { field: 'occurredAt', eventId: entry.source.reportEventId };
  return { entry, problem: problem('event-in-future', 'the event lies after its receipt', place) };
}
