import type { Place } from '../../event/problem.ts';

/**
 * What the readers of HL7 v2 and CSV give to the engine of field maps: every value that was sent, with its path and its
 * place. Empty fields are not values.
 */
export interface SourceRecord {
  /** The values at a path of the map's language, without selector: `PID-3.1`, `OBX-18`, a column. In their order. */
  values(path: string): readonly FieldValue[];
  /** Every value, in the order of the message. */
  all(): readonly FieldValue[];
}

export interface FieldValue {
  /**
   * CSV: the column as its header names it. HL7 v2: `PID-3.1`, always with the component, and with the subcomponent where
   * it is not the first: `PID-8.1`, `PID-3.4`, `PID-3.4.2`.
   */
  readonly path: string;
  /** CSV: row and column. HL7 v2: `{ segment: 'OBX[2]', field: 'OBX-5.1' }`, the second OBX of the message. */
  readonly place: Place;
  /** Decoded: escapes resolved, charset applied. Never empty, but where it is cleared. */
  readonly text: string;
  /** HL7 null (`""`): the sender clears this field. */
  readonly isCleared?: boolean;
  /** HL7 v2: number of the segment in the message; values of one segment share it and stand together. */
  readonly segment?: number;
  /** HL7 v2: repetition of the field, from 1. */
  readonly repetition?: number;
}

/** A record of values that stand in their order. */
export function recordOf(values: readonly FieldValue[]): SourceRecord {
  let index: Map<string, FieldValue[]> | undefined;
  return {
    all: () => values,
    values(path) {
      index ??= Map.groupBy(values, (value) => value.path);
      return index.get(path) ?? index.get(normalPath(path)) ?? [];
    },
  };
}

/** `PID-8` and `PID-8.1.1` are `PID-8.1`. A column stays as it is. */
export function normalPath(path: string): string {
  if (isNormal.test(path)) return path;
  const [, field, component = '1', subcomponent = '1'] = hl7Path.exec(path) ?? [];
  if (field === undefined) return path;
  return subcomponent === '1' ? `${field}.${component}` : `${field}.${component}.${subcomponent}`;
}

const isNormal = /^[A-Z][A-Z0-9]{2}-\d+\.\d+$/;
const hl7Path = /^([A-Z][A-Z0-9]{2}-\d+)(?:\.(\d+))?(?:\.(\d+))?$/;
