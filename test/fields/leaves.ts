import { eventJsonSchema } from '../../src/event/json-schema.ts';

/** A node of the JSON Schema, as far as it says which fields an event has. */
interface Node {
  readonly $ref?: string;
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
}

const schema = eventJsonSchema() as unknown as Node & { readonly $defs: Readonly<Record<string, Node>> };

/** A field of an event; `choices` where the schema lists its values. */
export interface Leaf {
  readonly path: string;
  readonly choices?: readonly string[];
}

/** Kind of event → its fields that hold a value: `fill.lotNumber`, `program.flexSteps[].start`. */
export const leaves: ReadonlyMap<string, readonly Leaf[]> = new Map(
  (schema.oneOf ?? []).map((option) => {
    const { properties = {} } = resolved(option);
    return [resolved(properties.type as Node).const as string, leavesIn(properties)];
  }),
);

function leavesIn(properties: Readonly<Record<string, Node>>, above = ''): Leaf[] {
  const found = Object.entries(properties).flatMap(([name, node]) => leavesAt(node, `${above}${name}`));
  return [...new Map(found.map((leaf) => [leaf.path, leaf])).values()];
}

function leavesAt(node: Node, path: string): Leaf[] {
  const { oneOf, anyOf, items, properties, enum: choices } = resolved(node);
  const forms = (oneOf ?? anyOf)?.map(resolved);
  if (forms?.some(isQuantity)) return [{ path }];
  if (forms) return forms.flatMap((form) => leavesAt(form, path));
  if (items) return leavesAt(items, `${path}[]`);
  if (properties) return leavesIn(properties, `${path}.`);
  return [{ path, ...(choices && { choices }) }];
}

/** A number that may be written with its unit beside it is one field. */
function isQuantity({ properties = {} }: Node): boolean {
  return Object.keys(properties).join() === 'value,unit';
}

function resolved(node: Node): Node {
  const name = node.$ref?.split('/').at(-1);
  return name === undefined ? node : resolved(schema.$defs[name] as Node);
}
