import type { Watch } from './watch.ts';

/** Between the benchmark and the stub's process. */
export type ToStub =
  | { readonly kind: 'reset'; readonly latencyMs: number }
  | { readonly kind: 'die' }
  | { readonly kind: 'rise' }
  | { readonly kind: 'report' };

export type FromStub =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'ready' }
  | { readonly kind: 'seen'; readonly seen: Seen };

export interface Seen {
  readonly writes: number;
  readonly requests: number;
  /** Of these: searches for a patient, and transactions. What is neither is about the server as a whole, or one resource. */
  readonly matches: number;
  readonly transactions: number;
  /** Updates that named a version which is not the current one. After a kill they are how a lost answer is found. */
  readonly staleVersions: number;
  readonly identities: readonly string[];
  /** Those of them that are Provenance. */
  readonly origins: readonly string[];
  readonly violations: Watch['counts'];
}
