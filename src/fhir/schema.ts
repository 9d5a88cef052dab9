/**
 * Snapshots of StructureDefinitions, compiled into tables by JSON property. The validator walks a resource by the
 * properties that it has; walking by those that it could have, as @medplum/core does, costs several times as much.
 */
import type { FhirPathAtom } from '@medplum/core';
import type {
  ElementDefinition,
  ElementDefinitionSlicing,
  ElementDefinitionType,
  StructureDefinition,
} from '@medplum/fhirtypes';
import { parseExpression } from './fhirpath.ts';
import { datatypeOf, type Origins, targetsOf } from './schema-targets.ts';

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
  /** A URI that names a system says nothing when it is only a word. */
  readonly isAbsolute: boolean;
  /** Name of the datatype whose schema holds, where it is a narrower one than `type`, as SimpleQuantity is. */
  readonly datatype: string;
  /** The resource types that a reference may lead to; undefined where any may. */
  readonly targets: ReadonlySet<string> | undefined;
  /** Kinds of item that a list tells apart. A slice that is told apart in another way than by a value is left out. */
  readonly slices: readonly Slice[];
  /** Canonical of the value set of a required binding. */
  readonly valueSet: string | undefined;
  readonly invariants: readonly Invariant[];
  /** The schema of a backbone element; other types are looked up by name. */
  readonly inner: Schema | undefined;
}

export interface Slice {
  readonly element: Element;
  /** Path below the item → the value that makes it one of this slice. `$this` is the item. */
  readonly discriminators: ReadonlyMap<string, unknown>;
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
export function compile(definition: StructureDefinition, origins: Origins): Schema {
  const rows = definition.snapshot?.element ?? [];
  const root = rows[0];
  if (!root) throw new Error(`${definition.id} has no snapshot`);
  const source: Source = { rows: Map.groupBy(rows, parentOf), inner: new Map(), origins };
  return { ...compileNode(root, source), isResource: definition.kind === 'resource' };
}

interface Source {
  /** By the id of what they lie in: `Extension.extension:text` for what is asked of that slice. */
  readonly rows: ReadonlyMap<string, readonly ElementDefinition[]>;
  /** Backbone elements by id: also the targets of content references, which may refer to themselves. */
  readonly inner: Map<string, Schema>;
  readonly origins: Origins;
}

function parentOf({ id }: ElementDefinition): string {
  return id?.slice(0, Math.max(0, id.lastIndexOf('.'))) ?? '';
}

function compileNode(node: ElementDefinition, source: Source): Schema {
  const id = node.id as string;
  const elements = new Map<string, Element>();
  const required: Required[] = [];
  const typeName = typeNameOf(node.path as string);
  const schema = { typeName, isResource: false, elements, required, invariants: invariantsOf(node) };
  source.inner.set(id, schema);
  const children = source.rows.get(id) ?? [];
  for (const row of children.filter((it) => !it.sliceName)) {
    const slices = children.filter((it) => it.sliceName && it.path === row.path);
    const added = compileElement(row, slices, source);
    for (const [property, element] of added) elements.set(property, element);
    const isRequired = row.min || added.some(([, { slices }]) => slices.some(({ element }) => element.min > 0));
    if (isRequired) required.push({ name: nameOf(row), properties: added.map(([property]) => property) });
  }
  return schema;
}

function compileElement(
  row: ElementDefinition,
  slices: readonly ElementDefinition[],
  source: Source,
): [string, Element][] {
  const name = nameOf(row);
  const isChoice = name.endsWith('[x]');
  const types = row.type ?? [{ code: 'BackboneElement' }];
  const shared = {
    name,
    isChoice,
    min: row.min ?? 0,
    max: row.max === '*' ? Number.POSITIVE_INFINITY : Number(row.max),
    isArray: (row.base?.max ?? row.max) !== '0' && (row.base?.max ?? row.max) !== '1',
    pattern: patternOf(row),
    isAbsolute: absoluteUris.has(row.base?.path ?? ''),
    valueSet: row.binding?.strength === 'required' ? row.binding.valueSet : undefined,
    invariants: invariantsOf(row),
    inner: innerOf(row, source),
    slices: slices.flatMap((slice) => compileSlice(slice, row.slicing, source)),
  };
  return types.map((type) => [
    isChoice ? `${name.slice(0, -3)}${capitalize(type.code as string)}` : name,
    {
      ...shared,
      type: typeOf(type, row),
      datatype: datatypeOf(type) ?? typeOf(type, row),
      targets: targetsOf(type, row, source.origins),
    },
  ]);
}

const absoluteUris = new Set(['Coding.system', 'Device.udiCarrier.issuer', 'Device.udiCarrier.jurisdiction']);

function compileSlice(row: ElementDefinition, slicing: ElementDefinitionSlicing | undefined, source: Source): Slice[] {
  const [compiled] = compileElement(row, [], source);
  const told = (slicing?.discriminator ?? []).map(({ type, path = '' }): [string, unknown] => [
    path,
    type === 'value' || type === 'pattern' ? discriminating(row, path, source) : undefined,
  ]);
  if (!compiled || told.length === 0 || told.some(([, value]) => value === undefined)) return [];
  return [{ element: compiled[1], discriminators: new Map(told) }];
}

function discriminating(slice: ElementDefinition, path: string, { rows }: Source): unknown {
  if (path === '$this') return patternOf(slice);
  const extension = path === 'url' ? slice.type?.[0]?.profile?.[0] : undefined;
  return extension ?? patternBelow(slice.id as string, path.split('.'), rows);
}

function patternBelow(id: string, [name, ...deeper]: readonly string[], rows: Source['rows']): unknown {
  const row = rows.get(id)?.find((it) => nameOf(it) === name);
  if (!row || deeper.length === 0) return row && patternOf(row);
  return patternBelow(row.id as string, deeper, rows);
}

function patternOf(row: ElementDefinition): unknown {
  return Object.entries(row).find(([key]) => /^(fixed|pattern)/.test(key))?.[1];
}

/** A row that others lie below, or that refers to such a one. Referred rows come before those that refer to them. */
function innerOf(row: ElementDefinition, source: Source): Schema | undefined {
  if (row.contentReference) return source.inner.get(row.contentReference.slice(row.contentReference.indexOf('#') + 1));
  return source.rows.has(row.id as string) ? compileNode(row, source) : undefined;
}

/** The ids of elements have a type of FHIRPath; the FHIR type stands in an extension, and is wrong for a resource. */
function typeOf(type: ElementDefinitionType, row: ElementDefinition): string {
  if (row.base?.path === 'Resource.id') return 'id';
  return type.extension?.find((it) => it.valueUrl)?.valueUrl ?? (type.code as string);
}

/**
 * Rules that the validator checks without FHIRPath: the engine knows only parts of `descendants()` and nothing of
 * `htmlChecks()` and offsets, the others stand on nearly every element or repeat a cardinality.
 */
const notEvaluated = new Set(['dom-3', 'ele-1', 'per-1', 'ref-1', 'sqty-1', 'txt-1', 'txt-2']);

function invariantsOf(row: ElementDefinition): Invariant[] {
  const isExtension = row.type?.[0]?.code === 'Extension';
  return (
    (row.constraint ?? [])
      .filter(({ severity, key, expression }) => severity === 'error' && expression && !notEvaluated.has(key as string))
      // The row repeats this rule of the datatype.
      .filter(({ key }) => !(isExtension && key === 'ext-1'))
      .map((it) => ({
        key: it.key as string,
        description: it.human ?? '',
        expression: parsed(it.expression as string),
      }))
  );
}

/** Few rules stand on most elements: each text is parsed once. */
const expressions = new Map<string, FhirPathAtom>();

function parsed(text: string): FhirPathAtom {
  const expression = expressions.get(text) ?? parseExpression(text);
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
