import { readFileSync } from 'node:fs';
import type { CapabilityStatement, CapabilityStatementRestResource } from '@medplum/fhirtypes';

/** What a statement offers, read apart from the product's own reader: a simulator that shared its mistakes could not show them. */
export interface Offered {
  readonly statement: CapabilityStatement;
  readonly transaction: boolean;
  readonly batch: boolean;
  holds(type: string): boolean;
  interactions(type: string): readonly string[];
  /** A search parameter of the type. Result parameters count only where the statement lists them for some type. */
  searches(type: string, parameter: string): boolean;
  conditionalCreate(type: string): boolean;
}

const folder = new URL('statements/', import.meta.url);

/** `name`: a file of test/servers/statements. */
export function readStatementFile(name: string): CapabilityStatement {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as CapabilityStatement;
}

export function offeredBy(statement: CapabilityStatement): Offered {
  const rest = statement.rest?.find(({ mode }) => mode === 'server');
  const byType = new Map((rest?.resource ?? []).map((resource) => [resource.type as string, resource]));
  const names = (type: string) => (byType.get(type)?.searchParam ?? []).map(({ name }) => name);
  const everyName = new Set([...byType.keys()].flatMap(names));
  const does = (code: string) => (rest?.interaction ?? []).some((one) => one.code === code);
  return {
    statement,
    transaction: does('transaction'),
    batch: does('batch'),
    holds: (type) => byType.has(type),
    interactions: (type) => (byType.get(type)?.interaction ?? []).map(({ code }) => code as string),
    searches: (type, parameter) =>
      names(type).includes(parameter) ||
      (resultParameters.has(parameter) && !everyName.has(parameter)) ||
      (byIdentity.has(parameter) && byType.get(type)?.conditionalCreate === true),
    conditionalCreate: (type) => byType.get(type)?.conditionalCreate === true,
  };
}

const resultParameters: ReadonlySet<string> = new Set(['_count', '_format', '_page']);

/** A server that creates under a condition searches by it, whether it lists the parameter or not. */
const byIdentity: ReadonlySet<string> = new Set(['identifier', '_tag']);

/** The same server with each of its types changed. */
export function withTypes(
  statement: CapabilityStatement,
  change: (resource: CapabilityStatementRestResource) => CapabilityStatementRestResource,
): CapabilityStatement {
  return { ...statement, rest: statement.rest?.map((rest) => ({ ...rest, resource: rest.resource?.map(change) })) };
}

/** The same server with these interactions on the whole system, and no others. */
export function withSystem(statement: CapabilityStatement, codes: readonly ('transaction' | 'batch')[]) {
  const interaction = codes.map((code) => ({ code }));
  return { ...statement, rest: statement.rest?.map((rest) => ({ ...rest, interaction })) } as CapabilityStatement;
}
