import type { SearchParameters } from './search.ts';
import { type Fault, tooCostly } from './search-fault.ts';
import { alternatives } from './search-values.ts';

/**
 * What one search may ask for in all. Each parameter costs a query or a part of one, each chain looks at another type
 * first, and both engines bound how long a statement is. Undefined: it is not too much.
 */
export function excessOf(parameters: SearchParameters): Fault | undefined {
  if (parameters.length > mostParameters) return tooCostly(`A search has at most ${mostParameters} parameters.`);
  const chains = parameters.filter(([name]) => name.includes('.'));
  if (chains.length > mostChains) return tooCostly(`A search has at most ${mostChains} chained parameters.`);
  const values = parameters.reduce((sum, [, value]) => sum + alternatives(value).length, 0);
  return values > mostValues
    ? tooCostly(`A search has at most ${mostValues} values in all its parameters.`)
    : undefined;
}

const mostParameters = 100;
const mostChains = 10;
const mostValues = 1_000;
