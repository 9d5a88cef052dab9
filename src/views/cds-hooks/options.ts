import type { CdsClient, CdsClientCheck } from '../../auth/cds-client.ts';
import type { Environment } from '../../store/schema.ts';
import type { Reader, Reading } from '../read-model/reading.ts';
import type { CardFeedback } from './feedback.ts';
import type { EhrServer } from './read-medication.ts';
import type { CardSettings } from './settings.ts';

/** An EHR that asks for cards. */
export interface CardClient extends CdsClient {
  readonly environment: Environment;
  /** The destination whose patient ids it speaks of. */
  readonly patientIdsOf: string;
  readonly ehr?: EhrServer | undefined;
}

/** What the services need of the process around them. */
export interface CardRouteOptions {
  readonly check: CdsClientCheck<CardClient>;
  /** Absolute addresses of a path at a tenant, without a slash at the end; `mounted`: the tenant in the path, if any. */
  readonly addressesOf: (tenant: string, mounted: string | undefined, path: string) => readonly string[];
  /** Of the path, where there is one of that name; at the root the only one. */
  readonly tenantAt: (mounted: string | undefined) => string | undefined;
  readonly reading: Pick<Reading, 'findThere' | 'statusAt'>;
  readonly settings: CardSettings;
  /** Where an EHR launches the pump page; undefined: there is none. */
  readonly launchUrl: string | undefined;
  /** Resolves when the row is durable; nothing is answered before. */
  readonly record: (access: CardAccess) => Promise<void>;
  readonly keep: (tenant: string, service: string, rows: readonly CardFeedback[]) => Promise<void>;
  /** Origins of EHRs whose pages call from a browser. */
  readonly allowOrigins: readonly string[];
  readonly now: () => Temporal.Instant;
}

/** One call as the audit keeps it. */
export interface CardAccess extends Reader {
  readonly interaction: 'operation';
  readonly operation: string;
  readonly patients?: readonly string[] | undefined;
  /** What each card was about, and its id, to which feedback refers. */
  readonly query?: string | undefined;
  readonly status: number;
  readonly who?: {
    readonly issuer: string;
    readonly subject: string;
    readonly clientId: string;
    readonly tokenId: string;
  };
  readonly requestId: string;
  readonly network?: string | undefined;
}
