import { parseEvent } from '../../event/parse.ts';
import { type Place, type Problem, problem } from '../../event/problem.ts';
import type { Item, Unused } from '../item.ts';
import type { EventPlan, RowPlan, Source } from './compile.ts';
import type { Amendment, RecordContext, Standing } from './context.ts';
import { fault, isFault, type Trouble, told, troubleAt } from './fault.ts';
import { type Group, groupsOf } from './groups.ts';
import { Finder, type Match, matchEvents } from './match.ts';
import { expectedAt, isWithin, translated } from './place.ts';
import { type ReadRows, readRows } from './read-rows.ts';
import type { FieldValue, SourceRecord } from './record.ts';
import { recordIn, type Scope, scopeOf, segmentsOf, segmentWithout } from './scope.ts';
import { fill, pathsOf, withField } from './template.ts';
import { readTime } from './time.ts';
import { Decisions, Uses } from './uses.ts';

export interface MappedRecord {
  readonly items: readonly Item[];
  readonly unused: readonly Unused[];
}

/**
 * One record by its field map: a draft of each event that the map finds in it, given to the parser of events. What is
 * wrong is told at the place of the record, and what of the record was not used is counted.
 */
export function mapRecord(source: Source, record: SourceRecord, context: RecordContext): MappedRecord {
  const uses = new Uses(decisionsOf(source, context.used ?? nothing));
  const declared = new Set<string>(source.events.map(({ per }) => per));
  const groups = groupsOf(segmentsOf(record), declared);
  const items = groups.flatMap((group) => new GroupReading(source, context, uses).items(group));
  const values = record.all();
  context.observe?.(uses.seen(values));
  return { items, unused: uses.unused(values) };
}

const nothing: readonly string[] = [];
const decisions = new WeakMap<Source, Decisions>();

/** Readers hand over the same list with each record. */
function decisionsOf(source: Source, used: readonly string[]): Decisions {
  const known = decisions.get(source);
  if (known?.isFor(used)) return known;
  const made = new Decisions(source.map, used);
  decisions.set(source, made);
  return made;
}

class GroupReading {
  private readonly source: Source;
  private readonly context: RecordContext;
  private readonly uses: Uses;
  private readonly finder: Finder;

  constructor(source: Source, context: RecordContext, uses: Uses) {
    this.source = source;
    this.context = context;
    this.uses = uses;
    this.finder = new Finder(source, uses);
  }

  items(group: Group): Item[] {
    const standing = this.context.standing?.(recordIn(group.scope)) ?? this.standingOf(group);
    if (standing.kind === 'left-alone') return [this.leftAlone(group, standing.problem)];
    if (standing.kind === 'unusable')
      return [
        this.unusable(
          group,
          standing.problems.map((it) => ({ problem: it })),
        ),
      ];
    const { matches, troubles } = matchEvents(this.source, this.counting(group, standing), this.uses);
    // In our words: the reason that the sender gave stands in the event and nowhere else.
    if (standing.kind === 'void') this.uses.ignore(valuesOf(group.scope), 'what was withdrawn');
    if (matches.length > 0) return matches.map((match) => this.item(match, standing, group));
    return [this.unusable(group, troubles.length > 0 ? troubles : [this.unknownEvent(group)])];
  }

  /** The group without what its sender withdrew of it or never obtained: whole segments, or single values. */
  private counting(group: Group, { without = [] }: Standing): Group {
    if (without.length === 0) return group;
    const gone = new Set(without);
    for (const value of without) this.uses.claim(value, 'withdrawn by its sender, or never obtained');
    const own = group.own.flatMap((segment) => segmentWithout(segment, gone));
    return { ...group, own, scope: scopeOf([own, ...group.scope.levels.slice(1)]) };
  }

  /** What the map itself says of amendments. */
  private standingOf({ scope }: Group): Standing {
    const { amendment } = this.source;
    const [word] = amendment ? scope.find(amendment.from) : [];
    if (!amendment || !word) return { kind: 'new' };
    this.uses.claim(word, 'whether it amends another');
    const kind = Object.hasOwn(amendment.values, word.text) ? amendment.values[word.text] : undefined;
    if (kind === undefined) {
      const message = 'the field map does not say what this word means for the report';
      return { kind: 'unusable', problems: [problem('code-unmapped', message, word.place)] };
    }
    if (kind === 'new') return { kind };
    if (kind === 'ignore') return { kind: 'left-alone', problem: ignored('the report does not stand', word.place) };
    const [at] = amendment.at ? scope.find(amendment.at) : [];
    const [reason] = amendment.reason ? scope.find(amendment.reason) : [];
    for (const used of [at, reason]) if (used) this.uses.claim(used, 'what it amends');
    return { kind, version: '', at: at?.text, reason: reason?.text ?? withoutReason[kind] };
  }

  private item(match: Match, standing: Standing, group: Group): Item {
    const { event } = match;
    if (event.ignore !== undefined) return this.leftAlone(group, ignored(event.ignore, this.context.place));
    return new EventReading(this.source, this.context, this.uses, this.finder).item(event as TypedPlan, match, {
      standing,
      group,
    });
  }

  private leftAlone(group: Group, leftAlone: Problem): Item {
    for (const segment of group.own) this.uses.ignore(segment.values, leftAlone.message);
    return { ...said(this.source, this.context, group), leftAlone };
  }

  private unusable(group: Group, troubles: readonly Trouble[]): Item {
    return { ...said(this.source, this.context, group), ...told(troubles) };
  }

  private unknownEvent(group: Group): Trouble {
    const message = 'the field map declares no event for what is reported here';
    return troubleAt(fault('source-event-unknown', message), placeOf(group, this.context));
  }
}

type TypedPlan = EventPlan & { readonly type: string };

const withoutReason = { correction: 'corrected by its source', void: 'withdrawn by its source' } as const;

/** Builds one event of a group, or says why there is none. */
class EventReading {
  private readonly source: Source;
  private readonly context: RecordContext;
  private readonly uses: Uses;
  private readonly finder: Finder;

  constructor(source: Source, context: RecordContext, uses: Uses, finder: Finder) {
    this.source = source;
    this.context = context;
    this.uses = uses;
    this.finder = finder;
  }

  item(event: TypedPlan, { view }: Match, { standing, group }: { standing: Standing; group: Group }): Item {
    const { source, context, uses, finder } = this;
    const rows = standing.kind === 'void' ? event.rows.filter(({ to }) => situation.test(to)) : event.rows;
    const about = { source, uses, finder, type: event.type, place: context.place };
    const read = readRows(rows, view, about);
    const envelope = this.envelope(event, view, standing, read);
    const troubles = [...view.observed.troubles, ...read.troubles, ...envelope.problems.map((it) => ({ problem: it }))];
    const draft = { ...envelope.draft, ...this.extra(view.scope, read) };
    const parsed = parseEvent(draft);
    const faulty = envelope.problems.length > 0 ? new Set([...read.faulty, ...madeHere]) : read.faulty;
    const more = 'problems' in parsed ? this.consequences(parsed.problems, { ...read, faulty }, rows) : [];
    const place = said(source, context, group, view.subId);
    if ('problems' in parsed || troubles.length > 0) {
      return { ...place, ...told([...troubles, ...more.map((it) => ({ problem: it }))]), about: aboutOf(draft) };
    }
    const payload = JSON.stringify(draft);
    const remarks = read.remarks;
    return { ...place, payload, event: parsed.event, ...(remarks.length > 0 && { remarks }) };
  }

  /** What the schema of the event says, without what is only the consequence of a problem already told. */
  private consequences(found: readonly Problem[], read: ReadRows, rows: readonly RowPlan[]): Problem[] {
    const own = found.filter(({ place }) => {
      const path = (place?.field ?? '').replace(/^event\./, '').replace(/\[\d+\]/g, '[]');
      return ![...read.faulty].some((faulty) => isWithin(path, faulty) || isWithin(faulty, path));
    });
    return translated(own, rows, read.origins, this.context.place);
  }

  /** Who reports it under which id, and what it amends. */
  private envelope(event: TypedPlan, view: Match['view'], standing: Standing, read: ReadRows) {
    const { source, context } = this;
    const problems: Problem[] = [];
    const system = this.system(view.scope, problems);
    const id = this.eventId(event, view, problems);
    const { timeZone = source.map.timeZone, test, recordedAt, patient, occurredAt, ...fields } = read.fields;
    const isTest = context.test === true || test;
    const transport = {
      schemaVersion: 1,
      ...(recordedAt !== undefined && { recordedAt }),
      ...(isTest !== undefined && { test: isTest }),
    };
    const situated = { occurredAt, ...(timeZone !== undefined && { timeZone }) };
    const when = { ...situated, patient };
    if (standing.kind !== 'correction' && standing.kind !== 'void') {
      const { sequence, ...named } = sequenceOf(fields);
      return {
        problems,
        draft: { ...transport, type: event.type, source: { system, eventId: id, ...sequence }, ...when, ...named },
      };
    }
    const amended = this.amended(event, view, standing, id, problems);
    const amendedAt = this.amendedAt(standing, occurredAt, problems);
    const { sequence, ...named } = sequenceOf(fields);
    const common = {
      ...transport,
      source: { system, eventId: amended.eventId, ...sequence },
      ...when,
      occurredAt: amendedAt,
    };
    const { reason } = standing;
    return standing.kind === 'void'
      ? { problems, draft: { ...common, type: 'void', voids: amended.names, reason } }
      : {
          problems,
          draft: {
            ...common,
            type: 'correction',
            replaces: amended.names,
            reason,
            event: { type: event.type, ...situated, ...named },
          },
        };
  }

  private system(scope: Scope, problems: Problem[]): string | undefined {
    const { system } = this.source;
    const filling = { scope, type: '', subId: '', group: '' };
    const complete = system.find((it) => 'text' in fill(it, filling));
    const [first] = system;
    if (!first) return this.context.sourceSystem ?? this.unnamedSource(problems);
    return this.filled(complete ?? first, filling, problems);
  }

  private unnamedSource(problems: Problem[]): undefined {
    const message = 'neither the field map nor its sender names the source system';
    problems.push(problem('field-missing', message, this.context.place));
  }

  private eventId(event: TypedPlan, view: Match['view'], problems: Problem[]): string | undefined {
    return this.filled(event.eventId, fillingOf(event, view), problems);
  }

  private filled(template: EventPlan['eventId'], filling: Parameters<typeof fill>[1], problems: Problem[]) {
    const text = fill(template, filling);
    for (const path of pathsOf(template)) {
      const [value] = filling.scope.find(path);
      if (value) this.uses.claim(value, 'source');
    }
    if ('text' in text) return text.text;
    const message = 'the id of the event is made of this field';
    problems.push(problem('field-missing', message, expectedAt(text.missing, this.context.place)));
    return undefined;
  }

  /** Of HL7 v2 an amendment bears the id of what it amends, with its version; a row or a document has an id of its own. */
  private amended(
    event: TypedPlan,
    view: Match['view'],
    standing: { readonly kind: 'correction' | 'void' } & Amendment,
    id: string | undefined,
    problems: Problem[],
  ): { eventId: string | undefined; names: string | undefined } {
    const { amendment } = this.source;
    if (amendment) return { eventId: id, names: this.named(amendment.names, view.scope, problems) };
    if (standing.replaces) {
      const template = withField(event.eventId, 'TXA-12', standing.replaces);
      return { eventId: id, names: this.filled(template, fillingOf(event, view), problems) };
    }
    const suffix = standing.kind === 'void' ? '|void|' : '|';
    return { eventId: id && `${id}${suffix}${standing.version}`, names: id };
  }

  private named(path: Parameters<Scope['find']>[0], scope: Scope, problems: Problem[]): string | undefined {
    const [value] = scope.find(path);
    if (value) this.uses.claim(value, 'what it amends');
    else
      problems.push(
        problem('field-missing', 'the report that it amends is required', expectedAt(path, this.context.place)),
      );
    return value?.text;
  }

  private amendedAt({ at }: Amendment, occurredAt: unknown, problems: Problem[]): unknown {
    if (at === undefined) return occurredAt;
    const { format, timeZone: zone, overlap, dates } = this.source.map;
    const read = readTime(at, { writes: format === 'hl7v2' ? 'hl7v2' : dates, zone, overlap });
    if (!isFault(read)) return read.value.text;
    problems.push(problem(read.code, `${read.message} (when it was amended)`, this.context.place));
    return undefined;
  }

  /** What the map keeps verbatim, and which times have the offset of its zone. */
  private extra(scope: Scope, { fields, inZone }: ReadRows): { extra?: Record<string, unknown> } {
    const extra: Record<string, unknown> = { ...(fields.extra as object | undefined) };
    if (inZone.length > 0) extra.offsetFromZone = inZone;
    for (const value of this.kept(scope)) {
      const path = this.uses.label(value);
      const there = extra[path];
      extra[path] = there === undefined ? value.text : [there, value.text].flat();
    }
    return Object.keys(extra).length > 0 ? { extra } : {};
  }

  private kept(scope: Scope): FieldValue[] {
    if (this.source.map.kept.length === 0) return [];
    return valuesOf(scope).filter((value) => this.uses.isKept(value));
  }
}

const fillingOf = ({ type }: TypedPlan, { scope, subId, group }: Match['view']) => ({
  ...{ scope, type, subId },
  group: String(group),
});

/** Fields of an event that no row fills: what is wrong with them has been told. */
const madeHere = ['source.system', 'source.eventId', 'replaces', 'voids'];

/** Fields that a void has too. */
const situation = /^(occurredAt|timeZone|recordedAt|test|patient\.|source\.)/;

/** A row may state the order of an event at its source; nothing else of `source` is a field of rows. */
function sequenceOf({ source, ...fields }: Record<string, unknown>) {
  return { sequence: (source as object | undefined) ?? {}, ...fields };
}

const valuesOf = ({ levels }: Scope): FieldValue[] => levels.flat().flatMap(({ values }) => [...values]);

/** An item names its group, the same whenever it is read again: `OBR[2]`, of its parts the one with that sub-id. */
const said = ({ name }: Source, context: RecordContext, group: Group, subId = '') => ({
  payload: context.payload,
  place: placeOf(group, context, subId),
  format: context.format,
  source: name,
});

const ignored = (reason: string, place: Place): Problem => problem('ignored-by-map', reason, place, 'information');

function placeOf({ own, per }: Group, { place }: RecordContext, subId = ''): Place {
  const head = per === 'row' ? undefined : own[0]?.values[0]?.place.segment;
  return head === undefined ? place : { ...place, segment: subId === '' ? head : `${head}/${subId}` };
}

/** Whom it is about, as far as it could be read. */
function aboutOf(draft: Record<string, unknown>) {
  const { patient, source, test } = draft as {
    patient?: { identifier?: { system?: unknown; value?: unknown } };
    source?: { system?: unknown };
    test?: unknown;
  };
  const { system, value } = patient?.identifier ?? {};
  return {
    ...(typeof system === 'string' && typeof value === 'string' && { patient: { system, value } }),
    ...(typeof source?.system === 'string' && { sourceSystem: source.system }),
    ...(typeof test === 'boolean' && { test }),
  };
}
