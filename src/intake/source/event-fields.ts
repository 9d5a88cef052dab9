import { eventJsonSchema } from '../../event/json-schema.ts';

/** Which fields an event of each type has, and how a text of a source is read into each: taken from its own schema. */

export interface EventField {
  readonly kind: FieldKind;
  /** UCUM; of quantities. */
  readonly unit?: string | undefined;
  /** An event can say that it is not known. */
  readonly isNullable?: boolean | undefined;
}

export type FieldKind =
  | 'text'
  | 'number'
  | 'score'
  | 'quantity'
  | 'boolean'
  | 'date'
  | 'partial-date'
  | 'instant'
  | 'time'
  | 'clock'
  | 'hours';

/** `program.flexSteps[].start` of a refill; undefined where its events have no such field. */
export function eventField(type: string, path: string): EventField | undefined {
  if (path.startsWith('extra.')) return { kind: 'text' };
  return allFields().get(type)?.get(path);
}

/** How long a step lasts, in place of its end: sources write that, events do not. */
export const stepDuration = 'durationHours';

/** How often a list of fields stands inside another is as many levels as its path has. */
type Fields = ReadonlyMap<string, EventField>;

/** A node of JSON Schema, as far as it says which fields an event has. */
interface Node {
  readonly $ref?: string;
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly type?: string;
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly description?: string;
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
}

let known: ReadonlyMap<string, Fields> | undefined;

function allFields(): ReadonlyMap<string, Fields> {
  known ??= readFields(eventJsonSchema() as unknown as Schema);
  return known;
}

type Schema = Node & { readonly $defs: Readonly<Record<string, Node>> };

function readFields(schema: Schema): ReadonlyMap<string, Fields> {
  const resolved = (node: Node): Node => {
    const name = node.$ref?.split('/').at(-1);
    return name === undefined ? node : resolved(schema.$defs[name] as Node);
  };

  function fieldsIn(properties: Readonly<Record<string, Node>>, above: string): [string, EventField][] {
    return Object.entries(properties).flatMap(([name, node]) => fieldsAt(node, `${above}${name}`));
  }

  function fieldsAt(node: Node, path: string): [string, EventField][] {
    const { oneOf, anyOf, items, properties, ...leaf } = resolved(node);
    const forms = (oneOf ?? anyOf)?.map(resolved);
    if (forms) return fieldsOfForms(forms, path);
    if (items) return fieldsAt(items, `${path}[]`);
    if (!properties) return [[path, { kind: kindOf(leaf) }]];
    const fields = fieldsIn(properties, `${path}.`);
    return path.endsWith('flexSteps[]')
      ? [...fields, [`${path}.${stepDuration}`, { kind: 'hours', unit: 'h' }]]
      : fields;
  }

  function fieldsOfForms(all: readonly Node[], path: string): [string, EventField][] {
    const forms = all.filter(({ type }) => type !== 'null');
    if (forms.length < all.length) {
      return forms.flatMap((form) => fieldsAt(form, path)).map(([at, field]) => [at, { ...field, isNullable: true }]);
    }
    const unit = forms.map((form) => unitOf(form, resolved)).find((found) => found !== undefined);
    if (unit !== undefined) return [[path, { kind: 'quantity', unit }]];
    const isScore = forms.some(({ type }) => type === 'number') && forms.some(({ type }) => type === 'string');
    return isScore ? [[path, { kind: 'score' }]] : forms.flatMap((form) => fieldsAt(form, path));
  }

  return new Map(
    (schema.oneOf ?? []).map((option) => {
      const { properties = {} } = resolved(option);
      const { type, extra, ...fields } = properties;
      return [resolved(type as Node).const as string, new Map(fieldsIn(fields, ''))];
    }),
  );
}

/** A number that may be written with its unit: its schema says which. */
function unitOf({ properties = {} }: Node, resolved: (node: Node) => Node): string | undefined {
  if (Object.keys(properties).join() !== 'value,unit') return undefined;
  return /^A text that means (\S+);/.exec(resolved(properties.unit as Node).description ?? '')?.[1];
}

function kindOf({ type, format, pattern = '', const: only }: Node): FieldKind {
  if (type === 'boolean') return 'boolean';
  if (type === 'number' || type === 'integer') return only === undefined ? 'number' : 'text';
  if (format === 'date') return 'date';
  if (pattern.includes('24:00')) return 'clock';
  const hasInstant = pattern.includes('T\\d{2}');
  const hasPartial = pattern.includes('\\d{4}(-\\d{2}');
  if (hasInstant) return hasPartial ? 'time' : 'instant';
  return hasPartial ? 'partial-date' : 'text';
}
