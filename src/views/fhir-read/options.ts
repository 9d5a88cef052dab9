import type { Principal } from '../../auth/bearer.ts';
import type { Denial } from '../../auth/denial.ts';
import type { SmartDocument } from '../../auth/smart-configuration.ts';
import type { Db } from '../../store/store.ts';
import type { Reader, Reading } from '../read-model/reading.ts';
import type { PumpStatusOperation } from './pump-status.ts';

/** What the FHIR API of one tenant needs of the process around it. */
export interface FhirReadOptions {
  readonly tenant: string;
  /** Absolute URL of this FHIR base, without a slash at its end. Links and references go by it. */
  readonly base: string;
  /** Who asks, by the Authorization header; tokens of other tenants are denied. */
  readonly check: (authorization: string | undefined) => Promise<Principal | Denial>;
  readonly reading: Reading;
  readonly db: Db;
  /** Resolves when the row is durable; nothing is answered before. */
  readonly record: (access: AccessRow) => Promise<void>;
  /** The SMART document of the tenant, as it is now; undefined: nothing true can be said in it. */
  readonly smartConfiguration: () => Promise<SmartDocument | undefined>;
  readonly statement: StatementFacts;
  readonly pumpStatus: PumpStatusOperation;
  /** Secret of the deployment, from which the key of page links is derived. */
  readonly pageKey: string;
  /** Origins of browser apps that may call; the service's own needs no mention. */
  readonly allowOrigins: readonly string[];
  readonly now: () => Temporal.Instant;
}

/** What the CapabilityStatement says beside what is served. */
export interface StatementFacts {
  readonly softwareVersion: string;
  /** When this process began to serve what it states. */
  readonly date: string;
}

/** One request as the audit keeps it. */
export interface AccessRow extends Reader {
  readonly interaction: 'read' | 'vread' | 'history' | 'search' | 'operation';
  readonly resourceType?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly operation?: string | undefined;
  readonly patients?: readonly string[] | undefined;
  readonly query?: string | undefined;
  readonly status: number;
  readonly who?: Principal | undefined;
  readonly requestId: string;
  readonly network?: string | undefined;
}
