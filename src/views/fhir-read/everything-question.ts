import { dateSpan } from '../read-model/date-span.ts';
import { isServed, type ServedType, servedTypes } from '../read-model/search-parameters.ts';
import { type Asked, stated } from './asked.ts';
import { instantOf, largestPage, pageSize } from './query.ts';

export interface EverythingQuestion {
  readonly types: readonly ServedType[];
  readonly count: number;
  readonly sinceMs: number | undefined;
  /** Care dates: what lies wholly before or after is left out. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Identity of the resource that the page before ended with. */
  readonly after: string | undefined;
}

/** What `$everything` is asked for, or what of it cannot be read. */
export function everythingQuestion(asked: Asked): EverythingQuestion | string {
  const types = stated(asked, '_type')?.split(',') ?? servedTypes;
  if (!types.every(isServed)) return '_type names a type that this server does not have.';
  const count = pageSize(stated(asked, '_count'), largestPage);
  if (count === undefined) return '_count is a number of 1 or more.';
  const since = stated(asked, '_since');
  const sinceMs = since === undefined ? undefined : instantOf(since)?.epochMilliseconds;
  if (since !== undefined && sinceMs === undefined) return '_since is an instant with its offset.';
  const [start, end] = [stated(asked, 'start'), stated(asked, 'end')];
  const fromMs = start && dateSpan(start)?.fromMs;
  const toMs = end && dateSpan(end)?.toMs;
  if (typeof fromMs === 'string' || typeof toMs === 'string') return 'start and end are dates.';
  if ((start !== undefined && fromMs === undefined) || (end !== undefined && toMs === undefined)) {
    return 'start and end are dates.';
  }
  const page = stated(asked, '_page');
  return { types, count, sinceMs, fromMs, toMs, after: page === undefined ? undefined : asked.caller.ours(page) };
}
