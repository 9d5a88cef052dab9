import { type Filter, Operator, splitSearchOnComma } from '@medplum/core';
import type { Coding, Identifier, Reference, Resource } from '@medplum/fhirtypes';

/** The keys under which a resource is found without a scan: identifier, _tag, patient, subject. */
export function indexKeys(resource: Resource): string[] {
  const { identifier } = resource as Indexed;
  const identifiers = [identifier ?? []].flat();
  const person = personOf(resource);
  return [
    ...identifiers.flatMap(({ system, value }) => tokenKeys('identifier', system, value)),
    ...(resource.meta?.tag ?? []).flatMap(({ system, code }: Coding) => tokenKeys('_tag', system, code)),
    ...(person ? [`person ${person}`] : []),
  ];
}

/** The patient that a resource is about, as it refers to it; undefined where it names none. */
export function personOf(resource: Resource): string | undefined {
  const { subject, patient } = resource as Indexed;
  return subject?.reference ?? patient?.reference;
}

interface Indexed {
  identifier?: Identifier | Identifier[];
  subject?: Reference;
  patient?: Reference;
}

/** The index keys that a filter asks for (any of them), or undefined if only a scan can answer it. */
export function keysOfFilter(type: string, { code, operator, value }: Filter): string[] | undefined {
  if (operator !== Operator.EQUALS) return undefined;
  const values = splitSearchOnComma(value);
  // A Provenance has no subject: its patient is one of its targets.
  if ((code === 'patient' || code === 'subject') && type !== 'Provenance') {
    return values.map((id) => `person ${id.includes('/') ? id : `Patient/${id}`}`);
  }
  // `|value` (no system) and `system|` (any value) are rare: they are left to the scan.
  if (code !== 'identifier' && code !== '_tag') return undefined;
  return values.every((token) => /^[^|]+(\|.+)?$/.test(token)) ? values.map((token) => `${code} ${token}`) : undefined;
}

function tokenKeys(code: string, system: string | undefined, value: string | undefined): string[] {
  if (!value) return [];
  return system ? [`${code} ${value}`, `${code} ${system}|${value}`] : [`${code} ${value}`];
}
