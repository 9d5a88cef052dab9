import type { Resource, ResourceType } from '@medplum/fhirtypes';
import type { Problem } from '../event/problem.ts';
import type { DestinationCapabilities } from './capability.ts';
import type { ProjectionSettings } from './destination.ts';
import type { PatientIdentifier } from './match-patient.ts';
import type { Link } from './plan.ts';
import type { Routes } from './routes.ts';

/** What tailoring takes and gives: from what every server should say to what this one can hold. */

/** One resource that every server should hold; references to others of ours are `urn:uuid:<identity>`. */
export interface Wanted {
  readonly identity: string;
  readonly resource: Resource;
  /** The event that makes it, as its place in the history: what one event makes or changes travels together. */
  readonly group: number;
  /** The later event that changed it, where one did. */
  readonly changedIn?: number | undefined;
}

/** One event as a reader of a chart knows it, for servers that cannot hold what it made. */
export interface EventReport {
  /** Its place in the history: the `group` of the resources that it made. */
  readonly group: number;
  /** Keyed, as that of a resource is. */
  readonly identity: string;
  /** The kind of event, e.g. `refill`. */
  readonly kind: string;
  /** FHIR dateTime as it was stated: a partial date stays partial. */
  readonly occurredAt: string;
  /** FHIR instant: when the source recorded it, else when we received it. */
  readonly recordedAt: string;
  /** Reports held back that may concern what it tells; said to its readers. */
  readonly held?: { readonly count: number; readonly since: string } | undefined;
}

/** How an item travels: to the FHIR server, to the interface engine, or to a list that a human works through. */
export type Channel = 'fhir' | 'hl7v2' | 'worklist';

/**
 * One thing as it should stand at a destination. What travels by HL7 v2 is a Binary with the message
 * (x-application/hl7-v2+er7), what a human enters is a Task: so each has an identity, a content and a link as a resource has.
 */
export interface Tailored {
  readonly identity: string;
  readonly resource: Resource;
  readonly contentHash: string;
  readonly group: number;
  readonly changedIn?: number | undefined;
  readonly channel: Channel;
  /** The destination cannot change it: what it holds stays, whether or not its content is known to us. */
  readonly frozen?: true | undefined;
}

/** What of a resource does not arrive at this destination as a resource of its own. */
export interface Loss {
  readonly identity: string;
  readonly resourceType: ResourceType;
  /** The element that is left out or changed; absent: the whole resource. */
  readonly element?: string | undefined;
  /** Where it is told instead, or why it is not, in a sentence. */
  readonly reason: string;
}

export interface TailorContext {
  readonly patientId: string;
  /** The destination's own Patient; undefined: it is not known there, and only a preview may ask. */
  readonly patientServerId: string | undefined;
  /** The patient's identifiers in the destination's systems: in bodies and messages only. */
  readonly patientIdentifiers: readonly PatientIdentifier[];
  readonly capabilities: DestinationCapabilities;
  readonly routes: Routes;
  readonly settings: ProjectionSettings;
  /** The identifier system of this deployment. */
  readonly identifierSystem: string;
  /** The EHR's own Device (`Device/<id>`) by the identity of ours, where UDI or serial number match. */
  readonly ownDevices: ReadonlyMap<string, string>;
  /** What the destination holds of ours: a document that says something else is replaced by a new one. */
  readonly links: ReadonlyMap<string, Link>;
}

export interface TailorResult {
  readonly items: readonly Tailored[];
  readonly losses: readonly Loss[];
  /** What a human has to do there, because the server cannot. */
  readonly problems: readonly Problem[];
}
