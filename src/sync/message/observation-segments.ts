import type { CodeableConcept, Coding, Observation, ObservationComponent, Quantity } from '@medplum/fhirtypes';
import { canonicalBase, external } from '../../fhir/systems.ts';
import type { Hl7v2Settings } from '../destination.ts';
import { conceptInWords, valueInWords } from '../document/value-in-words.ts';
import { components, escaped, hl7Time, segment } from './er7.ts';

type Version = Hl7v2Settings['version'];

/** What a reading is of: the pump, as EI with its maker. */
export type SerialOf = (observation: Observation) => { serial: string; manufacturer?: string | undefined } | undefined;

/** OBX segments of the values of Observations, numbered from 1; what belongs to one Observation shares its OBX-4. */
export function observationSegments(
  observations: readonly Observation[],
  version: Version,
  status: 'F' | 'C',
  serialOf: SerialOf,
): string[] {
  const readings = observations.flatMap((observation, n) => readingsOf(observation, String(n + 1)));
  return readings.map(({ observation, value, subId }, n) => {
    const { type, text, units } = typed(value, version);
    const pump = version === '2.3' ? undefined : serialOf(observation);
    return segment('OBX', {
      1: String(n + 1),
      2: type,
      3: coded(value.code, version),
      4: subId,
      5: text,
      6: units,
      // Without a value: cannot be obtained (table 0085).
      11: type === '' ? 'X' : status,
      14: timeOf(observation),
      18: pump && components(pump.serial, pump.manufacturer),
    });
  });
}

interface Reading {
  readonly observation: Observation;
  readonly value: Valued;
  readonly subId: string;
}

/** What has a code, and a value or why there is none: an Observation or one of its components. */
type Valued = ObservationComponent | Observation;

/** A code that repeats in one Observation is told apart by a part of OBX-4. */
function readingsOf(observation: Observation, subId: string): Reading[] {
  const { component = [] } = observation;
  const values: Valued[] = [...(hasValue(observation) ? [observation] : []), ...component];
  return values.map((value, n) => {
    const same = values.filter((other) => keyOf(other.code) === keyOf(value.code));
    const nth = values.slice(0, n + 1).filter((other) => keyOf(other.code) === keyOf(value.code)).length;
    return { observation, value, subId: same.length > 1 ? `${subId}.${nth}` : subId };
  });
}

/** Whether there is anything to send as a value. */
export const isReadable = (observation: Observation): boolean =>
  hasValue(observation) || (observation.component?.length ?? 0) > 0;

const hasValue = (value: object): boolean =>
  Object.keys(value).some((key) => key.startsWith('value') || key === 'dataAbsentReason');

const keyOf = ({ coding, text }: CodeableConcept): string => `${coding?.[0]?.system}|${coding?.[0]?.code}|${text}`;

interface Value {
  /** Data type of OBX-5; blank without a value. */
  readonly type: string;
  readonly text: string;
  readonly units?: string | undefined;
}

function typed(value: Valued, version: Version): Value {
  const { valueQuantity, valueInteger, valueBoolean, valueCodeableConcept, valueDateTime, valueTime } = value;
  if (valueQuantity) return quantity(valueQuantity);
  if (valueInteger !== undefined) return { type: 'NM', text: String(valueInteger) };
  if (valueBoolean !== undefined) return { type: codedType(version), text: yesNo(valueBoolean) };
  if (valueCodeableConcept) return { type: codedType(version), text: coded(valueCodeableConcept, version) };
  if (valueDateTime) return inTime(valueDateTime);
  if (valueTime) return { type: 'TM', text: valueTime.replaceAll(':', '') };
  const words = inWords(value);
  return words === undefined
    ? { type: '', text: '' }
    : { type: words.length > 199 ? 'TX' : 'ST', text: escaped(words) };
}

/** A number as it is written in FHIR: never rounded, and a bound stays a bound. */
function quantity({ value, comparator, unit, code, system }: Quantity): Value {
  const units = unit ?? code;
  const of = system === external.ucum && code ? components(code, units, 'UCUM') : components(units);
  if (!comparator) return { type: 'NM', text: String(value ?? ''), units: of };
  return { type: 'SN', text: components(comparator, String(value)), units: of };
}

const inTime = (text: string): Value =>
  text.includes('T') ? { type: 'TS', text: hl7Time(text) } : { type: 'DT', text: hl7Time(text) };

/** Ratios, ranges, periods and texts are words; why there is no value is none. */
function inWords(value: object): string | undefined {
  const [, given] = Object.entries(value).find(([key]) => key.startsWith('value')) ?? [];
  return valueInWords(given, new Map());
}

/** Coded with exceptions came with version 2.5. */
const codedType = (version: Version): string => (version === '2.3' || version === '2.4' ? 'CE' : 'CWE');

const yesNo = (value: boolean): string =>
  value ? components('Y', 'Yes', 'HL70136') : components('N', 'No', 'HL70136');

/** The standard code first, ours beside it, and the words that were used, where the type has a place for them. */
export function coded(concept: CodeableConcept, version: Version): string {
  const words = conceptInWords(concept);
  const codings = (concept.coding ?? []).map(tripleOf).filter((triple) => triple !== undefined);
  const first = codings.find(isOf('LN')) ?? codings.find(isOf(own)) ?? codings[0];
  const second = codings.find((triple) => triple !== first && (isOf(own)(triple) || (first && isOf(own)(first))));
  const [id, text, system] = first ?? [];
  const [otherId, otherText, otherSystem] = second ?? [];
  if (codedType(version) === 'CE') return components(id, text ?? words, system, otherId, otherText, otherSystem);
  const original = concept.text ?? (first ? undefined : words);
  return components(
    ...[id, text, system, otherId, otherText, otherSystem, '', ''],
    original === text ? undefined : original,
  );
}

type Triple = readonly [code: string, text: string | undefined, system: string];

/** Local codes are named so in HL7 v2. */
const own = '99ITB';

const isOf =
  (name: string) =>
  ([, , system]: Triple): boolean =>
    system === name;

function tripleOf({ system = '', code, display }: Coding): Triple | undefined {
  const name = system.startsWith(`${canonicalBase}/`) ? own : systemNames[system];
  return code && name ? [code, display, name] : undefined;
}

/** Table 0396. What has no name there is told in words only. */
const systemNames: Readonly<Record<string, string>> = {
  [external.loinc]: 'LN',
  [external.snomed]: 'SCT',
  [external.rxnorm]: 'RXNORM',
  [external.unii]: 'UNII',
  [external.mdc]: 'MDC',
  [external.ndc]: 'NDC',
};

function timeOf({ effectiveDateTime, effectivePeriod }: Observation): string | undefined {
  const time = effectiveDateTime ?? effectivePeriod?.start;
  return time && hl7Time(time);
}
