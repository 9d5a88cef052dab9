import type { CodeableConcept, ObservationComponent } from '@medplum/fhirtypes';
import { external, itb } from '../fhir/systems.ts';
import { type Quantity, toNumber } from '../therapy/quantity.ts';
import type { MappingContext } from './context.ts';
import { concept, measured, type Ucum } from './element.ts';
import type { Value } from './observed.ts';

/** One value of an Observation about the pump: its code of itb-observation, and nothing where there is none. */
export type Reading = readonly [code: string, value: Value | undefined];

/** The readings that have a value, in their order. Missing is left out; nothing is ever 0 for want of knowledge. */
export function components(readings: readonly Reading[], context: MappingContext): ObservationComponent[] {
  return readings.flatMap(([code, value]) =>
    value ? [{ code: concept(context, itb.observation, code), ...value }] : [],
  );
}

export const amount = (value: number | undefined, unit: Ucum): Value | undefined =>
  value === undefined ? undefined : { valueQuantity: measured(value, unit) };

/** A calculated decimal, rounded for people. */
export const rounded = <Unit extends Ucum>(
  value: Quantity<Unit> | undefined,
  unit: NoInfer<Unit>,
  decimals = 3,
): Value | undefined => amount(value && toNumber(value, decimals), unit);

export const inDate = (value: { toString(): string } | undefined): Value | undefined =>
  value === undefined ? undefined : { valueDateTime: value.toString() };

export const inInteger = (value: number | undefined): Value | undefined =>
  value === undefined ? undefined : { valueInteger: value };

export const coded = (value: CodeableConcept | undefined): Value | undefined =>
  value && { valueCodeableConcept: value };

/** One of our own codes. */
export const codedAs = (context: MappingContext, system: string, code: string | undefined): Value | undefined =>
  coded(code === undefined ? undefined : concept(context, system, code));

/** A number; where the source said that there is none, why. */
export function amountOrAbsent(
  value: number | null | undefined,
  unit: Ucum,
  reason: 'not-performed' | 'unknown',
  context: MappingContext,
): Value | undefined {
  if (value !== null) return amount(value, unit);
  return { dataAbsentReason: concept(context, external.dataAbsentReason, reason) };
}
