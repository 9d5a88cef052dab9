/**
 * Whether a resource may leave: base R4, our profiles with their invariants, required bindings, the order of times and
 * the units. A finding says where and which rule, never what the value was.
 */
import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';
import { type Definitions, definitions, type Profile } from './definitions.ts';
import { canonicalBase } from './systems.ts';
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
  const known = definitions();
  if (!isResource(resource)) return [finding('structure', '$this', 'This is not a resource')];
  const { resourceType } = resource;
  if (!known.resourceTypes.has(resourceType)) {
    return [finding('structure', '$this', 'This resource type is not among those that are known here')];
  }
  const claims = claimedProfiles(resource);
  const profiles = claims.flatMap((url) => known.profiles.get(url) ?? []);
  return [
    ...checkClaims(resource, claims, profiles, options, known),
    ...checkStructure(resource, profiles),
    ...checkTimesAndUnits(resource, profiles.length > 0 ? 'times-and-units' : 'times'),
  ];
}

/** Findings about a Bundle and about each resource in it; expressions begin at the Bundle. */
export function validateBundle(bundle: Bundle, options: ValidateOptions = {}): Finding[] {
  const entries = Array.isArray(bundle.entry) ? bundle.entry : [];
  const inEntries = entries.flatMap((entry, index) => {
    if (entry?.resource === undefined) return [];
    return validate(entry.resource, options).map((it) => ({
      ...it,
      expression: `Bundle.entry[${index}].resource.ofType(${typeName(entry.resource)})${tail(it.expression)}`,
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

function claimedProfiles(resource: Resource): string[] {
  const claims: unknown = resource.meta?.profile;
  const ours = Array.isArray(claims) ? claims.filter((it) => typeof it === 'string' && isOurs(it)) : [];
  return [...new Set<string>(ours.map((url) => url.replace(/\|.*$/, '')))];
}

function isOurs(url: string): boolean {
  return url.startsWith(`${canonicalBase}/`);
}

function checkClaims(
  { resourceType }: Claiming,
  claims: readonly string[],
  profiles: readonly Profile[],
  options: ValidateOptions,
  known: Definitions,
): Finding[] {
  const at = `${resourceType}.meta.profile`;
  const findings: Finding[] = [];
  if (profiles.length < claims.length)
    findings.push(finding('profile', at, 'A profile under our canonical is unknown'));
  if (profiles.some((it) => it.resourceType !== resourceType)) {
    findings.push(finding('profile', at, 'A profile of ours is for another resource type'));
  }
  if (options.requireProfile === 'always' && claims.length === 0 && known.profiledTypes.has(resourceType)) {
    findings.push(finding('profile', at, 'A resource of this type has to claim one of our profiles'));
  }
  return findings;
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
