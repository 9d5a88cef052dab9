import { describe, expect, it } from 'vitest';
import { readUdi } from '../../src/event/udi.ts';

const read = (text: string, year = 2020) => readUdi(text, { year });
const stated = (text: string, year = 2020) => {
  const result = read(text, year);
  return 'udi' in result ? result.udi : result;
};

/** The FNC1 of a scanned GS1 code, as scanners hand it over. */
const gs = '\u001d';

describe('a GS1 label', () => {
  it('as the FDA prints its example states maker and model, dates, lot and serial number', () => {
    expect(read('(01)51022222233336(11)141231(17)150707(10)A213B1(21)1234')).toStrictEqual({
      udi: {
        issuer: 'gs1',
        deviceIdentifier: '51022222233336',
        lotNumber: 'A213B1',
        serialNumber: '1234',
        manufactureDate: '2014-12-31',
        expirationDate: '2015-07-07',
      },
    });
  });

  const pump = {
    issuer: 'gs1',
    deviceIdentifier: '09521234000402',
    serialNumber: 'NGP100001H',
    manufactureDate: '2023-10-04',
    expirationDate: '2025-04-04',
  };

  it.each([
    ['printed', '(01)09521234000402(11)231004(17)250404(21)NGP100001H'],
    ['printed with spaces and in two lines', ' (01) 09521234000402 (11) 231004\n(17) 250404 (21) NGP100001H '],
    ['printed with braces, as FHIR does in an example', '{01}09521234000402{11}231004{17}250404{21}NGP100001H'],
    ['printed in another order', '(21)NGP100001H(17)250404(01)09521234000402(11)231004'],
    ['printed with what nobody asked for', '(01)09521234000402(11)231004(17)250404(30)1(240)8637-40(21)NGP100001H'],
    ['scanned from a Data Matrix', ']d20109521234000402112310041725040421NGP100001H'],
    ['scanned from a linear code', ']C10109521234000402112310041725040421NGP100001H'],
    ['scanned by a reader that hands over parentheses', ']C1(01)09521234000402(11)231004(17)250404(21)NGP100001H'],
    ['scanned, with the leading separator alone', `${gs}0109521234000402112310041725040421NGP100001H`],
    ['scanned with separators', `010952123400040221NGP100001H${gs}1123100417250404`],
    ['scanned with a separator at the end', `0109521234000402112310041725040421NGP100001H${gs}`],
  ])('reads the same %s', (_how, text) => {
    expect(stated(text)).toStrictEqual(pump);
  });

  it.each([[']e0'], [']e1'], [']e2'], [']Q3'], [']J1']])('is known as a scan by the prefix %s', (prefix) => {
    expect(stated(`${prefix}010952123400040210LOT7`)).toStrictEqual({
      issuer: 'gs1',
      deviceIdentifier: '09521234000402',
      lotNumber: 'LOT7',
    });
  });

  it('separates a lot from what follows it in a scan', () => {
    expect(stated(`]d2010952123400040210LOT17${gs}1725040421S1`)).toStrictEqual({
      issuer: 'gs1',
      deviceIdentifier: '09521234000402',
      lotNumber: 'LOT17',
      serialNumber: 'S1',
      expirationDate: '2025-04-04',
    });
  });

  it('that lost its parentheses states no lot and no serial number: the last value may hold what followed it', () => {
    expect(stated('01095212340004021725040410LOT21NGP1')).toStrictEqual({
      issuer: 'gs1',
      deviceIdentifier: '09521234000402',
      expirationDate: '2025-04-04',
    });
    expect(stated('010952123400040221NGP100001H')).toStrictEqual({
      issuer: 'gs1',
      deviceIdentifier: '09521234000402',
    });
  });

  it.each([
    ['231100', '2023-11-30'],
    ['240200', '2024-02-29'],
    ['230200', '2023-02-28'],
    ['231200', '2023-12-31'],
  ])('with day 00 in %s means the last day of that month', (digits, date) => {
    expect(stated(`(01)09521234000402(11)${digits}(17)${digits}`)).toMatchObject({
      manufactureDate: date,
      expirationDate: date,
    });
  });

  it.each([
    [2020, '70', '2070'],
    [2020, '71', '1971'],
    [2020, '00', '2000'],
    [2020, '20', '2020'],
    [1998, '48', '2048'],
    [1998, '49', '1949'],
    [1999, '00', '2000'],
    [2080, '30', '2130'],
    [2080, '31', '2031'],
  ])('read near %i takes the year %s for %s', (year, twoDigits, fourDigits) => {
    expect(stated(`(01)09521234000402(17)${twoDigits}0115`, year)).toMatchObject({
      expirationDate: `${fourDigits}-01-15`,
    });
  });

  it.each([
    ['09521234000402'],
    ['09521234000204'],
    ['09521234001201'],
    ['00812345678901'],
    ['51022222233336'],
    ['00643169001763'],
  ])('%s has the right check digit', (identifier) => {
    expect(stated(`(01)${identifier}`)).toStrictEqual({ issuer: 'gs1', deviceIdentifier: identifier });
  });

  it.each([['09521234000403'], ['90521234000402'], ['01223334444555']])(
    '%s is read, and its check digit reported as wrong',
    (identifier) => {
      expect(stated(`(01)${identifier}`)).toStrictEqual({
        issuer: 'gs1',
        deviceIdentifier: identifier,
        checkDiffers: true,
      });
    },
  );

  const apart = 'the element string cannot be taken apart, or names no device identifier (01)';
  const calendar = 'a date in it is on no calendar';
  const value = 'its lot or serial number has a length or a character that GS1 does not allow';

  it.each([
    ['names no device identifier', '(11)231004(21)NGP100001H', apart],
    ['has a device identifier of 13 digits', '(01)9521234000402(21)A', apart],
    ['has a device identifier that breaks off', '(01)095212340004', apart],
    ['has a letter in its device identifier', '(01)0952123400040A', apart],
    ['has lost one pair of parentheses', '(01)09521234000402(11)231004(17)25040421NGP100001H', apart],
    ['has an identifier that GS1 does not know', '(01)09521234000402(05)1', apart],
    ['is scanned and breaks off', ']d20109521234', apart],
    ['states two lots', '(01)09521234000402(10)A(10)B', apart],
    ['was made in a 13th month', '(01)09521234000402(11)231304', calendar],
    ['was made in no month', '(01)09521234000402(11)230004', calendar],
    ['was made on 30 February', '(01)09521234000402(11)240230', calendar],
    ['expires on the last day of no month', '(01)09521234000402(17)250000', calendar],
    ['has a date that breaks into letters', '(01)09521234000402(17)25041A', calendar],
    ['has a letter at the start of a date', '(01)09521234000402(17)Z50404', apart],
    ['has a lot of 21 characters', '(01)09521234000402(10)ABCDEFGHIJKLMNOPQRSTU', value],
    ['has a serial number of 21 characters', '(01)09521234000402(21)ABCDEFGHIJKLMNOPQRSTU', value],
    ['has an empty serial number', '(01)09521234000402(21)', value],
    ['has a character that GS1 does not allow', '(01)09521234000402(10)LOT#7', value],
    ['has a letter with an accent', '(01)09521234000402(21)É1', value],
  ])('that %s cannot be read', (_what, text, unreadable) => {
    expect(read(text)).toStrictEqual({ unreadable });
  });

  it('takes a lot and a serial number of 20 characters, and the same lot stated twice', () => {
    expect(
      stated('(01)09521234000402(10)ABCDEFGHIJ-./+_%"!?T(10)ABCDEFGHIJ-./+_%"!?T(21)abcdefghijklmnopqrst'),
    ).toStrictEqual({
      issuer: 'gs1',
      deviceIdentifier: '09521234000402',
      lotNumber: 'ABCDEFGHIJ-./+_%"!?T',
      serialNumber: 'abcdefghijklmnopqrst',
    });
  });
});

describe('an ICCBBA label', () => {
  it('as the FDA prints its example states all it holds, its three-digit years without a window', () => {
    const text = '=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123';
    expect(read(text, 1900)).toStrictEqual({
      udi: {
        issuer: 'iccbba',
        deviceIdentifier: 'A9999XYZ100T0944',
        serialNumber: '000025',
        distinctIdentifier: 'A99971312345600',
        lotNumber: '000000000000XYZ123',
        expirationDate: '2014-02-01',
        manufactureDate: '2013-02-01',
      },
    });
  });

  it.each([
    ['=>999365', '1999-12-31'],
    ['=>000366', '2000-12-31'],
    ['=>101001', '2101-01-01'],
  ])('with %s expires on %s', (element, date) => {
    expect(stated(`=/A9999XYZ100T0944${element}`)).toStrictEqual({
      issuer: 'iccbba',
      deviceIdentifier: 'A9999XYZ100T0944',
      expirationDate: date,
    });
  });

  it('is read after the head of a compound message, spaces or not', () => {
    expect(stated('=+06000 =/A9999XYZ100T0944 =,000025')).toStrictEqual({
      issuer: 'iccbba',
      deviceIdentifier: 'A9999XYZ100T0944',
      serialNumber: '000025',
    });
  });

  it.each([
    ['=/A9999XYZ100T094', 'it names no device identifier of 16 characters'],
    ['=+06000=,000025', 'it names no device identifier of 16 characters'],
    ['=/A9999XYZ100T0944=>013366', 'a date in it is on no calendar'],
    ['=/A9999XYZ100T0944=>014032=}013366', 'a date in it is on no calendar'],
    ['=+06000A=/A9999XYZ100T0944', 'it names no device identifier of 16 characters'],
    ['=/A9999XYZ100T0944=}014000', 'a date in it is on no calendar'],
  ])('%s cannot be read', (text, unreadable) => {
    expect(read(text)).toStrictEqual({ unreadable });
  });
});

describe('text in no known grammar', () => {
  it.each([
    ['label not legible'],
    ['09521234000402'],
    ['8637-40 / NGP100001H'],
    ['(1) see implant card'],
    ['see (01)09521234000402'],
    ['see ]d20109521234000402'],
    ['REF 0109521234000402'],
    ['see +A123BJC5D6E71G'],
    ['see =/A9999XYZ100T0944'],
    ['010952123400040'],
    ['+1 800 555 0100'],
    ['=)1TE123456A'],
    [']A0NGP100001H'],
  ])('%s is kept as printed', (text) => {
    expect(read(text)).toStrictEqual({ plainText: true });
  });
});
