import type { Resource } from '@medplum/fhirtypes';
import type { CanonicalEvent } from '../../event/event.ts';

/** Values with their units, to tell whether two records say the same: `38 mL`, `210 ug/d`, `52`. */

/** The numbers of what an event reports: not those of its envelope or of the label of a device. */
export function valuesOf(event: CanonicalEvent): string[] {
  const { source, extra, schemaVersion, pump, catheter, session, ...said } = event as unknown as Record<
    string,
    unknown
  >;
  return numbersIn(said, '');
}

function numbersIn(value: unknown, name: string): string[] {
  if (typeof value === 'number') return [written(value, unitOf(name))];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => numbersIn(child, Array.isArray(value) ? name : key));
}

/** Units stand last in names. */
function unitOf(name: string): string | undefined {
  return units.find(([ending]) => name.endsWith(ending))?.[1];
}

const units: readonly (readonly [ending: string, unit: string])[] = [
  ['MlPerDay', 'mL/d'],
  ['UgPerDay', 'ug/d'],
  ['UgPerHour', 'ug/h'],
  ['UgPerMl', 'ug/mL'],
  ['Ml', 'mL'],
  ['Ug', 'ug'],
  ['Minutes', 'min'],
  ['Hours', 'h'],
  ['Days', 'd'],
  ['Cm', 'cm'],
  ['Kg', 'kg'],
  ['Percent', '%'],
  ['monthsToEri', 'mo'],
  ['maxPerDay', '/d'],
];

/** The numbers of a resource, those of quantities with their unit, also without one where the event's field has none. */
export function valuesIn(resource: Resource): string[] {
  return quantitiesIn(resource);
}

function quantitiesIn(value: unknown): string[] {
  if (typeof value === 'number') return [written(value, undefined)];
  if (typeof value !== 'object' || value === null) return [];
  const { value: number, code, unit } = value as { value?: unknown; code?: string; unit?: string };
  if (typeof number === 'number') return [written(number, code ?? unit), written(number, undefined)];
  return Object.values(value).flatMap(quantitiesIn);
}

const written = (value: number, unit: string | undefined): string =>
  unit === undefined ? `${value}` : `${value} ${unit}`;

/** When a resource says that something happened or began. */
export function timesIn(resource: Resource): string[] {
  const timed = resource as unknown as Readonly<Record<string, unknown>>;
  return [
    'performedDateTime',
    'effectiveDateTime',
    'authoredOn',
    'performedPeriod',
    'effectivePeriod',
    'created',
  ].flatMap((name) => {
    const value = timed[name] as string | { start?: string } | undefined;
    const time = typeof value === 'object' ? value.start : value;
    return time ? [time] : [];
  });
}
