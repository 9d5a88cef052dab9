/** Rules about contained resources, which no element can see by itself. */
import type { Resource } from '@medplum/fhirtypes';
import type { Finding } from './validate.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Each contained resource has an id of its own and is referred to from within, or refers to the one that contains it
 * (`dom-3`).
 */
export function checkContained(resource: Resource): Finding[] {
  const contained: unknown = 'contained' in resource ? resource.contained : undefined;
  if (!Array.isArray(contained)) return [];
  const named = localNames(resource);
  const ids = contained.map((item) => item?.id);
  return contained.filter(isObject).flatMap((item, index) => {
    const path = `${resource.resourceType}.contained[${index}]`;
    const { id } = item;
    if (typeof id !== 'string') return [finding('structure', path, 'A contained resource has an id')];
    if (ids.indexOf(id) !== index) return [finding('structure', path, 'Another contained resource has this id')];
    if (named.has(`#${id}`) || localNames(item).has('#')) return [];
    return [finding('invariant', path, 'dom-3: Nothing refers to this contained resource')];
  });
}

/** Every text that begins as a reference to a contained resource does. */
function localNames(value: unknown, names: Set<string> = new Set()): ReadonlySet<string> {
  if (typeof value === 'string' && value.startsWith('#')) names.add(value);
  if (isObject(value)) for (const key in value) localNames(value[key], names);
  return names;
}

function finding(code: Finding['code'], expression: string, message: string): Finding {
  return { code, expression, message };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
