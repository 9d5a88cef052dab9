import type {
  Annotation,
  CodeableConcept,
  Coding,
  Period,
  Quantity,
  Range,
  Ratio,
  Reference,
} from '@medplum/fhirtypes';
import { identityIn } from '../../fhir/references.ts';

/** Names of devices by their identity, for references to them. */
export type DeviceNames = ReadonlyMap<string, string>;

/** A value of FHIR as a reader of a chart expects it; undefined where it has no words of its own. */
export function valueInWords(value: unknown, devices: DeviceNames): string | undefined {
  if (typeof value === 'string') return isTime(value) ? timeInWords(value) : value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' && value !== null ? datatypeInWords(value as Datatype, devices) : undefined;
}

type Datatype = CodeableConcept & Coding & Quantity & Ratio & Range & Reference & Period & Pick<Annotation, 'text'>;

/** Told by the members that it has; what is no datatype (a list, a part of a resource) has no words of its own. */
function datatypeInWords(value: Datatype, devices: DeviceNames): string | undefined {
  if (Array.isArray(value.coding)) return conceptInWords(value);
  if (value.numerator) return ratioInWords(value);
  if (value.low || value.high) return rangeInWords(value);
  if (isText(value.reference) || isReferenced(value)) return referenceInWords(value, devices);
  if (isText(value.start) || isText(value.end)) return periodInWords(value);
  if (typeof value.value === 'number') return quantityInWords(value);
  if (isText(value.system) && isText(value.code)) return codingInWords(value);
  return isText(value.text) ? value.text : undefined;
}

const isText = (value: unknown): boolean => typeof value === 'string';

const isReferenced = ({ display, identifier, code }: Datatype): boolean =>
  code === undefined && (isText(display) || isText(identifier?.value));

/** `2024-06-25 10:00 -04:00`; a partial date stays as it is, seconds only where there are any. */
export function timeInWords(text: string): string {
  const [date = '', time] = text.split('T');
  if (!time) return date;
  const clock = time.slice(0, 5);
  const seconds = time.slice(6, 8) === '00' ? '' : time.slice(5, 8);
  const zone = time.endsWith('Z') ? 'UTC' : time.slice(-6);
  return `${date} ${clock}${seconds} ${zone}`;
}

export function conceptInWords({ text, coding = [] }: CodeableConcept): string | undefined {
  return text ?? coding.map(codingInWords).find((words) => words !== undefined);
}

export const quantityInWords = ({ comparator, value, unit, code }: Quantity): string | undefined =>
  value === undefined ? undefined : `${comparator ?? ''}${value}${withUnit(code ?? unit)}`;

const isTime = (text: string): boolean => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text);

/** UCUM writes what is counted in braces, and 1 for a plain number: neither is a unit to a reader. */
const withUnit = (unit: string | undefined): string =>
  unit === undefined || /^(1|\{.*\})$/.test(unit) ? '' : ` ${unit}`;

const codingInWords = ({ display, code }: Coding): string | undefined => display ?? code;

function periodInWords({ start, end }: Period): string {
  if (!end) return `from ${timeInWords(start ?? 'unknown')}`;
  return start ? `${timeInWords(start)} to ${timeInWords(end)}` : `to ${timeInWords(end)}`;
}

function ratioInWords({ numerator, denominator }: Ratio): string | undefined {
  const [above, below] = [numerator, denominator].map((part) => part && quantityInWords(part));
  return above && below ? `${above} in ${below}` : above;
}

function referenceInWords({ reference, display, identifier }: Reference, devices: DeviceNames): string | undefined {
  const device = devices.get(identityIn(reference ?? '') ?? '');
  if (device) return device;
  const { value } = identifier ?? {};
  if (!display) return value;
  return value ? `${display} (${value})` : display;
}

function rangeInWords({ low, high }: Range): string {
  return [low, high].map((part) => (part && quantityInWords(part)) ?? '…').join(' to ');
}
