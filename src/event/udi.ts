import { looksLikeGs1, readGs1 } from './udi-gs1.ts';
import { looksLikeHibcc, readHibcc } from './udi-hibcc.ts';
import { looksLikeIccbba, readIccbba } from './udi-iccbba.ts';

/** The agencies whose identifiers the FDA takes as a UDI. */
export type UdiIssuer = 'gs1' | 'hibcc' | 'iccbba';

/** What a unique device identifier states. Dates are `YYYY-MM-DD`, or `YYYY-MM` where the code names no day. */
export interface Udi {
  readonly issuer: UdiIssuer;
  /** The fixed part: maker and model, without flags and check characters of the bar code. */
  readonly deviceIdentifier: string;
  readonly lotNumber?: string;
  readonly serialNumber?: string;
  readonly manufactureDate?: string;
  readonly expirationDate?: string;
  /** Donation number of a product of human origin (ICCBBA only). */
  readonly distinctIdentifier?: string;
  /** The check character does not fit: something was probably mistyped. */
  readonly checkDiffers?: true;
}

/** What was read; or why a text that begins like a UDI cannot be read; or that it is text in no known grammar. */
export type UdiRead = { readonly udi: Udi } | { readonly unreadable: string } | { readonly plainText: true };

/**
 * Reads a UDI as printed or as scanned. `year` is a year near the device's own dates: two digits mean the year between
 * 49 before it and 50 after it. Source of the three formats: FDA, "UDI formats by FDA-accredited issuing agency",
 * version 1.3 (2017); GS1 General Specifications, section 7.12 (centuries); ANSI/HIBC 2.6; ISBT 128 ST-011.
 */
export function readUdi(text: string, { year }: { readonly year: number }): UdiRead {
  const key = `${year} ${text}`;
  const known = readBefore.get(key);
  if (known) return known;
  const read = readNew(text, year);
  if (readBefore.size >= mostKept) readBefore.clear();
  readBefore.set(key, read);
  return read;
}

/** Every report about a device repeats its label, and reading one takes as long as reading the rest of the event. */
const readBefore = new Map<string, UdiRead>();
const mostKept = 1_000;

function readNew(text: string, year: number): UdiRead {
  if (looksLikeGs1(text)) return readGs1(text, year);
  if (looksLikeHibcc(text)) return readHibcc(text, year);
  if (looksLikeIccbba(text)) return readIccbba(text);
  return { plainText: true };
}
