import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '@medplum/fhirtypes';

export const root = join(import.meta.dirname, '../..');

const folder = join(root, 'profiles/generated/examples');

/** The valid examples, by id. */
export const examples: ReadonlyMap<string, Resource> = new Map(
  readdirSync(folder).map((name) => {
    const resource: Resource = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    return [resource.id as string, resource];
  }),
);

/** A fresh copy of a valid example. */
export function example(id: string): Resource {
  const found = examples.get(id);
  if (!found) throw new Error(`No example ${id}`);
  return structuredClone(found);
}

/** Path (`dosage.route.coding.0.code`) → new value; `undefined` takes the element out. */
export type Change = Readonly<Record<string, unknown>>;

/** A copy of the example with the changes made. */
export function changed(id: string, change: Change): Resource {
  const resource = example(id);
  for (const [path, value] of Object.entries(change)) put(resource, path.split('.'), value);
  return resource;
}

function put(into: object, path: readonly string[], value: unknown): void {
  const keys = [...path];
  const last = keys.pop() as string;
  let at = into as Record<string, unknown>;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  if (value !== undefined) at[last] = value;
  else if (Array.isArray(at)) at.splice(Number(last), 1);
  else delete at[last];
}
