import type { Source } from './compile.ts';

/** The field maps of a deployment, and which of them reads what. */
export interface Sources {
  readonly all: readonly Source[];
  named(name: string): Source | undefined;
  /** The map that says the most about this message; undefined: none reads it. */
  forHl7(header: Hl7Header): Source | undefined;
  /** The map that names the most columns of this header, all of which it has. */
  forCsvHeader(columns: readonly string[]): Source | undefined;
}

export interface Hl7Header {
  /** MSH-9.1 and MSH-9.2: `ORU^R01`. */
  readonly type: string;
  /** MSH-12.1. */
  readonly version: string;
  /** MSH-3.1 */
  readonly sendingApplication?: string | undefined;
  /** MSH-4.1 */
  readonly sendingFacility?: string | undefined;
  /** MSH-21.1 of each repetition. */
  readonly profiles?: readonly string[] | undefined;
}

/** Of two maps of one name the later one counts: a site's own over the one that ships. */
export function sourcesOf(read: readonly Source[]): Sources {
  const byName = new Map(read.map((source) => [source.name, source]));
  const all = [...byName.values()];
  return {
    all,
    named: (name) => byName.get(name),
    forHl7: (header) => narrowest(all, ({ map }) => (map.format === 'hl7v2' ? hl7Rank(map.match, header) : 0)),
    forCsvHeader: (columns) => narrowest(all, ({ map }) => (map.format === 'csv' ? csvRank(map.match, columns) : 0)),
  };
}

/** The highest rank above zero; of equals, the first by name. */
function narrowest(sources: readonly Source[], rankOf: (source: Source) => number): Source | undefined {
  const ranked = sources.map((source) => ({ source, rank: rankOf(source) })).filter(({ rank }) => rank > 0);
  const order = (a: Source, b: Source) => (a.name < b.name ? -1 : 1);
  return ranked.toSorted((a, b) => b.rank - a.rank || order(a.source, b.source))[0]?.source;
}

type Match = Source['map']['match'];

/** How many conditions a map states that hold; 0 where one does not. A map for every message of a type has rank 1. */
function hl7Rank(
  match: Match,
  { type, version, sendingApplication, sendingFacility, profiles = [] }: Hl7Header,
): number {
  if (!match.messages?.includes(type)) return 0;
  const conditions = [
    match.versions?.includes(version),
    match.sendingApplications?.includes(sendingApplication ?? ''),
    match.sendingFacilities?.includes(sendingFacility ?? ''),
    match.profiles?.some((profile) => profiles.includes(profile)),
  ].filter((holds) => holds !== undefined);
  return conditions.every(Boolean) ? 1 + conditions.length : 0;
}

function csvRank({ columns = [] }: Match, header: readonly string[]): number {
  return columns.every((column) => header.includes(column)) ? columns.length : 0;
}
