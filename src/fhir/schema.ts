/**
 * Snapshots of StructureDefinitions, compiled into tables by JSON property. The validator walks a resource by the
 * properties that it has; walking by those that it could have, as @medplum/core does, costs several times as much.
 */
import { type FhirPathAtom, parseFhirPath } from '@medplum/core';
import type { ElementDefinition, ElementDefinitionType, StructureDefinition } from '@medplum/fhirtypes';

export interface Schema {
  /** The name under which FHIRPath knows the type. */
  readonly typeName: string;
  readonly isResource: boolean;
  /** By JSON property: one row for each type of a choice. */
  readonly elements: ReadonlyMap<string, Element>;
  /** Elements that have to be there, each with the JSON properties of which one is enough. */
  readonly required: readonly Required[];
  /** Rules of the whole, with severity error. */
  readonly invariants: readonly Invariant[];
}

export interface Element {
  /** Last part of the path, as in `rate[x]`. */
  readonly name: string;
  readonly isChoice: boolean;
  readonly type: string;
  readonly min: number;
  readonly max: number;
  readonly isArray: boolean;
  readonly pattern: unknown;
  /** Canonical of the value set of a required binding. */
  readonly valueSet: string | undefined;
  readonly invariants: readonly Invariant[];
  /** The schema of a backbone element; other types are looked up by name. */
  readonly inner: Schema | undefined;
}

interface Required {
  readonly name: string;
  readonly properties: readonly string[];
}

export interface Invariant {
  readonly key: string;
  readonly description: string;
  readonly expression: FhirPathAtom;
}

/** Compiles one snapshot. Throws when there is none: that is a mistake in the build of the definitions. */
export function compile(definition: StructureDefinition): Schema {
  const rows = definition.snapshot?.element.filter((row) => !row.id?.includes(':')) ?? [];
  const root = rows[0];
  if (!root) throw new Error(`${definition.id} has no snapshot`);
  const source: Source = { rows: groupByParent(rows), inner: new Map() };
  return { ...compileNode(root, source), isResource: definition.kind === 'resource' };
}

interface Source {
  readonly rows: ReadonlyMap<string, readonly ElementDefinition[]>;
  /** Backbone elements by path: also the targets of content references, which may refer to themselves. */
  readonly inner: Map<string, Schema>;
}

function groupByParent(rows: readonly ElementDefinition[]): Map<string, ElementDefinition[]> {
  return Map.groupBy(rows, (row) => row.path?.slice(0, Math.max(0, row.path.lastIndexOf('.'))) ?? '');
}

function compileNode(node: ElementDefinition, source: Source): Schema {
  const path = node.path as string;
  const elements = new Map<string, Element>();
  const required: Required[] = [];
  const schema = { typeName: typeNameOf(path), isResource: false, elements, required, invariants: invariantsOf(node) };
  source.inner.set(path, schema);
  for (const row of source.rows.get(path) ?? []) {
    const added = compileElement(row, source);
    for (const [property, element] of added) elements.set(property, element);
    if (row.min) required.push({ name: nameOf(row), properties: added.map(([property]) => property) });
  }
  return schema;
}

function compileElement(row: ElementDefinition, source: Source): [string, Element][] {
  const name = nameOf(row);
  const isChoice = name.endsWith('[x]');
  const types = row.type ?? [{ code: 'BackboneElement' }];
  const [, pattern] = Object.entries(row).find(([key]) => /^(fixed|pattern)/.test(key)) ?? [];
  const shared = {
    name,
    isChoice,
    min: row.min ?? 0,
    max: row.max === '*' ? Number.POSITIVE_INFINITY : Number(row.max),
    isArray: (row.base?.max ?? row.max) !== '0' && (row.base?.max ?? row.max) !== '1',
    pattern,
    valueSet: row.binding?.strength === 'required' ? row.binding.valueSet : undefined,
    invariants: invariantsOf(row),
    inner: innerOf(row, source),
  };
  return types.map((type) => [
    isChoice ? `${name.slice(0, -3)}${capitalize(type.code as string)}` : name,
    { ...shared, type: typeOf(type) },
  ]);
}

/** A row that others lie below, or that refers to such a one. Referred rows come before those that refer to them. */
function innerOf(row: ElementDefinition, source: Source): Schema | undefined {
  if (row.contentReference) return source.inner.get(row.contentReference.slice(row.contentReference.indexOf('#') + 1));
  return source.rows.has(row.path as string) ? compileNode(row, source) : undefined;
}

/** The ids of elements have a type of FHIRPath; the FHIR type stands in an extension. */
function typeOf(type: ElementDefinitionType): string {
  return type.extension?.find((it) => it.valueUrl)?.valueUrl ?? (type.code as string);
}

/** `dom-3` needs `descendants()`, which the FHIRPath engine does not have in the form that the rule uses. */
const notEvaluated = new Set(['dom-3', 'ele-1']);

function invariantsOf(row: ElementDefinition): Invariant[] {
  return (row.constraint ?? [])
    .filter(({ severity, key, expression }) => severity === 'error' && expression && !notEvaluated.has(key as string))
    .map((it) => ({
      key: it.key as string,
      description: it.human ?? '',
      expression: parsed(it.expression as string),
    }));
}

/** Few rules stand on most elements: each text is parsed once. */
const expressions = new Map<string, FhirPathAtom>();

function parsed(text: string): FhirPathAtom {
  const expression = expressions.get(text) ?? parseFhirPath(text);
  expressions.set(text, expression);
  return expression;
}

function nameOf(row: ElementDefinition): string {
  return (row.path as string).slice((row.path as string).lastIndexOf('.') + 1);
}

function typeNameOf(path: string): string {
  return path.split('.').map(capitalize).join('');
}

function capitalize(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}
