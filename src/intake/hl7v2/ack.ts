import type { Problem, ProblemCode } from '../../event/problem.ts';
import { encode } from './escape.ts';
import type { Hl7Header } from './header.ts';

/**
 * Acknowledgements (HL7 v2 chapter 2, "Message processing rules").
 *
 * ## Original mode (MSH-15 and MSH-16 absent)
 * One answer says what became of the message: AA, it is durable; AE, something of it is refused; AR, its type or version is.
 *
 * ## One answer (the default)
 * What became of a message is known as soon as it is safe: whoever asks for any acknowledgement gets one, AA, AE or AR, on the
 * condition that MSH-15 or MSH-16 names. Engines wait for one answer, and most of them look for an AA.
 *
 * ## As asked (enhanced mode to the letter)
 * The accept acknowledgement (MSH-15) says that the message is safe here: CA, CE, CR. The application acknowledgement (MSH-16)
 * says what became of it: AA, AE, AR. Each is sent on the conditions that the sender names. Where the sender wants no
 * application acknowledgement, refused data is a CE: it has no other way to hear of it.
 */

/** What became of one message, once it is durable. */
export interface Hl7Outcome {
  readonly verdict: 'accepted' | 'error' | 'rejected';
  readonly problems: readonly Problem[];
}

export interface AckStamp {
  /** Of the answer; never used before. */
  readonly controlId: string;
  readonly at: Temporal.Instant;
}

export interface Acknowledgement {
  readonly level: 'accept' | 'application';
  readonly code: 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';
  /** ER7 in the sender's separators, version and character set. */
  readonly text: string;
}

/** How a sender in enhanced mode is answered. */
export type AckStyle = 'one-answer' | 'as-asked';

/** The answers that the sender asked for, in the order of sending; in enhanced mode there may be none. */
export function acknowledgements(
  header: Hl7Header,
  outcome: Hl7Outcome,
  stamp: () => AckStamp,
  style: AckStyle,
): Acknowledgement[] {
  const levels = style === 'one-answer' ? oneLevel(header, outcome) : levelsAsked(header, outcome);
  return levels.map((level) => {
    const code = codeOf(level, outcome, header);
    return { level, code, text: written(header, outcome, code, stamp()) };
  });
}

const isEnhanced = ({ acceptAck, applicationAck }: Hl7Header): boolean =>
  acceptAck !== undefined || applicationAck !== undefined;

function oneLevel(header: Hl7Header, { verdict }: Hl7Outcome): Acknowledgement['level'][] {
  const { acceptAck, applicationAck } = header;
  const matters = verdict === 'accepted' ? 'SU' : 'ER';
  const isAsked = [acceptAck, applicationAck].some((condition) => condition === 'AL' || condition === matters);
  return isAsked || !isEnhanced(header) ? ['application'] : [];
}

const levelsAsked = (header: Hl7Header, outcome: Hl7Outcome): Acknowledgement['level'][] =>
  (['accept', 'application'] as const).filter((level) => isWanted(level, header, outcome));

function isWanted(level: Acknowledgement['level'], header: Hl7Header, outcome: Hl7Outcome): boolean {
  if (!isEnhanced(header)) return level === 'application';
  const condition = level === 'accept' ? header.acceptAck : header.applicationAck;
  const isGood = isGoodAt(level, outcome, header);
  return condition === 'AL' || condition === (isGood ? 'SU' : 'ER');
}

/** Refused data is kept safe for a human all the same: a commit error only where nothing else would tell of it. */
function isGoodAt(level: Acknowledgement['level'], { verdict }: Hl7Outcome, { applicationAck }: Hl7Header): boolean {
  if (verdict === 'accepted') return true;
  const isToldLater = applicationAck === 'AL' || applicationAck === 'ER';
  return level === 'accept' && verdict === 'error' && isToldLater;
}

function codeOf(level: Acknowledgement['level'], outcome: Hl7Outcome, header: Hl7Header): Acknowledgement['code'] {
  const letter = level === 'accept' ? 'C' : 'A';
  if (isGoodAt(level, outcome, header)) return `${letter}A`;
  return outcome.verdict === 'rejected' ? `${letter}R` : `${letter}E`;
}

function written(header: Hl7Header, outcome: Hl7Outcome, code: Acknowledgement['code'], stamp: AckStamp): string {
  const { separators, version } = header;
  const { field } = separators;
  const isGood = code.endsWith('A');
  const shown = isGood ? [] : outcome.problems;
  const wide = hasErrorFields(version);
  const [first] = shown;
  const text = first && !wide ? encode(first.message, separators) : '';
  const segments = [
    headerLine(header, stamp),
    ['MSA', code, header.controlId, text].join(field).replace(trailing(field), ''),
    ...shown.slice(0, mostErrors).map((found) => (wide ? errorLine(found, header) : oldErrorLine(found, header))),
  ];
  return `${segments.join('\r')}\r`;
}

/** A message with a thousand faults is told the first of them; all are in its receipt. */
const mostErrors = 50;

const trailing = (field: string): RegExp => new RegExp(`${RegExp.escape(field)}+$`);

function headerLine(header: Hl7Header, { controlId, at }: AckStamp): string {
  const { separators, version, trigger, structure } = header;
  const { field, component, repetition, escapeCharacter, subcomponent, truncation = '' } = separators;
  const named = [component, repetition, escapeCharacter, subcomponent, truncation]
    .filter((one) => one !== '\uffff')
    .join('');
  const type = ['ACK', ...(trigger ? [trigger, ...(structure ? ['ACK'] : [])] : [])].join(component);
  const fields = [
    ...[`MSH${field}${named}`, header.receivingApplication, header.receivingFacility],
    ...[header.sendingApplication, header.sendingFacility, hl7Time(at), '', type, controlId],
    ...[header.processingId || 'P', version || '2.5.1', '', '', isEnhanced(header) ? 'NE' : ''],
    ...[isEnhanced(header) ? 'NE' : '', '', header.charset],
  ];
  return fields.join(field).replace(trailing(field), '');
}

/** ERR of HL7 2.5 and later: where, which kind of error (table 0357), how grave, our own code, and words for the sender. */
function errorLine(found: Problem, { separators }: Hl7Header): string {
  const { field, component } = separators;
  const kind = kindOf(found.code);
  const fields = [
    ...['ERR', '', location(found, component), [kind.code, kind.text, 'HL70357'].join(component)],
    ...[severities[found.severity], [found.code, '', 'L'].join(component), '', '', encode(words(found), separators)],
  ];
  return fields.join(field);
}

/** ERR of HL7 2.3 and 2.4: one field with the place and the code. */
function oldErrorLine(found: Problem, { separators }: Hl7Header): string {
  const { field, component, subcomponent } = separators;
  const [segment = '', sequence = '', at = ''] = location(found, component).split(component);
  return `ERR${field}${[segment, sequence, at, [found.code, encode(found.message, separators), 'L'].join(subcomponent)].join(component)}`;
}

const words = ({ message, remedy }: Problem): string => `${message}. ${remedy}`;

const severities = { error: 'E', warning: 'W', information: 'I' } as const;

/** ERL: segment, its number, field, repetition, component, subcomponent. */
function location({ place }: Problem, component: string): string {
  const [, segment = '', sequence = '1'] = /^([A-Z][A-Z\d]{2})(?:\[(\d+)\])?$/.exec(place?.segment ?? '') ?? [];
  const [, named = '', field = '', part = '', sub = ''] =
    /^([A-Z][A-Z\d]{2})-(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(place?.field ?? '') ?? [];
  if (segment === '' && named === '') return '';
  const parts = [segment || named, sequence, field, field && '1', part, sub];
  while (parts.at(-1) === '') parts.pop();
  return parts.join(component);
}

/** ERR-2 and its like are of HL7 2.5. */
const hasErrorFields = (version: string): boolean => !/^2\.[1-4](\.|$)/.test(version);

/** HL7 table 0357. */
function kindOf(code: ProblemCode): { readonly code: string; readonly text: string } {
  return kinds[code] ?? { code: '102', text: 'Data type error' };
}

const missing = { code: '101', text: 'Required field missing' };
const notInTable = { code: '103', text: 'Table value not found' };
const unreadable = { code: '100', text: 'Segment sequence error' };
const internal = { code: '207', text: 'Application internal error' };

const kinds: Readonly<Partial<Record<ProblemCode, { readonly code: string; readonly text: string }>>> = {
  'field-missing': missing,
  'program-incomplete': missing,
  'code-unmapped': notInTable,
  'field-value': notInTable,
  'hl7-unreadable': unreadable,
  'message-type-unsupported': { code: '200', text: 'Unsupported message type' },
  'message-version-unsupported': { code: '203', text: 'Unsupported version id' },
  'event-conflict': { code: '205', text: 'Duplicate key identifier' },
  'source-map-missing': internal,
};

/** UTC, to the millisecond. */
export const hl7Time = (at: Temporal.Instant): string =>
  `${at.toString({ fractionalSecondDigits: 3 }).replace(/[-:TZ]/g, '')}+0000`;
