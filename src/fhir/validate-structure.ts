import { deepIncludes } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import { definitions, type Profile } from './definitions.ts';
import type { Element, Schema } from './schema.ts';
import type { Finding } from './validate.ts';
import { checkInvariants, type FhirPathContext } from './validate-invariants.ts';
import { isPrimitive, primitiveProblem } from './validate-primitive.ts';

/**
 * Structure, cardinality, patterns, invariants and required bindings: against each profile, or against the resource
 * type where there is none. A profile repeats all that its resource type asks for.
 */
export function checkStructure(resource: Resource, profiles: readonly Profile[]): Finding[] {
  const { schemas } = definitions();
  const fitting = profiles.filter((it) => it.resourceType === resource.resourceType).map((it) => it.schema);
  const targets = fitting.length > 0 ? fitting : [schemas.get(resource.resourceType) as Schema];
  const findings: Finding[] = [];
  const narrowed = fitting.length > 0 ? 'profile' : 'structure';
  for (const schema of targets) {
    const walk: Walk = { findings, narrowed, resource, rootResource: resource };
    checkWhole(resource, schema, resource.resourceType, walk);
    checkElements(resource as unknown as Json, schema, { path: resource.resourceType, depth: 0 }, walk);
  }
  return findings;
}

type Json = Readonly<Record<string, unknown>>;

interface Walk extends FhirPathContext {
  readonly findings: Finding[];
  /** What a broken cardinality or pattern is called: a profile narrows both. */
  readonly narrowed: 'profile' | 'structure';
}

interface Place {
  readonly path: string;
  readonly depth: number;
}

/** Deeper than anything that FHIR means, and far from the end of the stack. */
const deepest = 40;

function checkWhole(value: unknown, schema: Schema, path: string, walk: Walk): void {
  checkInvariants({ type: schema.typeName, value }, schema.invariants, path, walk);
}

function checkElements(value: Json, schema: Schema, { path, depth }: Place, walk: Walk): void {
  if (depth > deepest) return report(walk, 'structure', path, 'This is nested too deep');
  const chosen = new Set<string>();
  for (const property in value) {
    if (value[property] === undefined || (property === 'resourceType' && schema.isResource)) continue;
    const element = schema.elements.get(property);
    const place = { path: `${path}.${property}`, depth: depth + 1 };
    if (!element) {
      checkBeside(property, value, schema, { path, depth: depth + 1 }, walk);
      continue;
    }
    if (element.isChoice && chosen.has(element.name)) {
      report(walk, 'structure', place.path, 'A choice of types was made twice');
    }
    chosen.add(element.name);
    checkElement(value, property, element, place, walk);
  }
  for (const { name, properties } of schema.required) {
    if (!properties.some((property) => value[property] !== undefined || value[`_${property}`] !== undefined)) {
      report(walk, walk.narrowed, `${path}.${name}`, 'Missing required property');
    }
  }
}

/** `_birthDate` holds the id and the extensions of the primitive `birthDate`. Anything else has no business here. */
function checkBeside(property: string, value: Json, schema: Schema, { path, depth }: Place, walk: Walk): void {
  const base = property.startsWith('_') ? schema.elements.get(property.slice(1)) : undefined;
  if (!base || !isPrimitive(base.type)) {
    // The name is the sender's: it is repeated only where it looks like a name.
    const shown = /^\w{1,40}$/.test(property) ? `${path}.${property}` : path;
    return report(walk, 'structure', shown, 'Unknown property');
  }
  const schemaOfElement = definitions().schemas.get('Element') as Schema;
  for (const item of base.isArray ? listOf(value[property]) : [value[property]]) {
    if (item === null && base.isArray) continue;
    checkComplex(item, schemaOfElement, { path: `${path}.${property}`, depth }, walk);
  }
}

function checkElement(parent: Json, property: string, element: Element, place: Place, walk: Walk): void {
  const value = parent[property];
  if (Array.isArray(value) !== element.isArray) {
    return report(walk, 'structure', place.path, element.isArray ? 'A list is expected' : 'A single value is expected');
  }
  const items = element.isArray ? (value as unknown[]) : [value];
  if (items.length === 0) return report(walk, 'structure', place.path, 'A list is not empty');
  if (items.length < element.min || items.length > element.max) {
    report(walk, walk.narrowed, place.path, 'The number of values is not allowed');
  }
  const beside = listOf(parent[`_${property}`]);
  for (const [index, item] of items.entries()) {
    const path = element.isArray ? `${place.path}[${index}]` : place.path;
    // In a list of primitives, null stands for a value that has only extensions.
    if (item === null && element.isArray && beside[index]) continue;
    checkItem(item, element, { path, depth: place.depth }, walk);
  }
  if (element.pattern !== undefined && !items.some((item) => matches(item, element.pattern))) {
    report(walk, walk.narrowed, place.path, 'The value is another one than the profile asks for');
  }
}

function checkItem(item: unknown, element: Element, place: Place, walk: Walk): void {
  const before = walk.findings.length;
  if (isPrimitive(element.type)) {
    const problem = primitiveProblem(element.type, item);
    if (problem) report(walk, 'structure', place.path, problem);
  } else {
    const schema = element.inner ?? schemaOf(element.type, item);
    if (!schema)
      return report(walk, 'structure', place.path, 'This resource type is not among those that are known here');
    checkComplex(item, schema, place, element.type === 'Resource' ? { ...walk, resource: item as Resource } : walk);
  }
  // Rules and codes of a value that is not what it should be would only say so again.
  if (walk.findings.length > before) return;
  if (element.valueSet && coded.has(element.type)) checkBinding(item, element.valueSet, place.path, walk);
  if (element.invariants.length > 0) {
    const type = element.inner?.typeName ?? element.type;
    checkInvariants({ type, value: item }, element.invariants, place.path, walk);
  }
}

function checkComplex(item: unknown, schema: Schema, place: Place, walk: Walk): void {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return report(walk, 'structure', place.path, 'A JSON object is expected');
  }
  if (Object.keys(item).length === 0) return report(walk, 'structure', place.path, 'An element is not empty');
  if (item === walk.resource) checkWhole(item, schema, place.path, walk);
  checkElements(item as Json, schema, place, walk);
}

function schemaOf(type: string, item: unknown): Schema | undefined {
  const { schemas, resourceTypes } = definitions();
  if (type !== 'Resource') return schemas.get(type);
  return isResource(item) && resourceTypes.has(item.resourceType) ? schemas.get(item.resourceType) : undefined;
}

const coded = new Set(['code', 'Coding', 'CodeableConcept', 'Quantity', 'string', 'uri']);

function checkBinding(item: unknown, valueSet: string, path: string, walk: Walk): void {
  if (definitions().bindings.allows(valueSet, item) === false) {
    report(walk, 'binding', path, `Not in the required value set ${valueSet}`);
  }
}

function matches(item: unknown, pattern: unknown): boolean {
  return deepIncludes({ value: item }, { value: pattern });
}

function isResource(value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && typeof (value as Resource).resourceType === 'string';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function report({ findings }: Walk, code: Finding['code'], expression: string, message: string): void {
  findings.push({ code, expression, message });
}
