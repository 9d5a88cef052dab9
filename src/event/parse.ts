import type { z } from 'zod';
import { type CanonicalEvent, canonicalEvent } from './event.ts';
import { type Problem, type ProblemCode, problem, problemCodes } from './problem.ts';

export type Parsed = { readonly event: CanonicalEvent } | { readonly problems: readonly Problem[] };

/** Anything → a canonical event, or every problem that keeps it from being one, each with the path of its field. */
export function parseEvent(input: unknown): Parsed {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { problems: [problem('event-not-object', 'an event is a JSON object')] };
  }
  const result = canonicalEvent.safeParse(input);
  const eventId = sourceEventId(input);
  if (result.success) {
    const broken = brokenTexts(result.data, []);
    if (broken.length === 0) return { event: result.data as CanonicalEvent };
    return {
      problems: broken.map((path) =>
        problem('field-format', brokenText, { field: fieldPath(path), ...(eventId && { eventId }) }),
      ),
    };
  }
  return { problems: result.error.issues.flatMap((issue) => problemsOf(issue, eventId)) };
}

/** No store and no other system keeps half a surrogate pair or U+0000 as it was: two record numbers would become one. */
export const isWholeText = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

const brokenText = 'expected whole characters, and no U+0000';

function brokenTexts(value: unknown, path: readonly PropertyKey[]): (readonly PropertyKey[])[] {
  if (typeof value === 'string') return isWholeText(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    if (!isWholeText(key)) return [path];
    return brokenTexts(child, [...path, Array.isArray(value) ? Number(key) : key]);
  });
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, eventId: string | undefined, above: readonly PropertyKey[] = []): Problem[] {
  const path = [...above, ...issue.path];
  const at = (path: readonly PropertyKey[]) => ({ field: fieldPath(path), ...(eventId && { eventId }) });
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problem('field-unknown', 'this field is not part of the event', at([...path, key])));
  }
  const meant = meantForm(issue);
  if (meant) return meant.flatMap((inside) => problemsOf(inside, eventId, path));
  const [code, message] = describe(issue);
  return [problem(code, message, at(path))];
}

/** Where a field takes several forms: what is wrong with the one that was meant, if its JSON type tells which that is. */
function meantForm(issue: Issue): readonly Issue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  return issue.errors.find((form) => !form.some(isWrongType));
}

/** The value itself has the wrong JSON type, not a field inside it. */
const isWrongType = (issue: Issue): boolean => issue.code === 'invalid_type' && issue.path.length === 0;

/** Says which rule was broken, from the schema alone: what the sender wrote never enters a message. */
function describe(issue: Issue): [ProblemCode, string] {
  switch (issue.code) {
    case 'invalid_type':
      return isMissing(issue)
        ? ['field-missing', `${issue.expected} is required`]
        : ['field-type', `expected ${issue.expected}`];
    case 'invalid_union':
      return unionProblem(issue);
    case 'invalid_value':
      if (issue.path.at(-1) === 'schemaVersion')
        return ['event-version-unknown', `expected ${issue.values.join(', ')}`];
      return ['field-value', `expected one of ${issue.values.join(', ')}`];
    case 'too_small':
      return ['field-range', `expected at least ${issue.inclusive ? '' : 'more than '}${issue.minimum}`];
    case 'too_big':
      return ['field-range', `expected at most ${issue.maximum}`];
    case 'invalid_format':
      return ['field-format', `expected the format ${issue.format}`];
    case 'custom':
      return [customCode(issue.params), issue.message];
    default:
      return ['field-value', 'the value is not allowed here'];
  }
}

function unionProblem(issue: Extract<Issue, { code: 'invalid_union' }>): [ProblemCode, string] {
  if (!issue.discriminator || !('options' in issue)) return formProblem(issue.errors.flat());
  const code = issue.path.at(-1) === 'type' ? 'event-type-unknown' : 'field-value';
  return [code, `expected one of ${(issue.options as readonly unknown[]).join(', ')}`];
}

function formProblem(issues: readonly Issue[]): [ProblemCode, string] {
  const expected = issues.flatMap((issue) => (issue.code === 'invalid_type' ? issue.expected : [])).join(' or ');
  return issues.some(isMissing) ? ['field-missing', `${expected} is required`] : ['field-type', `expected ${expected}`];
}

const isMissing = (issue: Issue): boolean =>
  issue.code === 'invalid_type' && issue.input === undefined && issue.message.endsWith('undefined');

function customCode(params: Record<string, unknown> | undefined): ProblemCode {
  const named = params?.problem;
  return typeof named === 'string' && named in problemCodes ? (named as ProblemCode) : 'field-value';
}

/** `program.flexSteps[1].doseUg`, as FHIRPath and JSONPath readers expect. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    '',
  );
}

function sourceEventId(input: object): string | undefined {
  const source = 'source' in input ? input.source : undefined;
  const id = typeof source === 'object' && source !== null && 'eventId' in source ? source.eventId : undefined;
  return typeof id === 'string' && id.length <= 200 && isWholeText(id) ? id : undefined;
}
