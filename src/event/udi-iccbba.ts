import type { UdiRead } from './udi.ts';
import { dateFrom } from './udi-date.ts';

/** ICCBBA (ISBT 128), for products of human origin: elements of fixed length, perhaps after the head of a compound message. */

const head = /^(=\+\d{5})?=\/(?<deviceIdentifier>[A-Z0-9]{16})/;

const productionData = [
  { field: 'serialNumber', format: /=,([A-Z0-9]{6})/ },
  { field: 'distinctIdentifier', format: /=([A-Z0-9]{15})/ },
  { field: 'lotNumber', format: /&,1([A-Z0-9]{18})/ },
] as const;

const dates = [
  { field: 'expirationDate', format: /=>(?<century>[019])(?<year>\d{2})(?<dayOfYear>\d{3})/ },
  { field: 'manufactureDate', format: /=\}(?<century>[019])(?<year>\d{2})(?<dayOfYear>\d{3})/ },
] as const;

export function looksLikeIccbba(text: string): boolean {
  return /^=[/+]/.test(compact(text));
}

export function readIccbba(text: string): UdiRead {
  const code = compact(text);
  const found = head.exec(code);
  if (!found?.groups?.deviceIdentifier) return { unreadable: 'it names no device identifier of 16 characters' };
  const rest = code.slice(found[0].length);
  const stated = [
    ...productionData.map(({ field, format }) => [field, format.exec(rest)?.[1]] as const),
    ...dates.map(({ field, format }) => [field, dateOf(format.exec(rest)?.groups)] as const),
  ].filter(([, value]) => value !== undefined);
  if (stated.some(([, value]) => value === 'impossible')) return { unreadable: 'a date in it is on no calendar' };
  return {
    udi: { issuer: 'iccbba', deviceIdentifier: found.groups.deviceIdentifier, ...Object.fromEntries(stated) },
  };
}

const compact = (text: string): string => text.replace(/\s/g, '');

/** The first of three digits of a year. */
const centuries: Readonly<Record<string, string>> = { 0: '20', 1: '21', 9: '19' };

/** Four digits leave no century open, so the year of reference counts for nothing. */
function dateOf(digits: Readonly<Record<string, string>> | undefined): string | undefined {
  if (!digits) return undefined;
  const { century = '', year, dayOfYear } = digits;
  return dateFrom({ year: `${centuries[century]}${year}`, dayOfYear }, 0) ?? 'impossible';
}
