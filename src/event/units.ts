import { z } from 'zod';

/**
 * Numbers with their UCUM unit in the type. They are what senders write; arithmetic on them is in therapy/quantity.ts,
 * so that a dose cannot be added to a volume by accident.
 */

const positive = () => z.number().positive();
const nonNegative = () => z.number().nonnegative();

export const ug = positive().brand<'ug'>();
export const ugPerDay = positive().brand<'ug/d'>();
export const ugPerMl = positive().brand<'ug/mL'>();
export const ml = nonNegative().brand<'mL'>();
export const hours = positive().brand<'h'>();
export const minutes = nonNegative().brand<'min'>();
export const cm = nonNegative().brand<'cm'>();
export const months = nonNegative().brand<'mo'>();

/** A branded number as senders write it: `Measured<'ug/d'>` is a number that means micrograms per day. */
export type Measured<Unit extends string> = number & z.core.$brand<Unit>;
