import type { Place, Problem } from '../../event/problem.ts';
import type { Format } from '../item.ts';
import type { FieldValue, SourceRecord } from './record.ts';

/** What a reader knows of a record beside its values. */
export interface RecordContext {
  readonly format: Format;
  /** What is kept of a record that cannot be used: enough to read it again alone. */
  readonly payload: string;
  /** Where the record stands in its whole: the row of a file. */
  readonly place: Place;
  /** The message or the sender says that it is a test. */
  readonly test?: boolean | undefined;
  /** For maps that leave the name of the source to who sends or imports. */
  readonly sourceSystem?: string | undefined;
  /** Paths that the reader itself used; they count as mapped. */
  readonly used?: readonly string[] | undefined;
  /** What the rules of the format say of a group before its event is built. Absent: it is new. */
  readonly standing?: ((group: SourceRecord) => Standing) | undefined;
  /** Told of every value that was seen, and of what became of it. */
  readonly observe?: ((seen: readonly Seen[]) => void) | undefined;
}

/** Whether a group tells something new, or corrects or withdraws what was told before. */
export type Standing = StandingKind & {
  /** Values that do not count: deleted, or never obtained. */
  readonly without?: readonly FieldValue[] | undefined;
};

type StandingKind =
  | { readonly kind: 'new' }
  | ({ readonly kind: 'correction' | 'void' } & Amendment)
  | { readonly kind: 'left-alone'; readonly problem: Problem }
  | { readonly kind: 'unusable'; readonly problems: readonly Problem[] };

export interface Amendment {
  /** Tells this amendment from others of the same event, the same whenever it is sent again. */
  readonly version: string;
  /** When it was amended, as the format writes times. Absent: not known. */
  readonly at?: string | undefined;
  readonly reason: string;
  /** A document that replaces another has an id of its own (TXA-12) and names that of the other here. */
  readonly replaces?: 'TXA-13' | undefined;
}

/** A value and what became of it. */
export interface Seen {
  /** In the words of the format; a value of an observation names it: `OBX[total-daily-dose]-5.1`. */
  readonly path: string;
  readonly decision: 'mapped' | 'kept' | 'ignored' | 'unknown';
  /** Fields of events, such as `dose-change program.doseUgPerDay`; words of the engine where it is no field. */
  readonly to: readonly string[];
  readonly reason?: string | undefined;
}
