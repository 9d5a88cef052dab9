import type { RequestHandler } from 'express';
import type { Principal } from '../../auth/bearer.ts';
import type { Denial } from '../../auth/denial.ts';
import type { Role } from '../../auth/sign-in-person.ts';
import type { Environment } from '../../store/schema.ts';
import type { Store } from '../../store/store.ts';
import type { Reading } from '../read-model/reading.ts';
import type { BoardSettings } from './settings.ts';

/** What the board asks of the rest of the program. */
export interface BoardOptions {
  readonly store: Store;
  readonly reading: Reading;
  readonly settings: BoardSettings;
  /** Our address, without a slash at the end. */
  readonly publicUrl: string;
  /** System of the identifiers that we issue. */
  readonly identifierSystem: string;
  readonly signsIn: boolean;
  readonly now: () => Temporal.Instant;
  /** Lets people of this role through; leaves a `SignedIn` in `response.locals`. */
  readonly requirePerson: (role: Role) => RequestHandler;
  /** Who asks with a token. */
  readonly check: (authorization: string | undefined) => Promise<Principal | Denial>;
  /** Resolves when it is durable that somebody read; what is not written down is not answered. */
  readonly record: (look: BoardLook) => Promise<void>;
  /** What this browser is to see only, from now on. Names and numbers stay in its sealed session. */
  readonly remember: RequestHandler;
  /** Takes an event in as intake does. */
  readonly report: (tenant: string, event: object) => Promise<Reported>;
}

export type Reported =
  | { readonly outcome: 'accepted' | 'duplicate' }
  | { readonly outcome: 'refused'; readonly problems: readonly string[] };

export interface BoardLook {
  readonly tenant: string;
  readonly environment: Environment;
  readonly patients: readonly string[];
  readonly query: string;
  readonly status: number;
  readonly who: {
    readonly issuer: string;
    readonly subject: string;
    readonly clientId?: string;
    readonly tokenId?: string;
  };
  readonly requestId: string;
  readonly network?: string | undefined;
}
