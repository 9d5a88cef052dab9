import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../event/problem.ts';
import type { Source } from '../intake/source/compile.ts';
import { openSources, type ReadFile, readBy, type SourceDesk } from './source-files.ts';

/** 1 where a map has no example, refuses its own one, or has not decided about a field of it. */
export async function checkSources(configPath: string | undefined, name: string | undefined): Promise<number> {
  const desk = openSources(configPath);
  const sources = name === undefined ? desk.sources.all : [desk.named(name)];
  let failed = 0;
  for (const source of sources) if (!(await check(source, desk))) failed++;
  return failed === 0 ? 0 : 1;
}

/** Whether the map does with its examples what it says. */
async function check(source: Source, { sources, folders }: SourceDesk): Promise<boolean> {
  const files = folders.flatMap((folder) => examplesOf(source.name, join(folder, 'sources', 'examples')));
  const reads: ReadFile[] = [];
  for (const file of files) reads.push(await readBy(source, sources, file));
  const items = reads.flatMap((read) => read.items);
  const seen = reads.flatMap((read) => read.seen);
  const refused = items.flatMap((item) => ('problems' in item ? item.problems : []));
  const unknown = [...new Set(seen.flatMap(({ path, decision }) => (decision === 'unknown' ? [path] : [])))];
  const isSound = files.length > 0 && refused.length === 0 && unknown.length === 0;
  const events = items.filter((item) => 'event' in item).length;
  const leftAlone = items.filter((item) => 'leftAlone' in item).length;
  console.log(
    `${isSound ? '✔' : '✖'} ${source.name}: ${files.length} examples, ${events} events, ${leftAlone} left alone`,
  );
  if (files.length === 0)
    console.log('  it has no example: put a message or a file beside it, examples/NAME.hl7 or .csv');
  for (const problem of refused) console.log(`  ✖ ${placeOf(problem)} ${problem.code}: ${problem.message}`);
  if (unknown.length > 0) console.log(`  ✖ nobody decided about: ${unknown.join(', ')}`);
  const { types, fields } = unfilledOf(source, new Set(seen.flatMap(({ to }) => to)));
  if (types.length > 0) console.log(`  no example of: ${types.join(', ')}`);
  if (fields.length > 0) console.log(`  no example fills: ${fields.join(', ')}`);
  return isSound;
}

function examplesOf(name: string, folder: string): string[] {
  if (!existsSync(folder)) return [];
  const own = readdirSync(folder).filter((file) => file.startsWith(`${name}.`));
  return own.toSorted().map((file) => join(folder, file));
}

/** Types of events that the map declares and no example tells of, and fields that no value of an example became. */
function unfilledOf({ events }: Source, filled: ReadonlySet<string>) {
  const typed = events.filter(({ type }) => type !== undefined);
  const types = new Set(typed.flatMap(({ type }) => type ?? []));
  const told = new Set([...filled].map((target) => target.split(' ')[0]));
  const filledFields = new Set([...filled].map((target) => target.split(' ')[1]));
  const declared = typed.flatMap(({ rows }) =>
    rows.filter(({ row }) => row.constant === undefined).map(({ to }) => to),
  );
  return {
    types: [...types].filter((type) => !told.has(type)),
    fields: [...new Set(declared)].filter((field) => !filledFields.has(field)),
  };
}

const placeOf = ({ place = {} }: Problem): string =>
  [place.row !== undefined && `row ${place.row}`, place.segment, place.field].filter(Boolean).join(' ');
