import { canary } from '../canary/canary.ts';

/** One thing that somebody sends and should not have. */
export interface Spoiled {
  readonly name: string;
  readonly door: Door;
  readonly body: Buffer;
  readonly mediaType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Who sends it; absent: the engine, which sends tests for its tenant. */
  readonly sender?: 'engine' | 'narrow';
  /** A code that the answer has to name. */
  readonly code?: string;
  /** So many events have to come of it, and nothing may be refused. */
  readonly taken?: number;
}

export type Door = 'json' | 'ndjson' | 'fhir' | 'fhir-ndjson' | 'csv' | 'hl7v2' | 'mllp';

export const mrnSystem = 'urn:oid:2.16.840.1.113883.19.5';

/** A body cut off after each of its bytes, and then each of those that are named. */
export function cutOff(door: Door, whole: Buffer, step = 1): Spoiled[] {
  const lengths = Array.from({ length: Math.ceil(whole.length / step) }, (_, n) => n * step);
  return lengths.map((length) => ({ name: `cut after ${length} bytes`, door, body: whole.subarray(0, length) }));
}

/** Names of the table with what is expected of each: a code, a number of events, or only an answer. */
export type Case = readonly [name: string, expected: string | number | undefined, body: string | Buffer];

export const casesOf = (door: Door, cases: readonly Case[], over: Partial<Spoiled> = {}): Spoiled[] =>
  cases.map(([name, expected, body]) => ({
    ...{ name, door, body: typeof body === 'string' ? Buffer.from(body) : body },
    ...(typeof expected === 'string' && { code: expected }),
    ...(typeof expected === 'number' && { taken: expected }),
    ...over,
  }));

/** Replaces the one place that is meant; a test that spoils nothing would prove nothing. */
export function changed(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, () => to);
  if (result === text) throw new Error(`there is no ${from} to spoil`);
  return result;
}

export const secret = `${canary.name} ${canary.recordNumber}`;
