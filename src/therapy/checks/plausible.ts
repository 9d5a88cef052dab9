import type { PlausibleValue } from '../settings.ts';
import type { Checked, Finding } from './finding.ts';

/** Values outside what the table holds for plausible. They are kept all the same. */
export function checkPlausible({ event, settings }: Checked): readonly Finding[] {
  return settings.plausible.flatMap((range) =>
    range.fields.filter((field) => isImplausible(valueAt(event, field), range)).map(implausible),
  );
}

const implausible = (field: string): Finding => ({
  code: 'value-implausible',
  field,
  message: 'the value is outside what is plausible',
});

function isImplausible(value: unknown, { min = -Infinity, max = Infinity, oneOf }: PlausibleValue): boolean {
  if (typeof value !== 'number') return false;
  return value < min || value > max || (oneOf !== undefined && !oneOf.includes(value));
}

function valueAt(event: object, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((inside, name) => (inside as Record<string, unknown> | undefined)?.[name], event);
}
