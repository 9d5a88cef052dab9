import { createHmac } from 'node:crypto';

/**
 * Keyed identities: the business identifier of everything we emit is an HMAC under the deployment key, written as a
 * UUID (version 8). Stable, opaque, not enumerable; the only value of ours that may stand in a URL.
 */

/** The key that `map` and the golden stories use. The service refuses it outside test. */
export const demoKey = 'itb-fhir-demo-key-published-never-use-for-patients';

export interface Identities {
  /** The identity of a natural key, as first issued where it was issued before. */
  identify(naturalKey: string): string;
  /** Natural keys asked for that had not been issued before, with the identity now given. */
  readonly fresh: ReadonlyMap<string, string>;
}

export interface IdentityScope {
  readonly key: string;
  readonly tenant: string;
  readonly environment: string;
}

/** `issued` holds identities stored before: a new deployment key changes only those that are not in it. */
export function keyedIdentities(scope: IdentityScope, issued: ReadonlyMap<string, string> = new Map()): Identities {
  const fresh = new Map<string, string>();
  return {
    fresh,
    identify(naturalKey) {
      const known = issued.get(naturalKey) ?? fresh.get(naturalKey);
      if (known) return known;
      const identity = keyedUuid(scope.key, [scope.tenant, scope.environment, naturalKey]);
      fresh.set(naturalKey, identity);
      return identity;
    },
  };
}

/** The `{patient}` of our URLs and of tokens for our API. */
export function patientIdentity(scope: IdentityScope, system: string, value: string): string {
  return keyedUuid(scope.key, [scope.tenant, scope.environment, 'patient', system, value]);
}

function keyedUuid(key: string, parts: readonly string[]): string {
  // JSON keeps the parts apart: ["a|b","c"] and ["a","b|c"] must not meet.
  const hash = createHmac('sha256', key).update(JSON.stringify(parts)).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
