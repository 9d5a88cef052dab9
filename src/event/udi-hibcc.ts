import type { Udi, UdiRead } from './udi.ts';
import { dateFrom } from './udi-date.ts';

/**
 * HIBCC: `+` maker (a letter, three more), product, one digit for the unit, then `/`-separated data, then one check
 * character over all of it. Maker and data may also be printed as two codes, linked by the first one's check character.
 */

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%';
const primary = /^\+(?<deviceIdentifier>[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}\d)(?<data>\/.*)?$/;
const lotOrSerial = /^[0-9A-Z\-.$+%]{1,18}$/;

export function looksLikeHibcc(text: string): boolean {
  return /^\+[A-Z$]/.test(compact(text));
}

export function readHibcc(text: string, year: number): UdiRead {
  const whole = wholeCode(compact(text));
  const { deviceIdentifier, data } = primary.exec(whole?.body ?? '')?.groups ?? {};
  if (!whole || !deviceIdentifier) return { unreadable: 'it does not begin with a maker, a product and a unit' };
  if (!data && !whole.checked) return { unreadable: 'its check character does not fit' };
  const readings = (data?.slice(1).split('/') ?? []).map((element) => elementData(element, year));
  const stated = together(whole.checked ? readings : withoutUncertainEnd(readings));
  if (!stated) return { unreadable: 'its production data cannot be taken apart' };
  return {
    udi: {
      issuer: 'hibcc',
      deviceIdentifier,
      ...stated,
      ...(!whole.checked && { checkDiffers: true as const }),
    },
  };
}

/** No value holds white space or asterisks, the alphabet has capitals only; a scanner may have put its prefix before it. */
function compact(text: string): string {
  return text
    .replace(/[\s*]/g, '')
    .replace(/^\][A-Za-z]\d/, '')
    .toUpperCase();
}

interface Whole {
  readonly body: string;
  /** Whether the check character fits what stands before it. */
  readonly checked: boolean;
}

/** The code without check and link characters, two linked codes as one. */
function wholeCode(code: string): Whole | undefined {
  const [first = '', second] = code.split(/(?=\+\$)/);
  const product = withoutCheck(first);
  if (second === undefined) return product;
  const linked = withoutCheck(second);
  const link = first.slice(product.body.length);
  if (!product.checked || !linked.checked || !linked.body.endsWith(link)) return undefined;
  return { body: `${product.body}/${linked.body.slice(1, linked.body.length - link.length)}`, checked: true };
}

/** The check character may be a space: an underscore in print, or lost with the white space. */
function withoutCheck(code: string): Whole {
  const body = code.slice(0, -1);
  const last = code.slice(-1).replace('_', ' ');
  if (checkCharacter(body) === last) return { body, checked: true };
  return checkCharacter(code) === ' ' ? { body: code, checked: true } : { body, checked: false };
}

/** Modulo 43 over the places in the alphabet; undefined where a character is not in it. */
function checkCharacter(text: string): string | undefined {
  const places = [...text].map((character) => alphabet.indexOf(character));
  if (places.includes(-1)) return undefined;
  return alphabet[places.reduce((sum, place) => sum + place, 0) % alphabet.length];
}

type Stated = Pick<Udi, 'lotNumber' | 'serialNumber' | 'manufactureDate' | 'expirationDate'>;

/** Undefined where an element cannot be read, or states something else than one before it; a whole date completes its month. */
function together(readings: readonly (Stated | undefined)[]): Stated | undefined {
  let stated: Stated = {};
  for (const reading of readings) {
    if (!reading || !completes(stated, reading)) return undefined;
    stated = { ...stated, ...reading };
  }
  return stated;
}

const completes = (stated: Stated, reading: Stated): boolean =>
  Object.entries(reading).every(([field, value]) => value.startsWith(stated[field as keyof Stated] ?? ''));

/**
 * A check character that does not fit may be none at all: then a lot or serial number at the end has lost its own last
 * character, and is not stated. A date has a fixed length, and stands.
 */
function withoutUncertainEnd(readings: readonly (Stated | undefined)[]): (Stated | undefined)[] {
  const { lotNumber, serialNumber, ...certain } = readings.at(-1) ?? {};
  return [...readings.slice(0, -1), readings.at(-1) && certain];
}

/** One element; a quantity or another data identifier states nothing of what is asked here. */
function elementData(element: string, year: number): Stated | undefined {
  if (element.startsWith('$$')) return datedData(element.slice(2), year);
  if (element.startsWith('$')) return numbered(element.slice(1));
  if (/^\d{5}/.test(element)) return datedData(`5${element}`, year);
  if (element.startsWith('S')) return numbered(`+${element.slice(1)}`);
  if (element.startsWith('16D')) return dated('manufactureDate', wholeDate.exec(element.slice(3))?.groups, year);
  if (element.startsWith('14D')) return dated('expirationDate', wholeDate.exec(element.slice(3))?.groups, year);
  return {};
}

const wholeDate = /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/;

/** How an expiry date is written before a lot or serial number. The hour, where there is one, stays in the text alone. */
const expiryFormats = [
  /^(?<month>[01]\d)(?<year>\d{2})/,
  /^2(?<month>\d{2})(?<day>\d{2})(?<year>\d{2})/,
  /^3(?<year>\d{2})(?<month>\d{2})(?<day>\d{2})/,
  /^4(?<year>\d{2})(?<month>\d{2})(?<day>\d{2})\d{2}/,
  /^5(?<year>\d{2})(?<dayOfYear>\d{3})/,
  /^6(?<year>\d{2})(?<dayOfYear>\d{3})\d{2}/,
];

/** `+` before a serial number, then perhaps a quantity, then an expiry date or 7 for none, then the lot or serial number. */
function datedData(content: string, year: number): Stated | undefined {
  const sign = content.startsWith('+') ? '+' : '';
  const rest = content.slice(sign.length).replace(/^(8\d{2}|9\d{5})/, '');
  if (rest === '') return {};
  if (rest.startsWith('7')) return numbered(sign + rest.slice(1));
  const expiry = expiryFormats.map((format) => format.exec(rest)).find((match) => match !== null);
  const date = dated('expirationDate', expiry?.groups, year);
  const number = numbered(sign + rest.slice(expiry?.[0].length));
  return date && number && { ...date, ...number };
}

function dated(
  field: 'manufactureDate' | 'expirationDate',
  digits: Readonly<Record<string, string>> | undefined,
  year: number,
): Stated | undefined {
  const date = digits && dateFrom(digits, year);
  return date ? { [field]: date } : undefined;
}

/** A lot number, or after `+` a serial number; nothing where there is none. */
function numbered(content: string): Stated | undefined {
  const isSerial = content.startsWith('+');
  const number = isSerial ? content.slice(1) : content;
  if (number === '') return {};
  if (!lotOrSerial.test(number)) return undefined;
  return isSerial ? { serialNumber: number } : { lotNumber: number };
}
