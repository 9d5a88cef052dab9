import { isDeepStrictEqual } from 'node:util';
import { bareName } from './bare-name.ts';
import type { PumpModel, TherapySettings } from './settings.ts';

/** What a label says of the model. Sources write it in many ways: `8637-40`, `8637C40`, `SynchroMed II, 40ml`. */
export interface ModelLabel {
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
  readonly reservoirMl?: number | undefined;
}

/**
 * The facts known about the model of a label: by its reference number, else by its family and the size of its reservoir.
 * Where several models of a family fit, what holds for all of them; undefined where none fits or several families do.
 * Statements on magnetic resonance are those of an exact reference number, and come with it alone.
 */
export function modelFacts(settings: TherapySettings, label: ModelLabel): PumpModel | undefined {
  const words = wordsOf(label.model ?? '');
  if (words.length === 0) return undefined;
  const models = ofManufacturer(settings.models, bareName(label.manufacturer ?? ''));
  const named = longestMatch(models, 'references', words);
  if (named.length > 0) return named.length === 1 ? named[0] : sharedBy(named);
  return sharedBy(ofSize(longestMatch(models, 'families', words), sizeIn(words) ?? label.reservoirMl));
}

/** A manufacturer that the table knows makes its own models only; one that it does not know says nothing. */
function ofManufacturer(models: readonly PumpModel[], stated: string): readonly PumpModel[] {
  const own = models.filter((facts) => bareNamesOf(facts).makers.some((maker) => stated.startsWith(maker)));
  return own.length > 0 ? own : models;
}

/** The models one of whose names is written in these words; where names overlap, those of the longest name. */
function longestMatch(
  models: readonly PumpModel[],
  kind: 'references' | 'families',
  words: readonly string[],
): readonly PumpModel[] {
  const runs = runsOf(words);
  const lengths = models.map((facts) => longest(bareNamesOf(facts)[kind].filter((name) => runs.has(name))));
  const most = Math.max(0, ...lengths);
  return models.filter((_, n) => most > 0 && lengths[n] === most);
}

const longest = (names: readonly string[]): number => Math.max(0, ...names.map((name) => name.length));

function ofSize(models: readonly PumpModel[], sizeMl: number | undefined): readonly PumpModel[] {
  const ofThisSize = models.filter(({ reservoirMl }) => reservoirMl === sizeMl);
  const ofNoKnownSize = models.filter(({ reservoirMl }) => reservoirMl === undefined);
  if (sizeMl === undefined) return models;
  return ofThisSize.length > 0 ? ofThisSize : ofNoKnownSize;
}

function sharedBy(models: readonly PumpModel[]): PumpModel | undefined {
  const [first, ...others] = models;
  if (!first || others.some(({ family }) => family !== first.family)) return undefined;
  const holdsForAll = ([name, value]: [string, unknown]) =>
    others.every((other) => isDeepStrictEqual(other[name as keyof PumpModel], value));
  const shared = Object.fromEntries(Object.entries(first).filter(holdsForAll)) as unknown as PumpModel;
  const unverified = new Set(models.flatMap((facts) => facts.unverified ?? []));
  return { ...shared, models: models.flatMap((facts) => facts.models), safety: [], unverified: [...unverified] };
}

interface BareNames {
  readonly makers: readonly string[];
  readonly references: readonly string[];
  readonly families: readonly string[];
}

const known = new WeakMap<PumpModel, BareNames>();

/** Computed once for each model: labels are looked up at every event. */
function bareNamesOf(facts: PumpModel): BareNames {
  const before = known.get(facts);
  if (before) return before;
  const names = {
    makers: [facts.manufacturer, ...(facts.manufacturerAlsoWritten ?? [])].map(bareName),
    references: facts.models.map(bareName),
    families: [facts.family, ...(facts.familyAlsoWritten ?? [])].map(bareName),
  };
  known.set(facts, names);
  return names;
}

const wordsOf = (text: string): string[] => text.toUpperCase().match(/[A-Z]+|\d+/g) ?? [];

/** Words that follow each other, written as one: punctuation between them means nothing. */
function runsOf(words: readonly string[]): ReadonlySet<string> {
  const from = (start: number) => words.slice(start).map((_, n) => words.slice(start, start + n + 1).join(''));
  return new Set(words.flatMap((_, start) => from(start)));
}

/** `40 mL`, `40ml`. */
function sizeIn(words: readonly string[]): number | undefined {
  const size = words.find((word, n) => /^\d/.test(word) && words[n + 1] === 'ML');
  return size === undefined ? undefined : Number(size);
}
