import { randomUUID } from 'node:crypto';
import type { SearchRequest } from '@medplum/core';
import type { BundleLink, Resource } from '@medplum/fhirtypes';
import { refuse } from './refusal.ts';

const defaultPageSize = 50;
const maxPageSize = 500;
const maxOpenSearches = 1000;

export interface SearchPages {
  /** The search itself, or the one that its `_page` token continues. */
  resume<T extends Resource>(search: SearchRequest<T>): SearchRequest<T>;
  /** Which of the matches stand on this page, and the links of the page. */
  window(search: SearchRequest, matchCount: number): { from: number; to: number; link: BundleLink[] };
}

/** Paging by opaque tokens: the address of the next page holds no search value, for a value may be a record number. */
export function searchPages(baseUrl: string): SearchPages {
  const continued = new Map<string, SearchRequest>();

  function nextLink(search: SearchRequest): BundleLink {
    const [oldest] = continued.keys();
    if (continued.size >= maxOpenSearches && oldest) continued.delete(oldest);
    const token = randomUUID();
    continued.set(token, search);
    return { relation: 'next', url: `${baseUrl}/${search.resourceType}?_page=${token}` };
  }

  return {
    resume(search) {
      const token = search.filters?.find(({ code }) => code === '_page')?.value;
      if (token === undefined) return search;
      const found = continued.get(token);
      if (found?.resourceType !== search.resourceType) refuse('gone', 'expired', 'The page link has expired');
      return found as typeof search;
    },
    window(search, matchCount) {
      const from = search.offset ?? 0;
      const to = from + Math.min(search.count ?? defaultPageSize, maxPageSize);
      const more = to > from && to < matchCount;
      return { from, to, link: more ? [nextLink({ ...search, offset: to })] : [] };
    },
  };
}
