import { describe, expect, it } from 'vitest';
import { eventKinds } from '../../src/event/event.ts';
import { eventJsonSchema } from '../../src/event/json-schema.ts';
import { parseEvent } from '../../src/event/parse.ts';

type Json = Record<string, unknown>;

const example = (type: string): Json => structuredClone(eventKinds.find((kind) => kind.type === type)?.example) as Json;

const implantOf = (devices: Json): Json => ({ ...example('implant'), ...devices });

function problemsOf(event: Json) {
  const parsed = parseEvent(event);
  return 'problems' in parsed ? parsed.problems : [];
}

const brief = (event: Json) => problemsOf(event).map(({ code, place }) => [code, place?.field]);

const pump = { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP100001H' };
const catheter = { manufacturer: 'Medtronic', model: '8780', lotNumber: 'LOT-C1' };
const printed = '(01)09521234000402(11)231004(17)250404(10)LOT-P1(21)NGP100001H';

const everyPumpField = {
  ...pump,
  kind: 'constant-flow-pump',
  lotNumber: 'LOT-P1',
  deviceName: 'Demonstration pump',
  udi: printed,
  udiAidc: ']d20109521234000402112310041725040421NGP100001H',
  udiEntryType: 'barcode',
  manufactureDate: '2023-10-04',
  expirationDate: '2025-04',
  firmware: '1.0',
  calibrationConstant: 114,
  reservoirMl: 40,
  tubingMl: 0.3,
  flowMlPerDay: 1.3,
  implantedOn: '2018-06',
  implantedOnSource: 'implant card',
  pocketSite: 'lower abdomen',
  pocketSide: 'left',
  pocketPlane: 'subfascial',
};

const everyCatheterField = {
  ...catheter,
  serialNumber: 'C-77',
  deviceName: 'Demonstration catheter',
  udi: '(01)09521234000204(10)LOT-C1(21)C-77',
  udiAidc: ']d2010952123400020410LOT-C1',
  udiEntryType: 'self-reported',
  manufactureDate: '2023',
  expirationDate: '2025-04-30',
  implantedOn: '2018',
  tipLevel: 'T10',
  tipLevelSource: 'operative-note',
  implantedLengthCm: 84,
  removedLengthCm: 5,
  lengthSource: 'assumed',
  volumeMl: 0.185,
  volumeSource: 'unknown',
  sideportPresent: false,
};

describe('a device label', () => {
  it('keeps every field as sent', () => {
    const parsed = parseEvent(implantOf({ pump: everyPumpField, catheter: everyCatheterField }));
    expect(parsed).toMatchObject({ event: { pump: everyPumpField, catheter: everyCatheterField } });
  });

  it.each([
    ['pump', 'kind', 'smart-pump', 'field-value'],
    ['pump', 'flowMlPerDay', 0, 'field-range'],
    ['pump', 'implantedOn', '06/2018', 'field-format'],
    ['pump', 'pocketSide', 'middle', 'field-value'],
    ['pump', 'pocketPlane', 'deep', 'field-value'],
    ['pump', 'udiEntryType', 'guessed', 'field-value'],
    ['pump', 'udiAidc', '', 'field-range'],
    ['pump', 'udi', 'x'.repeat(501), 'field-range'],
    ['pump', 'lotNumber', ' ', 'field-range'],
    ['pump', 'manufactureDate', '4 Oct 2023', 'field-format'],
    ['catheter', 'implantedOn', '2018-13', 'field-format'],
    ['catheter', 'tipLevelSource', 'guessed', 'field-value'],
    ['catheter', 'lengthSource', 'guessed', 'field-value'],
    ['catheter', 'volumeSource', 'guessed', 'field-value'],
    ['catheter', 'sideportPresent', 'yes', 'field-type'],
    ['catheter', 'udiEntryType', 'guessed', 'field-value'],
  ])('of a %s is refused for its %s %j', (device, field, value, code) => {
    const whole = device === 'pump' ? everyPumpField : everyCatheterField;
    expect(brief(implantOf({ [device]: { ...whole, [field]: value } }))).toEqual([[code, `${device}.${field}`]]);
  });

  it('has its UDI fields in the published schema', () => {
    const schema = JSON.stringify(eventJsonSchema());
    for (const field of ['udiAidc', 'udiEntryType', 'flowMlPerDay', 'sideportPresent', 'pocketPlane']) {
      expect(schema).toContain(`"${field}":`);
    }
  });
});

describe('a UDI beside a label', () => {
  it.each([
    ['the serial number', { serialNumber: 'NGP100001H' }],
    ['the serial number in other case and with spaces', { serialNumber: ' ngp100001h ' }],
    ['the lot in other case', { lotNumber: 'lot-p1' }],
    ['the day of manufacture', { manufactureDate: '2023-10-04' }],
    ['the month of manufacture', { manufactureDate: '2023-10' }],
    ['the year of manufacture', { manufactureDate: '2023' }],
    ['the day of expiry', { expirationDate: '2025-04-04' }],
    ['the year of expiry', { expirationDate: '2025' }],
  ])('may state %s as well', (_what, fields) => {
    expect(brief(implantOf({ pump: { ...pump, udi: printed, ...fields } }))).toEqual([]);
  });

  it.each([
    ['serialNumber', 'NGP100002H', 'the UDI states another serial number'],
    ['serialNumber', 'NGP100001', 'the UDI states another serial number'],
    ['lotNumber', 'LOT-P2', 'the UDI states another lot number'],
    ['manufactureDate', '2023-10-05', 'the UDI states another date of manufacture'],
    ['manufactureDate', '2023-11', 'the UDI states another date of manufacture'],
    ['manufactureDate', '2022', 'the UDI states another date of manufacture'],
    ['expirationDate', '2025-04-30', 'the UDI states another expiry date'],
  ])('is refused where the label states another %s, %s', (field, value, message) => {
    expect(problemsOf(implantOf({ pump: { ...pump, udi: printed, [field]: value } }))).toEqual([
      {
        code: 'udi-contradicts-label',
        severity: 'error',
        place: { field: `pump.${field}`, eventId: (example('implant').source as Json).eventId },
        message,
        remedy: 'Compare the UDI and the field with the label of the device, and correct the one that is wrong.',
      },
    ]);
  });

  it('that a scanner read is compared in the same way', () => {
    const udiAidc = ']d2010952123400040221NGP100002H';
    expect(
      problemsOf(implantOf({ pump: { ...pump, udiAidc } })).map(({ code, place, message }) => [
        code,
        place?.field,
        message,
      ]),
    ).toEqual([['udi-contradicts-label', 'pump.serialNumber', 'the scanned UDI states another serial number']]);
  });

  it.each([
    ['another device identifier', ']d20109521234000204', [['udi-contradicts-label', 'catheter.udiAidc']]],
    ['another lot', ']d2010952123400040210LOT-X', [['udi-contradicts-label', 'catheter.udiAidc']]],
    ['another expiry date', ']d2010952123400040217250405', [['udi-contradicts-label', 'catheter.udiAidc']]],
    ['the same, and no more', ']d2010952123400040217250404', []],
    ['the same and a lot', ']d201095212340004021725040410LOT-P1', []],
  ])('is refused where the scan of the same label states %s', (_what, udiAidc, problems) => {
    const device = { manufacturer: 'Medtronic', serialNumber: 'NGP100001H', udi: printed, udiAidc };
    expect(brief(implantOf({ catheter: device }))).toEqual(problems);
  });

  it.each([
    [
      '(01)09521234000402(11)231004(17)25040421NGP100001H',
      'the element string cannot be taken apart, or names no device identifier (01)',
    ],
    ['(01)09521234000402(11)231304', 'a date in it is on no calendar'],
    ['+A123BJC5D6E71H', 'its check character does not fit'],
    ['=/A9999', 'it names no device identifier of 16 characters'],
  ])('%s begins like one and is refused, because it cannot be read', (udi, why) => {
    expect(problemsOf(implantOf({ pump: { ...pump, udi } }))).toEqual([
      {
        code: 'udi-unreadable',
        severity: 'error',
        place: { field: 'pump.udi', eventId: (example('implant').source as Json).eventId },
        message: `the UDI cannot be read: ${why}`,
        remedy: 'Read the UDI from the label again; leave it out where the label cannot be read.',
      },
    ]);
    expect(brief(implantOf({ catheter: { ...catheter, udiAidc: udi } }))).toEqual([
      ['udi-unreadable', 'catheter.udiAidc'],
    ]);
  });

  it.each([['label not legible'], ['UDI on the implant card'], ['8637-40']])('%s is kept as printed', (udi) => {
    expect(brief(implantOf({ pump: { ...pump, udi } }))).toEqual([]);
  });

  it('that a scanner read is refused with the reason where the print says otherwise', () => {
    const device = { ...pump, udi: '(01)09521234000402', udiAidc: ']d20109521234000204' };
    expect(problemsOf(implantOf({ pump: device })).map(({ message }) => message)).toEqual([
      'the scanned UDI is not the printed one',
    ]);
  });

  it('that names a month of expiry agrees with every day in it, and with no other', () => {
    const udi = '+X999123ABC0/$$0119L7%';
    const expiring = (expirationDate: string) => brief(implantOf({ pump: { ...pump, udi, expirationDate } }));
    expect([...expiring('2019-01-01'), ...expiring('2019-01-31'), ...expiring('2019')]).toEqual([]);
    expect(expiring('2019-02-01')).toEqual([['udi-contradicts-label', 'pump.expirationDate']]);
  });

  it('whose check digit is wrong is no reason to refuse an implant', () => {
    expect(brief(implantOf({ pump: { ...pump, udi: '(01)09521234000403(21)NGP100001H' } }))).toEqual([]);
  });

  it('of a catheter is compared with its lot', () => {
    const udi = '(01)09521234000204(10)LOT-C9';
    expect(brief(implantOf({ catheter: { ...catheter, udi } }))).toEqual([
      ['udi-contradicts-label', 'catheter.lotNumber'],
    ]);
    expect(brief({ ...example('revision'), removedCatheter: { ...catheter, udi } })).toEqual([
      ['udi-contradicts-label', 'removedCatheter.lotNumber'],
    ]);
  });

  it('is compared inside a correction too', () => {
    const correction = example('correction');
    const event = { ...(correction.event as Json), pump: { ...pump, serialNumber: 'NGP100009H', udi: printed } };
    expect(brief({ ...correction, event })).toEqual([['udi-contradicts-label', 'event.pump.serialNumber']]);
  });

  it('tells of every contradiction at once', () => {
    const device = {
      ...pump,
      serialNumber: 'A',
      lotNumber: 'B',
      manufactureDate: '2001',
      expirationDate: '2002',
      udi: printed,
    };
    expect(brief(implantOf({ pump: device }))).toEqual([
      ['udi-contradicts-label', 'pump.serialNumber'],
      ['udi-contradicts-label', 'pump.lotNumber'],
      ['udi-contradicts-label', 'pump.manufactureDate'],
      ['udi-contradicts-label', 'pump.expirationDate'],
    ]);
  });

  it.each([
    ['manufactureDate', { manufactureDate: '1969' }, '(01)09521234000402(11)690101'],
    ['expirationDate', { expirationDate: '1969' }, '(01)09521234000402(17)690101'],
    [
      'manufactureDate before expirationDate',
      { manufactureDate: '1950', expirationDate: '1999' },
      '(01)09521234000402(11)500101(17)990101',
    ],
  ])('takes the century of its two-digit years from the %s of the label', (_field, dates, udi) => {
    expect(brief(implantOf({ pump: { ...pump, ...dates, udi } }))).toEqual([]);
  });
});
