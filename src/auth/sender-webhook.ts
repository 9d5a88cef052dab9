import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Denial, DenialReason } from './denial.ts';

/** Whose secrets are those of a sender: the newest first, and the one before it while it is being replaced. */
export interface WebhookSecrets<Sender> {
  readonly sender: Sender;
  readonly secrets: readonly Buffer[];
}

export interface Signed<Sender> {
  readonly sender: Sender;
  /** `webhook-id`: the same for each attempt to deliver the same. */
  readonly id: string;
}

/** As far from our clock as a message may say that it was sent. */
const toleranceSeconds = 300;

export const isSigned = (headers: IncomingHttpHeaders): boolean => headers['webhook-signature'] !== undefined;

/**
 * Who sends, by the signature of the body (Standard Webhooks 1.0.0, `v1`: HMAC-SHA256 over id, time and the bytes as
 * sent). Any of the secrets may have signed, and any of the signatures may be ours. Each comparison takes as long
 * whatever is compared.
 */
export function senderOfWebhook<Sender>(
  headers: IncomingHttpHeaders,
  body: Buffer,
  known: readonly WebhookSecrets<Sender>[],
  now: Temporal.Instant,
): Signed<Sender> | Denial {
  const { 'webhook-id': id, 'webhook-timestamp': sentAt, 'webhook-signature': signature } = headers;
  if (!isVisible(id) || typeof sentAt !== 'string' || !/^\d{1,12}$/.test(sentAt)) return refused('webhook-malformed');
  if (Math.abs(now.epochMilliseconds / 1000 - Number(sentAt)) > toleranceSeconds) return refused('webhook-stale');
  const signed = Buffer.concat([Buffer.from(`${id}.${sentAt}.`), body]);
  const given = signaturesIn(String(signature));
  let found: Sender | undefined;
  for (const { sender, secrets } of known) {
    for (const secret of secrets) {
      const right = createHmac('sha256', secret).update(signed).digest();
      if (given.some((one) => one.length === right.length && timingSafeEqual(one, right))) found ??= sender;
    }
  }
  return found === undefined ? refused('signature-wrong') : { sender: found, id };
}

/** A sender that replaces its secret signs with both, one beside the other. */
const signaturesIn = (header: string): Buffer[] =>
  header
    .split(' ')
    .slice(0, mostSignatures)
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice('v1,'.length), 'base64'));

const mostSignatures = 10;

const isVisible = (id: unknown): id is string => typeof id === 'string' && /^[\x21-\x7e]{1,200}$/.test(id);

const refused = (reason: DenialReason): Denial => ({
  ...{ status: 401, description: 'The signature of the webhook is not valid.', reason },
});
