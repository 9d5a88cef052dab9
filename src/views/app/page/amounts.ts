/**
 * Numbers with their unit, as medication safety asks for: `mcg`, never a Greek letter that can be read as an m; a comma
 * in thousands; no zero after the point (ISMP, list of error-prone abbreviations, symbols and dose designations).
 */
export const amount = (value: number, unit: Unit): string => `${figures(value)}\u00a0${unit}`;

export type Unit = 'mcg' | 'mcg/day' | 'mcg/mL' | 'mL' | 'cm' | '%' | 'months' | 'days' | 'years' | 'min' | 'h';

export function figures(value: number): string {
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 }).format(value);
}

/** With its sign: a difference. */
export const difference = (value: number, unit: Unit): string => `${value > 0 ? '+' : ''}${amount(value, unit)}`;

/** `1 day`, `2 days`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${figures(count)} ${count === 1 ? one : many}`;
