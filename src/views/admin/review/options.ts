import type { Request, RequestHandler, Response } from 'express';
import type { Role } from '../../../auth/sign-in-person.ts';
import type { Problem } from '../../../event/problem.ts';
import type { Environment } from '../../../store/schema.ts';
import type { ReviewQuestion } from './question.ts';

/** What the review pages ask of the rest of the program. */
export interface ReviewOptions {
  readonly signsIn: boolean;
  readonly now: () => Temporal.Instant;
  /** Lets people of this role through; leaves a `SignedIn` in `response.locals`. */
  readonly requirePerson: (role: Role) => RequestHandler;
  /** Resolves when it is durable that somebody saw this. */
  readonly record: (look: ReviewLook) => Promise<void>;
  /** Keeps a text in the sealed session of this browser. */
  readonly remember: (request: Request, response: Response, name: Remembered, text: string) => Promise<void>;
  readonly kept: { readonly reviewDays: number; readonly openReviewDays: number; readonly messageDays: number };
  readonly list: (clinic: Clinic, question: ReviewQuestion, limit: number) => Promise<ReviewList>;
  readonly item: (clinic: Clinic, id: number) => Promise<ReviewLine | undefined>;
  readonly history: (id: number) => Promise<readonly DecisionLine[]>;
  /** What of it only those see who work with it. */
  readonly inside: (clinic: Clinic, id: number) => Promise<Inside>;
  readonly retry: (asker: Asker, id: number) => Promise<Said>;
  readonly retryAll: (asker: Asker, question: ReviewQuestion) => Promise<Said>;
  readonly dismiss: (asker: Asker, id: number, reason: string) => Promise<Said>;
  readonly addCode: (asker: Asker, id: number, row: CodeRow) => Promise<Said>;
  readonly proposals: (clinic: Clinic) => Promise<readonly Proposal[]>;
  readonly propose: (asker: Asker, question: ReviewQuestion, reason: string) => Promise<Said>;
  readonly decideProposal: (asker: Asker, id: number, answer: 'confirm' | 'withdraw') => Promise<Said>;
  readonly purge: (asker: Asker) => Promise<Said>;
}

export type Remembered = 'reviewWords' | 'reviewSaid';

export interface Clinic {
  readonly tenant: string;
  readonly environment: Environment;
}

/** A person, as decisions name them. */
export interface Asker extends Clinic {
  readonly actor: string;
}

/** One sentence for whoever decided. */
export interface Said {
  readonly says: string;
}

/** One item, without what was sent. */
export interface ReviewLine {
  readonly id: number;
  readonly stage: string;
  readonly effect: 'held' | 'remark';
  readonly problem: Problem;
  readonly patientId?: string | undefined;
  readonly destination?: string | undefined;
  readonly sourceSystem?: string | undefined;
  /** Name of the field map. */
  readonly source?: string | undefined;
  readonly format?: string | undefined;
  readonly eventId?: string | undefined;
  readonly receiptId?: string | undefined;
  readonly openedAtMs: number;
  readonly closedAtMs: number | null;
  readonly resolution: 'resolved' | 'dismissed' | null;
  readonly decidedBy?: string | undefined;
  readonly reason?: string | undefined;
}

export interface ReviewList {
  readonly lines: readonly ReviewLine[];
  /** Of everything that the question narrows to, but for its code. */
  readonly codes: readonly { readonly code: string; readonly count: number }[];
  /** Continues after this item. */
  readonly next: number | undefined;
}

export interface DecisionLine {
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly outcome: string;
  readonly reason?: string | undefined;
}

export interface Inside {
  /** As it was sent; undefined: it is not kept, and `says` why. */
  readonly text?: string | undefined;
  readonly says?: string | undefined;
  readonly format?: string | undefined;
  /** What is wrong with it when it is read now: all of it, not only the first. */
  readonly problems: readonly Problem[];
  /** For reviewers only: what was calculated and never sent. JSON. */
  readonly forReviewers?: string | undefined;
  readonly mappable: readonly MappableCode[];
  /** Other items of the same message. */
  readonly beside: readonly ReviewLine[];
}

export interface MappableCode {
  readonly conceptMap: string;
  readonly system: string;
  readonly code: string;
  readonly display?: string | undefined;
  readonly targets: readonly Target[];
  readonly nearest: readonly Target[];
}

export interface Target {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

export interface CodeRow {
  /** Which of the codes that the item waits for. */
  readonly of: number;
  /** As the form showed it: once one of them is in the table, the others move up. */
  readonly code: string;
  readonly target: { readonly system: string; readonly code: string };
  readonly equivalence: 'equivalent' | 'wider';
  readonly reason: string;
}

export interface Proposal {
  readonly id: number;
  readonly question: ReviewQuestion;
  readonly count: number;
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAtMs: number;
}

export interface ReviewLook extends Clinic {
  readonly who: { readonly issuer: string; readonly subject: string };
  /** `review`: problems only. `review-message`: what was sent, too. */
  readonly operation: 'review' | 'review-message';
  readonly patients: readonly string[];
  readonly query: string;
  readonly status: number;
  readonly requestId: string;
  readonly network?: string | undefined;
}
