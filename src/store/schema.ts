import type { Generated } from 'kysely';
import type { DismissalProposalTable, MessageTable, ReviewDecisionTable, ReviewItemTable } from './schema-intake.ts';

/**
 * The tables. Instants are epoch milliseconds, content is JSON text that SQL never looks into (so that it can be
 * encrypted per patient later), and every row carries its tenant.
 */
export interface Database {
  deployment: DeploymentTable;
  population: PopulationTable;
  patient: PatientTable;
  patient_identifier: PatientIdentifierTable;
  event: EventTable;
  issued_identity: IssuedIdentityTable;
  ticket: TicketTable;
  link: LinkTable;
  patient_match: PatientMatchTable;
  destination_state: DestinationStateTable;
  device_match: DeviceMatchTable;
  review_item: ReviewItemTable;
  review_decision: ReviewDecisionTable;
  dismissal_proposal: DismissalProposalTable;
  audit: AuditTable;
  reading: ReadingTable;
  resource: ResourceTable;
  resource_version: ResourceVersionTable;
  resource_value: ResourceValueTable;
  board_note: BoardNoteTable;
  card_feedback: CardFeedbackTable;
  ended_session: EndedSessionTable;
  used_token: UsedTokenTable;
  message: MessageTable;
}

export type Environment = 'live' | 'test';

/** Facts of this deployment that are made once: its id, its schema. */
export interface DeploymentTable {
  name: string;
  value: string;
}

/**
 * Everyone at one tenant in one environment: the row that appends lock. Plain events share the lock; an event that
 * amends or merges takes it alone, because it may connect patients that no other lock has in common.
 */
export interface PopulationTable {
  tenant: string;
  environment: Environment;
}

/** One person at one tenant, in one environment. `revision` rises with every event that may change the therapy. */
export interface PatientTable {
  tenant: string;
  environment: Environment;
  /** Keyed id: the `{patient}` of our URLs. */
  id: string;
  /** The last survivor while merges stand (chains are followed when it is written); null: this one survives. */
  merged_into: string | null;
  revision: number;
  created_at: number;
}

/** Aliases: every identifier by which senders name the patient. */
export interface PatientIdentifierTable {
  tenant: string;
  environment: Environment;
  system: string;
  value: string;
  patient_id: string;
}

/** The ledger: append-only. */
export interface EventTable {
  /** Order of receipt. */
  seq: Generated<number>;
  tenant: string;
  environment: Environment;
  source_system: string;
  event_id: string;
  type: string;
  /** Whom it is about: of a correction, the patient of the restated event; of a merge, the survivor. */
  patient_id: string;
  /** The patient that a merge ends. */
  merged_patient_id: string | null;
  /** The event id (same source system) that a correction replaces, a void withdraws or an unmerge undoes. */
  target_event_id: string | null;
  /** Hash of the clinical fields: the same hash again is a duplicate, another hash is a conflict. */
  content_hash: string;
  schema_version: number;
  received_at: number;
  /** The event as sent, verbatim JSON. */
  payload: string;
}

/** Keyed identities as first issued: a new deployment key affects only identities that are not in here. */
export interface IssuedIdentityTable {
  tenant: string;
  environment: Environment;
  /** What the identity stands for, e.g. `event|<system>|<root event id>|infusion|0`. */
  natural_key: string;
  identity: string;
  patient_id: string;
}

/** "Destination D owes patient P a sync." One row a pair, collapsed. See outbox/ticket.ts for the states. */
export interface TicketTable {
  tenant: string;
  destination: string;
  patient_id: string;
  wanted_revision: number;
  done_revision: number;
  /** When to run next; null: not before something new is owed, or the lease of the present run ends. */
  due_at: number | null;
  /** 1 while parked: a human or new input has to release it. */
  parked: number;
  attempts: number;
  lease_until: number | null;
  /** Fencing token: rises with each claim; every write of a run carries it. */
  lease_token: number;
  lease_owner: string | null;
  /** 1 from claim to outcome: a claim that finds it set takes over an interrupted run. */
  interrupted: number;
  last_problem: string | null;
  updated_at: number;
}

/** What a destination holds of ours. */
export interface LinkTable {
  tenant: string;
  destination: string;
  identity: string;
  patient_id: string;
  resource_type: string;
  server_id: string;
  version_id: string | null;
  /** Hash of what was last written; null when the server's content is not known to be ours. */
  content_hash: string | null;
  /**
   * `contested`: changed there by somebody else, until a human decides. The others have no server id yet. `pending`: we
   * were about to create it, and never learned whether that happened. `queued`: it was taken, and not seen since.
   * `unresolved`: nobody can tell whether it is there. `left`: a human said to leave it so.
   */
  state: 'live' | 'voided' | 'contested' | 'pending' | 'queued' | 'unresolved' | 'left';
  mapping_version: string;
  /**
   * The resource as last confirmed, JSON: what a void restates with `entered-in-error`. An array: that, and what was
   * sent since without an answer. Without a server id: only what was sent.
   */
  content: string;
  /** Top-level elements that the hospital put beside ours, JSON: every update carries them along. */
  theirs: string | null;
  updated_at: number;
}

/** Which Patient of a destination is our patient. */
export interface PatientMatchTable {
  tenant: string;
  destination: string;
  patient_id: string;
  server_id: string;
  matched_at: number;
}

/** What is known of a destination between runs, for all processes that share the store. */
export interface DestinationStateTable {
  tenant: string;
  destination: string;
  /** Its CapabilityStatement as last fetched, JSON, and the hash of the parts that we read. */
  statement: string | null;
  statement_hash: string | null;
  fetched_at: number | null;
  /** Nothing is sent before; null: it is not paused. */
  paused_until: number | null;
  pause_reason: string | null;
  /** The mapping that an operator released for it; null: none yet, the first one counts as released. */
  released_mapping_version: string | null;
  last_answer_at: number | null;
  /** Problem of the last request that did not succeed, JSON. */
  last_problem: string | null;
  last_problem_at: number | null;
}

/** Which Device of a destination is the one that we call by our identity, where it keeps its own. */
export interface DeviceMatchTable {
  tenant: string;
  destination: string;
  identity: string;
  patient_id: string;
  server_id: string;
  matched_at: number;
}

export interface AuditTable {
  seq: Generated<number>;
  tenant: string;
  at: number;
  action: string;
  actor: string;
  outcome: string;
  /** JSON without PHI beyond keyed ids. */
  detail: string;
}

/** A patient's therapy as last computed for readers. Behind the ledger where a revision is lower than the patient's. */
export interface ReadingTable {
  tenant: string;
  environment: Environment;
  patient_id: string;
  /** Revision that `facts` and `status_text` tell; null: never computed. */
  status_revision: number | null;
  /** The facts hold for instants from this one on … */
  status_from: number | null;
  /** … until here, when the same reports mean something else (a bridge ends); null: for ever. */
  status_until: number | null;
  /** From what that of pump status is told which moves with the asked instant, JSON. */
  facts: string | null;
  /** All else of it, as the JSON text that is sent, in pieces that U+001F parts. It stands in no JSON text. */
  status_text: string | null;
  /** By calculation: the day by which the first pump is due for its refill. ISO date. */
  due_on: string | null;
  /** Day of the low reservoir alarm, as reported or else calculated. ISO date. */
  alarm_on: string | null;
  /** Last refill reported. ISO date, as precise as it was reported. */
  refilled_on: string | null;
  /** Whether that day is the programmer's own or calculated; null: there is none. */
  due_method: 'reported' | 'calculated' | null;
  alarm_method: 'reported' | 'calculated' | null;
  /** JSON: what kind of place the last refill reported happened at, and its name; null: not reported. */
  refilled_where: string | null;
  /** 1: a pump is implanted and looked after here; 0: none is; null: never computed. */
  has_pump: number | null;
  /** When the last report of this patient happened. */
  heard_at: number | null;
  /** Revision that the rows of `resource` tell; null: never computed. */
  resources_revision: number | null;
  /**
   * From when on they are to be made again: an append sets it to the moment of the news, a projection to when the same
   * reports mean something else; null: not before there is news. So what is behind is found by one index, oldest first.
   */
  resources_until: number | null;
  /** The instant that the projection told the therapy at. */
  projected_at: number | null;
  /** The newest match at a destination that the Patient tells of; null: none. */
  matched_at: number | null;
  /** Fingerprint of code, tables and settings that made it; another one makes it again. */
  made_by: string | null;
}

/** The resources that the read API serves, current version. `id` is the identity of the resource. */
export interface ResourceTable {
  /** Order of first appearance: what paging goes by. */
  seq: Generated<number>;
  tenant: string;
  environment: Environment;
  type: string;
  id: string;
  patient_id: string;
  version: number;
  last_updated: number;
  /** The span that the clinical date of the resource can mean; null: it has none. An open end is null in `date_to`. */
  date_from: number | null;
  date_to: number | null;
  /** `withdrawn`: says of itself that it was entered in error. `deleted`: R4 gives the type no way to say so. */
  state: 'live' | 'withdrawn' | 'deleted';
  /** Of what is served but version and time: what is the same stays the same version. */
  content_hash: string;
  /** Of what it is found by. Search parameters may be added without a new version of anything. */
  found_hash: string;
  /** The resource as served, with id and meta, JSON. */
  content: string;
}

/** What a resource was before its current version. */
export interface ResourceVersionTable {
  tenant: string;
  environment: Environment;
  type: string;
  id: string;
  version: number;
  /** Whose it was then. */
  patient_id: string;
  last_updated: number;
  state: 'live' | 'withdrawn' | 'deleted';
  content: string;
}

/** Values by which resources are searched: tokens, references, texts. */
export interface ResourceValueTable {
  tenant: string;
  environment: Environment;
  type: string;
  parameter: string;
  /** A code, an id, a text without case and accents. */
  value: string;
  /** System of the code, type of the referenced resource, a text as the resource has it; '' where there is none. */
  system: string;
  seq: number;
}

/** What a clinic notes beside a patient on its refill board. No clinical fact: those are reported as events. */
export interface BoardNoteTable {
  tenant: string;
  environment: Environment;
  patient_id: string;
  owner: string | null;
  note: string | null;
  /** ISO date. */
  booked_for: string | null;
  /** Rises with each change: two people never overwrite each other unseen. */
  version: number;
  changed_by: string;
  changed_at: number;
}

/** What became of a card (CDS Hooks 2.0 "Feedback"). */
export interface CardFeedbackTable {
  tenant: string;
  service: string;
  card: string;
  outcome: string;
  /** JSON; null: none given. */
  reasons: string | null;
  /** As the EHR wrote it. */
  at: string;
  received_at: number;
}

/** A session that its person ended: what is left of its cookie opens nothing. */
export interface EndedSessionTable {
  tenant: string;
  id: string;
  /** After this time the cookie has no value by itself, and the row none either. */
  until: number;
}

/** What may be used a limited number of times (the assertion of a client, an id_token), until it counts no more. */
export interface UsedTokenTable {
  /** Hash of what is used. */
  digest: string;
  uses: number;
  until: number;
}
