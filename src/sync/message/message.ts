import type { Hl7v2Settings } from '../destination.ts';
import { controlId, derivedIdentity } from '../digest.ts';
import { reportNames } from '../document/document-reference.ts';
import type { Page } from '../page.ts';
import type { TailorContext } from '../tailored.ts';
import { components, escaped, fieldOf, hl7Time, segment, segmentsOf, withFields } from './er7.ts';
import { isReadable, observationSegments, type SerialOf } from './observation-segments.ts';

/** How a message stands to the one before it about the same thing: the first, or the correction of that one. */
export interface Before {
  /** ER7 of the message that was sent before; undefined: this is the first. */
  readonly sent?: string | undefined;
}

/**
 * A page as an HL7 v2 message without its time (MSH-7): `ORU^R01` where the event has readings, `MDM^T02` otherwise.
 * `identity`: of the message; it is the filler number of the one and the document number of the other. The control id
 * (MSH-10) depends on what is said and on what was said before, so that a repeat is recognised as one.
 * undefined: the patient has no identifier that the engine knows.
 */
export function messageOf(
  page: Page,
  identity: string,
  before: Before,
  settings: Hl7v2Settings,
  context: TailorContext,
  serialOf: SerialOf,
): string | undefined {
  const pid = patientSegment(settings, context);
  if (!pid) return undefined;
  const made = { page, identity, before, settings, pid };
  const lines = isOfReadings(page, before) ? readingsMessage(made, serialOf) : documentMessage(made);
  const message = `${lines.join('\r')}\r`;
  const previous = before.sent === undefined ? '' : (fieldOf(before.sent, 'MSH', 10) ?? '');
  return withFields(message, 'MSH', { 10: controlId(identity, message, previous) });
}

/** What goes on stays the kind of message that it began as. */
function isOfReadings({ code, report, observations }: Page, { sent }: Before): boolean {
  if (sent !== undefined) return fieldOf(sent, 'OBR', 1) !== undefined;
  return code === 'event-report' && !asDocument.has(report?.kind ?? '') && observations.some(isReadable);
}

/** Happenings that clinicians read as a document, whatever was measured at them. */
const asDocument = new Set(['implant', 'explant', 'revision', 'complication']);

interface Made {
  readonly page: Page;
  readonly identity: string;
  readonly before: Before;
  readonly settings: Hl7v2Settings;
  readonly pid: string;
}

function readingsMessage({ page, identity, before, settings, pid }: Made, serialOf: SerialOf): string[] {
  const status = before.sent === undefined ? 'F' : 'C';
  const obx = observationSegments(page.observations.filter(isReadable), settings.version, status, serialOf);
  return [
    header('ORU^R01', 'ORU_R01', page, settings),
    pid,
    segment('OBR', {
      1: '1',
      3: components(identity, settings.sendingApplication),
      4: serviceOf(page),
      7: timeOf(page.report?.occurredAt),
      22: timeOf(page.report?.recordedAt),
      25: status,
    }),
    segment('NTE', { 1: '1', 2: 'L', 3: escaped(page.title) }),
    ...withDeleted([...obx, ...textSegments(page, status, obx.length)], before),
  ];
}

/** What was sent before and is no longer said is deleted by name (OBX-3, OBX-4): a receiver keeps what nobody deletes. */
function withDeleted(lines: readonly string[], { sent = '' }: Before): string[] {
  const named = new Set(lines.map(nameOf));
  const gone = segmentsOf(sent).filter((line) => isStanding(line) && !named.has(nameOf(line)));
  const deleted = gone.map((line, n) =>
    withFields(line, 'OBX', { 1: String(lines.length + n + 1), 11: 'D' }).trimEnd(),
  );
  return [...lines, ...deleted];
}

const nameOf = (line: string): string => line.split('|').slice(3, 5).join('|');

const isStanding = (line: string): boolean => line.startsWith('OBX|') && line.split('|')[11] !== 'D';

/** A later document is another one, and names the one that it replaces. */
function documentMessage({ page, identity, before, settings, pid }: Made): string[] {
  const parent = before.sent === undefined ? undefined : documentNumberOf(before.sent);
  const trigger = parent === undefined ? 'T02' : 'T10';
  const number =
    parent === undefined ? identity : derivedIdentity(identity, fieldOf(before.sent ?? '', 'MSH', 10) ?? '');
  const { occurredAt, recordedAt } = page.report ?? {};
  return [
    header(`MDM^${trigger}`, 'MDM_T02', page, settings),
    segment('EVN', { 1: trigger, 2: timeOf(recordedAt) }),
    pid,
    segment('PV1', { 1: '1', 2: 'U' }),
    segment('TXA', {
      1: '1',
      2: page.code,
      3: 'TX',
      4: timeOf(occurredAt),
      6: timeOf(recordedAt),
      12: components(number, settings.sendingApplication),
      13: parent,
      17: 'AU',
    }),
    ...textSegments(page, 'F', 0),
  ];
}

/** TXA-12, or what stands for it in a message of readings. */
const documentNumberOf = (er7: string): string | undefined => fieldOf(er7, 'TXA', 12);

function header(type: string, structure: string, page: Page, settings: Hl7v2Settings): string {
  const { sendingApplication, sendingFacility, receivingApplication, receivingFacility, version } = settings;
  const isTest = page.security?.some(({ code }) => code === 'HTEST') === true;
  // MSH-1 is the separator itself, so that every field stands one place earlier.
  return segment('MSH', {
    1: '^~\\&',
    2: escaped(sendingApplication),
    3: escaped(sendingFacility),
    4: escaped(receivingApplication),
    5: escaped(receivingFacility),
    8: version === '2.3' ? type : `${type}^${structure}`,
    10: isTest ? 'T' : 'P',
    11: version,
    14: 'AL',
    15: 'NE',
    17: 'UNICODE UTF-8',
  });
}

/** The patient's own identifiers in systems that the engine has a name for; those of merged ones only without any. */
function patientSegment(settings: Hl7v2Settings, context: TailorContext): string | undefined {
  const known = context.patientIdentifiers.flatMap(({ system, value, patientId }) => {
    const authority = settings.assigningAuthorities[system];
    return authority ? [{ patientId, cx: components(value, '', '', authority, 'MR') }] : [];
  });
  const own = known.filter(({ patientId }) => patientId === context.patientId);
  const used = own.length > 0 ? own : known;
  if (used.length === 0) return undefined;
  // The name is the hospital's to know: unspecified (table 0200).
  return segment('PID', { 1: '1', 3: used.map(({ cx }) => cx).join('~'), 5: '^^^^^^U' });
}

const serviceOf = ({ code }: Page): string => components(code, reportNames[code], '99ITB');

const timeOf = (time: string | undefined): string | undefined => time && hl7Time(time);

/** One OBX for each line, so that no reader depends on how another system breaks lines. */
function textSegments(page: Page, status: string, after: number): string[] {
  const lines = page.text.split('\n').filter((line) => line !== '');
  return lines.map((line, n) =>
    segment('OBX', {
      1: String(after + n + 1),
      2: 'TX',
      3: serviceOf(page),
      4: `text.${n + 1}`,
      5: escaped(line),
      11: status,
      14: timeOf(page.report?.occurredAt),
    }),
  );
}

/** Whether two messages say the same, whatever their control ids and whether one corrects the other. */
export function saysTheSame(one: string, other: string): boolean {
  return neutral(one) === neutral(other);
}

function neutral(er7: string): string {
  const standing = segmentsOf(er7).filter((line) => !line.startsWith('OBX|') || isStanding(line));
  const unnumbered = withFields(withFields(standing.join('\r'), 'MSH', { 9: '', 10: '' }), 'OBR', { 25: '' });
  const document = withFields(withFields(unnumbered, 'EVN', { 1: '' }), 'TXA', { 12: '', 13: '' });
  return document.replace(/^(OBX(?:\|[^|\r]*){10}\|)[FC]/gm, '$1');
}
