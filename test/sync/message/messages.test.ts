import { Hl7Message } from '@medplum/core';
import type { Binary, Observation } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { Hl7v2Settings } from '../../../src/sync/destination.ts';
import { fieldOf, segmentsOf } from '../../../src/sync/message/er7.ts';
import { er7Of, messageItem } from '../../../src/sync/message/messages.ts';
import { withdrawnMessage } from '../../../src/sync/message/withdrawn-message.ts';
import type { Page } from '../../../src/sync/page.ts';
import type { Link } from '../../../src/sync/plan.ts';
import type { TailorContext, Tailored } from '../../../src/sync/tailored.ts';
import { contextOf } from '../destination-context.ts';
import { identityOf, linksTo, ourPatient } from '../therapy-resources.ts';
import { engine } from './engine.ts';

const itb = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation';
const text = 'Intrathecal baclofen pump: refill\n\nvolume 38 mL\nNot an alarm or monitoring system.\n';

const volume = (value = 38): Observation =>
  ({
    resourceType: 'Observation',
    code: { coding: [{ system: itb, code: 'fill-volume', display: 'Fill volume' }], text: 'Fill volume' },
    effectiveDateTime: '2024-06-25T10:00:00-04:00',
    valueQuantity: { value, unit: 'mL', code: 'mL', system: 'http://unitsofmeasure.org' },
  }) as Observation;

const page = (changes: Partial<Page> & { kind?: string } = {}): Page => ({
  identity: identityOf(50),
  group: 3,
  code: 'event-report',
  title: 'Intrathecal baclofen pump: refill, 2024-06-25 10:00 -04:00',
  text,
  report: {
    group: 3,
    identity: identityOf(50),
    kind: changes.kind ?? 'refill',
    occurredAt: '2024-06-25T10:00:00-04:00',
    recordedAt: '2024-06-25T14:20:00Z',
  },
  observations: [volume()],
  ...changes,
});

const serial = () => ({ serial: 'NGP1', manufacturer: 'Medtronic' });

const itemOf = (of: Page, context: Partial<TailorContext> = {}, settings: Partial<Hl7v2Settings> = {}): Tailored => {
  const item = messageItem(of, engine(settings), contextOf(context), serial);
  if (!('identity' in item)) throw new Error(item.message);
  return item;
};

const er7 = (of: Page, context: Partial<TailorContext> = {}, settings: Partial<Hl7v2Settings> = {}): string =>
  er7Of(itemOf(of, context, settings).resource as Binary);

const sentAll = (...pages: Page[]): ReadonlyMap<string, Link> =>
  pages.reduce((links, each) => linksTo([itemOf(each, { links })]), new Map() as ReadonlyMap<string, Link>);

describe('an event with readings', () => {
  it('is a message of results (ORU^R01), field by field', () => {
    const message = er7(page());
    const id = fieldOf(message, 'MSH', 10);
    const filler = itemOf(page()).identity;
    expect(segmentsOf(message)).toEqual([
      `MSH|^~\\&|ITB|CLINIC|ENGINE|HOSPITAL|||ORU^R01^ORU_R01|${id}|P|2.5.1|||AL|NE||UNICODE UTF-8`,
      'PID|1||MRN0001^^^HOSP^MR||^^^^^^U',
      `OBR|1||${filler}^ITB|event-report^Report of a pump event^99ITB|||20240625100000-0400|||||||||||||||20240625142000+0000|||F`,
      'NTE|1|L|Intrathecal baclofen pump: refill, 2024-06-25 10:00 -04:00',
      'OBX|1|NM|fill-volume^Fill volume^99ITB|1|38|mL^mL^UCUM|||||F|||20240625100000-0400||||NGP1^Medtronic',
      'OBX|2|TX|event-report^Report of a pump event^99ITB|text.1|Intrathecal baclofen pump: refill||||||F|||20240625100000-0400',
      'OBX|3|TX|event-report^Report of a pump event^99ITB|text.2|volume 38 mL||||||F|||20240625100000-0400',
      'OBX|4|TX|event-report^Report of a pump event^99ITB|text.3|Not an alarm or monitoring system.||||||F|||20240625100000-0400',
    ]);
    expect(message.endsWith('\r')).toBe(true);
    expect(id).toMatch(/^[0-9A-F]{20}$/);
  });

  it('can be parsed, with every field where the standard has it', () => {
    const parsed = Hl7Message.parse(er7(page({ security: [{ code: 'HTEST' }] })));
    expect(parsed.getSegment('MSH')?.getField(11).toString()).toBe('T');
    expect(parsed.getSegment('MSH')?.getField(7).toString()).toBe('');
    expect(parsed.getSegment('MSH')?.getField(18).toString()).toBe('UNICODE UTF-8');
    expect(parsed.getSegment('PID')?.getField(3).getComponent(4)).toBe('HOSP');
    expect(parsed.getSegment('OBX')?.getField(5).toString()).toBe('38');
    expect(parsed.getSegment('OBR')?.getField(25).toString()).toBe('F');
  });

  it('travels as a Binary on the way of messages', () => {
    expect(itemOf(page())).toMatchObject({
      group: 3,
      channel: 'hl7v2',
      resource: { resourceType: 'Binary', contentType: 'x-application/hl7-v2+er7' },
    });
    expect(itemOf(page()).identity).not.toBe(identityOf(50));
  });

  it('has a control id that depends on what it says, and on nothing else', () => {
    const idOf = (of: Page) => fieldOf(er7(of), 'MSH', 10);
    expect(idOf(page())).toBe(idOf(page()));
    expect(idOf(page({ observations: [volume(37)] }))).not.toBe(idOf(page()));
    expect(idOf(page({ identity: identityOf(51) }))).not.toBe(idOf(page()));
  });

  it('names its structure only in versions that have a place for it', () => {
    expect(fieldOf(er7(page(), {}, { version: '2.3' }), 'MSH', 9)).toBe('ORU^R01');
    expect(fieldOf(er7(page(), {}, { version: '2.4' }), 'MSH', 9)).toBe('ORU^R01^ORU_R01');
    expect(fieldOf(er7(page(), {}, { version: '2.8' }), 'MSH', 12)).toBe('2.8');
  });

  it('escapes what would part fields, in names of systems as in words', () => {
    const message = er7(page({ title: 'a|b^c&d~e\\f' }), {}, { sendingApplication: 'I|TB' });
    expect(fieldOf(message, 'NTE', 3)).toBe('a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f');
    expect(fieldOf(message, 'MSH', 3)).toBe('I\\F\\TB');
  });
});

describe('the patient of a message', () => {
  const mrn = (value: string, changes: object = {}) => ({
    system: 'urn:oid:2.16.840.1.113883.19.5',
    value,
    patientId: ourPatient,
    ...changes,
  });

  it('has every identifier whose system the engine has a name for', () => {
    const settings = { assigningAuthorities: { 'urn:oid:2.16.840.1.113883.19.5': 'HOSP', 'urn:b': 'B&C' } };
    const patientIdentifiers = [mrn('1'), mrn('2', { system: 'urn:b' }), mrn('3', { system: 'urn:c' })];
    expect(fieldOf(er7(page(), { patientIdentifiers }, settings), 'PID', 3)).toBe('1^^^HOSP^MR~2^^^B\\T\\C^MR');
  });

  it('is named by those of a merged one only where it has none of its own', () => {
    const merged = mrn('9', { patientId: 'other' });
    expect(fieldOf(er7(page(), { patientIdentifiers: [merged, mrn('1')] }), 'PID', 3)).toBe('1^^^HOSP^MR');
    expect(fieldOf(er7(page(), { patientIdentifiers: [merged] }), 'PID', 3)).toBe('9^^^HOSP^MR');
  });

  it('without any is a problem, and no message', () => {
    expect(messageItem(page(), engine({ assigningAuthorities: {} }), contextOf(), serial)).toMatchObject({
      code: 'capability-missing',
      message: 'no identifier of the patient has an assigning authority of the interface engine',
    });
  });
});

describe('an event that is read as a document', () => {
  it('is a document notification with its text (MDM^T02), field by field', () => {
    const message = er7(page({ kind: 'complication' }));
    const { identity } = itemOf(page());
    expect(segmentsOf(message)).toEqual([
      `MSH|^~\\&|ITB|CLINIC|ENGINE|HOSPITAL|||MDM^T02^MDM_T02|${fieldOf(message, 'MSH', 10)}|P|2.5.1|||AL|NE||UNICODE UTF-8`,
      'EVN|T02|20240625142000+0000',
      'PID|1||MRN0001^^^HOSP^MR||^^^^^^U',
      'PV1|1|U',
      `TXA|1|event-report|TX|20240625100000-0400||20240625142000+0000||||||${identity}^ITB|||||AU`,
      'OBX|1|TX|event-report^Report of a pump event^99ITB|text.1|Intrathecal baclofen pump: refill||||||F|||20240625100000-0400',
      'OBX|2|TX|event-report^Report of a pump event^99ITB|text.2|volume 38 mL||||||F|||20240625100000-0400',
      'OBX|3|TX|event-report^Report of a pump event^99ITB|text.3|Not an alarm or monitoring system.||||||F|||20240625100000-0400',
    ]);
  });

  it.each([
    ['implant', 'MDM'],
    ['explant', 'MDM'],
    ['revision', 'MDM'],
    ['complication', 'MDM'],
    ['dose-change', 'ORU'],
    ['assessment', 'ORU'],
  ])('%s is %s', (kind, type) => expect(fieldOf(er7(page({ kind })), 'MSH', 9)?.slice(0, 3)).toBe(type));

  it('is one without readings, and a correction', () => {
    const typeOf = (of: Page) => fieldOf(er7(of), 'MSH', 9);
    const bare = { ...volume(), valueQuantity: undefined } as unknown as Observation;
    const wordless = JSON.parse(JSON.stringify(bare)) as Observation;
    expect(typeOf(page({ observations: [] }))).toBe('MDM^T02^MDM_T02');
    expect(typeOf(page({ observations: [wordless] }))).toBe('MDM^T02^MDM_T02');
    expect(typeOf(page({ code: 'correction' }))).toBe('MDM^T02^MDM_T02');
    expect(fieldOf(er7(page({ code: 'correction' })), 'OBX', 3)).toBe(
      'correction^Correction of an earlier entry^99ITB',
    );
  });

  it('says no time where none is known', () => {
    const message = er7(page({ code: 'correction', report: undefined }));
    expect(segmentsOf(message)[1]).toBe('EVN|T02');
    expect(fieldOf(message, 'TXA', 4)).toBe('');
  });
});

describe('a message that was sent', () => {
  it('stays as it was while it says the same', () => {
    const links = sentAll(page());
    const item = itemOf(page(), { links });
    expect(item).toMatchObject({ frozen: true, channel: 'hl7v2' });
    expect(item.resource).toEqual([...links.values()][0]?.content);
    expect(item.contentHash).toBe([...links.values()][0]?.contentHash);
  });

  it('is corrected by one of the same filler number with status C', () => {
    const links = sentAll(page());
    const sent = er7(page());
    const message = er7(page({ observations: [volume(37)] }), { links });
    expect(fieldOf(message, 'OBR', 3)).toBe(fieldOf(sent, 'OBR', 3));
    expect(fieldOf(message, 'OBR', 25)).toBe('C');
    expect(
      segmentsOf(message)
        .filter((line) => line.startsWith('OBX'))
        .map((line) => line.split('|')[11]),
    ).toEqual(['C', 'C', 'C', 'C']);
    expect(fieldOf(message, 'MSH', 10)).not.toBe(fieldOf(sent, 'MSH', 10));
  });

  it('stays as it was while its correction says the same', () => {
    const links = sentAll(page(), page({ observations: [volume(37)] }));
    expect(itemOf(page({ observations: [volume(37)] }), { links }).frozen).toBe(true);
    expect(itemOf(page(), { links }).frozen).toBeUndefined();
  });

  it('has another control id each time it is corrected, also back to what it said before', () => {
    const other = page({ observations: [volume(37)] });
    const ids = [[page()], [page(), other], [page(), other, page()], [page(), other, page(), other]].map(
      (pages) => [...sentAll(...pages).values()].map(({ content }) => fieldOf(er7Of(content as Binary), 'MSH', 10))[0],
    );
    expect(new Set(ids).size).toBe(4);
  });

  it('deletes the readings and lines that it no longer has, and only once', () => {
    const fewer = page({ observations: [{ ...volume(), code: { text: 'other' } } as Observation], text: 'one line\n' });
    const links = sentAll(page(), fewer);
    const [link] = [...links.values()];
    const lines = segmentsOf(er7Of(link?.content as Binary)).filter((line) => line.startsWith('OBX'));
    expect(lines.map((line) => line.split('|')).map((fields) => [fields[1], fields[4], fields[11]])).toEqual([
      ['1', '1', 'C'],
      ['2', 'text.1', 'C'],
      ['3', '1', 'D'],
      ['4', 'text.2', 'D'],
      ['5', 'text.3', 'D'],
    ]);
    expect(itemOf(fewer, { links }).frozen).toBe(true);
    const again = er7({ ...fewer, text: 'another line\n' }, { links });
    expect(again).not.toContain('|D|');
  });

  it('is replaced as a document by another one that names it (MDM^T10)', () => {
    const first = page({ kind: 'implant' });
    const second = page({ kind: 'implant', text: 'other\n' });
    const message = er7(second, { links: sentAll(first) });
    expect(fieldOf(message, 'MSH', 9)).toBe('MDM^T10^MDM_T02');
    expect(fieldOf(message, 'EVN', 1)).toBe('T10');
    expect(fieldOf(message, 'TXA', 13)).toBe(fieldOf(er7(first), 'TXA', 12));
    expect(fieldOf(message, 'TXA', 12)).not.toBe(fieldOf(er7(first), 'TXA', 12));
    expect(itemOf(second, { links: sentAll(first, second) }).frozen).toBe(true);
    const third = page({ kind: 'implant', text: 'third\n' });
    expect(fieldOf(er7(third, { links: sentAll(first, second) }), 'TXA', 13)).toBe(fieldOf(message, 'TXA', 12));
  });

  it('stays the kind of message that it began as', () => {
    expect(fieldOf(er7(page({ observations: [] }), { links: sentAll(page()) }), 'MSH', 9)).toBe('ORU^R01^ORU_R01');
    const links = sentAll(page({ observations: [] }));
    expect(fieldOf(er7(page({ text: 'other\n' }), { links }), 'MSH', 9)).toBe('MDM^T10^MDM_T02');
  });

  it('is sent again as it was where nobody knows whether the first one arrived', () => {
    const [link] = [...sentAll(page()).values()] as [Link];
    const links = new Map([[link.identity, { ...link, contentHash: null }]]);
    const item = itemOf(page(), { links });
    expect(item.frozen).toBeUndefined();
    expect(item.resource).toEqual(link.content);
  });

  it('corrects what nobody knows whether it arrived, with the same control id each time', () => {
    const [link] = [...sentAll(page()).values()] as [Link];
    const sent = [{ resourceType: 'Binary', contentType: 'x' } as Binary];
    const links = new Map([[link.identity, { ...link, contentHash: null, sent }]]);
    expect(itemOf(page(), { links }).frozen).toBeUndefined();
    expect(fieldOf(er7(page(), { links }), 'OBR', 25)).toBe('C');
    expect(fieldOf(er7(page(), { links }), 'MSH', 10)).not.toBe(fieldOf(er7(page()), 'MSH', 10));
    expect(er7(page(), { links })).toBe(er7(page(), { links }));
  });

  it('is sent anew after it was withdrawn', () => {
    const [link] = [...sentAll(page()).values()] as [Link];
    const content = withdrawnMessage(link.content as Binary);
    const links = new Map([[link.identity, { ...link, content, state: 'voided' as const }]]);
    const message = er7(page(), { links });
    expect(fieldOf(message, 'OBR', 25)).toBe('C');
    expect(fieldOf(message, 'OBX', 11)).toBe('C');
  });
});

describe('the message that takes one back', () => {
  const withdrawn = (of: Page) => er7Of(withdrawnMessage(itemOf(of).resource as Binary));

  it('deletes every reading', () => {
    const message = withdrawn(page());
    expect(fieldOf(message, 'OBR', 25)).toBe('X');
    expect(
      segmentsOf(message)
        .filter((line) => line.startsWith('OBX'))
        .map((line) => line.split('|')[11]),
    ).toEqual(['D', 'D', 'D', 'D']);
    expect(fieldOf(message, 'OBR', 3)).toBe(fieldOf(er7(page()), 'OBR', 3));
    expect(fieldOf(message, 'MSH', 10)).toMatch(/^[0-9A-F]{20}$/);
    expect(fieldOf(message, 'MSH', 10)).not.toBe(fieldOf(er7(page()), 'MSH', 10));
    expect(withdrawn(page())).toBe(message);
  });

  it('replaces a document by one that says so', () => {
    const first = er7(page({ kind: 'implant' }));
    const message = withdrawn(page({ kind: 'implant' }));
    expect(fieldOf(message, 'MSH', 9)).toBe('MDM^T10^MDM_T02');
    expect(fieldOf(message, 'EVN', 1)).toBe('T10');
    expect(fieldOf(message, 'TXA', 13)).toBe(fieldOf(first, 'TXA', 12));
    expect(fieldOf(message, 'TXA', 12)).toMatch(/^[0-9a-f-]{36}\^ITB$/);
    expect(fieldOf(message, 'TXA', 12)).not.toBe(fieldOf(first, 'TXA', 12));
    const lines = segmentsOf(message).filter((line) => line.startsWith('OBX'));
    expect(lines.map((line) => line.split('|')[5])).toContain('It was entered in error. Do not use it.');
    expect(lines.map((line) => line.split('|')[5])).not.toContain('volume 38 mL');
    expect(lines.map((line) => line.split('|').slice(1, 5).join('|'))[0]).toBe(
      '1|TX|event-report^Report of a pump event^99ITB|text.1',
    );
    expect(lines.every((line) => line.split('|')[11] === 'F')).toBe(true);
  });
});
