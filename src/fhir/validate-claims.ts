/** Which profiles a resource claims in `meta.profile`, and which of those are at hand. */
import type { Resource } from '@medplum/fhirtypes';
import { type Definitions, isOurs, type Profile } from './definitions.ts';
import { coreDefinition } from './schema-targets.ts';

/** One entry of `meta.profile`. */
export interface Claim {
  readonly url: string;
  /** What stands behind a bar. */
  readonly version: string | undefined;
  readonly index: number;
}

export function claimsOf(resource: Resource): Claim[] {
  const claims: unknown = resource.meta?.profile;
  if (!Array.isArray(claims)) return [];
  return claims.flatMap((claim, index) => {
    if (typeof claim !== 'string') return [];
    const [url = '', version] = claim.split('|');
    return [{ url, version, index }];
  });
}

/** The profiles at hand that a resource claims, each once. */
export function claimedProfiles(resource: Resource, known: Definitions): Profile[] {
  return [...new Set(claimsOf(resource).flatMap((claim) => profileOf(claim, known) ?? []))];
}

/** Whether there is something to check a claim against. A wrong claim of a profile of ours is a finding of its own. */
export function isChecked(claim: Claim, { resourceType }: Resource, known: Definitions): boolean {
  return isOurs(claim.url) || claim.url === `${coreDefinition}${resourceType}` || profileOf(claim, known) !== undefined;
}

/** Ours are of one version only. */
function profileOf({ url, version }: Claim, known: Definitions): Profile | undefined {
  const usCore = known.usCore.get(url);
  return usCore && isOfSameRules(usCore, version) ? usCore : known.profiles.get(url);
}

/**
 * Later versions of the implantable device ask for the same elements and codes as the one that is at hand. Those of
 * the other profiles do not (5.0.1 asks for the requester of a medication request, 6.1.0 no longer does), so a claim of
 * another version than the one at hand is left unchecked rather than checked against what it does not claim.
 */
const versionsOfSameRules: Readonly<Record<string, readonly string[]>> = {
  'http://hl7.org/fhir/us/core/StructureDefinition/us-core-implantable-device': ['6.1.0', '7.0.0', '8.0.0'],
};

function isOfSameRules(profile: Profile, version: string | undefined): boolean {
  if (version === undefined || version === profile.version) return true;
  return versionsOfSameRules[profile.url]?.includes(version) ?? false;
}
