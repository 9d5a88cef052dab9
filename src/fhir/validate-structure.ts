import { deepIncludes } from '@medplum/core';
import type { Reference, Resource } from '@medplum/fhirtypes';
import { type DefinedExtension, definitions, isOurs, type Profile } from './definitions.ts';
import type { Element, Schema, Slice } from './schema.ts';
import type { Finding } from './validate.ts';
import { checkInvariants, type FhirPathContext } from './validate-invariants.ts';
import { isPrimitive, primitiveProblem, relativeProblem } from './validate-primitive.ts';
import { referenceProblems } from './validate-references.ts';

/**
 * Structure, cardinality, patterns, slices, references, invariants and required bindings: against each profile, or
 * against the resource type where there is none. A profile repeats all that its resource type asks for. `beside` says
 * of what type the resources are that stand in the same Bundle, by their full URL.
 */
export function checkStructure(
  resource: Resource,
  profiles: readonly Profile[],
  beside: ReadonlyMap<string, string>,
): Finding[] {
  const { schemas } = definitions();
  const fitting = profiles.filter((it) => it.resourceType === resource.resourceType).map((it) => it.schema);
  const targets = fitting.length > 0 ? fitting : [schemas.get(resource.resourceType) as Schema];
  const findings: Finding[] = [];
  const narrowed = fitting.length > 0 ? 'profile' : 'structure';
  for (const schema of targets) {
    const walk: Walk = { findings, narrowed, resource, rootResource: resource, beside, withId: new Map() };
    checkWhole(resource, schema, resource.resourceType, walk);
    checkElements(
      resource as unknown as Json,
      schema,
      { path: resource.resourceType, depth: 0, holder: undefined },
      walk,
    );
  }
  return targets.length > 1 ? withoutRepeats(findings) : findings;
}

/** What two profiles both repeat of their resource type is found by each. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((it) => [JSON.stringify(it), it])).values()];
}

type Json = Readonly<Record<string, unknown>>;

interface Walk extends FhirPathContext {
  readonly findings: Finding[];
  /** What a broken cardinality or pattern is called: a profile narrows both. */
  readonly narrowed: 'profile' | 'structure';
  readonly beside: ReadonlyMap<string, string>;
  /** The elements of the resource that have an id. */
  readonly withId: Map<string, unknown>;
}

interface Place {
  readonly path: string;
  readonly depth: number;
  /** What the element at the path stands in. */
  readonly holder: Schema | undefined;
}

/** Deeper than anything that FHIR means, and far from the end of the stack. */
const deepest = 40;

function checkWhole(value: unknown, schema: Schema, path: string, walk: Walk): void {
  checkInvariants({ type: schema.typeName, value }, schema.invariants, path, walk);
}

function checkElements(value: Json, schema: Schema, { path, depth }: Place, walk: Walk): void {
  if (depth > deepest) return report(walk, 'structure', path, 'This is nested too deep');
  if (typeof value.id === 'string' && !schema.isResource) checkId(value, value.id, path, walk);
  const chosen = new Map<string, string>();
  for (const property in value) {
    if (value[property] === undefined || (property === 'resourceType' && schema.isResource)) continue;
    const name = nameOf(property, schema);
    const element = schema.elements.get(name);
    if (!element) {
      // The name is the sender's: it is repeated only where it looks like a name.
      const shown = /^\w{1,40}$/.test(property) ? `${path}.${property}` : path;
      report(walk, 'structure', shown, 'Unknown property');
      continue;
    }
    const place = { path: `${path}.${property}`, depth: depth + 1, holder: schema };
    if (element.isChoice) {
      if ((chosen.get(element.name) ?? name) !== name) {
        report(walk, 'structure', place.path, 'A choice of types was made twice');
      }
      chosen.set(element.name, name);
    }
    if (name === property) checkElement(value, property, element, place, walk);
    else checkBeside(value, name, element, place, walk);
  }
  for (const { name, properties } of schema.required) {
    if (!properties.some((property) => value[property] !== undefined || value[`_${property}`] !== undefined)) {
      report(walk, walk.narrowed, `${path}.${name}`, 'Missing required property');
    }
  }
}

/** An element is met more than once where a slice asks more of it. */
function checkId(value: Json, id: string, path: string, walk: Walk): void {
  const holder = walk.withId.get(id) ?? value;
  if (holder !== value) report(walk, 'structure', path, 'Another element has this id');
  walk.withId.set(id, holder);
}

/** `_birthDate` holds the id and the extensions of the primitive `birthDate`. */
function nameOf(property: string, { elements }: Schema): string {
  if (!property.startsWith('_')) return property;
  const name = property.slice(1);
  return isPrimitive(elements.get(name)?.type ?? '') ? name : property;
}

/** Ids and extensions of a primitive, which stand in a property, or a list, beside its own. */
function checkBeside(parent: Json, name: string, element: Element, place: Place, walk: Walk): void {
  const items = itemsOf(parent[`_${name}`], element, place.path, walk);
  const values = element.isArray ? listOf(parent[name]) : [parent[name]];
  if (element.isArray && parent[name] !== undefined && items.length > 0 && values.length !== items.length) {
    return report(walk, 'structure', place.path, 'Values and what stands beside them are of one length');
  }
  if (items.length > element.max) report(walk, walk.narrowed, place.path, 'The number of values is not allowed');
  for (const [index, item] of items.entries()) {
    const at = itemPlace(place, element, index);
    const hasValue = values[index] !== undefined && values[index] !== null;
    // In a list, null stands for a value that has nothing beside it.
    if (item === null && element.isArray && hasValue) continue;
    if (!hasValue && isBare(item)) report(walk, 'structure', at.path, 'An element is not empty');
    checkComplex(item, definitions().schemas.get('Element') as Schema, at, walk);
  }
}

function checkElement(parent: Json, property: string, element: Element, place: Place, walk: Walk): void {
  const items = itemsOf(parent[property], element, place.path, walk);
  if (items.length > 0 && (items.length < element.min || items.length > element.max)) {
    report(walk, walk.narrowed, place.path, 'The number of values is not allowed');
  }
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    // In a list of primitives, null stands for a value that has only extensions.
    if (item === null && element.isArray && listOf(parent[`_${property}`])[index]) continue;
    checkItem(item, element, itemPlace(place, element, index), walk);
  }
  if (element.pattern !== undefined && !items.some((item) => matches(item, element.pattern))) {
    report(walk, walk.narrowed, place.path, 'The value is another one than the profile asks for');
  }
  for (const slice of element.slices) checkSlice(items, slice, place, walk);
}

/** None when the value is not of the form that the element asks for: nothing more can be said of it then. */
function itemsOf(value: unknown, { isArray }: Element, path: string, walk: Walk): readonly unknown[] {
  if (Array.isArray(value) !== isArray) {
    report(walk, 'structure', path, isArray ? 'A list is expected' : 'A single value is expected');
    return [];
  }
  if (!isArray) return [value];
  if ((value as unknown[]).length === 0) report(walk, 'structure', path, 'A list is not empty');
  return value as unknown[];
}

function itemPlace(place: Place, { isArray }: Element, index: number): Place {
  return isArray ? { path: `${place.path}[${index}]`, depth: place.depth, holder: place.holder } : place;
}

/** The items that are of this slice: how many there are, and that each is what the profile asks of one. */
function checkSlice(items: readonly unknown[], { element, discriminators }: Slice, place: Place, walk: Walk): void {
  const isMember = (item: unknown) =>
    discriminators.entries().every(([path, value]) => valuesAt(item, path).some((it) => matches(it, value)));
  const members = items.flatMap((item, index) => (isMember(item) ? [{ item, index }] : []));
  if (members.length < element.min || members.length > element.max) {
    report(walk, walk.narrowed, place.path, 'The profile asks for another number of one kind of value');
  }
  for (const { item, index } of members) {
    const at = itemPlace(place, element, index);
    if (element.inner) checkComplex(item, element.inner, at, walk);
    if (element.valueSet) checkBinding(item, element.valueSet, at.path, walk);
  }
}

function valuesAt(item: unknown, path: string): readonly unknown[] {
  const names = path === '$this' ? [] : path.split('.');
  return names.reduce<readonly unknown[]>((values, name) => values.flatMap((it) => (it as Json)?.[name] ?? []), [item]);
}

function checkItem(item: unknown, element: Element, place: Place, walk: Walk): void {
  const before = walk.findings.length;
  if (isPrimitive(element.type)) {
    const problem = primitiveProblem(element.type, item) ?? (element.isAbsolute ? relativeProblem(item) : undefined);
    if (problem) report(walk, 'structure', place.path, problem);
  } else checkStructured(item, element, place, walk);
  // Rules and codes of a value that is not what it should be would only say so again.
  if (walk.findings.length > before) return;
  if (element.valueSet && coded.has(element.type)) checkBinding(item, element.valueSet, place.path, walk);
  if (element.invariants.length > 0) {
    const type = element.inner?.typeName ?? element.type;
    checkInvariants({ type, value: item }, element.invariants, place.path, walk);
  }
}

function checkStructured(item: unknown, element: Element, place: Place, walk: Walk): void {
  if (element.inner) return checkComplex(item, element.inner, place, walk);
  if (element.type === 'Resource') return checkResource(item, element, place, walk);
  if (element.type === 'Extension') return checkExtension(item, place, walk);
  const { schemas } = definitions();
  const before = walk.findings.length;
  const schema = (schemas.get(element.datatype) ?? schemas.get(element.type)) as Schema;
  checkComplex(item, schema, place, walk);
  if (isBare(item)) report(walk, 'structure', place.path, 'An element is not empty');
  if (walk.findings.length > before) return;
  checkInvariants({ type: schema.typeName, value: item }, schema.invariants, place.path, walk);
  if (element.type !== 'Reference') return;
  for (const problem of referenceProblems(item as Reference, element.targets, walk)) {
    report(walk, 'structure', place.path, problem);
  }
}

function checkResource(item: unknown, { name }: Element, place: Place, walk: Walk): void {
  const { schemas, resourceTypes } = definitions();
  if (!isResource(item) || !resourceTypes.has(item.resourceType)) {
    return report(walk, 'structure', place.path, 'This resource type is not among those that are known here');
  }
  const rootResource = name === 'contained' ? walk.rootResource : item;
  const schema = schemas.get(item.resourceType) as Schema;
  checkComplex(item, schema, place, {
    ...walk,
    narrowed: 'structure',
    resource: item,
    rootResource,
    withId: new Map(),
  });
}

/** An extension whose definition is at hand is what that definition says; of others only the form is known. */
function checkExtension(item: unknown, place: Place, walk: Walk): void {
  const { extensions, schemas } = definitions();
  const url = (item as Json | null)?.url;
  const defined = extensions.get(url as string);
  if (!defined && typeof url === 'string' && isOurs(url)) {
    return report(walk, 'profile', place.path, 'An extension under our canonical is unknown');
  }
  if (defined && !mayStandIn(place.holder as Schema, defined)) {
    report(walk, 'profile', place.path, 'This extension has no place here');
  }
  const schema = defined?.schema ?? (schemas.get('Extension') as Schema);
  checkComplex(item, schema, place, defined ? { ...walk, narrowed: 'profile' } : walk);
  if (typeof item !== 'object' || item === null) return;
  checkInvariants({ type: 'Extension', value: item }, schema.invariants, place.path, walk);
}

/** What stands beside a primitive is an Element, whatever the type of the primitive. */
function mayStandIn({ typeName, isResource }: Schema, { contexts }: DefinedExtension): boolean {
  if (!contexts || contexts.has('Element') || contexts.has(typeName)) return true;
  return isResource && (contexts.has('Resource') || contexts.has('DomainResource'));
}

function checkComplex(item: unknown, schema: Schema, place: Place, walk: Walk): void {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return report(walk, 'structure', place.path, 'A JSON object is expected');
  }
  if (Object.keys(item).length === 0) return report(walk, 'structure', place.path, 'An element is not empty');
  if (item === walk.resource) checkWhole(item, schema, place.path, walk);
  checkElements(item as Json, schema, place, walk);
}

/** An id alone is no content. */
function isBare(item: unknown): boolean {
  if (typeof item !== 'object' || item === null || !('id' in item)) return false;
  return Object.keys(item).length === 1;
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
