import { type Place, type Problem, type ProblemCode, problem } from '../../event/problem.ts';
import type { UnmappedCode } from '../item.ts';

/** Why a text could not be read; in words without the text. */
export interface Fault {
  readonly code: ProblemCode;
  readonly message: string;
  /** A time is less exact than what it is read as. */
  readonly isPartial?: true | undefined;
  /** Of a code without a row: what a row for it would say. */
  readonly unmapped?: UnmappedCode | undefined;
}

/** A fault at its place, as its sender is told of it. */
export interface Trouble {
  readonly problem: Problem;
  readonly unmapped?: UnmappedCode | undefined;
}

export function troubleAt({ code, message, unmapped }: Fault, place: Place): Trouble {
  return { problem: problem(code, message, place), unmapped };
}

/** What an item that cannot be used says of them. */
export function told(troubles: readonly Trouble[]) {
  const problems = new Map(troubles.map((trouble) => [JSON.stringify(trouble.problem), trouble.problem]));
  const unmapped = troubles.flatMap((trouble) => trouble.unmapped ?? []);
  return { problems: [...problems.values()], ...(unmapped.length > 0 && { unmapped }) };
}

export type Read<Value> = { readonly value: Value } | Fault;

export const fault = (code: ProblemCode, message: string): Fault => ({ code, message });

export const isFault = (read: object): read is Fault => 'code' in read;
