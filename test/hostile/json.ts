import { canary } from '../canary/canary.ts';
import { type Case, casesOf, cutOff, mrnSystem, type Spoiled, secret } from './spoiled.ts';

type Event = Record<string, unknown>;

let count = 0;

const program = { mode: 'simple-continuous', concentrationUgPerMl: 500, doseUgPerDay: 100 };

/** A refill with a canary in every place where a sender may write one. */
function refill(over: Event = {}, fill: Event = {}): Event {
  return {
    ...{ schemaVersion: 1, type: 'refill', occurredAt: '2024-04-01T09:00:00Z' },
    source: { system: canary.sourceSystem, eventId: `${canary.eventId}-J${++count}` },
    patient: { identifier: { system: mrnSystem, value: canary.recordNumber } },
    pump: { manufacturer: 'Medtronic', model: '8637-40', serialNumber: canary.serial },
    performer: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: canary.npi }, display: canary.name },
    residual: { expectedMl: 4, measuredMl: 4.2 },
    fill: { volumeMl: 38, concentrationUgPerMl: 500, lotNumber: canary.lot, ...fill },
    ...{ program, extra: { note: canary.note }, test: true },
    ...over,
  };
}

const text = (over?: Event, fill?: Event): string => JSON.stringify(refill(over, fill));

/** With a number as it stands in the text: JSON.stringify would round it. */
const withVolume = (digits: string): string =>
  text({}, { volumeMl: 38 }).replace('"volumeMl":38', `"volumeMl":${digits}`);

const nested = (depth: number, open: string, close: string): string => `${open.repeat(depth)}1${close.repeat(depth)}`;

const utf16 = (order: 'le' | 'be', body: string): Buffer => {
  const bytes = Buffer.from(body, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
};

const numbers: Case[] = [
  ['a negative volume', 'field-range', withVolume('-38')],
  ['a volume of zero', 1, withVolume('0')],
  ['minus zero', 1, withVolume('-0')],
  ['a number of 10,000 digits', 'field-type', withVolume('9'.repeat(10_000))],
  ['a fraction of 10,000 digits', undefined, withVolume(`38.${'1'.repeat(10_000)}`)],
  ['an exponent that overflows', 'field-type', withVolume('1e999')],
  ['an exponent that vanishes', 1, withVolume('1e-999')],
  ['an exponent of 10,000 digits', undefined, withVolume(`1e${'9'.repeat(10_000)}`)],
  ['a number as a text', 'field-type', withVolume('"38"')],
  ['a number with its unit', 'field-type', withVolume('"38 mL"')],
  ['a decimal comma', 'body-not-json', withVolume('38,5')],
  ['NaN', 'body-not-json', withVolume('NaN')],
  ['Infinity', 'body-not-json', withVolume('Infinity')],
  ['a hexadecimal number', 'body-not-json', withVolume('0x26')],
  ['a number with a zero before it', 'body-not-json', withVolume('038')],
  ['null for a number', 'field-type', withVolume('null')],
  ['a list of numbers', 'field-type', withVolume('[38,38]')],
  ['true for a number', 'field-type', withVolume('true')],
  ['a volume of a bathtub', 1, withVolume('38000')],
  ['a negative dose', 'field-range', text({ program: { ...program, doseUgPerDay: -100 } })],
  [
    'a dose in mg for ug',
    'field-unknown',
    text({ program: { mode: program.mode, concentrationUgPerMl: 500, doseMgPerDay: 0.1 } }),
  ],
  ['a negative residual', 'field-range', text({ residual: { expectedMl: 4, measuredMl: -4.2 } })],
];

const times: Case[] = [
  ['February 30', 'field-format', text({ occurredAt: '2024-02-30T09:00:00Z' })],
  ['February 29 of a year without one', 'field-format', text({ occurredAt: '2023-02-29T09:00:00Z' })],
  ['month 13', 'field-format', text({ occurredAt: '2024-13-01T09:00:00Z' })],
  ['25 o’clock', 'field-format', text({ occurredAt: '2024-04-01T25:00:00Z' })],
  ['an instant without its offset', 'time-offset-missing', text({ occurredAt: '2024-04-01T09:00:00' })],
  ['an offset of 26 hours', 'field-format', text({ occurredAt: '2024-04-01T09:00:00+26:00' })],
  ['a year of 10 digits', 'field-format', text({ occurredAt: '2024000000-04-01T09:00:00Z' })],
  ['a year before the calendar', 'field-format', text({ occurredAt: '-000001-04-01T09:00:00Z' })],
  ['a time in the far future', undefined, text({ occurredAt: '9999-04-01T09:00:00Z' })],
  ['a name for a time', 'field-format', text({ occurredAt: canary.name })],
  ['a number for a time', 'field-type', text({ occurredAt: 1711962000 })],
  ['a zone that is none', 'field-value', text({ timeZone: 'Zinnober/Kolibri' })],
  ['a zone that leads out of its folder', 'field-value', text({ timeZone: '../../etc/passwd' })],
];

const shapes: Case[] = [
  ['nothing', 'body-empty', ''],
  ['blanks', 'body-empty', ' \n\t '],
  ['a byte order mark alone', 'body-empty', '\ufeff'],
  ['an empty list', 'body-empty', '[]'],
  ['null', 'event-not-object', 'null'],
  ['a text', 'event-not-object', JSON.stringify(secret)],
  ['a number', 'event-not-object', '17'],
  ['a list in a list', 'event-not-object', `[[${text()}]]`],
  ['an empty object', 'event-type-unknown', '{}'],
  ['no type', 'event-type-unknown', text({ type: undefined })],
  ['a type that is none', 'event-type-unknown', text({ type: canary.reason })],
  ['a type that every object has', 'event-type-unknown', text({ type: 'constructor' })],
  ['a type of the prototype', 'event-type-unknown', text({ type: '__proto__' })],
  ['a version that is none', 'event-version-unknown', text({ schemaVersion: canary.serial })],
  ['a field that is none', 'field-unknown', text({ [canary.unknownField]: canary.name })],
  [
    'a prototype as a field',
    'field-unknown',
    text().replace('"schemaVersion"', '"__proto__":{"test":false},"schemaVersion"'),
  ],
  ['a constructor as a field', 'field-unknown', text({ constructor: { prototype: { test: false } } })],
  ['no patient', 'field-missing', text({ patient: undefined })],
  [
    'a record number that is a number',
    'field-type',
    text({ patient: { identifier: { system: mrnSystem, value: 1001 } } }),
  ],
  ['a record number of nothing', 'field-range', text({ patient: { identifier: { system: mrnSystem, value: '' } } })],
  [
    'a record number of a megabyte',
    undefined,
    text({ patient: { identifier: { system: mrnSystem, value: canary.recordNumber.repeat(60_000) } } }),
  ],
  [
    'an event id of a megabyte',
    undefined,
    text({ source: { system: canary.sourceSystem, eventId: canary.eventId.repeat(60_000) } }),
  ],
  ['a note of a megabyte', undefined, text({ extra: { note: canary.note.repeat(30_000) } })],
  [
    'NUL in a record number',
    'field-format',
    text({ patient: { identifier: { system: mrnSystem, value: `${canary.recordNumber}\u0000` } } }),
  ],
  [
    'NUL in an event id',
    'field-format',
    text({ source: { system: canary.sourceSystem, eventId: `${canary.eventId}\u0000N` } }),
  ],
  ['NUL in a note', 'field-format', text({ extra: { note: `\u0000${canary.note}` } })],
  [
    'half a surrogate pair in a record number',
    'field-format',
    text({ patient: { identifier: { system: mrnSystem, value: `${canary.recordNumber}\ud800` } } }),
  ],
  [
    'half a surrogate pair in an event id',
    'field-format',
    text({ source: { system: canary.sourceSystem, eventId: `${canary.eventId}\udfffS` } }),
  ],
  ['half a surrogate pair in a note', 'field-format', text({ extra: { note: `${canary.note}\ud83d` } })],
  ['a text that is written from right to left', undefined, text({ extra: { note: `\u202e${canary.note}\u202c` } })],
  [
    'a line break in a record number',
    undefined,
    text({ patient: { identifier: { system: mrnSystem, value: `${canary.recordNumber}\r\nSet-Cookie: a=b` } } }),
  ],
  [
    'a script for a name',
    1,
    text({
      performer: { identifier: { system: mrnSystem, value: '7' }, display: `<script>alert("${canary.name}")</script>` },
    }),
  ],
  [
    'SQL for a record number',
    1,
    text({ patient: { identifier: { system: mrnSystem, value: `${canary.recordNumber}'; drop table event; --` } } }),
  ],
  ['a formula for a lot', 1, text({}, { lotNumber: `=HYPERLINK("http://x","${canary.lot}")` })],
  ['a live event of a test sender', 'sender-not-permitted', text({ test: false })],
  ['an event that does not say that it is a test', 'sender-not-permitted', text({ test: undefined })],
  ['"true" for true', 'field-type', text({ test: 'true' })],
  ['a key twice', undefined, text().replace('"volumeMl":38', '"volumeMl":38,"volumeMl":39')],
  ['a comma too many', 'body-not-json', text().replace(/\}$/, ',}')],
  ['a comment', 'body-not-json', `// ${secret}\n${text()}`],
  ['two events one after another', 'body-not-json', `${text()}${text()}`],
  ['single quotes', 'body-not-json', text().replaceAll('"', "'")],
  ['a page of HTML', 'body-not-json', `<html><body>${secret}</body></html>`],
  ['a form', 'body-not-json', `name=${encodeURIComponent(canary.name)}`],
  ['nested deeper than is taken', 'body-too-deep', text({ extra: JSON.parse(nested(30, '{"a":', '}')) })],
  ['lists nested 100,000 deep', undefined, nested(100_000, '[', ']')],
  ['objects nested 100,000 deep', undefined, nested(100_000, '{"a":', '}')],
  ['an event nested 100,000 deep in a list', undefined, `[${text()},${nested(100_000, '[', ']')}]`],
  ['100,000 lists that are never closed', 'body-not-json', '['.repeat(100_000)],
  [
    '100,000 fields',
    undefined,
    text(Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`${canary.unknownField}${n}`, n]))),
  ],
  ['more events than are taken', 'too-many-events', JSON.stringify(Array.from({ length: 5_001 }, () => 1))],
  ['more bytes than are taken', 'body-too-large', `[${' '.repeat(5_000_001)}]`],
];

const bytes: Case[] = [
  ['a byte that is no UTF-8', 'body-not-json', Buffer.concat([Buffer.from([0xff]), Buffer.from(text())])],
  ['Latin-1', 'body-not-json', Buffer.from(text({ extra: { note: 'Zoë' } }), 'latin1')],
  ['half a character at the end', 'body-not-json', Buffer.from([...Buffer.from(text()), 0xc3])],
  ['an overlong slash', 'body-not-json', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ['a surrogate in UTF-8', 'body-not-json', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['UTF-16 with a mark', 'body-not-json', utf16('le', `\ufeff${text()}`)],
  ['UTF-16 the other way round', 'body-not-json', utf16('be', `\ufeff${text()}`)],
  ['NUL bytes', 'body-not-json', Buffer.alloc(1_000)],
  ['random bytes', 'body-not-json', Buffer.from(Array.from({ length: 4_000 }, (_, n) => (n * n * 31 + n * 7) % 256))],
  ['a byte order mark before an event', 1, `\ufeff${text()}`],
  ['two byte order marks', 'body-not-json', `\ufeff\ufeff${text()}`],
];

const lines = (): Case[] => [
  ['a good line and half of one', 'body-not-json', `${text()}\n${text().slice(0, 300)}`],
  ['lines that end in CR alone', 'body-not-json', `${text()}\r${text()}`],
  ['a line of nothing but brackets', 'body-not-json', `${text()}\n${'['.repeat(50_000)}`],
  ['100,000 blank lines', 1, `${'\n'.repeat(100_000)}${text()}`],
  ['a list for a line', 'event-not-object', `[${text()}]\n`],
  ['more lines than are taken', 'too-many-events', '1\n'.repeat(5_001)],
];

const twice = (): Spoiled[] => {
  const first = refill();
  const { source } = first;
  const other = (volumeMl: number) => refill({ source }, { volumeMl });
  return casesOf('json', [
    ['an event', 1, JSON.stringify(first)],
    ['its id again with other content', 'event-conflict', JSON.stringify(other(20))],
    ['its id with other content in a list', 'event-conflict', JSON.stringify([refill(), other(21)])],
    ['its id twice in a list', 'event-conflict', JSON.stringify([other(22), other(23)])],
  ]);
};

const ofOthers = (): Spoiled[] =>
  casesOf(
    'json',
    [
      ['an event of a system that is not the sender’s', 'sender-not-permitted', text({ test: undefined })],
      [
        'a test of a live sender',
        'sender-not-permitted',
        text({ source: { system: 'urn:feed:narrow', eventId: `${canary.eventId}-W1` } }),
      ],
    ],
    { sender: 'narrow' },
  );

const mediaTypes = (): Spoiled[] =>
  [
    '',
    `text/${canary.serial}`,
    'text/plain',
    `application/json; charset=${canary.lot}`,
    'application/json; charset=utf-16',
    'multipart/form-data; boundary=x',
    'application/xml',
    '*/*',
    ';;;',
    'application/json/x',
  ].map((mediaType) => ({
    ...{ name: `a body of the type "${mediaType}"`, door: 'json', body: Buffer.from(text()), mediaType },
    code: 'media-type-unsupported',
  }));

export const spoiledJson = (): Spoiled[] => [
  ...casesOf('json', [...numbers, ...times, ...shapes, ...bytes]),
  ...casesOf('ndjson', lines()),
  ...ofOthers(),
  ...mediaTypes(),
];

/** One after another: the second is spoiled by what came first. */
export const sameIdTwice = twice;

export const cutOffJson = (): Spoiled[] => [
  ...cutOff('json', Buffer.from(text())),
  ...cutOff('ndjson', Buffer.from(`${text()}\n${text()}`), 7),
];
