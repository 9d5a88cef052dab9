import { describe, expect, test } from 'vitest';
import { leaves } from './leaves.ts';
import { covers, isKept, kindsOf, pathOf, rows, table } from './table.ts';

/** The law: no field of an event is without a row, or without a decision and its reason. */
describe('every field of every event', () => {
  const inRows = new Set(rows.flatMap((row) => kindsOf(row).map((kind) => `${kind}.${pathOf(row)}`)));

  test.each([...leaves.keys()])('of %s stands in the table', (kind) => {
    const paths = (leaves.get(kind) ?? []).map(({ path }) => path);
    expect(paths.filter((path) => !inRows.has(`${kind}.${path}`) && !isKept(kind, path))).toEqual([]);
  });

  test('a row names fields that there are', () => {
    const all = new Set([...leaves].flatMap(([kind, ofKind]) => ofKind.map(({ path }) => `${kind}.${path}`)));
    expect([...inRows].filter((field) => !all.has(field))).toEqual([]);
  });

  test('a decision is about fields that there are, and about none that a row shows', () => {
    const all = [...leaves].flatMap(([kind, ofKind]) => ofKind.map(({ path }) => [kind, path] as const));
    for (const decision of table.kept) {
      const meant = all.filter(([kind, path]) => covers(decision, kind, path));
      expect(meant.length, decision.event).toBeGreaterThan(0);
      expect(meant.filter(([kind, path]) => inRows.has(`${kind}.${path}`))).toEqual([]);
    }
  });

  test('both values of a row differ, and so does what the element says', () => {
    for (const { domain, values, says = values } of rows) {
      expect(values[0], domain).not.toEqual(values[1]);
      expect(says[0], domain).not.toEqual(says[1]);
    }
  });
});
