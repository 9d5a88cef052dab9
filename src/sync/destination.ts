import type { Environment } from '../store/schema.ts';

/** One hospital FHIR server that we keep in step. It belongs to a tenant and to one environment. */
export interface Destination {
  readonly tenant: string;
  readonly environment: Environment;
  readonly name: string;
  readonly fhirBaseUrl: string;
  /** Patient identifier systems it knows, by the system that our senders write. */
  readonly patientIdentifierSystems: Readonly<Record<string, string>>;
  /** POST keeps record numbers out of URLs; GET only where the server takes nothing else. */
  readonly patientSearch: 'post' | 'get';
  /** What we may do there. What no scope lets us write is not sent. Absent: everything. */
  readonly scopes?: readonly string[] | undefined;
  /** Entries of one transaction at most. */
  readonly maxEntries: number;
  readonly requestTimeoutMs: number;
  /** Patients brought into step at one time. */
  readonly concurrency: number;
}
