import { withheld } from './fact.ts';
import type { Fact } from './fact-schema.ts';

/** The same, with every fact that our arithmetic gave held back. What was reported or measured stays. */
export function withoutCalculated<Part>(part: Part): Part {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) return part.map((item: unknown) => withoutCalculated(item)) as Part;
  if (isFact(part)) return (part.method === 'calculated' ? withheld() : part) as Part;
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(part)) kept[name] = withoutCalculated(value);
  return kept as Part;
}

const isFact = (part: object): part is Fact<unknown> => 'method' in part && 'value' in part;
