import type { ServedType } from '../read-model/search-parameters.ts';
import type { Answer } from './answer.ts';
import type { Caller } from './caller.ts';
import type { SearchParameters } from './search.ts';

/** A request that was understood and let in: what the handlers answer. */
export interface Asked {
  readonly caller: Caller;
  readonly type: ServedType;
  /** Ours. Empty where the request names no resource. */
  readonly id: string;
  /** Of a versioned read, as the client wrote it. Else empty. */
  readonly version: string;
  /** Of query and form, without those that say how the answer is written. */
  readonly parameters: SearchParameters;
  readonly handling: 'strict' | 'lenient';
  /** Of a POST to an operation: JSON as parsed. */
  readonly body?: unknown;
}

export type Handler = (asked: Asked) => Promise<Answer>;

/** The value of a parameter that may come once. */
export const stated = ({ parameters }: Pick<Asked, 'parameters'>, name: string): string | undefined =>
  parameters.find(([other]) => other === name)?.[1];
