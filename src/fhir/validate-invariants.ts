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
    if (holds(expression, typed, variables)) continue;
    context.findings.push({ code: 'invariant', expression: path, message: `${key}: ${description}` });
  }
}

function variablesFor(typed: TypedValue, { resource, rootResource }: FhirPathContext): Record<string, TypedValue> {
  return {
    '%context': typed,
    '%resource': { type: resource.resourceType, value: resource },
    '%rootResource': { type: rootResource.resourceType, value: rootResource },
    '%ucum': { type: 'string', value: external.ucum },
  };
}

/** An expression that cannot be evaluated does not hold: it met something that the structure check reports. */
function holds(expression: FhirPathAtom, typed: TypedValue, variables: Record<string, TypedValue>): boolean {
  try {
    const result = evalFhirPathTyped(expression, [typed], variables);
    return result.length === 1 && result[0]?.value === true;
  } catch {
    return false;
  }
}
