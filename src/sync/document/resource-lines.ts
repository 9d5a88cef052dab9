import type {
  AdverseEvent,
  CodeableConcept,
  Device,
  Extension,
  Identifier,
  MedicationAdministration,
  MedicationIngredient,
  ProcedureFocalDevice,
  Resource,
} from '@medplum/fhirtypes';
import { conceptInWords, type DeviceNames, valueInWords } from './value-in-words.ts';

/**
 * One resource in lines: what it is, then element by element, in the order of the resource. Everything that is stated
 * is told: only what its heading says, or what has no meaning to a reader of one patient's chart, is left out.
 */
export function resourceLines(resource: Resource, devices: DeviceNames): string[] {
  const { resourceType } = resource;
  const inHeading = kinds[resourceType]?.unsaid ?? ['code'];
  const lines = Object.entries(resource).flatMap(([key, value]) =>
    unsaid.has(key) || inHeading.includes(key) ? [] : elementLines(key, value, devices, '  '),
  );
  return [headingOf(resource), ...lines];
}

/** `Observation: Programmed daily dose`, `Administration: Reservoir fill (not a patient dose)`. */
export function headingOf(resource: Resource): string {
  const { resourceType } = resource;
  const { name = inWords(resourceType), about = aboutCode } = kinds[resourceType] ?? {};
  const what = about(resource as never);
  return what ? `${name}: ${what}` : name;
}

/** Manufacturer, name and model; a serial or lot number tells it apart from another of its kind. */
export function deviceName({ manufacturer, deviceName: names, modelNumber, serialNumber, lotNumber }: Device): string {
  const name = names?.[0]?.name;
  const known = [
    [manufacturer, name].filter((part) => part).join(' '),
    modelNumber && modelNumber !== name ? `model ${modelNumber}` : '',
    serialNumber ? `serial number ${serialNumber}` : '',
    !serialNumber && lotNumber ? `lot ${lotNumber}` : '',
  ];
  return known.filter((part) => part).join(', ') || 'device without a name';
}

interface Kind {
  readonly name: string;
  readonly about: (resource: never) => string | undefined;
  /** Elements that its heading says, or that repeat another. */
  readonly unsaid: readonly string[];
}

const aboutCode = ({ code }: { code?: CodeableConcept }): string | undefined => code && conceptInWords(code);

/** What is no dose says so in its method: it stands in the heading, where nobody overlooks it. */
const aboutMethod = ({ dosage }: MedicationAdministration): string | undefined =>
  dosage?.method && conceptInWords(dosage.method);

const kinds: Readonly<Partial<Record<Resource['resourceType'], Kind>>> = {
  Device: {
    name: 'Device',
    about: deviceName,
    unsaid: ['manufacturer', 'deviceName', 'modelNumber', 'serialNumber'],
  },
  MedicationAdministration: { name: 'Administration', about: aboutMethod, unsaid: [] },
  MedicationRequest: { name: 'Programmed regimen', about: () => undefined, unsaid: ['intent'] },
  AdverseEvent: {
    name: 'Adverse event',
    about: ({ event }: AdverseEvent) => event && conceptInWords(event),
    unsaid: ['event', 'actuality'],
  },
  Observation: { name: 'Observation', about: aboutCode, unsaid: ['code', 'category', 'issued', 'focus'] },
};

const unsaid = new Set(['resourceType', 'id', 'meta', 'text', 'subject', 'patient']);

function elementLines(key: string, value: unknown, devices: DeviceNames, indent: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => elementLines(key, item, devices, indent));
  const special = specials[key]?.(value as never, devices);
  if (special) return special.map((line) => indent + line);
  const label = labelOf(key);
  const words = valueInWords(value, devices);
  if (words !== undefined) return [`${indent}${label}: ${oneLine(words)}`];
  if (typeof value !== 'object' || value === null || isBareReference(value)) return [];
  const inside = Object.entries(value).flatMap(([name, part]) => elementLines(name, part, devices, `${indent}  `));
  return inside.length > 0 ? [`${indent}${label}:`, ...inside] : [];
}

/** Elements that read better as one line of their own. An empty list: nothing to say. */
const specials: Readonly<Record<string, (value: never, devices: DeviceNames) => string[] | undefined>> = {
  /** The numbers that systems know it by are not for readers; those with a name are. */
  identifier: ({ type, value }: Identifier) => (type?.text ? [`${type.text}: ${value}`] : []),
  extension: (extension: Extension, devices) => extensionLine(extension, devices),
  component: (component: Coded, devices) => codedLine(component.code, component, devices),
  property: (property: Coded & { type: CodeableConcept }, devices) => codedLine(property.type, property, devices),
  udiCarrier: ({ carrierHRF, deviceIdentifier }: { carrierHRF?: string; deviceIdentifier?: string }) => [
    `UDI: ${carrierHRF ?? deviceIdentifier}`,
  ],
  focalDevice: ({ action, manipulated }: ProcedureFocalDevice, devices) => [
    `Device ${(action && conceptInWords(action)) ?? 'concerned'}: ${valueInWords(manipulated, devices)}`,
  ],
  ingredient: ({ itemCodeableConcept, strength }: MedicationIngredient, devices) => [
    `Ingredient: ${[itemCodeableConcept, strength].flatMap((part) => valueInWords(part, devices) ?? []).join(', ')}`,
  ],
  dosage: stated,
  dosageInstruction: stated,
};

/** The text of a dosage says all that its parts do. */
function stated({ text }: { text?: string }): string[] | undefined {
  return text ? [`Dosage: ${oneLine(text)}`] : undefined;
}

interface Coded {
  readonly code: CodeableConcept;
}

function codedLine(code: CodeableConcept, coded: object, devices: DeviceNames): string[] {
  const value = Object.entries(coded).find(([key]) => key.startsWith('value') || key === 'dataAbsentReason');
  const given = Array.isArray(value?.[1]) ? value[1] : [value?.[1]];
  const words = given.map((each) => valueInWords(each, devices) ?? '').join(', ');
  return [`${nameOf(code)}: ${value?.[0] === 'dataAbsentReason' ? `not stated (${words})` : oneLine(words)}`];
}

/** What we calculated is called so, whatever its code is called. */
function nameOf(code: CodeableConcept): string {
  const name = conceptInWords(code) ?? 'Value';
  const isCalculated = code.coding?.some((coding) => calculated.has(coding.code ?? ''));
  return isCalculated && !/calculat/i.test(name) ? `${name} (calculated)` : name;
}

/** Readings of this software whose code does not say that they are calculated. */
const calculated = new Set([
  'daily-dose-change',
  'residual-discrepancy',
  'delivered-to-programmed-ratio',
  'residual-grade',
  'residual-direction',
  'residual-reading',
  'low-reservoir-alarm-date',
  'forecast-alarm-volume',
  'days-to-alarm',
  'refill-due-by',
]);

/** How precise a time is shows in the time itself. */
function extensionLine({ url, ...given }: Extension, devices: DeviceNames): string[] {
  const name = url?.split('/').at(-1) ?? '';
  const [value] = Object.values(given);
  const words = valueInWords(value, devices);
  return name === 'time-precision' || words === undefined ? [] : [`${sentence(name.replaceAll('-', ' '))}: ${words}`];
}

/** A reference to a resource of ours that is told on its own. */
const isBareReference = (value: object): boolean => 'reference' in value;

/** `reasonCode` → `Reason`, `performedDateTime` → `Performed`. */
function labelOf(key: string): string {
  const [, stem = key] = choice.exec(key) ?? [];
  return sentence(inWords(stem).toLowerCase());
}

const choice =
  /^(value|effective|performed|medication|onset|abatement|occurred|rate|dose|scheduled|reported|reason|asserted)(?:Quantity|CodeableConcept|DateTime|Period|String|Boolean|Integer|Ratio|Range|Reference|Time|Date|Code|Timing)$/;

const inWords = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1 $2');

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, ' / ').trim();
