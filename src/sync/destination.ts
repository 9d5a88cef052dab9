import type { Environment } from '../store/schema.ts';
import type { Fact } from './facts.ts';

/** One hospital FHIR server that we keep in step. It belongs to a tenant and to one environment. */
export interface Destination {
  readonly tenant: string;
  readonly environment: Environment;
  readonly name: string;
  readonly fhirBaseUrl: string;
  /** What is known of this kind of server: a file of mappings/destinations. Absent: its statement alone counts. */
  readonly preset?: string | undefined;
  /** What this site knows beside the preset, in the same form; it counts after the preset. */
  readonly facts?: readonly Fact[] | undefined;
  /** Patient identifier systems it knows, by the system that our senders write. */
  readonly patientIdentifierSystems: Readonly<Record<string, string>>;
  /** POST keeps record numbers out of URLs; GET only where the server takes nothing else. */
  readonly patientSearch: 'post' | 'get';
  /** Source systems that are its own: what they report is not written back to it. */
  readonly notFrom?: readonly string[] | undefined;
  /** What we may do there. What no scope lets us write is not sent. Absent: everything. */
  readonly scopes?: readonly string[] | undefined;
  /** Entries of one transaction at most. */
  readonly maxEntries: number;
  readonly requestTimeoutMs: number;
  /** Patients brought into step at one time. */
  readonly concurrency: number;
  /** How it takes what it cannot hold as it is. */
  readonly projection?: ProjectionSettings | undefined;
  /** Who wins where somebody changed our resource at the hospital. Default: a human decides. */
  readonly drift?: DriftPolicy | undefined;
}

export type DriftPolicy = 'ours' | 'theirs' | 'review';

export interface ProjectionSettings {
  /** Single Procedures and Observations where a server takes no Device: on only after the site tried it and says so. */
  readonly discrete?: { readonly evidence: string; readonly on: string } | undefined;
  /** A fill as guarded administration, or as the Procedure of the refill alone, for sites whose MAR counts every one. */
  readonly fills?: 'administration' | 'procedure' | undefined;
  /** Codes of the site's own flowsheet in place of ours. */
  readonly codeSubstitutions?: readonly CodeSubstitution[] | undefined;
  /** Adds a PDF beside the text of a document. */
  readonly pdf?: boolean | undefined;
  /** The hospital's interface engine: what FHIR cannot take goes there. */
  readonly hl7v2?: Hl7v2Settings | undefined;
}

export interface CodeSubstitution {
  readonly from: { readonly system: string; readonly code: string };
  readonly to: { readonly system: string; readonly code: string; readonly display?: string | undefined };
}

/** HL7 v2 names of both sides, and how the engine is reached. */
export interface Hl7v2Settings {
  readonly transport:
    | { readonly kind: 'http'; readonly url: string }
    | { readonly kind: 'mllp'; readonly host: string; readonly port: number; readonly tls: boolean };
  readonly sendingApplication: string;
  readonly sendingFacility: string;
  readonly receivingApplication: string;
  readonly receivingFacility: string;
  readonly version: '2.3' | '2.4' | '2.5' | '2.5.1' | '2.6' | '2.7' | '2.8';
  /** Assigning authority (PID-3.4) by the patient identifier system of the destination. */
  readonly assigningAuthorities: Readonly<Record<string, string>>;
}
