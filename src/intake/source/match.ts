import type { CodeMap } from './code-maps.ts';
import type { ConditionPlan, EventPlan, Source } from './compile.ts';
import { fault, type Trouble, troubleAt } from './fault.ts';
import { bySubId, type Group } from './groups.ts';
import { codeSystemOf, type Observed, observedIn } from './observations.ts';
import type { FieldValue } from './record.ts';
import { type Scope, type Segment, scopeOf } from './scope.ts';
import type { SourcePath } from './source-path.ts';
import type { Uses } from './uses.ts';

/** Which events a group of a message tells of, and where the rows of each look. */
export interface Match {
  readonly event: EventPlan;
  readonly view: View;
}

/** What the rows of one event see. */
export interface View {
  readonly scope: Scope;
  readonly observed: Observed;
  /** First part of OBX-4 where the event is one of several in its group; else empty. */
  readonly subId: string;
  /** Number of its group in the message, from 1. */
  readonly group: number;
}

export interface Matches {
  readonly matches: readonly Match[];
  /** Why no event was found, where a code that decides about it is not mapped. */
  readonly troubles: readonly Trouble[];
}

export function matchEvents(source: Source, group: Group, uses: Uses): Matches {
  const finder = new Finder(source, uses);
  const whole: View = {
    scope: group.scope,
    observed: observedIn(source, group.own, uses),
    subId: '',
    group: group.number,
  };
  const matches = [...finder.matching(group.per, whole), ...partsOf(source, group, uses, finder)];
  return { matches, troubles: matches.length > 0 ? [] : [...finder.troubles, ...whole.observed.troubles] };
}

/** Events of which one group holds several, told apart by OBX-4. */
function partsOf(source: Source, group: Group, uses: Uses, finder: Finder): Match[] {
  if (!source.events.some(({ per }) => per === 'OBX-4')) return [];
  const bySub = bySubId(group.own);
  const others = group.own.filter(({ name }) => name !== 'OBX');
  const view = (subId: string, own: readonly Segment[], common: readonly Segment[]): View => ({
    scope: scopeOf([[...own, ...others], common, ...group.scope.levels.slice(1)]),
    observed: observedFirst(observedIn(source, own, uses), observedIn(source, common, uses)),
    subId,
    group: group.number,
  });
  const found = [...bySub].filter(
    ([subId, own]) => subId !== '' && finder.matching('OBX-4', view(subId, own, [])).length > 0,
  );
  const foundIds = new Set(found.map(([subId]) => subId));
  const common = [...bySub].flatMap(([subId, own]) => (foundIds.has(subId) ? [] : own));
  return found.flatMap(([subId, own]) => finder.matching('OBX-4', view(subId, own, common)));
}

const observedFirst = (own: Observed, common: Observed): Observed => ({
  troubles: [...own.troubles, ...common.troubles],
  named(name) {
    const found = own.named(name);
    return found.length > 0 ? found : common.named(name);
  },
});

export class Finder {
  readonly troubles: Trouble[] = [];
  private readonly source: Source;
  private readonly uses: Uses;

  constructor(source: Source, uses: Uses) {
    this.source = source;
    this.uses = uses;
  }

  matching(per: EventPlan['per'], view: View): Match[] {
    const looked: Looked = new Map();
    return this.source.events
      .filter((event) => event.per === per && this.holdsAll(event.when, view, looked))
      .map((event) => ({ event, view }));
  }

  holdsAll(conditions: readonly ConditionPlan[], view: View, looked?: Looked): boolean {
    return conditions.every((condition) => this.holds(condition, view, looked));
  }

  private holds({ condition, path, codes }: ConditionPlan, view: View, looked: Looked | undefined): boolean {
    const values = path ? view.scope.find(path) : valuesOf(view.observed, condition.observation as string);
    if (condition.absent) return values.length === 0;
    const [value] = values;
    if (!value) return condition.isNot !== undefined;
    const told = codes
      ? this.toldOnce(value, { path, codes, isWord: condition.asWord === true }, view, looked)
      : { word: value.text };
    const { word } = told;
    const holds =
      word !== undefined && (condition.is?.includes(word) ?? true) && !(condition.isNot?.includes(word) ?? false);
    if (!holds) return false;
    this.uses.claim(value, 'which event it is');
    if (told.system) this.uses.claim(told.system, 'which event it is');
    return true;
  }

  /** Each event asks the same field: its code is translated once. */
  private toldOnce(value: FieldValue, asked: Asked, view: View, looked: Looked | undefined): Told {
    const there = looked?.get(value)?.get(asked.codes);
    if (there) return there;
    const { codes, isWord, path } = asked;
    const system = isWord ? undefined : siblingOf(value, path?.leaf ?? 'OBX-5.1', view.scope, 2);
    const stated = isWord ? undefined : this.systemOf(system);
    const word = isWord ? codes.translateWord(value.text) : codes.translate(value.text, stated);
    const missing = isWord ? codes.unmappedWord(value.text) : codes.unmapped(value.text, stated);
    if (word === undefined) this.troubles.push(this.unmapped(value, missing));
    const told = { word, system };
    const ofValue = looked?.get(value) ?? new Map<CodeMap, Told>();
    looked?.set(value, ofValue.set(asked.codes, told));
    return told;
  }

  private unmapped({ place }: FieldValue, unmapped: Trouble['unmapped']): Trouble {
    const message = 'the code that says what is reported has no row in its code map';
    return troubleAt({ ...fault('code-unmapped', message), unmapped }, place);
  }

  private systemOf(stated: FieldValue | undefined): string | undefined {
    return this.source.map.format === 'hl7v2' ? codeSystemOf(this.source, stated) : undefined;
  }
}

interface Asked {
  readonly path?: SourcePath | undefined;
  readonly codes: CodeMap;
  readonly isWord: boolean;
}

interface Told {
  readonly word: string | undefined;
  readonly system?: FieldValue | undefined;
}

type Looked = Map<FieldValue, Map<CodeMap, Told>>;

const valuesOf = (observed: Observed, name: string): FieldValue[] =>
  observed.named(name).flatMap(({ segment }) => segment.at('OBX-5.1'));

/** Another component of the same field: the code system stands two components behind its code. */
export function siblingOf(value: FieldValue, leaf: string, scope: Scope, componentsOn: number): FieldValue | undefined {
  const path = siblingPath(leaf, componentsOn);
  return (
    path && scope.find(path).find((other) => other.segment === value.segment && other.repetition === value.repetition)
  );
}

function siblingPath(leaf: string, componentsOn: number): SourcePath | undefined {
  const dot = leaf.lastIndexOf('.');
  const component = Number(leaf.slice(dot + 1));
  if (dot < 0 || !Number.isInteger(component)) return undefined;
  const sibling = `${leaf.slice(0, dot)}.${component + componentsOn}`;
  return { text: sibling, segment: leaf.slice(0, 3), leaf: sibling, selectors: [] };
}
