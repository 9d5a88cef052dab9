import { withQuery } from './query.ts';
import type { SearchParameters } from './search.ts';
import type { Controls } from './search-controls.ts';
import { outcomeOfIgnored } from './search-fault.ts';
import type { StoredText } from './search-matches.ts';
import type { SearchRequest } from './search-request.ts';
import { cut } from './search-subset.ts';

export interface Page {
  readonly base: string;
  readonly request: SearchRequest;
  readonly matches: readonly StoredText[];
  readonly included: readonly StoredText[];
  readonly total?: number;
  /** Token of the next page. */
  readonly next: string | undefined;
}

/** A searchset Bundle as text: what is kept as text is not parsed to be written again. */
export function bundleText({ base, request, matches, included, total, next }: Page): string {
  const { type, controls, applied, ignored } = request;
  const outcome = outcomeOfIgnored(ignored.map(({ fault }) => fault));
  const { elements: _ofMatches, ...others } = controls;
  const entries = [
    ...matches.map((one) => entry(base, one, controls, 'match')),
    ...included.map((one) => entry(base, one, others, 'include')),
    ...(outcome ? [`{"resource":${JSON.stringify(outcome)},"search":{"mode":"outcome"}}`] : []),
  ];
  const links = [
    { relation: 'self', url: withQuery(`${base}/${type}`, applied.map(withoutNumbers)) },
    ...(next === undefined ? [] : [{ relation: 'next', url: withQuery(`${base}/${type}`, [['_page', next]]) }]),
  ];
  return [
    '{"resourceType":"Bundle","type":"searchset"',
    ...(total === undefined ? [] : [`"total":${total}`]),
    `"link":${JSON.stringify(links)}`,
    ...(entries.length === 0 ? [] : [`"entry":[${entries.join(',')}]`]),
  ]
    .join(',')
    .concat('}');
}

function entry(base: string, { type, id, content }: StoredText, controls: Controls, mode: 'match' | 'include'): string {
  const fullUrl = JSON.stringify(`${base}/${type}/${id}`);
  return `{"fullUrl":${fullUrl},"resource":${cut(content, controls)},"search":{"mode":"${mode}"}}`;
}

/** A link is kept in logs and histories: the numbers of people and devices have no place in it. */
function withoutNumbers([name, value]: SearchParameters[number]): SearchParameters[number] {
  const words = name.split(/[.:]/);
  return [name, words.some((word) => word === 'identifier' || word === 'udi-carrier') ? 'withheld' : value];
}
