import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventTypes } from '../../../src/event/event.ts';
import { columnsOf } from '../../../src/intake/csv/columns.ts';
import { mappingsDir, shippedSources } from './tables.ts';

const canonical = () => {
  const source = shippedSources().named('canonical-csv');
  if (!source) throw new Error('there is no map of canonical CSV');
  return source;
};

test('every column of canonical CSV is told to who writes such files, and no other', () => {
  const { map, events } = canonical();
  const read = events.flatMap(({ rows }) => rows.flatMap(({ path }) => (path ? [path.leaf] : [])));
  const columns = new Set([...read, 'source_event_id', 'event_type', ...map.kept]);
  for (const column of ['source_system', 'status', 'supersedes_event_id', 'amendment_reason', 'amended_at'])
    columns.add(column);
  const page = readFileSync(join(mappingsDir, 'sources/CANONICAL-CSV.md'), 'utf8');
  const tables = page.slice(page.indexOf('| where |'));
  const told = [...tables.matchAll(/`([a-z][a-z0-9]*(?:_[a-z0-9]+)*)`/g)].map(([, name]) => name as string);
  const types: readonly string[] = eventTypes;
  const known = new Set(told.filter((name) => columns.has(name) || !types.includes(name)));
  expect([...known].sort()).toEqual([...columns].filter((name) => !/^(source_event_id|event_type)$/.test(name)).sort());
});

test('canonical CSV writes every type of event; corrections and voids by their status', () => {
  const types = new Set(canonical().events.map(({ type }) => type));
  expect(eventTypes.filter((type) => !types.has(type))).toEqual(['correction', 'void']);
});

test('columns that say the same in another unit are recognised', () => {
  const columns = columnsOf(canonical());
  expect(
    ['daily_dose_mg', 'concentration_mg_ml', 'fill_volume_l', 'daily_dose_ug', 'colour', 'mg'].map(columns.otherUnitOf),
  ).toEqual(['daily_dose_ug', 'concentration_ug_ml', 'fill_volume_ml', undefined, undefined, undefined]);
});
