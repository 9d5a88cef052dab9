import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCodes } from '../../../src/fhir/codes.ts';
import { type Hl7Context, readHl7v2, readHl7v2Bytes } from '../../../src/intake/hl7v2/read.ts';
import { loadSources, type Sources } from '../../../src/intake/source/load.ts';
import { doseChangeMessage, mergeMessage } from '../../receiving/hl7v2-messages.ts';

const mappingsDir = join(import.meta.dirname, '..', '..', '..', 'mappings');
let sources: Sources;
beforeAll(() => {
  sources = loadSources(mappingsDir, loadCodes(mappingsDir, { packs: [] }));
});

const read = (text: string, context: Partial<Hl7Context> = {}) => readHl7v2(text, { sources, ...context });

/** The one item of a text that holds one message. */
function itemOf(text: string, context: Partial<Hl7Context> = {}) {
  const [only, ...others] = read(text, context);
  expect(others).toEqual([]);
  const [item] = only?.items ?? [];
  if (!item) throw new Error('nothing was read');
  return item;
}

const eventOf = (text: string, context: Partial<Hl7Context> = {}) => {
  const item = itemOf(text, context);
  if (!('event' in item)) throw new Error(JSON.stringify(item));
  return item;
};

const problemsOf = (text: string, context: Partial<Hl7Context> = {}) => {
  const item = itemOf(text, context);
  return 'problems' in item ? item.problems.map(({ code, place }) => [code, place?.field ?? place?.row]) : [];
};

describe('an HL7 v2 message', () => {
  it('becomes the event that its field map says, and keeps its text', () => {
    const message = doseChangeMessage();
    const [found] = read(message);
    expect(found).toMatchObject({ verdict: 'usable', source: 'oru-flowsheet', text: message });
    expect(eventOf(message)).toMatchObject({
      format: 'hl7v2',
      source: 'oru-flowsheet',
      event: {
        ...{ type: 'dose-change', occurredAt: '2024-06-03T10:15:00-05:00', test: true },
        program: { mode: 'simple-continuous', doseUgPerDay: 220, concentrationUgPerMl: 2000 },
      },
    });
  });

  it.each(['2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6', '2.7', '2.7.1', '2.8', '2.8.1', '2.8.2'])(
    'of version %s is read',
    (version) => {
      expect(eventOf(doseChangeMessage({ version })).event.type).toBe('dose-change');
    },
  );

  it.each(['2.2', '2.9', '3.0', ''])('of version %j is rejected, and kept', (version) => {
    const [found] = read(doseChangeMessage({ version }));
    expect(found?.verdict).toBe('rejected');
    expect(found?.items).toMatchObject([{ payload: doseChangeMessage({ version }), format: 'hl7v2' }]);
    expect(problemsOf(doseChangeMessage({ version }))).toEqual([['message-version-unsupported', 'MSH-12.1']]);
  });

  it.each([
    ['ORU^R03', 'MSH-9.2'],
    ['ADT^A08', 'MSH-9.2'],
    ['SIU^S12', 'MSH-9.1'],
    ['', 'MSH-9.1'],
  ])('of type %j is rejected, and kept', (type, field) => {
    expect(read(doseChangeMessage({ type }))[0]?.verdict).toBe('rejected');
    expect(problemsOf(doseChangeMessage({ type }))).toEqual([['message-type-unsupported', field]]);
  });

  it('from a sender that no field map reads is refused, not rejected', () => {
    const none = { ...sources, forHl7: () => undefined };
    expect(read(doseChangeMessage(), { sources: none })[0]?.verdict).toBe('usable');
    expect(problemsOf(doseChangeMessage(), { sources: none })).toEqual([['source-map-missing', 'MSH-3.1']]);
  });

  it('of an IHE gateway is read by the map of the profile that MSH-21 names', () => {
    const [gateway] = read(readFileSync(join(mappingsDir, 'sources', 'examples', 'oru-pcd.gateway.hl7'), 'utf8'));
    expect(gateway?.source).toBe('oru-pcd');
    expect(gateway?.items.map((item) => 'event' in item && item.event.type)).toEqual(['interrogation']);
  });

  it('is known by the first component of its sending application and facility', () => {
    const asked: (string | undefined)[] = [];
    const noting: Sources = {
      ...sources,
      forHl7: (header) => {
        asked.push(header.sendingApplication, header.sendingFacility);
        return sources.forHl7(header);
      },
    };
    read(doseChangeMessage().replace('|EPIC|STJUDE|', '|EPIC^1.2.3^ISO|STJUDE^4.5^ISO|'), { sources: noting });
    expect(asked).toEqual(['EPIC', 'STJUDE']);
  });

  it('is read by the field map that is named, whatever its header says', () => {
    expect(problemsOf(doseChangeMessage(), { source: 'no-such-map' })).toEqual([['source-map-missing', 'MSH-3.1']]);
  });

  it.each([
    ['P', undefined, undefined],
    ['T', undefined, true],
    ['D', undefined, true],
    ['P', 'test', true],
    ['T', 'live', true],
  ] as const)('with MSH-11 %s from a sender of %j is a test: %j', (processing, environment, test) => {
    const { event } = eventOf(doseChangeMessage({ processing }), { environment });
    expect(event.test ?? undefined).toBe(test);
  });

  it.each([
    ['', 'field-missing'],
    ['X', 'field-value'],
  ])('with MSH-11 %j is no event', (processing, code) => {
    expect(problemsOf(doseChangeMessage({ processing }))).toEqual([[code, 'MSH-11.1']]);
  });

  it('without a control id is refused: its acknowledgement could not be told from others', () => {
    expect(problemsOf(doseChangeMessage({ controlId: '' }))).toEqual([['field-missing', 'MSH-10.1']]);
  });

  it('that names two devices in one group is refused', () => {
    const message = doseChangeMessage().replace(/(OBX\|2.*)\r/, '$1||||OTHER^^^Medtronic\r');
    expect(problemsOf(message)).toEqual([['device-differs', 'OBX-18.1']]);
    const same = doseChangeMessage().replace(/(OBX\|2.*)\r/, '$1||||SNMRN1^^^Medtronic\r');
    expect(eventOf(same).remarks).toBeUndefined();
  });

  it('of which an observation is of another day says so', () => {
    const message = doseChangeMessage().replace(/(OBX\|3.*)20240603/, '$120240601');
    expect(eventOf(message).remarks).toMatchObject([
      { code: 'observation-day-differs', severity: 'warning', place: { segment: 'OBX[3]', field: 'OBX-14.1' } },
    ]);
  });

  it('with an escape sequence that nobody knows keeps it and says so', () => {
    const message = doseChangeMessage().replace('Rivera^Ana', 'Rivera\\Z9\\^Ana');
    expect(eventOf(message).remarks).toMatchObject([
      { code: 'escape-unknown', severity: 'warning', place: { segment: 'PID[1]', field: 'PID-5.1' } },
    ]);
  });

  it('with a value that was cut short (HL7 2.7) is refused', () => {
    const message = doseChangeMessage({ version: '2.7' })
      .replace('^~\\&', '^~\\&#')
      .replace('Rivera^Ana', 'Rivera^An#');
    expect(problemsOf(message)).toEqual([['value-truncated', 'PID-5.2']]);
  });

  it('that is no HL7 at all is kept whole', () => {
    const [found] = read('{"type":"refill"}');
    expect(found).toMatchObject({ verdict: 'usable', items: [{ payload: '{"type":"refill"}', format: 'hl7v2' }] });
    expect(found?.header).toBeUndefined();
    expect(problemsOf('{"type":"refill"}')).toEqual([['hl7-unreadable', undefined]]);
  });

  it('a merge of a record with itself is refused', () => {
    expect(problemsOf(mergeMessage('A', 'A'))).toEqual([['merge-of-itself', 'MRG-1.1']]);
    expect(eventOf(mergeMessage('A', 'B')).event).toMatchObject({
      ...{ type: 'merge', occurredAt: '2024-06-10T08:00:00-05:00' },
      patient: { identifier: { system: 'urn:oid:2.16.840.1.113883.19.5', value: 'A' } },
      merged: { identifier: { system: 'urn:oid:2.16.840.1.113883.19.5', value: 'B' } },
    });
  });
});

describe('bytes that are no text in their character set', () => {
  const bytes = Buffer.from(doseChangeMessage().replace('Rivera', 'Rivüra'), 'latin1');

  it('are refused where they are said to be UTF-8, and kept byte by byte', () => {
    const [found] = readHl7v2Bytes(bytes, { sources });
    expect(found?.header?.controlId).toBe('M1');
    expect(found?.items).toMatchObject([{ problems: [{ code: 'charset-mismatch' }] }]);
    const [kept] = found?.items ?? [];
    expect(readHl7v2(kept?.payload ?? '', { sources })).toEqual([found]);
  });

  it('are read by the set that fits', () => {
    const stated = Buffer.from(bytes.toString('latin1').replace('UNICODE UTF-8', '8859/1'), 'latin1');
    const [found] = readHl7v2Bytes(stated, { sources });
    expect(found?.items).toMatchObject([{ event: { type: 'dose-change' } }]);
    expect(found?.charset?.name).toBe('8859/1');
  });
});

describe('a batch', () => {
  const batch = (end: string) =>
    `BHS|^~\\&|EPIC\r${doseChangeMessage()}${doseChangeMessage({ controlId: 'M2', order: 'O2' })}${end}`;

  it('is its messages', () => {
    expect(read(batch('BTS|2\r')).map(({ header, items }) => [header?.controlId, 'event' in (items[0] ?? {})])).toEqual(
      [
        ['M1', true],
        ['M2', true],
      ],
    );
  });

  it('of as many messages as are taken at once is read, of more none is', () => {
    const two = batch('BTS|2\r');
    const codes = (maxMessages: number) =>
      readHl7v2(two, { sources, maxMessages }).map(({ header, items }) => [
        header?.controlId,
        ...items.map((item) => ('problems' in item ? item.problems[0]?.code : 'event')),
      ]);
    expect(codes(2)).toEqual([
      ['M1', 'event'],
      ['M2', 'event'],
    ]);
    expect(codes(1)).toEqual([[undefined, 'too-many-events']]);
  });

  it('of which so many groups are refused that their copies would fill the store is refused as a whole, and kept once', () => {
    const groups = (count: number) =>
      `${doseChangeMessage()}${'OBR|9||X^EPIC|ITB-PROG^Programming^99ITB\r'.repeat(count)}NTE|1||${'x'.repeat(1_000_000)}\r`;
    const codes = (text: string) => [
      ...new Set(
        read(text)[0]?.items.flatMap((item) => ('problems' in item ? item.problems.map(({ code }) => code) : [])),
      ),
    ];
    expect(codes(groups(20))).not.toContain('too-many-events');
    const [whole] = read(groups(60));
    expect(whole?.items).toMatchObject([{ payload: groups(60), problems: [{ code: 'too-many-events' }] }]);
  });

  it('that lost a message says so beside them', () => {
    const [whole, ...messages] = read(batch('BTS|3\r'));
    expect(whole?.items).toMatchObject([{ payload: batch('BTS|3\r'), problems: [{ code: 'batch-count-differs' }] }]);
    expect(messages).toHaveLength(2);
  });

  it('without its end loses only the message that may be cut off', () => {
    const reads = read(batch(''));
    expect(reads.map(({ items }) => items.map((item) => ('event' in item ? 'event' : item)))).toMatchObject([
      ['event'],
      [{ problems: [{ code: 'batch-incomplete' }] }],
    ]);
  });
});

it('a message cut off at any byte never throws, and states nothing but what was sent', () => {
  const whole = Buffer.from(doseChangeMessage());
  const read = Array.from({ length: whole.length }, (_, end) => readHl7v2Bytes(whole.subarray(0, end), { sources }));
  const events = read.flat().flatMap(({ items }) => items.flatMap((item) => ('event' in item ? [item.event] : [])));
  expect(read.every((reads) => reads.length === 1 && reads[0]?.items.length === 1)).toBe(true);
  expect(events.length).toBeGreaterThan(0);
  for (const event of events) {
    if (event.type !== 'dose-change') throw new Error(event.type);
    const { doseUgPerDay, concentrationUgPerMl } = event.program as Record<string, unknown>;
    expect([doseUgPerDay, concentrationUgPerMl ?? 2000]).toEqual([220, 2000]);
  }
}, 30_000);
