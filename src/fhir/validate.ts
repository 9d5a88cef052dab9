/**
 * Whether a resource may leave: base R4, our profiles and those of US Core that it claims, with their invariants and
 * required bindings, the order of times and the units. A finding says where and which rule, never what the value was.
 */
import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';
import { type Definitions, definitions, isOurs, type Profile } from './definitions.ts';
import { claimedProfiles, claimsOf, isChecked } from './validate-claims.ts';
import { checkContained } from './validate-contained.ts';
import { checkStructure } from './validate-structure.ts';
import { checkTimesAndUnits } from './validate-values.ts';

export { loadDefinitions } from './definitions.ts';

export interface Finding {
  readonly code: 'structure' | 'profile' | 'invariant' | 'binding' | 'order' | 'unit';
  /** FHIRPath of the element, as far as the rule knows it. */
  readonly expression: string;
  /** The rule that is broken. An invariant begins with its key. Holds no value of the resource. */
  readonly message: string;
}

export interface ValidateOptions {
  /** `always`: a resource of a type that we have profiles for has to claim one of them. Default `never`. */
  readonly requireProfile?: 'always' | 'never';
}

/** Findings about one resource; none means that it is valid. Needs `loadDefinitions` to have been called. */
export function validate(resource: unknown, options: ValidateOptions = {}): Finding[] {
  return check(resource, options, new Map());
}

function check(resource: unknown, options: ValidateOptions, beside: ReadonlyMap<string, string>): Finding[] {
  const known = definitions();
  if (!isResource(resource)) return [finding('structure', '$this', 'This is not a resource')];
  const { resourceType } = resource;
  if (!known.resourceTypes.has(resourceType)) {
    return [finding('structure', '$this', 'This resource type is not among those that are known here')];
  }
  const ours = claimsOf(resource).flatMap(({ url }) => (isOurs(url) ? url : []));
  const profiles = claimedProfiles(resource, known);
  const isOfOurs = profiles.some(({ url }) => isOurs(url));
  return [
    ...checkClaims(resource, new Set(ours), profiles, options, known),
    ...checkStructure(resource, profiles, beside),
    ...checkContained(resource),
    ...checkTimesAndUnits(resource, isOfOurs ? 'times-and-units' : 'times'),
  ];
}

/**
 * Whether a resource is what a profile of US Core asks for, which it need not claim; what else it claims is not looked
 * at. False for a profile that is not at hand or is of another resource type.
 */
export function conformsToUsCore(resource: Resource, url: string): boolean {
  const profile = definitions().usCore.get(url);
  if (profile?.resourceType !== resource.resourceType) return false;
  return checkStructure(resource, [profile], new Map()).length === 0;
}

/**
 * Places of the profiles that a resource, or one in a Bundle, claims and that are not at hand: nothing was checked
 * against them.
 */
export function uncheckedClaims(resource: unknown): string[] {
  if (!isResource(resource)) return [];
  const unchecked = claimsOf(resource).filter((claim) => !isChecked(claim, resource, definitions()));
  return [
    ...unchecked.map(({ index }) => `${typeName(resource)}.meta.profile[${index}]`),
    ...entriesOf(resource).flatMap((entry, index) =>
      uncheckedClaims(entry?.resource).map((expression) => inEntry(index, entry.resource, expression)),
    ),
  ];
}

/** Findings about a Bundle and about each resource in it; expressions begin at the Bundle. */
export function validateBundle(bundle: Bundle, options: ValidateOptions = {}): Finding[] {
  const entries = entriesOf(bundle);
  const beside = typesByUrl(entries);
  const inEntries = entries.flatMap((entry, index) => {
    if (entry?.resource === undefined) return [];
    return check(entry.resource, options, beside).map((it) => ({
      ...it,
      expression: inEntry(index, entry.resource, it.expression),
    }));
  });
  return [...validate(shellOf(bundle, entries), { requireProfile: 'never' }), ...inEntries];
}

export function finding(code: Finding['code'], expression: string, message: string): Finding {
  return { code, expression, message };
}

type Claiming = Resource & { readonly resourceType: string };

function isResource(value: unknown): value is Claiming {
  return typeof value === 'object' && value !== null && typeof (value as Resource).resourceType === 'string';
}

function checkClaims(
  { resourceType }: Claiming,
  ours: ReadonlySet<string>,
  profiles: readonly Profile[],
  options: ValidateOptions,
  known: Definitions,
): Finding[] {
  const at = `${resourceType}.meta.profile`;
  const findings: Finding[] = [];
  if (ours.difference(known.profiles).size > 0)
    findings.push(finding('profile', at, 'A profile under our canonical is unknown'));
  if (profiles.some((it) => it.resourceType !== resourceType)) {
    findings.push(finding('profile', at, 'A profile that is claimed is for another resource type'));
  }
  if (options.requireProfile === 'always' && ours.size === 0 && known.profiledTypes.has(resourceType)) {
    findings.push(finding('profile', at, 'A resource of this type has to claim one of our profiles'));
  }
  return findings;
}

function entriesOf(resource: Resource): readonly BundleEntry[] {
  return resource.resourceType === 'Bundle' && Array.isArray(resource.entry) ? resource.entry : [];
}

function inEntry(index: number, resource: unknown, expression: string): string {
  return `Bundle.entry[${index}].resource.ofType(${typeName(resource)})${tail(expression)}`;
}

function typesByUrl(entries: readonly BundleEntry[]): ReadonlyMap<string, string> {
  return new Map(
    entries.flatMap((entry): [string, string][] =>
      typeof entry?.fullUrl === 'string' && isResource(entry.resource)
        ? [[entry.fullUrl, entry.resource.resourceType]]
        : [],
    ),
  );
}

/**
 * The Bundle with an empty resource in the place of each one, which is validated on its own. A document or message
 * keeps its resources, because rules of the Bundle look at the first.
 */
function shellOf(bundle: Bundle, entries: readonly BundleEntry[]): Bundle {
  if (bundle.type === 'document' || bundle.type === 'message' || entries.length === 0) return bundle;
  return {
    ...bundle,
    entry: entries.map((entry) => (entry?.resource ? { ...entry, resource: emptyResource } : entry)),
  };
}

const emptyResource: Resource = { resourceType: 'Parameters' };

function typeName(resource: unknown): string {
  return isResource(resource) && definitions().resourceTypes.has(resource.resourceType)
    ? resource.resourceType
    : 'Resource';
}

function tail(expression: string): string {
  const dot = expression.indexOf('.');
  return dot < 0 ? '' : expression.slice(dot);
}
