import { isDeepStrictEqual } from 'node:util';
import type { ClinicalEvent, ClinicalType } from '../event/event.ts';
import { type Problem, problem } from '../event/problem.ts';
import { bareName } from './bare-name.ts';
import { pumpKey } from './device-life.ts';
import type { Entry } from './history.ts';
import { sameProgram } from './same-program.ts';
import type { TherapySettings } from './settings.ts';
import { isBefore, isExact } from './when.ts';

/**
 * Two source systems may tell of one session: the programmer's export and the record of the clinic. Where nothing that
 * both state differs, they are one entry; where they differ, the first stands and the other is held. Two reports of one
 * source are two sessions. What comes of it depends on the history alone, never on what was received first.
 */
export interface Sessions<Kept extends Entry> {
  readonly entries: readonly Kept[];
  readonly held: readonly { readonly entry: Kept; readonly problem: Problem }[];
  readonly flags: readonly { readonly entry: Kept; readonly problem: Problem; readonly pumpKey?: string | undefined }[];
}

/** `entries` in the total order. */
export function sameSessions<Kept extends Entry>(entries: readonly Kept[], settings: TherapySettings): Sessions<Kept> {
  const rules = rulesFor(entries, settings);
  const groups = grouped(entries, rules);
  const doubted = disagreeing(groups, rules);
  const standing = groups.filter((group) => !doubted.has(group));
  const isStanding = new Map(standing.map((group) => [group.members[0], group.merged]));
  return {
    entries: entries.flatMap((entry) => isStanding.get(entry) ?? []),
    held: [...doubted.keys()].flatMap(({ members }) => members.map((entry) => ({ entry, problem: disagrees(entry) }))),
    flags: standing.flatMap((group) => [
      ...(group.members.length > 1 ? [{ entry: group.merged, problem: merged(group.merged) }] : []),
      ...([...doubted.values()].includes(group)
        ? [{ entry: group.merged, problem: disagrees(group.merged, 'warning'), pumpKey: keyOf(group.merged) }]
        : []),
    ]),
  };
}

interface Group<Kept extends Entry> {
  readonly members: readonly Kept[];
  /** The first of them, its gaps filled from the others. */
  readonly merged: Kept;
}

interface Rules {
  readonly windowMs: number;
  /** All reports of the history name one pump, or none: one that names none is about it. */
  readonly onePump: boolean;
}

function rulesFor(entries: readonly Entry[], { mergeWindowMinutes }: TherapySettings): Rules {
  const pumps = new Set(entries.flatMap((entry) => keyOf(entry) ?? []));
  return { windowMs: mergeWindowMinutes * 60_000, onePump: pumps.size <= 1 };
}

function grouped<Kept extends Entry>(entries: readonly Kept[], rules: Rules): Group<Kept>[] {
  const groups: Group<Kept>[] = [];
  for (const entry of byPrecision(entries)) {
    const place = groups.findIndex(
      ({ members, merged: first }) =>
        mayBeOne(members, entry, rules) && isOneHappening(first, entry) && agree(first.event, entry.event),
    );
    const group = groups[place];
    if (group) groups[place] = { members: [...group.members, entry], merged: completed(group.merged, entry) };
    else groups.push({ members: [entry], merged: entry });
  }
  return groups;
}

/** Each doubted group with the one that stands instead. */
function disagreeing<Kept extends Entry>(groups: readonly Group<Kept>[], rules: Rules): Map<Group<Kept>, Group<Kept>> {
  const doubted = new Map<Group<Kept>, Group<Kept>>();
  for (const [n, group] of groups.entries()) {
    const first = groups
      .slice(0, n)
      .find(
        (other) =>
          !doubted.has(other) &&
          group.members.every((member) => mayBeOne(other.members, member, rules)) &&
          isOneHappening(other.merged, group.merged),
      );
    if (first) doubted.set(group, first);
  }
  return doubted;
}

/** Two programmes within the hour are two changes, and a pump and a catheter two things that were removed or revised. */
function isOneHappening({ event }: Entry, { event: other }: Entry): boolean {
  switch (event.type) {
    case 'dose-change':
      return sameProgram(event.program, (other as typeof event).program);
    case 'revision':
      return event.component === (other as typeof event).component;
    case 'explant': {
      const { removed = ['pump'] } = other as typeof event;
      return (event.removed ?? ['pump']).some((part) => removed.includes(part));
    }
    default:
      return true;
  }
}

const reportedTwice: ReadonlySet<ClinicalType> = new Set<ClinicalType>([
  'refill',
  'implant',
  'explant',
  'revision',
  'dose-change',
]);

function mayBeOne(members: readonly Entry[], entry: Entry, { windowMs, onePump }: Rules): boolean {
  const first = members[0] as Entry;
  if (windowMs === 0 || first.event.type !== entry.event.type || !reportedTwice.has(entry.event.type)) return false;
  if (!isToTheDay(first) || !isToTheDay(entry) || apartMs(first, entry) > windowMs) return false;
  if (members.some((member) => member.source.system === entry.source.system)) return false;
  return onePump || (keyOf(first) === keyOf(entry) && keyOf(entry) !== undefined);
}

/** What is known to the minute comes before what is known to the day: the session keeps its instant. */
const byPrecision = <Kept extends Entry>(entries: readonly Kept[]): Kept[] => [
  ...entries.filter(({ when }) => isExact(when)),
  ...entries.filter(({ when }) => !isExact(when)),
];

const isToTheDay = ({ when }: Entry): boolean => isExact(when) || when.precision === 'day';

function apartMs({ when: a }: Entry, { when: b }: Entry): number {
  if (isBefore(a.latest, b.earliest)) return b.earliest.epochMilliseconds - a.latest.epochMilliseconds;
  return Math.max(0, a.earliest.epochMilliseconds - b.latest.epochMilliseconds);
}

const keyOf = ({ event }: Entry): string | undefined => event.pump && pumpKey(event.pump);

type Fields = Readonly<Record<string, unknown>>;

/** Who, where and in which words, and what a source calculated: sources differ in them without differing in the session. */
const mayDiffer: ReadonlySet<string> = new Set([
  'source',
  'recordedAt',
  'occurredAt',
  'timeZone',
  'patient',
  'pump',
  'performer',
  'encounter',
  'clinic',
  'session',
  'extra',
  'reason',
  'anaesthesia',
  'informationSource',
  'setting',
  'imagingUsed',
  'reported',
  'previousProgram',
  'changePercent',
  'expectedMl',
  'differenceMl',
  'deviceName',
  'productName',
  'udi',
  'udiAidc',
  'udiEntryType',
  'lengthSource',
  'tipLevelSource',
  'volumeSource',
]);

/** Of these the parts belong together: a name is not joined to the number of another. */
const wholes: ReadonlySet<string> = new Set(['source', 'performer', 'clinic', 'session', 'previousProgram', 'extra']);

/** Nothing that both state differs. */
const agree = (a: ClinicalEvent, b: ClinicalEvent): boolean => agreeIn(a as Fields, b as Fields);

function agreeIn(a: Fields, b: Fields): boolean {
  return Object.keys(a).every((name) => mayDiffer.has(name) || agreeAs(a[name], b[name]));
}

function agreeAs(a: unknown, b: unknown): boolean {
  if (isUnstated(a) || isUnstated(b)) return true;
  if (typeof a === 'string') return bareName(a) === bareName(String(b));
  return isRecord(a) ? agreeIn(a, b as Fields) : isDeepStrictEqual(a, b);
}

/** The first report, with what only the other states. */
function completed<Kept extends Entry>(first: Kept, other: Kept): Kept {
  const event = filled(first.event as Fields, other.event as Fields) as ClinicalEvent;
  return { ...first, event, alsoReportedBy: [...(first.alsoReportedBy ?? []), other.source] };
}

function filled(first: Fields, other: Fields): Fields {
  const fields = Object.entries(other).map(([name, value]) => {
    const own = first[name];
    const isWhole = wholes.has(name) || !isRecord(own) || !isRecord(value);
    if (isUnstated(own)) return [name, value];
    return [name, isWhole ? own : filled(own, value)];
  });
  return { ...first, ...Object.fromEntries(fields) };
}

const isUnstated = (value: unknown): boolean => value === undefined || value === null;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merged(entry: Entry): Problem {
  const message = 'two sources reported this session, and nothing that both state differs: they are kept as one';
  return problem('reports-merged', message, { eventId: entry.source.reportEventId }, 'information');
}

function disagrees(entry: Entry, severity: Problem['severity'] = 'error'): Problem {
  const message = 'two sources reported one session with the pump, and they differ';
  return problem('reports-disagree', message, { eventId: entry.source.reportEventId }, severity);
}
