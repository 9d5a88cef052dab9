import { type Place, type Problem, problem } from '../../event/problem.ts';
import type { RowPlan, Source } from './compile.ts';
import { Draft, type Step } from './draft.ts';
import { type Fault, fault, isFault, type Trouble, troubleAt } from './fault.ts';
import { membersOf } from './list-pattern.ts';
import type { Finder, View } from './match.ts';
import { siblingOf } from './match.ts';
import { codeSystemOf } from './observations.ts';
import { expectedOf } from './place.ts';
import { type Beside, readRowValue, readText } from './read-value.ts';
import type { FieldValue } from './record.ts';
import type { Segment } from './scope.ts';
import { fill, pathsOf, type Template } from './template.ts';
import type { Uses } from './uses.ts';

/** The fields of one event as its rows read them, with what could not be read. */
export interface ReadRows {
  readonly fields: Record<string, unknown>;
  readonly origins: ReadonlyMap<string, FieldValue>;
  readonly troubles: readonly Trouble[];
  /** Fields that a problem was found in: what the event's own schema says of them is only its consequence. */
  readonly faulty: ReadonlySet<string>;
  readonly remarks: readonly Problem[];
  /** Fields whose offset is that of the zone of the map. */
  readonly inZone: readonly string[];
}

/** A value of the source and what stands beside it. */
interface Found {
  readonly value: FieldValue;
  readonly text: string;
  readonly beside: Beside;
  /** What the source calls the member of a list that it belongs to. */
  readonly member: string;
  /** Its unit, code system and the like: used with it. */
  readonly along: readonly FieldValue[];
}

export function readRows(
  rows: readonly RowPlan[],
  view: View,
  about: {
    readonly source: Source;
    readonly uses: Uses;
    readonly finder: Finder;
    readonly type: string;
    readonly place: Place;
  },
): ReadRows {
  const reading = new RowReading(view, about);
  for (const plan of rows) reading.read(plan);
  return reading.end(rows);
}

class RowReading {
  private readonly view: View;
  private readonly about: Parameters<typeof readRows>[2];
  private readonly draft = new Draft();
  private readonly troubles: Trouble[] = [];
  private readonly remarks: Problem[] = [];
  private readonly faulty = new Set<string>();
  private readonly filled = new Set<string>();
  private readonly inZone = new Set<string>();

  constructor(view: View, about: Parameters<typeof readRows>[2]) {
    this.view = view;
    this.about = about;
  }

  read(plan: RowPlan): void {
    const { row, steps, when } = plan;
    if (when.length > 0 && !this.about.finder.holdsAll(when, this.view)) return;
    if (row.constant !== undefined) {
      this.draft.set(steps, row.constant);
      return;
    }
    if (plan.text) return this.readTemplate(plan, plan.text);
    const found = this.found(plan).filter((it) => this.isSaid(plan, it));
    if (row.join !== undefined && found.length > 0) return this.readJoined(plan, found, row.join);
    for (const it of found) this.readOne(plan, it);
  }

  /** A text of several fields; none of them there, no text. */
  private readTemplate(plan: RowPlan, template: Template): void {
    const values = pathsOf(template).flatMap((path) => this.view.scope.find(path).slice(0, 1));
    const [first] = values;
    const { scope, subId, group } = this.view;
    const filled = fill(template, { scope, type: this.about.type, subId, group: String(group) });
    if (!first || !('text' in filled)) return;
    for (const value of values) this.claim(plan, value);
    this.put(plan, plan.steps, filled.text.trim(), first, '0');
  }

  end(rows: readonly RowPlan[]): ReadRows {
    const { event, origins, faults } = this.draft.finish();
    for (const path of faults) this.stepWithoutEnd(path, origins);
    const missing = rows.filter(({ row, to }) => row.required && !this.filled.has(to) && !this.faulty.has(to));
    for (const plan of missing) {
      const missing = fault('field-missing', `${plan.to} is required`);
      this.troubles.push(troubleAt(missing, expectedOf(plan, this.about.place)));
      this.faulty.add(plan.to);
    }
    const { troubles, remarks, faulty } = this;
    return { fields: event, origins, troubles, remarks, faulty, inZone: [...this.inZone] };
  }

  private stepWithoutEnd(path: string, origins: ReadonlyMap<string, FieldValue>): void {
    const from = origins.get(path);
    const message = 'a step lasts whole minutes, up to 24 h, from its start';
    this.troubles.push(troubleAt(fault('flex-steps-invalid', message), from?.place ?? this.about.place));
    this.faulty.add(path.replace(/\[\d+\].*$/, ''));
  }

  private found(plan: RowPlan): readonly Found[] {
    return plan.row.observation === undefined
      ? this.fromFields(plan)
      : this.fromObservations(plan, plan.row.observation);
  }

  private fromFields({ path, unitFrom, codes, row }: RowPlan): readonly Found[] {
    if (!path) return [];
    return this.view.scope.find(path).map((value, n) => {
      const system = codes && !row.asWord ? siblingOf(value, path.leaf, this.view.scope, 2) : undefined;
      const unit = unitFrom && this.view.scope.find(unitFrom)[0];
      const beside = { unit: unit?.text, system: this.systemOf(system) };
      return {
        value,
        text: value.text,
        beside,
        member: String(n),
        along: [system, unit].filter((it) => it !== undefined),
      };
    });
  }

  private systemOf(stated: FieldValue | undefined): string | undefined {
    const { source } = this.about;
    return source.map.format === 'hl7v2' ? codeSystemOf(source, stated) : undefined;
  }

  private fromObservations(plan: RowPlan, name: string): readonly Found[] {
    return this.view.observed.named(name).flatMap(({ segment, subId }, n) => {
      const member = subId === '' ? String(n) : subId;
      if (plan.path) return segment.at(plan.path.leaf).map((value) => besideNothing(value, member));
      return this.observedValues(plan, segment, member);
    });
  }

  private observedValues(plan: RowPlan, segment: Segment, member: string): readonly Found[] {
    const [type] = segment.at('OBX-2.1');
    const [unit] = segment.at('OBX-6.1');
    const isNumber = type === undefined ? undefined : numeric.has(type.text);
    if (type?.text === 'SN') return this.structured(plan, segment, { unit: unit?.text, isNumber: true }, member);
    const values = segment.at('OBX-5.1');
    const [other] = segment.values.filter(({ path }) => path.startsWith('OBX-5.'));
    if (values.length === 0 && other)
      this.refuse(plan, other, fault('code-unmapped', 'the value has words and no code'));
    return values.map((value) => {
      const system = segment.at('OBX-5.3').find(({ repetition }) => repetition === value.repetition);
      const display =
        plan.codes && segment.at('OBX-5.2').find(({ repetition }) => repetition === value.repetition)?.text;
      const beside = { unit: unit?.text, system: this.systemOf(system), isNumber, display };
      const along = [plan.row.unit === undefined ? undefined : unit, plan.codes && system];
      return { value, text: value.text, beside, member, along: along.filter((it) => it !== undefined) };
    });
  }

  /** A structured number (SN): its comparison, its number, and whatever makes a range or a ratio of it. */
  private structured(plan: RowPlan, segment: Segment, beside: Beside, member: string): readonly Found[] {
    const [comparison] = segment.at('OBX-5.1');
    const [number] = segment.at('OBX-5.2');
    const [more] = [...segment.at('OBX-5.3'), ...segment.at('OBX-5.4')];
    const inexact = comparison && comparison.text !== '=' ? comparison : more;
    if (inexact) this.refuse(plan, inexact, fault('value-inexact', 'a comparison, a range or a ratio is no value'));
    if (!number || inexact) return [];
    const along = [comparison, plan.row.unit === undefined ? undefined : segment.at('OBX-6.1')[0]];
    return [{ value: number, text: number.text, beside, member, along: along.filter((it) => it !== undefined) }];
  }

  /** HL7 null clears a field: in an event, that is to leave it out, and to say so. */
  private isSaid(plan: RowPlan, { value }: Found): boolean {
    if (!value.isCleared) return true;
    this.claim(plan, value);
    this.remarks.push(problem('value-cleared', `${plan.to} was cleared by its sender`, value.place, 'information'));
    return false;
  }

  private readJoined(plan: RowPlan, found: readonly Found[], join: string): void {
    for (const { value } of found) this.claim(plan, value);
    const [first] = found as [Found];
    this.put(plan, plan.steps, found.map(({ text }) => text).join(join), first.value, first.member);
  }

  private readOne(plan: RowPlan, found: Found): void {
    const { value, along, text } = found;
    for (const used of [value, ...along]) this.claim(plan, used);
    if (plan.list) return this.readMembers(plan, found);
    const { separator } = plan.row;
    const parts = separator === undefined ? [text] : text.split(separator).map((part) => part.trim());
    for (const part of parts) if (part !== '') this.readPart(plan, part, found);
  }

  private readPart(plan: RowPlan, text: string, { value, beside, member }: Found): void {
    const read = readRowValue(plan, text, beside, this.about.source.map);
    if (isFault(read) && read.isPartial && plan.row.whenPartial) return this.leaveOut(plan, value);
    if (isFault(read)) return this.refuse(plan, value, read);
    if (read.value.offset === 'earlier') this.remarks.push(ambiguous(value));
    if (read.value.offset === 'zone' || read.value.offset === 'earlier') this.inZone.add(plan.to);
    if (read.value.value === undefined) this.filled.add(plan.to);
    else this.put(plan, plan.steps, read.value.value, value, member);
  }

  private leaveOut({ to }: RowPlan, { place }: FieldValue): void {
    const message = `${to} was left out: the time is less exact than it needs`;
    this.remarks.push(problem('time-unreadable', message, place, 'information'));
  }

  private readMembers(plan: RowPlan, { value, text }: Found): void {
    const members = plan.list && membersOf(plan.list, text);
    if (!members) return this.refuse(plan, value, fault('list-unreadable', 'not written as the field map says'));
    const rules = { decimal: this.about.source.map.decimal };
    for (const [n, member] of members.entries()) {
      for (const { name, field, text: part } of member) {
        const read = readText(field, part, plan.times, rules);
        if (isFault(read)) this.refuse(plan, value, read);
        else this.put(plan, [...asMembers(plan.steps), { name }], read.value.value, value, String(n));
      }
    }
  }

  private put(plan: RowPlan, steps: readonly Step[], value: unknown, from: FieldValue, member: string): void {
    this.filled.add(plan.to);
    if (this.draft.set(steps, value, from, member)) return;
    this.refuse(plan, from, fault('value-ambiguous', `${plan.to} is stated more than once, and not the same`));
  }

  private refuse(plan: RowPlan, value: FieldValue, found: Fault): void {
    this.claim(plan, value);
    this.faulty.add(plan.to);
    this.troubles.push(troubleAt({ ...found, message: `${found.message} (${plan.to})` }, value.place));
  }

  private claim({ to }: RowPlan, value: FieldValue): void {
    this.about.uses.claim(value, `${this.about.type} ${to}`);
  }
}

/** Types of HL7 v2 that hold a number (table 0125). */
const numeric: ReadonlySet<string> = new Set(['NM', 'SN']);

const besideNothing = (value: FieldValue, member: string): Found => ({
  value,
  text: value.text,
  beside: {},
  member,
  along: [],
});

const ambiguous = ({ place }: FieldValue): Problem =>
  problem(
    'time-ambiguous',
    'the clocks showed this time twice in the zone; the earlier one is taken',
    place,
    'warning',
  );

/** `flexSteps[]` as the list whose members have fields. */
const asMembers = (steps: readonly Step[]): Step[] =>
  steps.map((step, n) => (n === steps.length - 1 ? { ...step, list: 'members' } : step));
