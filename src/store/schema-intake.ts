import type { Generated } from 'kysely';
import type { Environment } from './schema.ts';

/** What came in, and what a human must decide about it. The rest of the tables: schema.ts. */

/** What a human must decide. */
export interface ReviewItemTable {
  id: Generated<number>;
  tenant: string;
  environment: Environment;
  /** The same finding again is the same item. */
  dedupe_key: string;
  stage: 'intake' | 'ledger' | 'therapy' | 'mapping' | 'sync' | 'reading';
  code: string;
  severity: 'error' | 'warning' | 'information';
  /** 1: what it is about is held back; 0: a remark beside what was delivered. */
  held: number;
  patient_id: string | null;
  destination: string | null;
  source_system: string | null;
  event_id: string | null;
  /** The Problem, JSON. */
  problem: string;
  /**
   * Sealed: the input verbatim where no event could be made of it, so that nothing is lost; else what only a reviewer should
   * see. Null once its time is over.
   */
  payload: string | null;
  /** When the thing held happened, where known. */
  since: number | null;
  opened_at: number;
  closed_at: number | null;
  resolution: 'resolved' | 'dismissed' | null;
  /** How `payload` is to be read again; null: canonical JSON. */
  format: string | null;
  /** Name of the field map by which it was read. */
  source: string | null;
  /** The message that it came with. */
  receipt_id: string | null;
  /** Why it was dismissed, and by whom. */
  reason: string | null;
  decided_by: string | null;
}

/** What was decided about an item, each time. */
export interface ReviewDecisionTable {
  seq: Generated<number>;
  item_id: number;
  at: number;
  actor: string;
  action: 'retry' | 'dismiss' | 'map';
  outcome: string;
  reason: string | null;
}

/** What one person proposed to dismiss together, and another has to agree with. */
export interface DismissalProposalTable {
  id: Generated<number>;
  tenant: string;
  environment: Environment;
  /** JSON: which items. */
  filter: string;
  /** No item that came later. */
  up_to_id: number;
  count: number;
  reason: string;
  proposed_by: string;
  proposed_at: number;
  state: 'open' | 'confirmed' | 'withdrawn';
  decided_by: string | null;
  decided_at: number | null;
}

/** A whole as its sender sent it, and what became of it. Purged after the configured time; the ledger stays. */
export interface MessageTable {
  receipt_id: string;
  tenant: string;
  sender: string;
  format: string;
  source: string | null;
  /** How the sender names it; of one sender at one tenant each name is taken once. */
  message_id: string | null;
  content_hash: string;
  /** `waiting`: durable, and not read yet. */
  state: 'waiting' | 'done';
  /** Sealed. Null where every item of it is in the ledger: it is not needed any more. */
  body: string | null;
  /** JSON without PHI: counts, event ids, problems, what was not used. */
  receipt: string | null;
  received_at: number;
  done_at: number | null;
  /** How often its reading was begun while it waited. */
  attempts: Generated<number>;
  /** While it waits: nobody else reads it before, or tries it again. */
  lease_until: number | null;
}
