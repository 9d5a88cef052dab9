import { stepDuration } from './event-fields.ts';
import { compareSubIds } from './groups.ts';
import type { FieldValue } from './record.ts';

/** An event as it is being put together: fields by their path, lists of fields by what their source calls a member. */

/** One step of a path: `program`, `flexSteps[]` (a member of a list of fields), `symptoms[]` (a list of values). */
export interface Step {
  readonly name: string;
  readonly list?: 'members' | 'values' | undefined;
  /** Which member, where the map says it: `flexSteps[0]`. */
  readonly member?: number | undefined;
}

/** `program.flexSteps[].start`; undefined where it is no path. */
export function stepsOf(to: string): Step[] | undefined {
  const parts = to.split('.');
  const steps = parts.map((part, n): Step | undefined => {
    const [, name, list, member] = /^([A-Za-z][\w-]*)(\[(\d*)\])?$/.exec(part) ?? [];
    if (name === undefined) return undefined;
    if (list === undefined) return { name };
    const isLast = n === parts.length - 1;
    return { name, list: isLast && !member ? 'values' : 'members', ...(member && { member: Number(member) }) };
  });
  return steps.every((step) => step !== undefined) ? steps : undefined;
}

/** The path as event fields have it: without the numbers of members. */
export const fieldPathOf = (steps: readonly Step[]): string =>
  steps.map(({ name, list }) => `${name}${list ? '[]' : ''}`).join('.');

type Leaf = { readonly value: unknown; readonly from: FieldValue | undefined };
type Node = Leaf | Fields | Members | readonly Leaf[];
type Fields = Map<string, Node>;
class Members extends Map<string, Fields> {}

export class Draft {
  private readonly fields: Fields = new Map();

  /**
   * Puts a value at its path. `member`: what the source calls the member of a list, such as a sub-id; of a list in a list
   * its first parts name the outer member. False: something else stands there.
   */
  set(steps: readonly Step[], value: unknown, from?: FieldValue, member = '0'): boolean {
    let fields = this.fields;
    const lists = steps.filter(({ list }) => list === 'members').length;
    let depth = 0;
    for (const step of steps.slice(0, -1)) {
      if (step.list === 'members') {
        depth++;
        fields = memberOf(fields, step, outerPart(member, lists - depth));
      } else fields = fieldsOf(fields, step.name);
    }
    const last = steps.at(-1) as Step;
    if (last.list === 'members') return false;
    const leaf = { value, from };
    const there = fields.get(last.name);
    if (last.list === 'values') {
      fields.set(last.name, [...((there as Leaf[] | undefined) ?? []), leaf]);
      return true;
    }
    if (there === undefined) fields.set(last.name, leaf);
    return there === undefined || (there as Leaf).value === value;
  }

  /** The event as plain data, and where each of its fields came from, by path: `program.flexSteps[1].start`. */
  finish(): { event: Record<string, unknown>; origins: ReadonlyMap<string, FieldValue>; faults: readonly string[] } {
    const finished = { origins: new Map<string, FieldValue>(), faults: [] as string[] };
    return { event: plain(this.fields, '', finished), ...finished };
  }
}

function memberOf(fields: Fields, { name, member }: Step, key: string): Fields {
  const members = (fields.get(name) as Members | undefined) ?? new Members();
  fields.set(name, members);
  const named = member === undefined ? key : String(member);
  const found = members.get(named) ?? new Map();
  members.set(named, found);
  return found;
}

function fieldsOf(fields: Fields, name: string): Fields {
  const found = (fields.get(name) as Fields | undefined) ?? new Map<string, Node>();
  fields.set(name, found);
  return found;
}

/** `2.1.3` without its last part is `2.1`. */
const outerPart = (member: string, without: number): string =>
  without === 0 ? member : member.split('.').slice(0, -without).join('.');

interface Finished {
  readonly origins: Map<string, FieldValue>;
  readonly faults: string[];
}

function plain(fields: Fields, above: string, finished: Finished): Record<string, unknown> {
  const at = (name: string) => (above === '' ? name : `${above}.${name}`);
  return Object.fromEntries([...fields].map(([name, node]) => [name, plainNode(node, at(name), finished)]));
}

function plainNode(node: Node, path: string, finished: Finished): unknown {
  if (node instanceof Members) {
    const members = [...node].sort(([a], [b]) => compareSubIds(a, b));
    return members.map(([, member], n) => withEnd(plain(member, `${path}[${n}]`, finished), `${path}[${n}]`, finished));
  }
  if (node instanceof Map) return plain(node, path, finished);
  if (Array.isArray(node)) return node.map((leaf: Leaf, n) => plainLeaf(leaf, `${path}[${n}]`, finished));
  return plainLeaf(node as Leaf, path, finished);
}

function plainLeaf({ value, from }: Leaf, path: string, { origins }: Finished): unknown {
  if (from) origins.set(path, from);
  return value;
}

const minutesOfDay = 24 * 60;

/** How long a step lasts says when it ends, on the clock. */
function withEnd(
  member: Record<string, unknown>,
  path: string,
  { origins, faults }: Finished,
): Record<string, unknown> {
  const { [stepDuration]: hours, ...step } = member;
  if (typeof hours !== 'number' || !/flexSteps\[\d+\]$/.test(path)) return member;
  const from = origins.get(`${path}.${stepDuration}`);
  if (from) origins.set(`${path}.end`, from);
  const [hour = Number.NaN, minute = Number.NaN] = String(step.start).split(':').map(Number);
  const length = Math.round(hours * 60 * 1e6) / 1e6;
  if (!Number.isInteger(length) || length <= 0 || length > minutesOfDay || Number.isNaN(hour)) {
    faults.push(`${path}.end`);
    return step;
  }
  const end = (hour * 60 + minute + length) % minutesOfDay || minutesOfDay;
  const two = (part: number) => String(part).padStart(2, '0');
  return { ...step, end: `${two(Math.floor(end / 60))}:${two(end % 60)}` };
}
