import type { CodeMap } from './code-maps.ts';
import { fieldPathOf, type Step, stepsOf } from './draft.ts';
import { type EventField, eventField } from './event-fields.ts';
import { type ListPattern, listPattern } from './list-pattern.ts';
import type { MapCondition, MapEvent, MapRow, SourceMap } from './schema.ts';
import { type SourcePath, sourcePath } from './source-path.ts';
import { type Template, templateOf } from './template.ts';
import type { TimeRules } from './time.ts';

/** A field map made ready for reading: every path, table and field of an event looked up once, with what is wrong in it. */

export interface Source {
  readonly name: string;
  readonly map: SourceMap;
  readonly events: readonly EventPlan[];
  /** Names of observations. Absent: the map reads none. */
  readonly observations?: CodeMap | undefined;
  /** The first one that is complete names the source. */
  readonly system: readonly Template[];
  readonly amendment?: AmendmentPlan | undefined;
}

export interface EventPlan {
  /** Absent: left alone, for the reason. */
  readonly type?: string | undefined;
  readonly ignore?: string | undefined;
  readonly per: MapEvent['per'];
  readonly when: readonly ConditionPlan[];
  readonly rows: readonly RowPlan[];
  readonly eventId: Template;
}

export interface RowPlan {
  readonly row: MapRow;
  readonly steps: readonly Step[];
  /** As event fields have it: `program.flexSteps[].start`. */
  readonly to: string;
  readonly field: EventField;
  readonly path?: SourcePath | undefined;
  readonly unitFrom?: SourcePath | undefined;
  readonly text?: Template | undefined;
  readonly words?: Words | undefined;
  readonly codes?: CodeMap | undefined;
  readonly list?: ListPattern | undefined;
  readonly times: TimeRules;
  readonly when: readonly ConditionPlan[];
}

export interface ConditionPlan {
  readonly condition: MapCondition;
  readonly path?: SourcePath | undefined;
  readonly codes?: CodeMap | undefined;
}

export interface AmendmentPlan {
  readonly from: SourcePath;
  readonly values: Readonly<Record<string, 'new' | 'correction' | 'void' | 'ignore'>>;
  readonly names: SourcePath;
  readonly reason?: SourcePath | undefined;
  readonly at?: SourcePath | undefined;
}

export type Words = Readonly<Record<string, string | number | boolean | null>>;

/** Looks a ConceptMap up by its id; undefined: there is none. */
export type CodeMaps = (ids: string | readonly string[]) => CodeMap | undefined;

/** The map ready for reading, or what is wrong with it, each with its place in the file. */
export function compile(map: SourceMap, codeMaps: CodeMaps): Source | { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const source = new Compiler(map, codeMaps, faults).source();
  return faults.length > 0 ? { faults } : source;
}

class Compiler {
  private readonly map: SourceMap;
  private readonly codeMaps: CodeMaps;
  private readonly faults: string[];
  private readonly observations: CodeMap | undefined;

  constructor(map: SourceMap, codeMaps: CodeMaps, faults: string[]) {
    this.map = map;
    this.codeMaps = codeMaps;
    this.faults = faults;
    this.observations = map.observations && this.codes(map.observations.codeMap, 'observations.codeMap');
  }

  source(): Source {
    const { map } = this;
    const eventId = this.template(map.source.eventId, 'source.eventId');
    return {
      name: map.name,
      map,
      events: map.events.map((event, n) => this.event(event, eventId, `events[${n}]`)),
      observations: this.observations,
      system: [map.source.system ?? []].flat().map((text) => this.template(text, 'source.system')),
      amendment: map.amendment && {
        values: map.amendment.values,
        from: this.path(map.amendment.from, 'amendment.from'),
        names: this.path(map.amendment.names, 'amendment.names'),
        reason: this.maybePath(map.amendment.reason, 'amendment.reason'),
        at: this.maybePath(map.amendment.at, 'amendment.at'),
      },
    };
  }

  private event(event: MapEvent, eventId: Template, at: string): EventPlan {
    const { type, ignore, per, when = [], with: sets = [], fields = [] } = event;
    const shared = sets.flatMap((name) => {
      const rows = this.map.shared[name];
      if (!rows) this.faults.push(`${at}.with: there is no ${name} in shared`);
      return (rows ?? []).map((row, n) => ({ row, at: `shared.${name}[${n}]` }));
    });
    const own = fields.map((row, n) => ({ row, at: `${at}.fields[${n}]` }));
    return {
      type,
      ignore,
      per,
      when: when.map((condition, n) => this.condition(condition, `${at}.when[${n}]`)),
      rows: type === undefined ? [] : [...shared, ...own].flatMap(({ row, at: place }) => this.row(row, type, place)),
      eventId: event.eventId === undefined ? eventId : this.template(event.eventId, `${at}.eventId`),
    };
  }

  private row(row: MapRow, type: string, at: string): RowPlan[] {
    const steps = stepsOf(row.to);
    if (!steps) return this.fail(`${at}.to: this is no path of a field`);
    const to = fieldPathOf(steps);
    const list = row.pattern === undefined ? undefined : this.list(row, type, to, at);
    if (row.pattern !== undefined && !list) return [];
    const field = list ? ({ kind: 'text' } as const) : eventField(type, to);
    if (!field) return this.fail(`${at}.to: events of type ${type} have no field ${to}`);
    this.checkReading(row, field, at);
    if (row.observation !== undefined) this.checkObservation(row.observation, `${at}.observation`);
    const { format, timeZone: zone, overlap, dates } = this.map;
    const plan: RowPlan = {
      row,
      steps,
      to,
      field,
      path: this.maybePath(row.from ?? row.field, `${at}.from`),
      unitFrom: this.maybePath(row.unitFrom, `${at}.unitFrom`),
      text: row.text === undefined ? undefined : this.template(row.text, `${at}.text`),
      words: this.words(row.values, `${at}.values`),
      codes: row.codeMap === undefined ? undefined : this.codes(row.codeMap, `${at}.codeMap`),
      list,
      times: { writes: format === 'hl7v2' ? 'hl7v2' : (row.dates ?? dates), zone, overlap },
      when: (row.when ?? []).map((condition, n) => this.condition(condition, `${at}.when[${n}]`)),
    };
    return [plan];
  }

  /** A reader of the map sees in which unit a number is, and what each word means. */
  private checkReading(row: MapRow, { kind, unit: own, isNullable }: EventField, at: string): void {
    const { unit, values, codeMap, constant, text, unknown } = row;
    if (own !== undefined && unit !== own) this.faults.push(`${at}.unit: this field is in ${own}; say so`);
    if (kind === 'boolean' && values === undefined && typeof constant !== 'boolean') {
      this.faults.push(`${at}.values: say which words mean true and false`);
    }
    if (unknown !== undefined && !isNullable) this.faults.push(`${at}.unknown: this field cannot say so; leave it out`);
    if (text !== undefined && kind !== 'text')
      this.faults.push(`${at}.text: only a field that is text is made of others`);
    if (values !== undefined && codeMap !== undefined) this.faults.push(`${at}: either values or codeMap`);
  }

  private checkObservation(name: string, at: string): void {
    if (!this.map.observations) this.faults.push(`${at}: the map has no observations`);
    else if (this.observations && !this.observations.targets.has(name)) {
      this.faults.push(`${at}: the ConceptMap gives no observation the name ${name}`);
    }
  }

  private list(row: MapRow, type: string, to: string, at: string): ListPattern | undefined {
    const list = listPattern(row, (name) => eventField(type, `${to}.${name}`));
    if ('fault' in list) this.faults.push(`${at}.pattern: ${list.fault}`);
    return 'fault' in list ? undefined : list;
  }

  private condition(condition: MapCondition, at: string): ConditionPlan {
    if (condition.observation !== undefined) this.checkObservation(condition.observation, `${at}.observation`);
    return {
      condition,
      path: this.maybePath(condition.from, `${at}.from`),
      codes: condition.codeMap === undefined ? undefined : this.codes(condition.codeMap, `${at}.codeMap`),
    };
  }

  private words(values: string | Words | undefined, at: string): Words | undefined {
    if (typeof values !== 'string') return values;
    const table = this.map.tables[values];
    if (!table) this.faults.push(`${at}: there is no ${values} in tables`);
    return table;
  }

  private codes(ids: string | readonly string[], at: string): CodeMap | undefined {
    const found = this.codeMaps(ids);
    if (!found) this.faults.push(`${at}: there is no ConceptMap ${[ids].flat().join(', ')}`);
    return found;
  }

  private maybePath(text: string | undefined, at: string): SourcePath | undefined {
    return text === undefined ? undefined : this.path(text, at);
  }

  private path(text: string, at: string): SourcePath {
    const path = sourcePath(text, this.map.format);
    if (!path) this.faults.push(`${at}: this is no path such as PID-3.1 or PID-3[5=MR].1`);
    return path ?? { text, segment: '', leaf: text, selectors: [] };
  }

  private template(text: string, at: string): Template {
    const template = templateOf(text, this.map.format);
    if (!template) this.faults.push(`${at}: a field in it is no path such as OBR-3.1`);
    return template ?? { parts: [] };
  }

  private fail(fault: string): never[] {
    this.faults.push(fault);
    return [];
  }
}
