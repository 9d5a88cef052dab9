import { parseBarcode } from 'gs1-barcode-parser-mod';
import type { UdiRead } from './udi.ts';
import { dateFrom, lastDayOf } from './udi-date.ts';

/** GS1: element strings, `(01)…(11)…(17)…(10)…(21)…` in print, with a group separator after a variable length in a scan. */

const separator = '\u001d';
const symbology = /^\](C1|e[0-2]|d2|Q3|J1)/;
const printed = /^\(\d{2,4}\)/;
const bareScan = /^01\d{14}/;

/** What GS1 allows in a lot or a serial number. */
const lotOrSerial = /^[!"%-?A-Z_a-z]{1,20}$/;

export function looksLikeGs1(text: string): boolean {
  const code = compact(text);
  return symbology.test(code) || printed.test(code) || bareScan.test(withoutLeadingSeparator(code));
}

export function readGs1(text: string, year: number): UdiRead {
  const code = compact(text);
  const elements = elementsOf(withoutLeadingSeparator(code.replace(symbology, '')));
  const deviceIdentifier = elements?.get('01');
  if (!elements || !deviceIdentifier || !/^\d{14}$/.test(deviceIdentifier)) {
    return { unreadable: 'the element string cannot be taken apart, or names no device identifier (01)' };
  }
  const manufactureDate = dateOf(elements.get('11'), year);
  const expirationDate = dateOf(elements.get('17'), year);
  if (manufactureDate === 'impossible' || expirationDate === 'impossible') {
    return { unreadable: 'a date in it is on no calendar' };
  }
  const lotNumber = isDelimited(code) ? elements.get('10') : undefined;
  const serialNumber = isDelimited(code) ? elements.get('21') : undefined;
  if ([lotNumber, serialNumber].some((value) => value !== undefined && !lotOrSerial.test(value))) {
    return { unreadable: 'its lot or serial number has a length or a character that GS1 does not allow' };
  }
  return {
    udi: {
      issuer: 'gs1',
      deviceIdentifier,
      ...(lotNumber && { lotNumber }),
      ...(serialNumber && { serialNumber }),
      ...(manufactureDate && { manufactureDate }),
      ...(expirationDate && { expirationDate }),
      ...(!checkDigitFits(deviceIdentifier) && { checkDiffers: true as const }),
    },
  };
}

/** No GS1 value holds white space or braces: the one is layout of the print, the other stands for parentheses. */
function compact(text: string): string {
  return text.replace(/\s/g, '').replace(/\{(\d{2,4})\}/g, '($1)');
}

function withoutLeadingSeparator(code: string): string {
  return code.startsWith(separator) ? code.slice(1) : code;
}

/**
 * Whether the text itself says where a lot or serial number ends: by parentheses, or as a scan that shows itself as one.
 * Bare digits and letters may be print that lost its parentheses, where the last value has swallowed what followed it.
 */
function isDelimited(code: string): boolean {
  return printed.test(code) || symbology.test(code) || code.includes(separator);
}

/** Values by application identifier; undefined where the string breaks off, or states one identifier twice and differently. */
function elementsOf(code: string): ReadonlyMap<string, string> | undefined {
  const elements = new Map<string, string>();
  for (const { ai, raw } of itemsOf(code)) {
    if ((elements.get(ai) ?? raw) !== raw) return undefined;
    elements.set(ai, raw);
  }
  return elements;
}

/** Only identifier and raw text are taken from the parser: the dates that it makes depend on the clock. */
function itemsOf(code: string): readonly { readonly ai: string; readonly raw: string }[] {
  try {
    return parseBarcode(code).parsedCodeItems;
  } catch (reason) {
    if (typeof reason !== 'string') throw reason;
    return [];
  }
}

/** YYMMDD; day 00 is the last day of its month. */
function dateOf(raw: string | undefined, aboutYear: number): string | 'impossible' | undefined {
  if (raw === undefined) return undefined;
  const digits = /^(?<year>\d{2})(?<month>\d{2})(?<day>\d{2})$/.exec(raw)?.groups;
  if (!digits) return 'impossible';
  if (digits.day !== '00') return dateFrom(digits, aboutYear) ?? 'impossible';
  const month = dateFrom({ year: digits.year, month: digits.month }, aboutYear);
  return month ? lastDayOf(month) : 'impossible';
}

/** From the right, the digits count three times and once in turn; with the check digit the sum is a multiple of ten. */
function checkDigitFits(deviceIdentifier: string): boolean {
  const sum = [...deviceIdentifier].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0;
}
