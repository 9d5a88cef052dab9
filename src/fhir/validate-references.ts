/** Where a reference leads, as far as the reference says so itself. */
import type { Reference, Resource } from '@medplum/fhirtypes';
import { definitions } from './definitions.ts';
import { coreDefinition } from './schema-targets.ts';
import { textProblem } from './validate-primitive.ts';

export interface ReferenceContext {
  /** Its contained resources are those that a reference within it can name. */
  readonly rootResource: Resource;
  /** Types of the resources in the same Bundle, by full URL. */
  readonly beside: ReadonlyMap<string, string>;
}

/**
 * A reference has one of the forms of R4, leads to what is there where it leads to a contained resource, and names a
 * type that is allowed in its place: by the reference, or by the type stated beside it.
 */
export function referenceProblems(
  { reference, type }: Reference,
  targets: ReadonlySet<string> | undefined,
  context: ReferenceContext,
): string[] {
  const led = reference === undefined ? {} : follow(reference, context);
  const stated = type?.startsWith(coreDefinition) ? type.slice(coreDefinition.length) : type;
  const named = [led.type, stated].filter((it) => it !== undefined);
  return [
    ...(led.problem ? [led.problem] : []),
    ...(new Set(named).size > 1 ? ['The reference leads to another type than is stated beside it'] : []),
    ...(targets && named.some((it) => !targets.has(it)) ? ['A reference to this type has no place here'] : []),
  ];
}

interface Led {
  readonly type?: string | undefined;
  readonly problem?: string | undefined;
}

const id = String.raw`[A-Za-z\d\-.]{1,64}`;
const instance = new RegExp(`(?:^|/)([A-Z][A-Za-z]+)/${id}(?:/_history/${id})?(?:#.*)?$`);
const search = /^([A-Z][A-Za-z]+)\?\S+$/;
const absolute = /^[a-z][a-z\d+.-]*:\S+$/i;

function follow(reference: string, { rootResource, beside }: ReferenceContext): Led {
  if (reference.startsWith('#')) return followInside(reference.slice(1), rootResource);
  const type = (instance.exec(reference) ?? search.exec(reference))?.[1];
  if (type !== undefined && isResourceType(type)) {
    return absolute.test(reference) || reference.startsWith(type) ? { type } : malformed;
  }
  return absolute.test(reference) ? { type: beside.get(reference), problem: textProblem('uri', reference) } : malformed;
}

const malformed: Led = { problem: 'This is not a valid reference' };

/** `#` alone is the resource that contains. */
function followInside(id: string, root: Resource): Led {
  if (id === '') return { type: root.resourceType };
  const contained: unknown = 'contained' in root ? root.contained : undefined;
  const found = Array.isArray(contained) ? contained.find((it) => it?.id === id) : undefined;
  return found ? { type: found.resourceType } : { problem: 'ref-1: No contained resource has this id' };
}

const resourceTypes = 'http://hl7.org/fhir/ValueSet/resource-types';

function isResourceType(name: string): boolean {
  return definitions().bindings.allows(resourceTypes, name) === true;
}
