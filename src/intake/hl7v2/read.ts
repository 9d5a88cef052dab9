import { type Problem, problem } from '../../event/problem.ts';
import type { Item, Unusable, Unused, Usable } from '../item.ts';
import type { RecordContext } from '../source/context.ts';
import type { Sources } from '../source/load.ts';
import { mapRecord } from '../source/map-record.ts';
import { recordOf } from '../source/record.ts';
import { type BatchedMessage, batchIn } from './batch.ts';
import { bytesAsText, type Charset, charsetOf, decodeMessage, keptBytesIn } from './charset.ts';
import { doubtsAbout, type Hl7Header, headerOf, processingOf, rejection, usedOfHeader } from './header.ts';
import { divide, type Hl7Tree } from './message.ts';
import { observationDoubts } from './observations.ts';
import { standingOf, usedOfStanding } from './standing.ts';

export interface Hl7Context {
  readonly sources: Sources;
  /** What the configuration says of a sender: whatever it sends is a test there. */
  readonly environment?: 'live' | 'test' | undefined;
  /** Character set of messages that name none. */
  readonly charset?: string | undefined;
  /** The field map to read by, where it is stated and not found by the message's own header. */
  readonly source?: string | undefined;
  /** For maps that leave the name of the source to who sends or imports. */
  readonly sourceSystem?: string | undefined;
  /** Of one body or frame. Where there are more, none of them is read; left out: any number. */
  readonly maxMessages?: number | undefined;
  /** Told of every value and what became of it. */
  readonly observe?: RecordContext['observe'];
}

/** What one message says. */
export interface Hl7Read {
  /** Undefined: it is no HL7 v2, and can be answered only in general terms. */
  readonly header?: Hl7Header | undefined;
  /** As sent, decoded. */
  readonly text: string;
  readonly items: readonly Item[];
  readonly unused: readonly Unused[];
  /** Name of the field map. */
  readonly source?: string | undefined;
  /** The set that its bytes were read in, and its answer is written in. Undefined: it came as text. */
  readonly charset?: Charset | undefined;
  /** `rejected`: its type or version is not read here. It is kept for review all the same. */
  readonly verdict: 'usable' | 'rejected';
}

/** Every message in a text: one, several one after another, or a batch. What is wrong with the batch itself stands first. */
export function readHl7v2(text: string, context: Hl7Context): Hl7Read[] {
  const bytes = keptBytesIn(text);
  if (bytes) return readHl7v2Bytes(bytes, context);
  const { messages, problems } = batchIn(text);
  if (messages.length > (context.maxMessages ?? Number.POSITIVE_INFINITY)) {
    const tooMany = problem('too-many-events', `more than ${context.maxMessages} messages at once`);
    return [withoutMessage(text, [tooMany])];
  }
  const ofBatch = problems.filter(({ code }) => code !== 'batch-incomplete' || messages.length === 0);
  return [
    ...(ofBatch.length > 0 ? [withoutMessage(text, ofBatch)] : []),
    ...messages.map((message) => readMessage(message, context)),
  ];
}

/** The same, decoded strictly by the character set that the first message names. */
export function readHl7v2Bytes(bytes: Uint8Array, context: Hl7Context): Hl7Read[] {
  const decoded = decodeMessage(bytes, context.charset);
  if ('text' in decoded) {
    const { text, charset } = decoded;
    return readHl7v2(text, { ...context, charset: charset.name }).map((read) => ({ ...read, charset }));
  }
  const text = bytesAsText(bytes);
  const header = headerOf(Buffer.from(bytes).toString('latin1'));
  return [{ ...refused(text, [decoded.problem]), header }];
}

function readMessage({ text, cutOff }: BatchedMessage, context: Hl7Context): Hl7Read {
  const header = headerOf(text);
  const charset = context.charset ?? header?.charset ?? '';
  const decodeBytes = (bytes: Uint8Array) => charsetOf(charset).decode(bytes);
  const tree = divide(text, decodeBytes);
  if (cutOff) return { ...refused(text, [cutOff]), header };
  if (!header || 'problem' in tree) return { ...refused(text, 'problem' in tree ? [tree.problem] : []), header };
  const rejected = rejection(header);
  if (rejected) return { ...refused(text, [rejected]), header, verdict: 'rejected' };
  return { header, text, verdict: 'usable', ...mapped(text, header, tree, context) };
}

type Mapped = Pick<Hl7Read, 'items' | 'unused' | 'source'>;

function mapped(text: string, header: Hl7Header, { leaves, segments }: Hl7Tree, context: Hl7Context): Mapped {
  const processing = processingOf(header);
  const test = context.environment === 'test' || ('test' in processing && processing.test);
  const doubts = doubtsAbout(leaves);
  const observed = observationDoubts(leaves, segments);
  const map = mapFor(header, context);
  const problems = [
    ...('problem' in processing ? [processing.problem] : []),
    ...(header.controlId === '' ? [controlIdMissing] : []),
    ...doubts.problems,
    ...observed.problems,
    ...(map ? [] : [mapMissing]),
  ];
  if (!map || problems.length > 0) return { ...refused(text, problems, test), source: map?.map.name };
  const { items, unused } = mapRecord(map, recordOf(leaves), {
    ...{ format: 'hl7v2' as const, payload: text, place: {}, test, sourceSystem: context.sourceSystem },
    ...{ used, standing: standingOf, observe: context.observe },
  });
  if (isTooMuchToKeep(items, text)) return { ...refused(text, [tooManyRefused], test), source: map.map.name };
  const remarks = [...doubts.remarks, ...observed.remarks];
  const checked = items.map((item) => withRemarks(isMergeOfItself(item) ? notTwo(item) : item, remarks));
  return { items: checked, unused, source: map.map.name };
}

function mapFor(header: Hl7Header, { sources, source }: Hl7Context) {
  if (source !== undefined) return sources.named(source);
  const { type, trigger, version, profiles, separators } = header;
  const first = (field: string) => field.split(separators.component)[0];
  return sources.forHl7({
    ...{ type: `${type}^${trigger}`, version, profiles },
    ...{ sendingApplication: first(header.sendingApplication), sendingFacility: first(header.sendingFacility) },
  });
}

const used = [...usedOfHeader, ...usedOfStanding];

const controlIdMissing = problem('field-missing', 'MSH-10 is required', { segment: 'MSH[1]', field: 'MSH-10.1' });

const mapMissing = problem('source-map-missing', 'no field map reads messages of this type from this sender', {
  segment: 'MSH[1]',
  field: 'MSH-3.1',
});

/** Each refused group is kept with its whole message: thousands of them would fill the store with copies of it. */
const isTooMuchToKeep = (items: readonly Item[], text: string): boolean =>
  items.filter((item) => 'problems' in item).length * text.length > mostKeptChars;

const mostKeptChars = 50_000_000;

const tooManyRefused = problem(
  'too-many-events',
  'too many groups of the message are refused: nothing of it was taken',
  {
    segment: 'OBR',
  },
);

const withRemarks = (item: Item, remarks: readonly Problem[]): Item =>
  remarks.length > 0 && 'event' in item ? { ...item, remarks: [...(item.remarks ?? []), ...remarks] } : item;

const isMergeOfItself = (item: Item): item is Usable =>
  'event' in item &&
  item.event.type === 'merge' &&
  item.event.patient.identifier.system === item.event.merged.identifier.system &&
  item.event.patient.identifier.value === item.event.merged.identifier.value;

function notTwo({ event: _event, remarks: _remarks, ...said }: Usable): Unusable {
  const place = { segment: 'MRG[1]', field: 'MRG-1.1' };
  return { ...said, problems: [problem('merge-of-itself', 'PID-3 and MRG-1 name the same record', place)] };
}

/** Kept whole, so that it can be read again when what was wrong is mended. */
function refused(text: string, problems: readonly Problem[], test?: boolean) {
  const item: Unusable = {
    ...{ payload: text, place: problems[0]?.place ?? {}, format: 'hl7v2', problems },
    ...(test && { about: { test } }),
  };
  return { text, items: [item], unused: [], verdict: 'usable' as const };
}

const withoutMessage = (text: string, problems: readonly Problem[]): Hl7Read => refused(text, problems);
