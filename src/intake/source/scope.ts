import { type FieldValue, normalPath, type SourceRecord } from './record.ts';
import type { SourcePath } from './source-path.ts';

/** Where the rows of an event look: the segments of one group and, behind them, what stands above it in the message. */
export interface Scope {
  /** From the nearest level that has the segment: a group's own, then that of its patient, then that of the message. */
  find(path: SourcePath): readonly FieldValue[];
  /** Segments of the innermost level, all of them or those of one name. */
  readonly own: readonly Segment[];
  readonly levels: readonly (readonly Segment[])[];
}

export interface Segment {
  /** `OBX`; of a row of a table: empty. */
  readonly name: string;
  readonly values: readonly FieldValue[];
  /** Its values at a path such as `OBX-5.1`. */
  at(leaf: string): readonly FieldValue[];
}

const none: readonly FieldValue[] = [];

export function scopeOf(levels: readonly (readonly Segment[])[]): Scope {
  let byName: readonly ReadonlyMap<string, readonly Segment[]>[] | undefined;
  return {
    levels,
    own: levels[0] ?? [],
    find(path) {
      byName ??= levels.map((level) => Map.groupBy(level, ({ name }) => name));
      for (const level of byName) {
        const found = level.get(path.segment);
        if (found) return found.length === 1 ? valuesIn(found[0] as Segment, path) : valuesInAll(found, path);
      }
      return none;
    },
  };
}

const valuesInAll = (segments: readonly Segment[], path: SourcePath): readonly FieldValue[] =>
  segments.flatMap((segment) => valuesIn(segment, path));

/** What a group sees, as one record. */
export function recordIn({ levels }: Scope): SourceRecord {
  let values: readonly FieldValue[] | undefined;
  return {
    all() {
      values ??= levels.flatMap((level) => level.flatMap((segment) => segment.values));
      return values;
    },
    values(path) {
      const leaf = normalPath(path);
      const name = leaf.slice(0, 3);
      const found: FieldValue[] = [];
      for (const level of levels) {
        for (const segment of level) if (segment.name === name) found.push(...segment.at(leaf));
      }
      return found;
    },
  };
}

function valuesIn(segment: Segment, { leaf, selectors }: SourcePath): readonly FieldValue[] {
  const values = segment.at(leaf);
  if (selectors.length === 0 || values.length === 0) return values;
  return values.filter(({ repetition }) =>
    selectors.every(({ leaf: other, oneOf }) =>
      segment.at(other).some((value) => value.repetition === repetition && oneOf.includes(value.text)),
    ),
  );
}

/** The values of a record by the segment they stand in; a row of a table is one segment. */
export function segmentsOf(record: SourceRecord): Segment[] {
  const segments: Segment[] = [];
  let values: FieldValue[] = [];
  for (const value of record.all()) {
    if (values.length > 0 && values[0]?.segment !== value.segment) {
      segments.push(segmentOf(values));
      values = [];
    }
    values.push(value);
  }
  if (values.length > 0) segments.push(segmentOf(values));
  return segments;
}

/** What is left of it: none where nothing is. */
export function segmentWithout(segment: Segment, gone: ReadonlySet<FieldValue>): readonly Segment[] {
  const left = segment.values.filter((value) => !gone.has(value));
  if (left.length === segment.values.length) return [segment];
  return left.length === 0 ? [] : [segmentOf(left)];
}

function segmentOf(values: readonly FieldValue[]): Segment {
  const [first] = values as [FieldValue];
  let byLeaf: Map<string, FieldValue[]> | undefined;
  return {
    name: first.segment === undefined ? '' : first.path.slice(0, 3),
    values,
    at(leaf) {
      byLeaf ??= Map.groupBy(values, ({ path }) => path);
      return byLeaf.get(leaf) ?? none;
    },
  };
}
