import type { CanonicalEvent, ClinicalEvent } from '../event/event.ts';
import { type Problem, problem } from '../event/problem.ts';

/** One report as the ledger keeps it, with the surviving patient it belongs to. */
export interface RecordedEvent {
  readonly patientId: string;
  readonly event: CanonicalEvent;
  readonly receivedAt: Temporal.Instant;
}

/** What stands after corrections and voids: one statement for each event that happened. */
export interface Statement {
  readonly event: ClinicalEvent;
  /** The report that states it now: the original, or its last correction. */
  readonly report: RecordedEvent;
  /** The first report of the chain of corrections: identities hang on it. */
  readonly rootEventId: string;
  readonly patientId: string;
  /** How often corrections moved the event to another patient. */
  readonly reattributions: number;
  /** Order among events of one instant: that of the first report, where the chain is complete. */
  readonly sequence: number;
}

export interface Amended {
  readonly statements: readonly Statement[];
  readonly problems: readonly { readonly patientId: string; readonly problem: Problem }[];
}

/**
 * Applies corrections and voids, whatever the order of receipt. A void withdraws exactly the report it names: of an
 * original, the event never happened; of a correction, what it replaced stands again; of a void, the event stands again.
 */
export function amend(recorded: readonly RecordedEvent[]): Amended {
  const bySystem = Map.groupBy(recorded, (record) => record.event.source.system);
  const parts = [...bySystem.values()].map(amendOneSystem);
  return {
    statements: parts.flatMap((part) => part.statements),
    problems: parts.flatMap((part) => part.problems),
  };
}

function amendOneSystem(recorded: readonly RecordedEvent[]): Amended {
  const byId = new Map(recorded.map((record) => [record.event.source.eventId, record]));
  const voidsOf = Map.groupBy(recorded.filter(isVoid), (record) => record.event.voids);
  const problems: { patientId: string; problem: Problem }[] = [];

  const withdrawn = (eventId: string, trail: readonly string[] = []): boolean => {
    if (trail.includes(eventId)) return false;
    const voids = voidsOf.get(eventId) ?? [];
    return voids.some((record) => !withdrawn(record.event.source.eventId, [...trail, eventId]));
  };

  const chain: Chain = { byId, roots: circleRoots(recorded, byId, withdrawn) };
  const chains = Map.groupBy(recorded.filter(isStatement), (record) => pathToRoot(record, chain)[0] as string);
  const statements = [...chains].flatMap(([rootEventId, members]) => {
    if (withdrawn(rootEventId)) return [];
    const standing = members.filter((member) => !withdrawn(member.event.source.eventId));
    const last = standing.toSorted((a, b) => compareStatements(a, b, chain)).at(-1);
    return last ? [statementOf(last, rootEventId, chain)] : [];
  });

  for (const record of recorded) {
    const target = targetOf(record);
    if (target && !mayBeMeant(record, byId.get(target))) problems.push(targetMissing(record));
    const circle = circleOf(record, byId);
    if (circle && !isBroken(circle, withdrawn)) problems.push(cycle(record));
  }
  return { statements, problems };
}

/** How one report leads to the next: by what it replaces, up to a root. */
interface Chain {
  readonly byId: ReadonlyMap<string, RecordedEvent>;
  /** Reports that replace something and stand as originals all the same. */
  readonly roots: ReadonlySet<string>;
}

function statementOf(record: RecordedEvent, rootEventId: string, chain: Chain): Statement {
  const path = pathToRoot(record, chain).flatMap((id) => chain.byId.get(id) ?? []);
  const patients = path.map((report) => report.patientId);
  const moves = patients.filter((patient, n) => n > 0 && patient !== patients[n - 1]).length;
  return {
    event: clinical(record.event),
    report: record,
    rootEventId,
    patientId: record.patientId,
    reattributions: moves,
    sequence: path[0]?.event.source.sequence ?? 0,
  };
}

/** Source event ids from the root of the chain of corrections to this report. */
function pathToRoot(record: RecordedEvent, { byId, roots }: Chain): string[] {
  const path = [record.event.source.eventId];
  let current: RecordedEvent | undefined = record;
  while (current?.event.type === 'correction' && !roots.has(current.event.source.eventId)) {
    path.unshift(current.event.replaces);
    current = byId.get(current.event.replaces);
  }
  return path;
}

/**
 * Where corrections replace each other in a circle, the one recorded first stands as the original and the others correct
 * it, until one of them is voided. A correction of what states no event (a void, a merge) stands for itself.
 */
function circleRoots(
  recorded: readonly RecordedEvent[],
  byId: ReadonlyMap<string, RecordedEvent>,
  withdrawn: (eventId: string) => boolean,
): ReadonlySet<string> {
  const roots = new Set<string>();
  for (const record of recorded) {
    const target = record.event.type === 'correction' ? byId.get(record.event.replaces) : undefined;
    if (target && !isStatement(target)) roots.add(record.event.source.eventId);
    const circle = circleOf(record, byId);
    const standing = circle?.filter(({ event }) => !withdrawn(event.source.eventId));
    const [first] = (standing?.length ? standing : (circle ?? [])).toSorted(compareRecorded);
    if (first) roots.add(first.event.source.eventId);
  }
  return roots;
}

/** The later statement of a chain: the deeper correction, then the one recorded later. Receipt does not count. */
function compareStatements(a: RecordedEvent, b: RecordedEvent, chain: Chain): number {
  return pathToRoot(a, chain).length - pathToRoot(b, chain).length || compareRecorded(a, b);
}

function compareRecorded(a: RecordedEvent, b: RecordedEvent): number {
  return (
    recordedMs(a) - recordedMs(b) ||
    (a.event.source.sequence ?? 0) - (b.event.source.sequence ?? 0) ||
    compareText(a.event.source.eventId, b.event.source.eventId)
  );
}

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function recordedMs(record: RecordedEvent): number {
  const { recordedAt } = record.event;
  return recordedAt ? Temporal.Instant.from(recordedAt).epochMilliseconds : 0;
}

function clinical(event: CanonicalEvent): ClinicalEvent {
  return event.type === 'correction' ? event.event : (event as ClinicalEvent);
}

type VoidRecord = RecordedEvent & { event: Extract<CanonicalEvent, { type: 'void' }> };

const isVoid = (record: RecordedEvent): record is VoidRecord => record.event.type === 'void';

const administrative: ReadonlySet<string> = new Set(['void', 'merge', 'unmerge']);
const isStatement = (record: RecordedEvent): boolean => !administrative.has(record.event.type);

function targetOf({ event }: RecordedEvent): string | undefined {
  if (event.type === 'correction') return event.replaces;
  return event.type === 'void' ? event.voids : undefined;
}

/** The reports that lead from this one back to it; undefined where it does not lead back. */
function circleOf(
  record: RecordedEvent,
  byId: ReadonlyMap<string, RecordedEvent>,
): readonly RecordedEvent[] | undefined {
  const seen = new Map<string, RecordedEvent>();
  let current: RecordedEvent | undefined = record;
  while (current) {
    const id = current.event.source.eventId;
    if (seen.has(id)) return id === record.event.source.eventId ? [...seen.values()] : undefined;
    seen.set(id, current);
    const target = targetOf(current);
    current = target === undefined ? undefined : byId.get(target);
  }
  return undefined;
}

/** A void from outside ends the circle: then nothing is left to tell. */
const isBroken = (circle: readonly RecordedEvent[], withdrawn: (eventId: string) => boolean): boolean =>
  circle.some(({ event }) => withdrawn(event.source.eventId));

/** A void may name any report, a correction one that states an event. */
const mayBeMeant = (record: RecordedEvent, target: RecordedEvent | undefined): boolean =>
  target !== undefined && (isVoid(record) || isStatement(target));

function targetMissing(record: RecordedEvent) {
  const field = record.event.type === 'void' ? 'voids' : 'replaces';
  const place = { field, eventId: record.event.source.eventId };
  const message = 'the event named here has not been received, or what was received under its id states no event';
  return {
    patientId: record.patientId,
    problem: problem('target-not-found', message, place, 'warning'),
  };
}

function cycle(record: RecordedEvent) {
  const place = { eventId: record.event.source.eventId };
  return { patientId: record.patientId, problem: problem('amendment-cycle', 'it amends itself through others', place) };
}
