import type { ResourceType } from '@medplum/fhirtypes';
import type { Problem } from '../event/problem.ts';
import type { Interaction, VendorMeaning } from './facts.ts';

/** What one destination can do, as its statement says and reviewed facts narrow it. What is not stated is not there. */
export interface DestinationCapabilities {
  readonly statement: {
    /** Of the parts that we read: a server that only changes its date does not change its hash. */
    readonly hash: string;
    /** Epoch milliseconds. */
    readonly fetchedAtMs: number;
    readonly software?: string | undefined;
    readonly fhirVersion: string;
  };
  readonly transaction: boolean;
  readonly batch: boolean;
  readonly maxEntries?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly ifMatch: 'required' | 'supported' | 'ignored';
  readonly requestsPerSecond?: number | undefined;
  readonly concurrency?: number | undefined;
  /** By code of `OperationOutcome.issue.details`. */
  readonly vendorCodes: Readonly<Record<string, VendorMeaning>>;
  readonly patientSearch?: 'post' | 'get' | undefined;
  readonly discrete: 'on' | 'off';
  readonly resources: ReadonlyMap<ResourceType, ResourceCapability>;
  /** Facts that would have widened the statement without saying why: they did not count. */
  readonly problems: readonly Problem[];
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
  /** How something is withdrawn there: by a status, or not at all. */
  readonly voidBy: 'update-status' | 'none';
}
