import type { Quantity } from '@medplum/fhirtypes';
import type { CanonicalEvent } from '../../event/event.ts';
import { parseEvent } from '../../event/parse.ts';
import { type Place, type Problem, problem } from '../../event/problem.ts';
import { type Found, placeOf } from './document.ts';

/** One field of an event, with the element that says it; or why it cannot be taken from there, and which it `lacks`. */
export type Fact =
  | { readonly field: string; readonly value: unknown; readonly place: Place }
  | { readonly problem: Problem; readonly lacks: string };

export type Facts = readonly Fact[];

/** A value as it stands in an element; nothing where it is not there. */
export function said(field: string, value: unknown, from: Found | undefined, element?: string): Facts {
  if (value === undefined || value === '' || !from) return [];
  return [{ field, value, place: placeOf(from, element) }];
}

/** A number with its unit, for a field that checks the unit itself. A bound is no number. */
export function amount(field: string, quantity: Quantity | undefined, from: Found | undefined, element: string): Facts {
  if (!quantity || !from) return [];
  const exact = exactOf(quantity, from, element);
  if ('problem' in exact) return [{ ...exact, lacks: field }];
  return said(field, { value: exact.value, unit: quantity.code ?? quantity.unit ?? '' }, from, element);
}

/** A number for a field without a unit of its own: it has to stand in this one. */
export function number(
  field: string,
  quantity: Quantity | undefined,
  unit: string,
  from: Found | undefined,
  element: string,
): Facts {
  if (!quantity || !from) return [];
  const exact = exactOf(quantity, from, element);
  if ('problem' in exact) return [{ ...exact, lacks: field }];
  if ((quantity.code ?? quantity.unit) === unit) return said(field, exact.value, from, element);
  return [{ problem: problem('unit-differs', `this unit is not ${unit}`, placeOf(from, element)), lacks: field }];
}

function exactOf(
  { value, comparator }: Quantity,
  from: Found,
  element: string,
): { value: number } | { problem: Problem } {
  if (value !== undefined && comparator === undefined) return { value };
  return {
    problem: problem('field-value', 'a bound or no number stands where a number is needed', placeOf(from, element)),
  };
}

/**
 * The facts as a canonical event, or all that keeps them from being one. A problem stands where the element is; of a
 * field that nothing says, at the resource that the report is read from.
 */
export function eventOf(facts: Facts, main: Found): { event: CanonicalEvent } | { problems: readonly Problem[] } {
  const found = facts.flatMap((fact) => ('problem' in fact ? [fact.problem] : []));
  const stated = facts.filter((fact) => 'field' in fact);
  const draft = {};
  for (const { field, value } of stated) set(draft, steps(field), value);
  const parsed = parseEvent(draft);
  if ('event' in parsed && found.length === 0) return parsed;
  const lacking = facts.flatMap((fact) => ('lacks' in fact ? [fact.lacks, `event.${fact.lacks}`] : []));
  const others = 'problems' in parsed ? parsed.problems.filter((one) => !isOnlyLacking(one, lacking)) : [];
  return { problems: [...found, ...others.map((one) => atItsElement(one, stated, main))] };
}

/** Why a field is not there has been said: that it is missing need not be. */
const isOnlyLacking = ({ code, place }: Problem, lacking: readonly string[]): boolean =>
  code === 'field-missing' && lacking.some((field) => isWithin(field, place?.field ?? ''));

type Stated = Extract<Fact, { field: string }>;

function atItsElement(found: Problem, stated: readonly Stated[], main: Found): Problem {
  const field = found.place?.field ?? '';
  const fact =
    longest(stated.filter((one) => isWithin(field, one.field))) ?? stated.find((one) => isWithin(one.field, field));
  const { eventId } = found.place ?? {};
  const beside = eventId === undefined ? {} : { eventId };
  if (fact && found.code !== 'field-missing') return { ...found, place: { ...fact.place, ...beside } };
  return { ...found, message: `${found.message}: ${field}`, place: { ...placeOf(main), ...beside } };
}

const longest = (facts: readonly Stated[]): Stated | undefined =>
  facts.toSorted((a, b) => b.field.length - a.field.length)[0];

const isWithin = (field: string, outer: string): boolean =>
  outer !== '' && (field === outer || field.startsWith(`${outer}.`) || field.startsWith(`${outer}[`));

/** `restrictions[0].text` as its steps. */
const steps = (field: string): (string | number)[] =>
  field.split(/[.[\]]+/).flatMap((part) => (part === '' ? [] : [/^\d+$/.test(part) ? Number(part) : part]));

function set(target: object, path: readonly (string | number)[], value: unknown): void {
  const [step, ...rest] = path;
  const holder = target as Record<string | number, unknown>;
  if (step === undefined) return;
  if (rest.length === 0) {
    holder[step] = value;
    return;
  }
  holder[step] ??= typeof rest[0] === 'number' ? [] : {};
  set(holder[step] as object, rest, value);
}
