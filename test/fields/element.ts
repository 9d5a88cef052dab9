import { evalFhirPath } from '@medplum/core';
import type { CodeableConcept, Coding, Quantity, Resource } from '@medplum/fhirtypes';
import { codeSystem, structureDefinition } from '../../src/fhir/systems.ts';
import type { Desired } from '../../src/mapping/desired.ts';
import type { Place } from './table.ts';
import { told } from './therapy.ts';

/** Whether the element of the row says this, in some resource that the report made. */
export function carries(result: Desired, row: Place, expected: unknown): boolean {
  const { resources, path } = elementOf(result, row);
  const found = resources.flatMap((resource) => evalFhirPath(path, resource));
  return found.some((value) => agrees(value, expected, row));
}

/** What stands there, for a reader of a failed test. */
export function standing(result: Desired, row: Place): unknown {
  const { resources, path } = elementOf(result, row);
  const found = resources.flatMap((resource) => evalFhirPath(path, resource));
  const remarks = result.remarks.map(({ problem }) => `${problem.code}: ${problem.message}`);
  return { resources: resources.length, found, remarks };
}

/** The resources of the profile that the report made; where it made none, all. A device is that of its first report. */
function elementOf({ resources }: Desired, { fhir }: Place): { resources: Resource[]; path: string } {
  const [, type, profile = '', path = ''] = /^([A-Za-z]+)\[([a-z-]+)\]\.(.+)$/.exec(fhir) ?? [];
  const ofProfile = resources.filter(
    ({ resource }) => resource.resourceType === type && resource.meta?.profile?.[0] === structureDefinition(profile),
  );
  const own = type === 'Device' ? [] : ofProfile.filter(({ entry }) => entry.source.rootEventId === told);
  return { resources: (own.length > 0 ? own : ofProfile).map(({ resource }) => resource), path: spelledOut(path) };
}

/** `component(fill-volume)` is short for the component with this code. */
const spelledOut = (path: string): string =>
  path
    .replaceAll(/\bcomponent\(([a-z0-9-]+)\)/g, "component.where(code.coding.exists(code = '$1'))")
    .replaceAll(/\bproperty\(([a-z0-9-]+)\)/g, "property.where(type.coding.exists(code = '$1'))")
    .replaceAll(/\bactivity\(([a-z0-9-]+)\)/g, "activity.where(detail.code.coding.exists(code = '$1'))");

function agrees(value: unknown, expected: unknown, { compare, unit, system = '' }: Place): boolean {
  switch (compare) {
    case 'equal':
      return value === expected;
    case 'text':
      return String(value).includes(String(expected));
    case 'quantity':
      return (value as Quantity).value === expected && (value as Quantity).code === unit;
    case 'code':
      return codings(value).some((coding) => coding.code === expected && coding.system === systemOf(system));
  }
}

const codings = (value: unknown): readonly Coding[] =>
  (value as CodeableConcept).coding ?? ((value as Coding).code ? [value as Coding] : []);

const systemOf = (system: string): string => (system.includes(':') ? system : codeSystem(system));
