import { UcumLhcUtils, type UcumLibrary } from '@lhncbc/ucum-lhc';

/** The UCUM code for a unit as senders write it (`mcg/day` is `ug/d`); undefined where the text is no unit that we read. */
export function ucumUnit(text: string): string | undefined {
  const code = spelledInUcum(text);
  return isErrorProne(text) || !isUcum(code) ? undefined : code;
}

export type UnitFault = 'unit-unknown' | 'unit-error-prone' | 'unit-differs' | 'unit-mismatch';

/**
 * Why a unit text does not mean exactly this UCUM unit; undefined where it does. A unit of another size is a fault even
 * though it could be converted: a factor of 1000 that nobody sees is how overdoses happen.
 */
export function unitFault(text: string, unit: string): UnitFault | undefined {
  if (isErrorProne(text)) return 'unit-error-prone';
  const code = spelledInUcum(text);
  if (code === unit) return undefined;
  if (!isUcum(code)) return 'unit-unknown';
  const factor = library().convertUnitTo(code, 1, unit).toVal;
  if (factor === null) return 'unit-mismatch';
  // UCUM disregards what stands in braces; a reader does not: ug{per kg}/d is another dose than ug/d.
  const same = Math.abs(factor - 1) < roundingOfLibrary && !code.includes('{');
  return same ? undefined : 'unit-differs';
}

/** The library calculates in binary floating point: 1 mL is 0.9999999999999998 cm3 to it. */
const roundingOfLibrary = 1e-12;

/** Parts of a unit that UCUM writes differently. What is not listed is taken as UCUM, in which the case of a letter counts. */
const symbols: ReadonlyMap<string, string> = new Map([
  ['\u00b5g', 'ug'],
  ['\u03bcg', 'ug'],
  ['ml', 'mL'],
  ['l', 'L'],
  ['yr', 'a'],
  ['yrs', 'a'],
]);

/** Words, in any case: none of them is a UCUM code in any case (YR is one, of yottaroentgen). */
const words: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ug: ['mcg', 'mcgs', 'microgram', 'micrograms'],
    mg: ['milligram', 'milligrams'],
    mL: ['milliliter', 'milliliters', 'millilitre', 'millilitres'],
    cm: ['centimeter', 'centimeters', 'centimetre', 'centimetres'],
    min: ['mins', 'minute', 'minutes'],
    h: ['hr', 'hrs', 'hour', 'hours'],
    d: ['day', 'days', '24h', '24 h', '24hr', '24 hr', '24hrs', '24 hrs', '24hours', '24 hours'],
    wk: ['week', 'weeks'],
    mo: ['mos', 'month', 'months'],
    a: ['year', 'years'],
  }).flatMap(([code, spellings]) => spellings.map((spelling) => [spelling, code])),
);

function spelledInUcum(text: string): string {
  return partsOf(text)
    .map((part) => symbols.get(part) ?? words.get(part.toLowerCase()) ?? part)
    .join('/');
}

/** On the list of error-prone abbreviations of the Institute for Safe Medication Practices: read as "u" (units). */
const isErrorProne = (text: string): boolean => partsOf(text).some((part) => /^ccs?$/i.test(part));

function partsOf(text: string): string[] {
  if (text.length > longestText) return [];
  const spaced = text.trim().replace(/\s+/g, ' ');
  const slashed = spaced.replace(/(^| )per /gi, '/');
  return slashed.split(slashOutsideBraces).map((part) => part.trim());
}

const longestText = 100;
const slashOutsideBraces = /\/(?![^{]*\})/;

/**
 * The shape of a UCUM expression. The library prints what it trips over, which may be anything that a sender wrote, and
 * takes `constructor` for a unit: it is asked only about what has this shape. No symbol has more than six letters.
 */
const symbol = String.raw`(?:[A-Za-z%]{1,6}(?:_[A-Za-z]+)?(?:\[[\w']+\])?|\[[\w']+\])(?:[+-]?\d)?`;
const annotation = String.raw`\{[!-z|~]+\}`;
const factor = String.raw`(?:(?:10\*[+-]?\d{1,2}|\d{1,6}|${symbol})(?:${annotation})?|${annotation})`;
const product = `${factor}(?:[./]${factor})*`;
const element = String.raw`(?:${factor}|\(${product}\))`;
const expression = new RegExp(`^/?${element}(?:[./]${element})*$`);

const isUcum = (code: string): boolean =>
  expression.test(code) && library().validateUnitString(code).status === 'valid';

let loaded: UcumLibrary | undefined;

/** Its table of units takes about 15 ms and 8 MB: it is built when the first unit comes that needs it. */
function library(): UcumLibrary {
  loaded ??= UcumLhcUtils.getInstance();
  return loaded;
}
