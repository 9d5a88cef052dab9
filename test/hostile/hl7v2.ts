import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canary } from '../canary/canary.ts';
import { mappingsDir } from '../intake/csv/tables.ts';
import { doseChangeMessage, mergeMessage, type Stated } from '../receiving/hl7v2-messages.ts';
import { type Case, casesOf, changed, cutOff, type Spoiled, secret } from './spoiled.ts';

let count = 0;

/** A dose change with a canary in every place that names somebody. */
function message(stated: Stated = {}): string {
  const name = `${canary.eventId}-H${++count}`;
  const text = doseChangeMessage({ controlId: name, order: name, mrn: canary.recordNumber, ...stated });
  return changed(changed(text, 'Rivera^Ana', 'Zinnober-Kolibri^Wanda'), `SN${canary.recordNumber}`, canary.serial);
}

const spoil = (from: string | RegExp, to: string, stated?: Stated): string => changed(message(stated), from, to);

const sample = (name: string, from: string | RegExp, to: string): string => {
  const text = readFileSync(join(mappingsDir, 'sources/examples', `${name}.sample.hl7`), 'utf8');
  const named = text.replaceAll('MRN0012345', canary.recordNumber).replaceAll('Rivera^Ana', 'Zinnober-Kolibri^Wanda');
  const own = named.replace(/(MSG0000\d+)/, `$1-${++count}`).replaceAll(/(FLT99120|RX55231|DOC55120)/g, `$1-${count}`);
  return changed(own, from, to);
};

const values = (): Case[] => [
  ['a negative dose', 'field-range', spoil('|1|220|', '|1|-220|')],
  ['a dose of 10,000 digits', 'number-unreadable', spoil('|1|220|', `|1|${'9'.repeat(10_000)}|`)],
  ['a fraction of 10,000 digits', 'number-unreadable', spoil('|1|220|', `|1|220.${'1'.repeat(10_000)}|`)],
  ['a dose in mg for ug', 'unit-differs', spoil('ug/d^ug/d^UCUM', 'mg/d^mg/d^UCUM')],
  ['a concentration in mg/mL for ug/mL', 'unit-differs', spoil('ug/mL^ug/mL^UCUM', 'mg/mL^mg/mL^UCUM')],
  ['a volume for a dose', undefined, spoil('ug/d^ug/d^UCUM', 'mL^mL^UCUM')],
  ['a unit that is none', undefined, spoil('ug/d^ug/d^UCUM', 'Zinnober^Zinnober^UCUM')],
  ['no unit', undefined, spoil('ug/d^ug/d^UCUM', '')],
  ['a unit that hides in letters alike', undefined, spoil('ug/d^ug/d^UCUM', 'μɡ/d^μɡ/d^UCUM')],
  ['a comparison', undefined, spoil('|1|220|', '|1|>220|')],
  [
    'a structured comparison',
    undefined,
    spoil('|NM|total-daily-dose^Total daily dose^99ITB|1|220|', '|SN|total-daily-dose^Total daily dose^99ITB|1|>^220|'),
  ],
  ['a decimal comma', undefined, spoil('|1|220|', '|1|220,5|')],
  ['two doses', undefined, spoil('|1|220|', '|1|220~230|')],
  ['a null for a dose', undefined, spoil('|1|220|', '|1|""|')],
  ['nothing for a dose', undefined, spoil('|1|220|', '|1||')],
  [
    'a mode that is none',
    'field-value',
    spoil('simple-continuous^Simple^99ITB', `${canary.lot}^${canary.reason}^99ITB`),
  ],
  [
    'a kind of report that is none',
    undefined,
    spoil('ITB-PROG^Programming^99ITB', `${canary.lot}^${canary.reason}^99ITB`),
  ],
  ['a field of a megabyte', undefined, `${message()}NTE|1||${canary.note.repeat(30_000)}\r`],
  ['a record number of a megabyte', undefined, spoil(canary.recordNumber, canary.recordNumber.repeat(60_000))],
  ['no record number', undefined, spoil(/PID\|1\|\|[^|]*/, 'PID|1||')],
  ['two record numbers', undefined, spoil('^^^STJUDE^MR', '^^^STJUDE^MR~OTHER^^^STJUDE^MR')],
  ['a record number of nobody known', undefined, spoil('^^^STJUDE^MR', '^^^ZINNOBER^MR')],
  ['a script for a name', undefined, spoil('Zinnober-Kolibri^Wanda', '<script>Zinnober</script>^Wanda')],
];

const times = (): Case[] => [
  ['February 30', undefined, message({ at: '20240230101500-0500' })],
  ['month 13', undefined, message({ at: '20241303101500-0500' })],
  ['25 o’clock', undefined, message({ at: '20240603251500-0500' })],
  ['an offset of 26 hours', undefined, message({ at: '20240603101500-2600' })],
  ['a time of 10,000 digits', undefined, message({ at: '2'.repeat(10_000) })],
  ['letters for a time', undefined, message({ at: canary.lot })],
  ['a time that the clocks skipped', 'time-offset-missing', message({ at: '20240310023000' })],
  ['a time that the clocks showed twice', 'time-offset-missing', message({ at: '20241103013000' })],
  ['a year alone', undefined, message({ at: '2024' })],
  ['a time in the far future', undefined, message({ at: '99990603101500-0500' })],
  ['no time', undefined, message({ at: '' })],
];

const headers = (): Case[] => [
  ['no control id', undefined, message({ controlId: '' })],
  ['a control id of a megabyte', undefined, message({ controlId: canary.eventId.repeat(60_000) })],
  ['a control id of line breaks', undefined, message({ controlId: `${canary.eventId}\\X0D\\\\X0A\\` })],
  ['no processing id', 'field-missing', message({ processing: '' })],
  ['a processing id that is none', undefined, message({ processing: 'Z' })],
  ['a message for production', 1, message({ processing: 'P' })],
  ['a version that is none', 'message-version-unsupported', message({ version: '9.9' })],
  ['a version of words', 'message-version-unsupported', message({ version: 'two' })],
  ['no version', undefined, message({ version: '' })],
  ['a type that is none', 'message-type-unsupported', message({ type: 'ZZZ^Z99' })],
  ['a type of words', 'message-type-unsupported', message({ type: canary.reason })],
  ['no type', undefined, message({ type: '' })],
  ['an acknowledgement', undefined, message({ type: 'ACK^R01' })],
  ['a sender that nobody knows', undefined, spoil('|EPIC|STJUDE|', '|ZINNOBER|KOLIBRI|')],
  ['MSH twice', undefined, `${message().split('\r', 1)[0]}\r${message()}`],
  ['MSH in the middle', undefined, changed(message(), 'OBX|2', 'MSH|^~\\&|X\rOBX|2')],
  ['MSH in lower case', 'hl7-unreadable', spoil('MSH', 'msh')],
  ['MSH alone', 'hl7-unreadable', 'MSH'],
  ['MSH and a bar', undefined, 'MSH|'],
  ['MSH and its separators', undefined, 'MSH|^~\\&|'],
  ['MSH and 100,000 bars', undefined, `MSH|^~\\&${'|'.repeat(100_000)}\r`],
  ['separators that are all alike', undefined, spoil('|^~\\&|', '|||||')],
  ['letters for separators', undefined, message().replaceAll('|', 'X')],
  ['separators that are line ends', 'hl7-unreadable', message().replaceAll('|', '\r')],
  ['NUL for a separator', undefined, message().replaceAll('|', '\0')],
  ['other separators, used throughout', 1, message().replaceAll('^', '*')],
  ['separators that are declared and not used', undefined, spoil('|^~\\&|', '|*~\\&|')],
  ['no escape character', undefined, spoil('|^~\\&|', '|^~|')],
  ['a character set that is none', 'charset-unknown', spoil('UNICODE UTF-8', 'MORSE')],
  ['a character set that it is not in', 'charset-mismatch', Buffer.from(spoil('Wanda', 'Zoë'), 'latin1')],
  [
    'a character set of ASCII, and it is not',
    undefined,
    Buffer.from(spoil('Wanda', 'Zoë').replace('UNICODE UTF-8', 'ASCII')),
  ],
  ['a switch of character sets that never comes', undefined, spoil('UNICODE UTF-8', 'ASCII~ISO IR87')],
  ['UTF-16', undefined, Buffer.from(`\ufeff${message()}`, 'utf16le')],
  ['a byte order mark', 1, `\ufeff${message()}`],
];

const bodies = (): Case[] => [
  ['nothing', undefined, ''],
  ['line ends', undefined, '\r\n\r\r'],
  ['JSON', 'hl7-unreadable', JSON.stringify({ name: canary.name })],
  ['XML', 'hl7-unreadable', `<?xml version="1.0"?><ORU_R01><PID.5>${canary.name}</PID.5></ORU_R01>`],
  ['words', 'hl7-unreadable', secret],
  ['NUL bytes', undefined, Buffer.alloc(1_000)],
  ['NUL in a field', undefined, spoil('Wanda', 'Wan\0da')],
  ['NUL at the end', undefined, `${message()}\0`],
  ['a line break inside a value', 'hl7-unreadable', spoil('Zinnober-Kolibri^Wanda', 'Zinnober\rKolibri^Wanda')],
  ['an escape that is never closed', undefined, spoil('Wanda', 'Wan\\da')],
  ['an escape that is none', undefined, spoil('Wanda', 'Wan\\Qx\\da')],
  ['an escape of no bytes', undefined, spoil('Wanda', 'Wan\\X\\da')],
  ['an escape of half a byte', undefined, spoil('Wanda', 'Wan\\XE\\da')],
  ['an escape of bytes that are no character', undefined, spoil('Wanda', 'Wan\\XFF\\da')],
  ['10,000 escapes', undefined, spoil('Wanda', '\\F\\\\S\\\\T\\'.repeat(10_000))],
  ['an escaped dose', undefined, spoil('|1|220|', '|1|2\\X32\\0|')],
  ['100,000 components', undefined, spoil('Wanda', '^'.repeat(100_000))],
  ['100,000 repetitions', undefined, spoil('^^^STJUDE^MR', `^^^STJUDE^MR${'~'.repeat(100_000)}`)],
  ['100,000 subcomponents', undefined, spoil('Wanda', '&x'.repeat(100_000))],
  ['a bomb of segments', undefined, `${message()}${'NTE|1||x\r'.repeat(50_000)}`],
  [
    'a bomb of observations',
    undefined,
    `${message()}${'OBX|9|NM|total-daily-dose^^99ITB|1|220|ug/d^ug/d^UCUM|||||F\r'.repeat(20_000)}`,
  ],
  ['a bomb of groups', 'too-many-events', `${message()}${'OBR|9||X^EPIC|ITB-PROG^Programming^99ITB\r'.repeat(6_000)}`],
  ['a segment that is none', undefined, changed(message(), 'OBX|2', 'ZZZ|Zinnober\rOBX|2')],
  ['a segment named in lower case', undefined, spoil('PID', 'pid')],
  ['no PID', undefined, spoil(/PID[^\r]*\r/, '')],
  [
    'PID twice',
    undefined,
    spoil(/(PID[^\r]*\r)/, `PID|1||OTHER^^^STJUDE^MR\rPID|1||${canary.recordNumber}^^^STJUDE^MR\r`),
  ],
  ['no OBR', undefined, spoil(/OBR[^\r]*\r/, '')],
  ['observations before their order', undefined, message().split('\r').toReversed().join('\r')],
  ['lines that end in LF', 1, message().replaceAll('\r', '\n')],
  ['lines that end in CRLF', 1, message().replaceAll('\r', '\r\n')],
  ['no line end at all', undefined, message().replaceAll('\r', '')],
  ['an order that is not final', undefined, message({ status: 'P' })],
  ['a status that is none', undefined, message({ status: 'Zinnober' })],
  ['a correction of what never came', undefined, message({ status: 'C', changedAt: '20240604080000-0500' })],
  ['a withdrawal of what never came', undefined, message({ status: 'X', changedAt: '20240604080000-0500' })],
  [
    'a merge of a record with itself',
    'merge-of-itself',
    mergeMessage(canary.recordNumber, canary.recordNumber, `G${++count}`),
  ],
  ['a merge of nobody', undefined, mergeMessage('', '', `G${++count}`)],
  ['a refill of a negative volume', 'field-range', sample('ras-refill', '|20|mL^mL^UCUM|', '|-20|mL^mL^UCUM|')],
  ['a refill in litres', undefined, sample('ras-refill', '|20|mL^mL^UCUM|', '|20|L^L^UCUM|')],
  ['a refill that was not given', undefined, sample('ras-refill', '|CP|A|', '|NA|A|')],
  ['a refill that says both', undefined, sample('ras-refill', '|CP|A|', '|CP|D|')],
  ['a report that is not signed', undefined, sample('mdm-complication', '|AU', '|PA')],
  [
    'a complication that is none',
    'code-unmapped',
    sample('mdm-complication', 'catheter-disconnection^Catheter disconnection', `${canary.lot}^${canary.reason}`),
  ],
];

const batches = (): Case[] => [
  ['a batch that says too many', 'batch-count-differs', `BHS|^~\\&|EPIC\r${message()}BTS|2\r`],
  ['a batch that says too few', 'batch-count-differs', `BHS|^~\\&|EPIC\r${message()}${message()}BTS|1\r`],
  ['a batch that says words', 'batch-count-differs', `BHS|^~\\&|EPIC\r${message()}BTS|${canary.lot}\r`],
  ['a batch of minus one', 'batch-count-differs', `BHS|^~\\&|EPIC\r${message()}BTS|-1\r`],
  ['a batch without an end', 'batch-incomplete', `BHS|^~\\&|EPIC\r${message()}${message()}`],
  ['a file without an end', 'batch-incomplete', `FHS|^~\\&|EPIC\rBHS|^~\\&|EPIC\r${message()}BTS|1\r`],
  ['a file that says too many', 'batch-count-differs', `FHS|^~\\&|EPIC\rBHS|^~\\&|EPIC\r${message()}BTS|1\rFTS|2\r`],
  ['a batch of nothing', undefined, 'BHS|^~\\&|EPIC\rBTS|0\r'],
  ['an end without a beginning', undefined, `${message()}BTS|1\rFTS|1\r`],
  ['10,000 beginnings', undefined, `${'BHS|^~\\&|EPIC\r'.repeat(10_000)}${message()}BTS|1\r`],
  ['more messages than are taken', 'too-many-events', 'MSH|^~\\&|EPIC\r'.repeat(5_001)],
  ['a control id twice in a batch', undefined, `${message({ controlId: 'TWICE' })}${message({ controlId: 'TWICE' })}`],
];

/** Through `POST /hl7v2`, and then others of the same kind over MLLP, but those that no frame can hold. */
export const spoiledHl7 = (): Spoiled[] =>
  casesOf('hl7v2', [...values(), ...times(), ...headers(), ...bodies(), ...batches()]);

export const spoiledFrames = (): Spoiled[] =>
  casesOf('mllp', [...values(), ...times(), ...headers(), ...bodies(), ...batches()]).filter(
    ({ body }) => !body.includes(0x0b) && !body.includes(0x1c),
  );

export const spoiledHl7MediaTypes = (): Spoiled[] =>
  ['text/plain', 'application/hl7-v2+xml', '', canary.lot].map((mediaType) => ({
    ...{ name: `HL7 of the type "${mediaType}"`, door: 'hl7v2', body: Buffer.from(message()), mediaType },
    code: 'media-type-unsupported',
  }));

export const sameControlIdTwice = (): Spoiled[] => {
  const first = message({ controlId: 'AGAIN' });
  return casesOf('hl7v2', [
    ['a message', 1, first],
    ['its control id and order with another dose', 'event-conflict', changed(first, '|1|220|', '|1|230|')],
  ]);
};

export const cutOffHl7 = (): Spoiled[] => cutOff('hl7v2', Buffer.from(message()));
