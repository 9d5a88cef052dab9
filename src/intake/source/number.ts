import { type Fault, fault, type Read } from './fault.ts';

/**
 * A decimal number as a source writes it, exactly. What is no exact value (`<5`, `3-5`) is never read as the bare number,
 * and a comma is a decimal mark only where the map says so: `1,500` is one and a half to some and 1500 to others.
 */
export function readNumber(text: string, decimal: 'point' | 'comma'): Read<number> {
  const plain = text.trim();
  const written = decimal === 'comma' ? plain.replace(',', '.') : plain;
  if (decimal === 'comma' && plain.includes('.')) return fault('decimal-comma', 'the field map says a decimal comma');
  if (!number.test(written)) return faultOf(plain);
  if (significantDigits(written) > exactDigits) return fault('number-unreadable', 'too many digits to be kept exactly');
  return { value: Number(written) + 0 };
}

const number = /^[+-]?\d+(\.\d+)?$/;

/** What a double holds of a decimal without change. */
const exactDigits = 15;

const significantDigits = (text: string): number => text.replace(/[^\d]/g, '').replace(/^0+/, '').length;

function faultOf(text: string): Fault {
  if (/^[<>≤≥≦≧~≈]/u.test(text)) return fault('value-inexact', 'a comparison is no value');
  if (/^[+-]?\d+([.,]\d+)?\s*(-|–|to)\s*\d+([.,]\d+)?$/i.test(text))
    return fault('value-inexact', 'a range is no value');
  if (/^[+-]?\d+,\d+$/.test(text)) return fault('decimal-comma', 'a number with a comma can be read in two ways');
  return fault('number-unreadable', 'not a plain decimal number');
}
