import type { ScaleValues } from '../fhir/scales.ts';

/** A value as its scale has it: a number in its unit, or a grade, which has an order and no distance. */
export type Score =
  | { readonly kind: 'number'; readonly value: number; readonly unit: '{score}' | 'deg' }
  | { readonly kind: 'grade'; readonly code: string };

/** Reads what a source stated; undefined where it is not on the scale or in another unit. Nothing is rounded. */
export function scoreOn(scale: ScaleValues, stated: number | string, unit: string | undefined): Score | undefined {
  if (scale.kind === 'grade') return unit === undefined ? gradeOn(scale, String(stated)) : undefined;
  const value = typeof stated === 'number' ? stated : numberIn(stated);
  if (value === undefined || value < scale.min || value > scale.max) return undefined;
  if (scale.whole && !Number.isInteger(value)) return undefined;
  if (unit !== undefined && !scale.units.includes(unit.trim().toLowerCase())) return undefined;
  return { kind: 'number', value, unit: scale.units[0] };
}

function gradeOn({ grades }: Extract<ScaleValues, { kind: 'grade' }>, stated: string): Score | undefined {
  const same = (written: string) => written.toLowerCase() === stated.trim().toLowerCase();
  const grade = grades.find(({ written }) => written.some(same));
  return grade && { kind: 'grade', code: grade.code };
}

/** Sources write a minus sign as a hyphen or as the sign itself. */
function numberIn(text: string): number | undefined {
  const plain = text.trim().replace('\u2212', '-');
  return /^[+-]?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}
