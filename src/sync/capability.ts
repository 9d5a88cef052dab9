import type { ResourceType } from '@medplum/fhirtypes';
import type { Problem } from '../event/problem.ts';
import { applyFacts } from './capability-facts.ts';
import { readStatement } from './capability-statement.ts';
import type { Fact, Interaction, VendorMeaning } from './facts.ts';

/** What one destination can do, as its statement says and reviewed facts narrow it. What is not stated is not there. */
export interface DestinationCapabilities extends ServerCapability {
  readonly statement: {
    /** Of the parts that we read: a server that only changes its date does not change its hash. */
    readonly hash: string;
    /** Epoch milliseconds. */
    readonly fetchedAtMs: number;
    readonly software?: string | undefined;
    readonly fhirVersion: string;
  };
  readonly resources: ReadonlyMap<ResourceType, ResourceCapability>;
  /** Facts that would have widened the statement without saying why: they did not count. */
  readonly problems: readonly Problem[];
}

export interface ServerCapability {
  readonly transaction: boolean;
  readonly batch: boolean;
  readonly maxEntries?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly ifMatch: 'required' | 'supported' | 'ignored';
  readonly requestsPerSecond?: number | undefined;
  readonly concurrency?: number | undefined;
  /** By code of `OperationOutcome.issue.details`. */
  readonly vendorCodes: Readonly<Record<string, VendorMeaning>>;
  /** Whether a search that names no patient is refused. */
  readonly searchNeedsPatient?: boolean | undefined;
  /** How long after a write a search may still not show it; absent: nobody knows. */
  readonly searchLagSeconds?: number | undefined;
  /** Whether single Procedures and Observations are taken as ours are: `off` until a fact says that somebody knows. */
  readonly discrete: 'on' | 'off';
}

export interface ResourceCapability {
  readonly interactions: ReadonlySet<Interaction>;
  readonly conditionalCreate: boolean;
  readonly conditionalUpdate: boolean;
  readonly updateCreate: boolean;
  readonly versioning: 'no-version' | 'versioned' | 'versioned-update';
  readonly searchParameters: ReadonlySet<string>;
  readonly profiles: readonly string[];
  /** Observation categories that are taken, as `system|code`; absent: any. */
  readonly categories?: readonly string[] | undefined;
  /** Top-level elements that are taken; absent: all. */
  readonly elements?: readonly string[] | undefined;
  readonly codingPolicy: 'any' | 'standard-only' | 'proprietary-only' | 'not-both';
  /** How something is withdrawn there: by a status, or not at all. Without update there is no way. */
  readonly voidBy: 'update-status' | 'none';
}

/**
 * Reads the body of GET /metadata and applies what is known beside it: the facts of the preset, then those of the site.
 * `fetchedAtMs`: epoch milliseconds. What is no R4 statement of a server is a problem `capability-missing`.
 */
export function parseCapabilities(
  statement: unknown,
  fetchedAtMs: number,
  facts: readonly Fact[],
): DestinationCapabilities | Problem {
  const stated = readStatement(statement);
  if ('remedy' in stated) return stated;
  const { hash, software, fhirVersion, server, resources } = stated;
  const effective = applyFacts(server, resources, facts);
  return {
    statement: { hash, fetchedAtMs, software, fhirVersion },
    ...effective.server,
    resources: effective.resources,
    problems: effective.problems,
  };
}
