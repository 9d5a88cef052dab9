/** The values of an event, one by one, as a sender goes through it to write it in another form. */
export interface Value {
  /** Without the numbers of members: `program.flexSteps[].start`. */
  readonly path: string;
  /** Number of the member in each list on the way, from 1. */
  readonly members: readonly number[];
  readonly value: string | number | boolean;
}

export function valuesOf(fields: object, above = '', members: readonly number[] = []): Value[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    at(value, above === '' ? name : `${above}.${name}`, members),
  );
}

function at(value: unknown, path: string, members: readonly number[]): Value[] {
  if (value === undefined) return [];
  if (value === null) return [{ path, members, value: 'unknown' }];
  if (Array.isArray(value)) return value.flatMap((it, n) => at(it, `${path}[]`, [...members, n + 1]));
  if (typeof value === 'object') return valuesOf(value, path, members);
  return [{ path, members, value: value as Value['value'] }];
}
