import { z } from 'zod';
import { type UnitFault, unitFault } from './ucum.ts';

/**
 * Numbers with their UCUM unit in the type. Senders write the number alone, or with a unit text that has to mean exactly
 * the unit of the field; behind the parse both are the same number. Arithmetic on them is in therapy/quantity.ts, so that
 * a dose cannot be added to a volume by accident.
 */

const positive = z.number().positive();
const nonNegative = z.number().nonnegative();

export const ug = measured(positive, 'ug');
export const ugPerDay = measured(positive, 'ug/d');
export const ugPerHour = measured(positive, 'ug/h');
export const ugPerMl = measured(positive, 'ug/mL');
export const ml = measured(nonNegative, 'mL');
export const mlPerDay = measured(positive, 'mL/d');
export const hours = measured(positive, 'h');
export const minutes = measured(nonNegative, 'min');
export const cm = measured(nonNegative, 'cm');
export const months = measured(nonNegative, 'mo');

/** A branded number as it is used: `Measured<'ug/d'>` is a number that means micrograms per day. */
export type Measured<Unit extends string> = number & z.core.$brand<Unit>;

function measured<const Unit extends string>(value: z.ZodNumber, unit: Unit) {
  const stated = z
    .strictObject({ value, unit: z.string().meta({ description: `A text that means ${unit}; never converted.` }) })
    .superRefine(({ unit: text }, context) => {
      const fault = unitFault(text, unit);
      if (fault) context.addIssue({ code: 'custom', message: says[fault](unit), params: { problem: fault } });
    })
    .transform((quantity) => quantity.value);
  return z.union([value, stated]).brand<Unit>();
}

const says: Readonly<Record<UnitFault, (unit: string) => string>> = {
  'unit-unknown': (unit) => `this unit is not known; the field is in ${unit}`,
  'unit-error-prone': (unit) => `this unit is easily misread; the field is in ${unit}`,
  'unit-differs': (unit) => `this unit is not ${unit}`,
  'unit-mismatch': (unit) => `this unit measures something else than ${unit}`,
};
