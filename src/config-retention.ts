import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * How long what senders sent is kept beside the ledger, and by which key it is sealed. The ledger itself is never purged:
 * it is the record. What is kept here only serves to mend what could not be used.
 */

const days = z.int().positive().max(3650);

export const retentionConfig = z.strictObject({
  /** After an item was closed its message is kept this long: a quarter, in which a wrong dismissal is noticed. */
  reviewDays: days.default(90),
  /**
   * An open item stays until somebody decides. But a message that nobody looked at in a year is data that is kept without
   * a purpose: the item then stays without it, and says so.
   */
  openReviewDays: days.default(365),
  /** Messages with their receipts: long enough for a sender to look up what became of a month's file. */
  messageDays: days.default(30),
  /** Secrets, one a line, the newest first: that one seals, all of them open. Absent: the deployment key seals. */
  keyFile: z.string().min(1).optional(),
});

export interface Retention {
  readonly reviewDays: number;
  readonly openReviewDays: number;
  readonly messageDays: number;
  readonly keys: readonly string[];
}

/** What the file says as the process uses it; a string: why it cannot be used, as a sentence for the operator. */
export function retentionOf(
  { keyFile, ...spans }: z.output<typeof retentionConfig>,
  at: (path: string) => string,
): Retention | string {
  if (keyFile === undefined) return { ...spans, keys: [] };
  const path = at(keyFile);
  if (!existsSync(path)) return `there is no retention.keyFile ${path}.`;
  const lines = readFileSync(path, 'utf8').split('\n');
  const keys = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (keys.length === 0) return `retention.keyFile ${path} holds no key. Make one: openssl rand -base64 32`;
  if (keys.some((key) => key.length < shortest)) return `a key in retention.keyFile ${path} has under 32 characters.`;
  return { ...spans, keys };
}

const shortest = 32;
