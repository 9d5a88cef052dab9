import { fhirTypeToJsType, isValidCalendarDate, validationRegexes } from '@medplum/core';
import { narrativeProblem } from './validate-narrative.ts';

/** Whether a type is a primitive of FHIR: a JSON string, number or boolean. */
export function isPrimitive(type: string): boolean {
  return Object.hasOwn(fhirTypeToJsType, type);
}

/** What is wrong with a primitive value, or `undefined`. Formats and ranges are those of FHIR R4 "Datatypes". */
export function primitiveProblem(type: string, value: unknown): string | undefined {
  const expected = fhirTypeToJsType[type as keyof typeof fhirTypeToJsType];
  if (typeof value !== expected) return `A ${type} is a JSON ${expected}`;
  if (typeof value === 'string') return textProblem(type, value);
  if (typeof value === 'number') return numberProblem(type, value);
  return undefined;
}

const longestText = 1024 * 1024;
const dates = new Set(['date', 'dateTime', 'instant']);
const base64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/** As `primitiveProblem`, of a text. */
export function textProblem(type: string, text: string): string | undefined {
  if (text.length > longestText) return 'A text is not longer than 1 MB';
  if (text.trim() === '') return 'A text is not empty';
  if (type === 'base64Binary') return base64.test(text) ? undefined : 'This is not valid base64';
  const format = validationRegexes[type];
  if (format && !format.test(text)) return `This is not a valid ${type}`;
  if (dates.has(type)) return dateProblem(text);
  if (type === 'xhtml') return narrativeProblem(text);
  return uris.has(type) ? uriProblem(text) : undefined;
}

function dateProblem(text: string): string | undefined {
  if (!isValidCalendarDate(text)) return 'The calendar has no such day';
  return text.length > 10 && !/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? 'A time of day has its offset' : undefined;
}

const uris = new Set(['uri', 'url', 'canonical', 'oid', 'uuid']);
const oid = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/;
const uuid = /^urn:uuid:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Of a URI only what its scheme says for certain: R4 allows any text without white space. */
function uriProblem(text: string): string | undefined {
  if (text.startsWith('urn:oid:') && !oid.test(text)) return 'This is not a valid OID';
  if (text.startsWith('urn:uuid:') && !uuid.test(text)) return 'This is not a valid UUID';
  return undefined;
}

const lowest: Readonly<Record<string, number>> = { integer: -(2 ** 31), unsignedInt: 0, positiveInt: 1 };

function numberProblem(type: string, value: number): string | undefined {
  if (!Number.isFinite(value)) return 'This is not a number that JSON has';
  const min = lowest[type];
  if (min === undefined) return undefined;
  return Number.isInteger(value) && value >= min && value < 2 ** 31 ? undefined : `This is not a valid ${type}`;
}

/** Of a valid URI where R4 asks for an absolute one; `#id` is a contained resource. */
export function relativeProblem(uri: unknown): string | undefined {
  return /^(?:#|[a-z][a-z\d+.-]*:)/i.test(uri as string) ? undefined : 'This URI is not absolute';
}
