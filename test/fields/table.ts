import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { leaves } from './leaves.ts';

/** How a report that states a field is written. */
export interface Stated {
  /** `refill.fill.lotNumber`; `{implant,refill}.fill.lotNumber`; `*.` for every kind that has the field. */
  readonly event: string;
  /** Where the value is written, if the field alone would not be valid: the programme of a flex step. */
  readonly at?: string;
  /** Fields of the event that the value needs beside it; null takes one away. */
  readonly with?: Readonly<Record<string, unknown>>;
  /** Nothing was reported before: a history begins with this event. */
  readonly alone?: true;
}

/** A field of the therapy and two values of it that nothing else in the history has. */
export interface Field extends Stated {
  /** The field in words. */
  readonly domain: string;
  readonly values: readonly [unknown, unknown];
  /** What a reader sees of them; default the values themselves. null: nothing is there. */
  readonly says?: readonly [unknown, unknown];
}

/** An element of FHIR and how it is compared. */
export interface Place {
  /** `Medication[itb-medication].batch.lotNumber`: resource, profile, FHIRPath. */
  readonly fhir: string;
  readonly compare: 'equal' | 'text' | 'quantity' | 'code';
  readonly unit?: string;
  /** CodeSystem of the code: the id of one of ours, or a URI. */
  readonly system?: string;
}

/** Where an event states a field, and which element of FHIR carries it. */
export interface FieldRow extends Field, Place {}

/** Where the pump status of a patient says it: `pumps.drug.concentrationUgPerMl`. */
export interface StatusRow extends Field {
  readonly status: string;
}

/** Something that happens in the therapy, and how it is told. `event`: the kind of event. */
export interface Happening extends Stated, Place {
  readonly domain: string;
  readonly says: unknown;
}

/** A field that is not written, by decision. */
export interface KeptField {
  readonly event: string;
  readonly reason: string;
}

export interface FieldTable {
  /** Names for several kinds of events at once. */
  readonly kinds: Readonly<Record<string, readonly string[]>>;
  readonly happenings: readonly Happening[];
  readonly status: readonly StatusRow[];
  readonly groups: readonly { readonly name: string; readonly rows: readonly FieldRow[] }[];
  readonly kept: readonly KeptField[];
}

const file = join(import.meta.dirname, '..', '..', 'mappings', 'fields.json');

export const table = JSON.parse(readFileSync(file, 'utf8')) as FieldTable;

export const rows: readonly FieldRow[] = table.groups.flatMap((group) => group.rows);

/** The field of a row or a decision, without the kinds of events that have it. */
export const pathOf = (stated: Pick<Stated, 'event'>): string => written(stated).path;

/** The kinds of events that it speaks for. */
export function kindsOf(stated: Pick<Stated, 'event'>): readonly string[] {
  const { kinds, path } = written(stated);
  const having = () => [...leaves].filter(([, ofKind]) => ofKind.some((leaf) => leaf.path === path));
  return kinds ?? having().flatMap(([kind]) => (isKept(kind, path) ? [] : [kind]));
}

export const isKept = (kind: string, path: string): boolean =>
  table.kept.some((decision) => covers(decision, kind, path));

/** `{merge,unmerge}.*` covers every field of both; `*.program.drug` one field of every kind. */
export function covers(decision: Pick<Stated, 'event'>, kind: string, leaf: string): boolean {
  const { kinds, path } = written(decision);
  const isMeant = path.endsWith('*') ? leaf.startsWith(path.slice(0, -1)) : leaf === path;
  return isMeant && (kinds?.includes(kind) ?? true);
}

/** The parts of `{every-clinical-event,alarm}.session.*`; without `kinds`, every kind is meant. */
function written({ event }: Pick<Stated, 'event'>): { readonly kinds?: readonly string[]; readonly path: string } {
  const [, names, path] = /^(\*|\{[^}]+\}|[a-z-]+)\.(.+)$/.exec(event) ?? [];
  if (!names || !path) throw new Error(`not a field of an event: ${event}`);
  if (names === '*') return { path };
  const each = names.replace(/[{}]/g, '').split(',');
  return { path, kinds: each.flatMap((name) => table.kinds[name] ?? [name]) };
}
