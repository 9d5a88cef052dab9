import { parseEvent } from '../event/parse.ts';
import { type Place, type Problem, problem } from '../event/problem.ts';
import type { Unusable, Usable } from './item.ts';

export interface IntakeLimits {
  readonly maxEvents: number;
  readonly maxDepth: number;
}

type Read = Usable | Unusable;

/** The whole input could not be read; nothing of it was kept. */
export interface Unreadable {
  readonly problem: Problem;
}

/** One event, an array of events, or NDJSON (one event a line) → items in their order. */
export function readEvents(body: string, format: 'json' | 'ndjson', limits: IntakeLimits): Read[] | Unreadable {
  const text = body.replace(/^\uFEFF/, '');
  if (text.trim() === '') return { problem: problem('body-empty', 'the input holds no event') };
  if (format === 'ndjson') return readLines(text, limits);
  const parsed = parseJson(text);
  if (parsed === undefined) return [notJson(text, 'the input is not valid JSON', {})];
  if (!Array.isArray(parsed.value)) return [itemOf(parsed.value, text, {}, limits)];
  if (parsed.value.length === 0) return { problem: problem('body-empty', 'the array holds no event') };
  if (parsed.value.length > limits.maxEvents) return tooMany(limits);
  if (isDeeper(parsed.value, limits.maxDepth + 1 + deepestWritten)) {
    return { problem: problem('body-too-deep', `nested deeper than ${limits.maxDepth}`) };
  }
  return parsed.value.map((value, n) => itemOf(value, JSON.stringify(value), { field: `[${n}]` }, limits));
}

/** A member of an array is written out again to keep it; far deeper than this, writing it would exhaust the stack. */
const deepestWritten = 500;

/** One line of NDJSON; for readers that stream a file line by line. */
export function readLine(line: string, row: number, limits: IntakeLimits): Read {
  const parsed = parseJson(line);
  if (parsed) return itemOf(parsed.value, line, { row }, limits);
  return notJson(line, 'the line is not valid JSON', { row });
}

/** Kept like any other input that cannot be used: it may be an event that was cut off. */
function notJson(payload: string, message: string, place: Place): Read {
  return { payload, place, problems: [problem('body-not-json', message, place)] };
}

function readLines(text: string, limits: IntakeLimits): Read[] | Unreadable {
  const items: Read[] = [];
  for (const [n, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    if (items.length === limits.maxEvents) return tooMany(limits);
    items.push(readLine(line, n + 1, limits));
  }
  return items;
}

function itemOf(value: unknown, payload: string, place: Place, limits: IntakeLimits): Read {
  if (isDeeper(value, limits.maxDepth)) {
    return { payload, place, problems: [problem('body-too-deep', `nested deeper than ${limits.maxDepth}`, place)] };
  }
  const parsed = parseEvent(value);
  if ('event' in parsed) return { payload, place, event: parsed.event };
  return { payload, place, problems: parsed.problems.slice(0, mostTold).map((found) => placed(found, place)) };
}

/** Of one event: a body of a hundred thousand unknown fields is not answered with a sentence for each. */
const mostTold = 100;

/** `fill.volumeMl` of the second event is `[1].fill.volumeMl`. */
function placed(found: Problem, { field, row }: Place): Problem {
  const inner = found.place?.field;
  const path = field ? `${field}${inner ? `.${inner}` : ''}` : inner;
  return { ...found, place: { ...found.place, ...(path && { field: path }), ...(row !== undefined && { row }) } };
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1));
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function tooMany({ maxEvents }: IntakeLimits): Unreadable {
  return { problem: problem('too-many-events', `more than ${maxEvents} events`) };
}
