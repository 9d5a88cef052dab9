import { randomBytes } from 'node:crypto';
import type { App } from '../app.ts';
import type { Problem } from '../event/problem.ts';
import { problem } from '../event/problem.ts';
import { type Acknowledgement, acknowledgements, type Hl7Outcome } from '../intake/hl7v2/ack.ts';
import { type Charset, charsetOf } from '../intake/hl7v2/charset.ts';
import { type Hl7Header, headerOf, headerOfNobody, isAcknowledgement, messageIdOf } from '../intake/hl7v2/header.ts';
import { type Hl7Read, readHl7v2Bytes } from '../intake/hl7v2/read.ts';
import type { MessageReceipt } from '../intake/message-receipt.ts';
import type { Receiving } from './receive.ts';
import type { Sender } from './senders.ts';

/** Bytes of one frame or one body, from a sender that is known. */
export interface Hl7Arrival {
  readonly bytes: Buffer;
  readonly sender: Sender;
  /** Character set of messages that name none. */
  readonly charset?: string | undefined;
  /** Name of the field map that its sender named. */
  readonly source?: string | undefined;
}

/** An acknowledgement with its bytes, in the character set of what it answers. */
export interface Answer extends Acknowledgement {
  readonly bytes: Buffer;
  /** Its name for HTTP. */
  readonly charset: string;
}

/**
 * Takes one message or a batch. Resolves when all of it is durable, with the answers that its sender asked for, in the order
 * of the messages. Throws where the store failed: then nothing is acknowledged.
 */
export async function takeHl7v2(app: App, receiving: Receiving, arrival: Hl7Arrival): Promise<readonly Answer[]> {
  const { bytes, sender, charset, source } = arrival;
  const maxMessages = app.config.intake.maxEvents;
  const context = { sources: app.sources, environment: sender.environment, charset, source, maxMessages };
  const reads = readHl7v2Bytes(bytes, context);
  const answers = await Promise.all(reads.map((read) => takeOne(app, receiving, sender, read)));
  return answers.flat();
}

async function takeOne(app: App, receiving: Receiving, sender: Sender, read: Hl7Read): Promise<readonly Answer[]> {
  if (read.header && isAcknowledgement(read.header)) return [];
  const outcome = outcomeOf(read, await receiptOf(receiving, sender, read));
  return answersTo(app, read.header ?? headerOfNobody, outcome, read.charset);
}

/**
 * A message that is known is answered as it was, unless something of it was refused: then it is read again, for what was in
 * its way may be mended. Another message under the same control id is read by what it says.
 */
async function receiptOf(receiving: Receiving, sender: Sender, read: Hl7Read): Promise<MessageReceipt> {
  const { text, items, unused, source } = read;
  const named = read.header && messageIdOf(read.header);
  const arrival = { sender, format: 'hl7v2' as const, text, source };
  const whole = { items, unused, source };
  const first = await receiving.receive({ ...arrival, read: whole, ...(named && { messageId: `hl7v2:${named}` }) });
  if (first.kind === 'done' && !(first.isKnown && first.receipt.refused > 0)) return first.receipt;
  const remarked = items.map((item) =>
    first.kind === 'reused' && 'event' in item ? { ...item, remarks: [...(item.remarks ?? []), reused] } : item,
  );
  const again = await receiving.receive({ ...arrival, read: { ...whole, items: remarked } });
  if (again.kind !== 'done') throw new Error(`an HL7 message was left ${again.kind}`);
  return again.receipt;
}

const reused = problem(
  'control-id-reused',
  'another message came under this control id before',
  { segment: 'MSH[1]', field: 'MSH-10.1' },
  'warning',
);

function outcomeOf({ verdict }: Hl7Read, receipt: MessageReceipt): Hl7Outcome {
  const refused = receipt.events.filter(({ outcome }) => outcome === 'refused');
  const problems = refused.flatMap((event) => event.problems);
  if (verdict === 'rejected') return { verdict, problems };
  return { verdict: refused.length > 0 ? 'error' : 'accepted', problems };
}

/** To a frame that is longer than the limit; nothing of it was kept. */
export function answersToTooLong(app: App, start: Buffer): readonly Answer[] {
  const header = headerOf(start.toString('latin1')) ?? headerOfNobody;
  const tooLong: Problem = problem('body-too-large', 'the message is longer than the limit');
  return answersTo(app, header, { verdict: 'error', problems: [tooLong] }, undefined);
}

function answersTo(app: App, header: Hl7Header, outcome: Hl7Outcome, charset: Charset | undefined): Answer[] {
  const encoding = charset ?? charsetOf(header.charset);
  const stamp = () => ({ controlId: freshControlId(), at: app.now() });
  return acknowledgements(header, outcome, stamp, app.config.hl7v2.acknowledge).map((one) => ({
    ...one,
    bytes: encoding.encode(one.text),
    charset: encoding.mimeName,
  }));
}

/** Twenty characters: the longest that HL7 before 2.7 takes. */
const freshControlId = (): string => randomBytes(10).toString('hex');
