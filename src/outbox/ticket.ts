/**
 * "Destination D owes patient P a sync": one row a pair, whatever number of events asked for it.
 *
 * ## Idle
 * `done = wanted`, nothing due, not leased. Leaves when something is owed.
 *
 * ## Due
 * `due_at` is set; from that moment any worker may claim it. A moment in the future is a retry that backs off, or a
 * change that the passing of time brings (a bridge ends).
 *
 * ## Running
 * Leased: `lease_until`, `lease_owner`, and `lease_token`, which rises with each claim. `due_at` is null unless
 * something was owed since the claim. Every outcome is compared with the token, so a worker that lost its lease
 * changes nothing. Leaves by `complete` (idle or due), `retryLater` (due), `park` (parked), or when the lease ends:
 * then the next claim takes over, and `interrupted`, which is 1 from claim to outcome, tells it so.
 *
 * ## Parked
 * `parked = 1`, nothing due. Leaves when a human releases it or something new is owed: new input may be the cure.
 */
export interface TicketKey {
  readonly tenant: string;
  readonly destination: string;
  readonly patientId: string;
}

/** A ticket while this process runs it. */
export interface Ticket extends TicketKey {
  /** The revision that this run brings the destination to. */
  readonly wantedRevision: number;
  /** Fencing token of this claim. */
  readonly token: number;
  /** Database time. */
  readonly leaseUntilMs: number;
  /** Runs since the last success, this one included. */
  readonly attempts: number;
  /** An earlier run ended without an outcome: it may have written what nobody remembers. */
  readonly takeover: boolean;
}
