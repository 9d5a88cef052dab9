import type { Unused } from '../item.ts';
import type { Seen } from './context.ts';
import type { FieldValue } from './record.ts';
import type { SourceMap } from './schema.ts';
import type { Segment } from './scope.ts';
import { covers } from './source-path.ts';

/** What became of each value of a record: the ground of coverage. */
export class Uses {
  private readonly claims = new Map<FieldValue, string | string[]>();
  /** Values that are ignored in this record alone, each with the reason. */
  private readonly decided = new Map<FieldValue, string>();
  private readonly names = new Map<Segment, string>();
  private readonly nameOfSegment = new Map<number | undefined, string>();
  private readonly decisions: Decisions;

  constructor(decisions: Decisions) {
    this.decisions = decisions;
  }

  /** It was read, into a field of an event or for a decision. */
  claim(value: FieldValue, to: string): void {
    const there = this.claims.get(value);
    if (there === undefined) this.claims.set(value, to);
    else if (typeof there === 'string') this.claims.set(value, there === to ? to : [there, to]);
    else if (!there.includes(to)) there.push(to);
  }

  /** Whether the map keeps it verbatim: only what no event reads. */
  isKept(value: FieldValue): boolean {
    return !this.claims.has(value) && this.decisionOf(value).decision === 'kept';
  }

  ignore(values: readonly FieldValue[], reason: string): void {
    for (const value of values) this.decided.set(value, reason);
  }

  name(segment: Segment, name: string): void {
    this.names.set(segment, name);
    this.nameOfSegment.set(segment.values[0]?.segment, name);
  }

  nameOf(segment: Segment): string | undefined {
    return this.names.get(segment);
  }

  /** What was not used, by path and decision, with how often. */
  unused(values: readonly FieldValue[]): Unused[] {
    const counts = new Map<Decided, number>();
    for (const value of values) {
      if (this.claims.has(value)) continue;
      const decided = this.decisionOf(value);
      if (decided.decision !== 'mapped') counts.set(decided, (counts.get(decided) ?? 0) + 1);
    }
    return [...counts].map(([{ path, decision, reason }, count]) => {
      return { path, count, decision: decision as Unused['decision'], ...(reason !== undefined && { reason }) };
    });
  }

  /** Every value with what became of it, in order. */
  seen(values: readonly FieldValue[]): Seen[] {
    return values.map((value) => {
      const path = this.label(value);
      const to = this.claims.get(value);
      if (to !== undefined) return { path, decision: 'mapped', to: [to].flat() };
      const { decision, reason } = this.decisionOf(value);
      return { path, decision, to: decision === 'mapped' ? ['rules of the format'] : [], reason };
    });
  }

  private decisionOf(value: FieldValue): Decided {
    return this.decisions.about(value.path, this.observationOf(value), this.decided.get(value));
  }

  /** The value and the unit of an observation by its name: `OBX[total-daily-dose]-5.1`. */
  label(value: FieldValue): string {
    const name = this.observationOf(value);
    return name === undefined ? value.path : `OBX[${name}]${value.path.slice(3)}`;
  }

  private observationOf({ path, segment }: FieldValue): string | undefined {
    return path.startsWith('OBX-5') || path.startsWith('OBX-6') ? this.nameOfSegment.get(segment) : undefined;
  }
}

interface Decided {
  /** As a reader of the report sees it. */
  readonly path: string;
  readonly decision: Seen['decision'];
  readonly reason?: string | undefined;
}

/** What a map decides about a path, whatever message it stands in; each is looked up once. */
export class Decisions {
  private readonly map: SourceMap;
  private readonly used: readonly string[];
  /** By observation and reason, then by path. */
  private readonly known = new Map<string, Map<string, Decided>>();
  private count = 0;

  /** `used`: paths that the reader itself uses. */
  constructor(map: SourceMap, used: readonly string[]) {
    this.map = map;
    this.used = used;
  }

  isFor(used: readonly string[]): boolean {
    return this.used === used;
  }

  /** `reason`: why it is ignored in the record at hand. */
  about(path: string, observation: string | undefined, reason: string | undefined): Decided {
    const of = reason === undefined ? (observation ?? '') : `${observation ?? ''} ${reason}`;
    const there = this.known.get(of)?.get(path);
    if (there) return there;
    const label = observation === undefined ? path : `OBX[${observation}]${path.slice(3)}`;
    const found = reason === undefined ? this.find(path, label) : ({ decision: 'ignored', reason } as const);
    const decided = { path: label, ...found };
    this.remember(of, path, decided);
    return decided;
  }

  private remember(of: string, path: string, decided: Decided): void {
    if (++this.count > enough) {
      this.known.clear();
      this.count = 1;
    }
    const paths = this.known.get(of) ?? new Map<string, Decided>();
    this.known.set(of, paths.set(path, decided));
  }

  private find(path: string, label: string): Omit<Decided, 'path'> {
    const isAbout = (decided: string) => covers(decided, path) || covers(decided, label);
    if (this.used.some(isAbout)) return { decision: 'mapped' };
    if (this.map.kept.some(isAbout)) return { decision: 'kept' };
    const ignored = this.map.ignored.find((it) => isAbout(it.path));
    return ignored ? { decision: 'ignored', reason: ignored.reason } : { decision: 'unknown' };
  }
}

/** Whoever sends ever new columns must not fill the memory with them. */
const enough = 10_000;
