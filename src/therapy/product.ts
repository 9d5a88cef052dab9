import { Decimal } from 'decimal.js';
import type { Measured } from '../event/units.ts';
import { quantity, type UgPerMl } from './quantity.ts';
import type { TherapySettings } from './settings.ts';

/** The concentration of the product that a National Drug Code means, whatever its package; undefined where not known. */
export function concentrationOfNdc({ products }: TherapySettings, ndc: string): UgPerMl | undefined {
  const wanted = labelerAndProduct(ndc);
  const product = wanted && products.find((known) => labelerAndProduct(known.ndc) === wanted);
  return product ? ugPerMl(product.concentrationUgPerMl) : undefined;
}

/** Labeler and product as nine digits. Ten digits without hyphens can be read in several ways: none then. */
function labelerAndProduct(ndc: string): string | undefined {
  const parts = /^(\d{4,5})-(\d{3,4})(-\d{1,2})?$/.exec(ndc.trim());
  if (parts) return `${parts[1]?.padStart(5, '0')}${parts[2]?.padStart(4, '0')}`;
  return /^(\d{9})\d{2}$/.exec(ndc.trim())?.[1];
}

/** A comma may part thousands or decimals: such a number is not read. */
const strength =
  /(?<![\d.,])(\d+(?:\.\d+)?)\s*(mg|mcg|ug|µg|μg|micrograms?)\s*(?:\/|per|in)\s*(\d+(?:\.\d+)?)?\s*ml\b/i;

/** The concentration that a product's name states: `10 mg/5 mL` is 2000 ug/mL. */
export function strengthInName(name: string): UgPerMl | undefined {
  const [, amount, unit, volume = '1'] = strength.exec(name) ?? [];
  if (amount === undefined || Number(volume) === 0) return undefined;
  const ug = new Decimal(amount).times(unit?.toLowerCase() === 'mg' ? 1000 : 1);
  return ugPerMl(ug.div(volume).toNumber());
}

const ugPerMl = (value: number): UgPerMl => quantity(value as Measured<'ug/mL'>);
