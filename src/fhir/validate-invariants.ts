import { evalFhirPathTyped, type FhirPathAtom, type TypedValue } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import type { Invariant } from './schema.ts';
import { external } from './systems.ts';
import type { Finding } from './validate.ts';

export interface FhirPathContext {
  readonly findings: Finding[];
  /** The resource that the value is in, which may stand in a Bundle. */
  readonly resource: Resource;
  readonly rootResource: Resource;
}

/** Reports every invariant that does not hold of the value, not only the first. */
export function checkInvariants(
  typed: TypedValue,
  invariants: readonly Invariant[],
  path: string,
  context: FhirPathContext,
): void {
  if (invariants.length === 0) return;
  const variables = variablesFor(typed, context);
  for (const { key, description, expression } of invariants) {
    const simple = simpleRules.get(key);
    if (simple ? simple(typed.value) : holds(expression, typed, variables)) continue;
    context.findings.push({ code: 'invariant', expression: path, message: `${key}: ${description}` });
  }
}

/** Rules of R4 that stand on nearly every element, without the cost of an expression. */
const simpleRules: ReadonlyMap<string, (value: Json) => boolean> = new Map([
  ['ext-1', (value) => 'extension' in value !== Object.keys(value).some((key) => /^_?value/.test(key))],
  ['qty-3', ({ code, system }) => code === undefined || system !== undefined],
]);

type Json = Readonly<Record<string, unknown>>;
type Variables = Record<string, TypedValue>;

function variablesFor(typed: TypedValue, { resource, rootResource }: FhirPathContext): Variables {
  return {
    '%context': typed,
    '%resource': { type: resource.resourceType, value: resource },
    '%rootResource': { type: rootResource.resourceType, value: rootResource },
    '%ucum': { type: 'string', value: external.ucum },
  };
}

/** An expression that cannot be evaluated does not hold: it met something that the structure check reports. */
function holds(expression: FhirPathAtom, typed: TypedValue, variables: Variables): boolean {
  try {
    const result = evalFhirPathTyped(expression, [typed], variables);
    return result.length === 1 && result[0]?.value === true;
  } catch {
    return false;
  }
}
