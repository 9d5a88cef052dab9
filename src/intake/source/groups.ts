import { type Scope, type Segment, scopeOf } from './scope.ts';

/** What one group of a message is: what follows its head until the next group, with the order and the patient above it. */
export interface Group {
  readonly per: GroupHead | 'message' | 'row';
  readonly scope: Scope;
  /** Segments of the group itself. */
  readonly own: readonly Segment[];
  /** Its number in the message, from 1. */
  readonly number: number;
}

export type GroupHead = 'OBR' | 'RXA' | 'MRG';

const groupHeads: readonly GroupHead[] = ['OBR', 'RXA', 'MRG'];

/**
 * The groups of a message, in their order. A PID begins another patient; an ORC begins another order, and what follows
 * it before the group belongs to each group of that order. Only what the map declares events of is a group; a message
 * without any is one itself.
 */
export function groupsOf(segments: readonly Segment[], declared: ReadonlySet<string>): Group[] {
  if (declared.has('row')) return [{ per: 'row', scope: scopeOf([segments]), own: segments, number: 1 }];
  const message = new MessageGroups(groupHeads.filter((head) => declared.has(head)));
  for (const segment of segments) message.add(segment);
  return message.end();
}

interface Begun {
  readonly per: GroupHead;
  readonly order: readonly Segment[];
  readonly patient: readonly Segment[];
  readonly own: Segment[];
}

class MessageGroups {
  private readonly top: Segment[] = [];
  private patient: Segment[] = [];
  private order: Segment[] = [];
  private readonly groups: Begun[] = [];
  private into: Segment[] = this.top;
  private readonly heads: readonly GroupHead[];

  constructor(heads: readonly GroupHead[]) {
    this.heads = heads;
  }

  add(segment: Segment): void {
    const { name } = segment;
    if (name === 'PID') {
      this.patient = [];
      this.order = [];
      this.into = this.patient;
    }
    if (name === 'ORC') {
      this.order = [];
      this.into = this.order;
    }
    const head = this.heads.find((it) => it === name);
    if (head) {
      const begun = { per: head, order: this.order, patient: this.patient, own: [] };
      this.groups.push(begun);
      this.into = begun.own;
    }
    this.into.push(segment);
  }

  end(): Group[] {
    if (this.groups.length === 0) {
      const own = [...this.top, ...this.patient, ...this.order];
      return [{ per: 'message', scope: scopeOf([own]), own, number: 1 }];
    }
    return this.groups.map(({ per, order, patient, own }, n) => ({
      per,
      scope: scopeOf([own, order, patient, this.top]),
      own,
      number: n + 1,
    }));
  }
}

/**
 * The observations of a group by the first part of their sub-id (OBX-4): `2` and `2.1` are one. Those for which nothing
 * is declared belong to all others; so does what has no sub-id.
 */
export function bySubId(segments: readonly Segment[]): Map<string, Segment[]> {
  return Map.groupBy(
    segments.filter(({ name }) => name === 'OBX'),
    (segment) => subIdOf(segment).split('.')[0] as string,
  );
}

/** OBX-4, empty where there is none. */
export const subIdOf = (segment: Segment): string => segment.at('OBX-4.1')[0]?.text ?? '';

/** `1.2` before `1.10`. */
export function compareSubIds(a: string, b: string): number {
  const [as, bs] = [a.split('.'), b.split('.')];
  for (const [n, part] of as.entries()) {
    const other = bs[n];
    if (other === undefined) return 1;
    const difference = Number(part) - Number(other) || (part < other ? -1 : part > other ? 1 : 0);
    if (difference) return difference;
  }
  return as.length - bs.length;
}
