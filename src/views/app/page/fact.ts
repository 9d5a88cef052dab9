import type { Fact, Method, Source } from '../../pump-status/fact-schema.ts';
import { type Child, element } from './elements.ts';
import { howKnown, methodNames } from './how-known.ts';
import { inWords } from './words.ts';

/** How a fact is shown: its label, its value in words, and below it how and when it came to be known. */
export interface Shown<Value> {
  readonly label: string;
  readonly fact: Fact<Value>;
  readonly value: (value: Value) => Child;
  /** Where nothing is known and the fact has no words of its own. */
  readonly unknown?: string;
  /** What must not be overlooked where it is not known. */
  readonly loud?: 'loud';
}

/** A fact on its way to a list. */
export interface FactLine {
  readonly label: string;
  /** The value, or what is said instead of it. */
  readonly said: Child;
  readonly how: string | null;
  /** What is said of many facts alike, where nothing is known of them: they share one line. */
  readonly shared: string | null;
  readonly aside: string | null;
  readonly source: string | null;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

export function factLine<Value>({ label, fact, value, unknown, loud }: Shown<Value>): FactLine {
  const isKnown = fact.value !== null;
  const missing = fact.words ?? unknown ?? notKnown[fact.method];
  const isPlain = !isKnown && loud === undefined && (fact.words === undefined || saysOnlyThat.test(fact.words));
  return {
    label,
    said: isKnown ? value(fact.value as Value) : missing,
    how: isKnown ? howKnown(fact) : null,
    shared: isPlain ? missing.replace(/\.$/, '') : null,
    aside: isKnown ? (fact.words ?? null) : null,
    source: fact.source ? sourceInWords(fact.source) : null,
    attributes: {
      class: isKnown ? fact.method : `not-known${loud ? ' loud' : ''}`,
      // The value as it was answered, for whoever compares it.
      'data-fact': names.get(fact),
      'data-value': JSON.stringify(fact.value),
      'data-method': fact.method,
    },
  };
}

/** Words that say no more than that nothing is known. */
const saysOnlyThat = /^Not (?:recorded|supplied)\.$/;

/** Facts beside and below each other; `null` leaves one out. What is not known, without more to say, stands together. */
export function factList(...lines: readonly (FactLine | null)[]): Child {
  const all = lines.flatMap((line) => line ?? []);
  return listed(all, (line) => line.how);
}

/** Facts below each other: of those that follow each other and are known in the same way the last says so. */
export function factColumn(...lines: readonly (FactLine | null)[]): Child {
  const all = lines.flatMap((line) => line ?? []);
  const shown = all.filter(({ shared }) => shared === null);
  return listed(all, (line) => (line.how === shown[shown.indexOf(line) + 1]?.how ? null : line.how));
}

function listed(lines: readonly FactLine[], howOf: (line: FactLine) => string | null): Child {
  const shown = lines.filter(({ shared }) => shared === null);
  const missing = Map.groupBy(
    lines.filter(({ shared }) => shared !== null),
    ({ shared }) => shared ?? '',
  );
  return [
    shown.length > 0
      ? element(
          'dl',
          { class: 'facts' },
          shown.map((line) => oneFact(line, howOf(line))),
        )
      : null,
    [...missing].map(([said, alike]) => missingFacts(said, alike)),
  ];
}

function oneFact({ label, said, aside, source, attributes }: FactLine, how: string | null): HTMLElement {
  const below = (className: string, words: string | null) =>
    words === null ? null : element('span', { class: className }, words);
  const shown = [
    element('span', { class: 'value' }, said),
    below('aside', aside),
    below('how', how),
    below('source', source),
  ];
  return element('div', { class: 'fact' }, element('dt', {}, label), element('dd', attributes, shown));
}

function missingFacts(said: string, lines: readonly FactLine[]): HTMLElement {
  const labels = lines.map(({ label, attributes }, n) => [n > 0 ? '; ' : '', element('span', attributes, label)]);
  return element('p', { class: 'missing' }, `${said}: `, labels, '.');
}

/** Who said it, or what it was calculated from. */
export function sourceInWords(source: Source): string {
  if ('calculation' in source) {
    const inputs = Object.entries(source.inputs ?? {}).map(([name, value]) => `${name} ${value}`);
    return `Calculation: ${[inWords(source.calculation), ...inputs].join('; ')}`;
  }
  const { display, system, eventId } = source;
  return `Source: ${[display && inWords(display), system, eventId].filter(Boolean).join(', ')}`;
}

/** Gives every fact of an answer the name by which it stands there: `pumps.0.programme.doseUgPerDay`. */
export function nameFacts(answer: object, path = ''): void {
  for (const [name, value] of Object.entries(answer)) {
    if (typeof value !== 'object' || value === null) continue;
    if ('method' in value && 'asOf' in value) names.set(value, `${path}${name}`);
    else nameFacts(value, `${path}${name}.`);
  }
}

const names = new WeakMap<object, string>();

const notKnown: Readonly<Record<Method, string>> = {
  ...methodNames,
  reported: 'Not recorded',
  measured: 'Not recorded',
  unknown: 'Not recorded',
  withheld: 'Not shown here',
};
