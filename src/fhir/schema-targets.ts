/** What a type in a snapshot leads to: the narrower datatype, or the resource types that a reference may name. */
import type { ElementDefinition, ElementDefinitionType } from '@medplum/fhirtypes';

/** What is known of other definitions while one is compiled. */
export interface Origins {
  /** The resource type that a profile constrains; undefined for a profile that is not at hand. */
  typeOfProfile(canonical: string): string | undefined;
  /** The row of R4 that a profile's row rests on, by its path. */
  baseRow(path: string): ElementDefinition | undefined;
}

/** Before the name of each type that R4 defines. */
export const coreDefinition = 'http://hl7.org/fhir/StructureDefinition/';

/** R4 narrows some datatypes by a profile of the datatype, as SimpleQuantity is one of Quantity. */
export function datatypeOf({ profile }: ElementDefinitionType): string | undefined {
  const core = profile?.find((url) => url.startsWith(coreDefinition));
  return core?.slice(coreDefinition.length);
}

/** `undefined` where a reference may lead to anything, and for what is no reference. */
export function targetsOf(
  type: ElementDefinitionType,
  row: ElementDefinition,
  origins: Origins,
): ReadonlySet<string> | undefined {
  const names = referred(type)?.map((url) => origins.typeOfProfile(url));
  // Where a profile names one that is not at hand, what R4 allows in its place is still true.
  const allowed = names?.includes(undefined) ? baseTargets(row, origins) : names;
  return !allowed || allowed.includes('Resource') ? undefined : new Set(allowed as string[]);
}

function baseTargets(row: ElementDefinition, origins: Origins): string[] | undefined {
  const base = origins.baseRow(row.base?.path ?? '')?.type?.find((it) => it.code === 'Reference');
  return base && referred(base)?.map((url) => url.slice(coreDefinition.length));
}

function referred({ code, targetProfile }: ElementDefinitionType): string[] | undefined {
  return code === 'Reference' ? targetProfile : undefined;
}
