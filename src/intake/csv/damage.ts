import { type Problem, problem } from '../../event/problem.ts';
import type { FieldValue } from '../source/record.ts';
import type { Reading } from './columns.ts';

/**
 * What spreadsheets do to what was typed into them: dates become serial numbers or change their order, long numbers lose
 * digits, lots become dates. Undefined: nothing of the kind. What was typed cannot be known again, so it is refused.
 */
export function damageTo({ text, place }: FieldValue, readings: readonly Reading[], digits: number | undefined) {
  const found = damageOf(text, readings) ?? (lostZeros(text, digits) ? zerosLost : undefined);
  return found === undefined ? undefined : problem('spreadsheet-damage', found, place);
}

/** A column that says the same as a known one in another unit is never converted, and never left out in silence. */
export function unitDamage({ place }: FieldValue, known: string | undefined): Problem | undefined {
  if (known === undefined) return undefined;
  return problem('unit-differs', `this column is in another unit than ${known}`, place);
}

function damageOf(text: string, readings: readonly Reading[]): string | undefined {
  if (text.startsWith('#') && errorCell.test(text)) return 'an error of the spreadsheet stands in place of the value';
  if (readings.length === 0) return undefined;
  if (text.includes('E+') && exponent.test(text))
    return 'the spreadsheet wrote a number in powers of ten; digits are lost';
  for (const { kind, dates } of readings) {
    const found = damageByKind(text, kind, dates);
    if (found !== undefined) return found;
  }
  return undefined;
}

function damageByKind(text: string, kind: Reading['kind'], dates: Reading['dates']): string | undefined {
  switch (kind) {
    case 'date':
    case 'partial-date':
    case 'instant':
    case 'time':
      return damagedDate(text, dates);
    case 'clock':
      return fraction.test(text) ? timeAsFraction : undefined;
    case 'number':
    case 'quantity':
    case 'hours':
      return damagedNumber(text);
    default:
      return text.length <= longestMonthName && monthName.test(text) ? 'the spreadsheet made a date of it' : undefined;
  }
}

function damagedDate(text: string, dates: Reading['dates']): string | undefined {
  if (serial.test(text)) return 'the spreadsheet wrote a date as the number of a day';
  if (fraction.test(text)) return timeAsFraction;
  if (monthName.test(text)) return 'the spreadsheet wrote a date in words of its own';
  if (!shortDate.test(text)) return undefined;
  if (dates === 'Y-M-D') return 'which is the day and which the month of this date cannot be told';
  return twoDigitYear.test(text) ? 'the century of this date cannot be told' : undefined;
}

function damagedNumber(text: string): string | undefined {
  if (monthName.test(text) || (shortDate.test(text) && /[-/]/.test(text)))
    return 'the spreadsheet made a date of a number';
  return thousands.test(text) ? 'the spreadsheet wrote a number with separators of thousands' : undefined;
}

function lostZeros(text: string, digits: number | undefined): boolean {
  return digits !== undefined && /^\d+$/.test(text) && text.length < digits;
}

const zerosLost = 'it has fewer digits than the field map says: leading zeros are lost';
const timeAsFraction = 'the spreadsheet wrote a time as a fraction of a day';

/** `########`, `#N/A`, `#REF!`, and as other languages write them: `#NV`, `#BEZUG!`. */
const errorCell = /^#(#+|N\/A|NV|N\/D|\p{L}[\p{L}\d/ ]*[!?]|DIV\/0!)$/u;

/** `1.23E+11`, as spreadsheets write it. */
const exponent = /^-?\d([.,]\d+)?E\+\d{1,3}$/;

/** A day of this century or the last, with or without its time. */
const serial = /^\d{5}([.,]\d+)?$/;
const fraction = /^0?[.,]\d+$/;

const month = '(jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zé]*\\.?';
/** `3-Nov`, `3-Nov-26`, `Nov-26`. */
const monthName = new RegExp(`^(\\d{1,2}[-. ]{1,2}${month}([- ]\\d{2,4})?|${month}-\\d{2,4})$`, 'i');

/** `3. September 2026`. */
const longestMonthName = 17;

/** `11/03/26`, `3.11.2026`, with or without a time behind it. */
const shortDate = /^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(\d{2})?([ T]|$)/;
const twoDigitYear = /^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}([ T]|$)/;

/** `1,234.5`, `1,234,567`, `1'500`, `1 500`. One comma alone may be a decimal comma: the reader of numbers says so. */
const thousands = /^-?\d{1,3}((,\d{3})+\.\d+|(,\d{3}){2,}|(\.\d{3}){2,}|([' \u00A0\u202F]\d{3})+)([.,]\d+)?$/;
