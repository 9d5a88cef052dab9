import {
  commonParameters,
  isServed,
  parametersOf,
  type SearchParameter,
  type ServedType,
  servedTypes,
} from '../read-model/search-parameters.ts';
import { type Fault, named, notSupported, unreadable } from './search-fault.ts';
import {
  alternatives,
  type Moment,
  momentOf,
  type Target,
  type Token,
  targetOf,
  tokenOf,
  unescaped,
} from './search-values.ts';

/** What one parameter asks of a resource. Of the alternatives in `any` one has to hold. */
export type Condition =
  | { readonly kind: 'ids'; readonly any: readonly string[] }
  /** The patient to whom the resource belongs. */
  | { readonly kind: 'patients'; readonly any: readonly string[] }
  | { readonly kind: 'tokens'; readonly parameter: string; readonly isNot: boolean; readonly any: readonly Token[] }
  | { readonly kind: 'references'; readonly parameter: string; readonly any: readonly Target[] }
  | { readonly kind: 'texts'; readonly parameter: string; readonly how: How; readonly any: readonly string[] }
  | { readonly kind: 'moments'; readonly of: 'date' | 'updated'; readonly any: readonly Moment[] }
  | { readonly kind: 'missing'; readonly parameter: SearchParameter; readonly isMissing: boolean }
  /** What a caller may see: of several lists of conditions one has to hold whole. */
  | { readonly kind: 'either'; readonly any: readonly (readonly Condition[])[] };

export type How = 'starts' | 'exact' | 'contains';

/** A condition on what a reference names, e.g. `device.identifier`. */
export interface Chain {
  readonly kind: 'chain';
  readonly parameter: SearchParameter;
  readonly target: ServedType;
  /** As a search of the target would write it. */
  readonly name: string;
  readonly value: string;
}

/** By what a parameter is read: where we are, and what the caller calls its patient. */
export interface Words {
  readonly base: string;
  readonly ours: (patientId: string) => string;
}

/** Reads one parameter that filters, as `name[:modifier]` or `reference[:Type].name`. */
export function conditionOf(type: ServedType, name: string, value: string, words: Words): Condition | Chain | Fault {
  const [head = '', ...rest] = name.split('.');
  const [base = '', modifier, ...more] = head.split(':');
  const parameter = parameterOf(type, base);
  if (!parameter || more.length > 0) return notSupported(`${named(name)} is not supported.`);
  if (value === '') return unreadable(`${named(name)} has no value.`);
  if (rest.length > 0) return chainOf(parameter, modifier, rest.join('.'), value);
  if (modifier === 'missing') return missingOf(parameter, value);
  const any = alternatives(value);
  if (any.length > mostAlternatives)
    return unreadable(`${named(name)} has more than ${mostAlternatives} alternatives.`);
  return readers[parameter.kind]({ type, parameter, modifier, any, words });
}

const mostAlternatives = 500;

const parameterOf = (type: ServedType, name: string): SearchParameter | undefined =>
  [...commonParameters, ...parametersOf(type)].find((one) => one.name === name);

/** Every resource of ours belongs to one patient, whichever of the two its type calls it by. */
export const isPatient = ({ name }: SearchParameter): boolean => name === 'patient' || name === 'subject';

interface Stated {
  readonly type: ServedType;
  readonly parameter: SearchParameter;
  readonly modifier: string | undefined;
  readonly any: readonly string[];
  readonly words: Words;
}

const readers: Readonly<Record<SearchParameter['kind'], (stated: Stated) => Condition | Fault>> = {
  token: (stated) => (stated.parameter.name === '_id' ? idsOf(stated) : tokensOf(stated)),
  reference: referencesOf,
  string: textsOf,
  date: momentsOf,
  uri: uris,
};

function idsOf({ type, parameter, modifier, any, words }: Stated): Condition | Fault {
  if (modifier !== undefined) return modifierUnknown(parameter);
  if (!any.every((id) => /^[A-Za-z0-9.-]{1,64}$/.test(id))) return valueUnread(parameter, 'an id');
  return { kind: 'ids', any: type === 'Patient' ? any.map(words.ours) : any };
}

function tokensOf({ parameter, modifier, any }: Stated): Condition | Fault {
  if (modifier !== undefined && modifier !== 'not') return modifierUnknown(parameter);
  const tokens = any.flatMap((text) => tokenOf(text) ?? []);
  if (tokens.length < any.length) return valueUnread(parameter, 'code, system|code, |code or system|');
  return { kind: 'tokens', parameter: parameter.name, isNot: modifier === 'not', any: tokens };
}

function referencesOf({ parameter, modifier, any, words }: Stated): Condition | Fault {
  const types = targetsOf(parameter);
  if (modifier !== undefined && !types.some((one) => one === modifier)) return modifierUnknown(parameter);
  const read = any.flatMap((text) => targetOf(text, words.base) ?? []);
  if (read.length < any.length) return valueUnread(parameter, 'an id, Type/id, or an address of this server');
  const typed = modifier === undefined ? read : read.map(({ type = modifier, id }) => ({ type, id }));
  const fitting = typed.filter(({ type }) => modifier === undefined || type === modifier);
  if (!isPatient(parameter)) return { kind: 'references', parameter: parameter.name, any: fitting };
  const patients = fitting.filter(({ type = 'Patient' }) => type === 'Patient');
  return { kind: 'patients', any: patients.map(({ id }) => words.ours(id)) };
}

function textsOf({ parameter, modifier, any }: Stated): Condition | Fault {
  if (modifier !== undefined && modifier !== 'exact' && modifier !== 'contains') return modifierUnknown(parameter);
  return { kind: 'texts', parameter: parameter.name, how: modifier ?? 'starts', any: any.map(unescaped) };
}

function momentsOf({ parameter, modifier, any }: Stated): Condition | Fault {
  if (modifier !== undefined) return modifierUnknown(parameter);
  const moments = any.flatMap((text) => momentOf(text) ?? []);
  if (moments.length < any.length) {
    return valueUnread(parameter, 'a date or dateTime of FHIR, with eq, ne, gt, lt, ge, le, sa or eb before it');
  }
  return { kind: 'moments', of: parameter.name === '_lastUpdated' ? 'updated' : 'date', any: moments };
}

function uris({ parameter, modifier, any }: Stated): Condition | Fault {
  if (modifier !== undefined) return modifierUnknown(parameter);
  return {
    kind: 'tokens',
    parameter: parameter.name,
    isNot: false,
    any: any.map((text) => ({ code: unescaped(text) })),
  };
}

function missingOf(parameter: SearchParameter, value: string): Condition | Fault {
  if (value !== 'true' && value !== 'false') return valueUnread(parameter, 'true or false');
  return { kind: 'missing', parameter, isMissing: value === 'true' };
}

function chainOf(parameter: SearchParameter, modifier: string | undefined, name: string, value: string): Chain | Fault {
  const whole = `${parameter.name}.${name}`;
  const [target, ...more] = modifier === undefined ? targetsOf(parameter) : [modifier];
  const isServable = parameter.kind === 'reference' && target !== undefined && isServed(target);
  if (!isServable || !targetsOf(parameter).includes(target) || name.includes('.')) {
    return notSupported(`${named(whole)} is not supported.`);
  }
  if (more.length > 0)
    return unreadable(`${named(whole)} needs the type of what is referred to, as in part-of:Procedure.`);
  return { kind: 'chain', parameter, target, name, value };
}

/** A reference that the table does not confine may name whatever is served. */
export const targetsOf = ({ targets = [] }: SearchParameter): readonly string[] =>
  targets.length > 0 ? targets : servedTypes;

const modifierUnknown = ({ name }: SearchParameter): Fault =>
  notSupported(`${named(name)} is not supported with this modifier.`);

const valueUnread = ({ name }: SearchParameter, expected: string): Fault =>
  unreadable(`${named(name)} cannot be read: it takes ${expected}.`);
