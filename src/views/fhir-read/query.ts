import type { SearchParameters } from './search.ts';

/** What stands behind the question mark of an address. */

export const withQuery = (url: string, parameters: SearchParameters): string =>
  parameters.length === 0 ? url : `${url}?${new URLSearchParams(parameters.map(([name, value]) => [name, value]))}`;

export const largestPage = 500;
export const usualPage = 50;

/** `_count`: how many entries a page has, at most `largestPage`; undefined for what is no such number. */
export function pageSize(stated: string | undefined, otherwise = usualPage): number | undefined {
  if (stated === undefined) return otherwise;
  return /^[1-9]\d{0,8}$/.test(stated) ? Math.min(Number(stated), largestPage) : undefined;
}

/** An instant of FHIR: with seconds and offset; undefined for what is none. */
export function instantOf(text: string): Temporal.Instant | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  try {
    return Temporal.Instant.from(text);
  } catch {
    return undefined;
  }
}
