import { describe, expect, it } from 'vitest';
import { readUdi } from '../../src/event/udi.ts';

const stated = (text: string) => {
  const result = readUdi(text, { year: 2020 });
  return 'udi' in result ? result.udi : result;
};

/** Gives a code its check character: the sum of the places of all characters in this alphabet, modulo 43. */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%';
const sum = (text: string) => [...text].reduce((total, character) => total + alphabet.indexOf(character), 0);
const checked = (text: string) => text + alphabet.charAt(sum(text) % 43);

const product = { issuer: 'hibcc', deviceIdentifier: 'X999123ABC0' };

describe('a HIBCC label', () => {
  it.each([
    ['+A123BJC5D6E71G', 'A123BJC5D6E71'],
    ['+BLUEUNICORN7N', 'BLUEUNICORN7'],
    ['*+A123BJC5D6E71G*', 'A123BJC5D6E71'],
    [']C0+A123BJC5D6E71G', 'A123BJC5D6E71'],
    ['+a123bjc5d6e71g', 'A123BJC5D6E71'],
    [' +A123 BJC5D6E71 G ', 'A123BJC5D6E71'],
    [checked('+A12310'), 'A12310'],
    [checked('+A123ABCDEFGHI1234567891'), 'A123ABCDEFGHI1234567891'],
  ])('%s of the maker and product alone names %s', (text, deviceIdentifier) => {
    expect(stated(text)).toStrictEqual({ issuer: 'hibcc', deviceIdentifier });
  });

  it('as the standard prints its example states lot, serial number and both dates', () => {
    expect(stated('*+A99912345/$$52001510X3/16D20111212/S77DEFG457*')).toStrictEqual({
      issuer: 'hibcc',
      deviceIdentifier: 'A99912345',
      lotNumber: '10X3',
      serialNumber: '77DEFG45',
      manufactureDate: '2011-12-12',
      expirationDate: '2020-01-15',
    });
  });

  it.each([
    ['month and year, which stays a month', '$$05191234AB', { expirationDate: '2019-05', lotNumber: '1234AB' }],
    ['month, day, year', '$$20515191234AB', { expirationDate: '2019-05-15', lotNumber: '1234AB' }],
    ['year, month, day', '$$31905151234AB', { expirationDate: '2019-05-15', lotNumber: '1234AB' }],
    ['year, month, day, hour', '$$4190515211234AB', { expirationDate: '2019-05-15', lotNumber: '1234AB' }],
    ['day of the year', '$$5191351234AB', { expirationDate: '2019-05-15', lotNumber: '1234AB' }],
    ['day of the year, hour', '$$619135211234AB', { expirationDate: '2019-05-15', lotNumber: '1234AB' }],
    ['the last day of a leap year', '$$520366L', { expirationDate: '2020-12-31', lotNumber: 'L' }],
    ['the first day of a year', '$$521001L', { expirationDate: '2021-01-01', lotNumber: 'L' }],
    ['no date', '$$71234AB', { lotNumber: '1234AB' }],
    ['a date without a lot', '$$1225', { expirationDate: '2025-12' }],
  ])('reads %s', (_what, data, values) => {
    expect(stated(checked(`+X999123ABC0/${data}`))).toStrictEqual({ ...product, ...values });
  });

  it.each([
    ['a lot alone', '$1234AB', { lotNumber: '1234AB' }],
    ['a serial number alone', '$+1234AB', { serialNumber: '1234AB' }],
    ['a serial number after a date', '$$+3190515SN7', { expirationDate: '2019-05-15', serialNumber: 'SN7' }],
    ['a serial number after a month', '$$+0519SN7', { expirationDate: '2019-05', serialNumber: 'SN7' }],
    ['a serial number without a date', '$$+7SN7', { serialNumber: 'SN7' }],
    ['a quantity of two digits', '$$8013190515L7', { expirationDate: '2019-05-15', lotNumber: 'L7' }],
    ['a quantity of five digits', '$$9000013190515L7', { expirationDate: '2019-05-15', lotNumber: 'L7' }],
    ['a quantity and a serial number', '$$+8017SN7', { serialNumber: 'SN7' }],
    ['a quantity alone', '$$801', {}],
    ['the old form, a day of the year and a lot', '19135L7', { expirationDate: '2019-05-15', lotNumber: 'L7' }],
    ['a serial number of its own', '$L7/SSN7', { lotNumber: 'L7', serialNumber: 'SN7' }],
    ['a date of manufacture', '16D20151001', { manufactureDate: '2015-10-01' }],
    ['an expiry date of its own', '$L7/14D20190515', { lotNumber: 'L7', expirationDate: '2019-05-15' }],
    ['the fuller of two expiry dates', '$$0519L7/14D20190531', { expirationDate: '2019-05-31', lotNumber: 'L7' }],
    ['what nobody asked for', '$L7/Q500/25PX1', { lotNumber: 'L7' }],
    ['18 characters of a lot', '$LOT123456789012345', { lotNumber: 'LOT123456789012345' }],
  ])('reads %s', (_what, data, values) => {
    expect(stated(checked(`+X999123ABC0/${data}`))).toStrictEqual({ ...product, ...values });
  });

  it('in two linked codes reads as one', () => {
    const first = checked('+X999123ABC0');
    const second = checked(`+$$3190515L7${first.at(-1)}`);
    const whole = { ...product, expirationDate: '2019-05-15', lotNumber: 'L7' };
    expect(stated(first + second)).toStrictEqual(whole);
    expect(stated(`*${first}* *${second}*`)).toStrictEqual(whole);
  });

  it('whose check character is a space is read with it, with its underscore, or without it', () => {
    const space =
      [...alphabet].map((end) => `+X999123ABC0/$L7${end}`).find((code) => checked(code).endsWith(' ')) ?? '';
    const lotNumber = `L7${space.at(-1)}`;
    expect(checked(space)).toMatch(/ $/);
    for (const printed of [`${space} `, `*${space}_*`, space]) {
      expect(stated(printed)).toStrictEqual({ ...product, lotNumber });
    }
  });

  it('with a check character that does not fit, as in the example of the FDA, is read and reported', () => {
    const text = '*+H123PARTNO1234567890120/$$420020216LOT123456789012345/SXYZ456789012345678/16D20130202C*';
    expect(stated(text)).toStrictEqual({
      issuer: 'hibcc',
      deviceIdentifier: 'H123PARTNO1234567890120',
      lotNumber: 'LOT123456789012345',
      serialNumber: 'XYZ456789012345678',
      manufactureDate: '2013-02-02',
      expirationDate: '2020-02-02',
      checkDiffers: true,
    });
  });

  it.each([
    ['a lot', '+A99912345/$$52001510X3', { expirationDate: '2020-01-15' }],
    ['a serial number', '+A99912345/$10X3/S77DEFG45', { lotNumber: '10X3' }],
    ['a serial number after its date', '+A99912345/$$+520015SN', { expirationDate: '2020-01-15' }],
    ['a quantity', '+A99912345/$10X3/Q5A', { lotNumber: '10X3' }],
  ])(
    'that may lack its check character does not state %s at its end, which may lack its last character',
    (_what, text, values) => {
      expect(stated(text)).toStrictEqual({
        issuer: 'hibcc',
        deviceIdentifier: 'A99912345',
        ...values,
        checkDiffers: true,
      });
    },
  );

  const firstCode = checked('+X999123ABC0');
  const link = firstCode.at(-1);
  const beginning = { unreadable: 'it does not begin with a maker, a product and a unit' };
  const data = { unreadable: 'its production data cannot be taken apart' };

  it.each([
    ['has data alone', '+$$0624J139276%5', beginning],
    ['has a unit that is no digit', checked('+A123BJC5D6E7X'), beginning],
    ['has a maker and a unit, and no product', checked('+A1231'), beginning],
    ['has a product of 19 characters', checked('+A123ABCDEFGHI12345678901'), beginning],
    ['has a hyphen in its product', checked('+A123-JC5D6E71'), beginning],
    ['is linked by another character', firstCode + checked('+$$3190515L7Z'), beginning],
    ['has a wrong check character in the first of two codes', `+X999123ABC0Z${checked('+$$3190515L7Z')}`, beginning],
    ['has a wrong check character in the second of two codes', `${firstCode}+$$3190515L7${link}%`, beginning],
    [
      'is a product with a wrong check character',
      '+A123BJC5D6E71H',
      { unreadable: 'its check character does not fit' },
    ],
    ['expires in a 13th month', checked('+X999123ABC0/$$1319L7'), data],
    ['expires on 31 June', checked('+X999123ABC0/$$3190631L7'), data],
    ['expires on day 366 of a common year', checked('+X999123ABC0/$$519366L7'), data],
    ['expires on day 0 of a year', checked('+X999123ABC0/$$519000L7'), data],
    ['was made on no day', checked('+X999123ABC0/16D20150931'), data],
    ['was made on a day of nine digits', checked('+X999123ABC0/16D120151001'), data],
    ['was made on a day that breaks off', checked('+X999123ABC0/16D2015100'), data],
    ['expires on a day of nine digits', checked('+X999123ABC0/14D201905151'), data],
    ['has a date in no known format', checked('+X999123ABC0/$$ABC'), data],
    ['has a lot of 19 characters', checked('+X999123ABC0/$LOT1234567890123456'), data],
    ['has a serial number of 19 characters', checked('+X999123ABC0/SLOT1234567890123456'), data],
    ['has a character that HIBCC does not know', '+X999123ABC0/$L\u00d67/16D20130202C', data],
    ['states two serial numbers', checked('+X999123ABC0/$$+7SN1/SSN2'), data],
    ['states two expiry dates', checked('+X999123ABC0/$$0519L7/14D20190601'), data],
    ['has data that cannot be read before data that can', checked('+X999123ABC0/$$ABC/SSN7'), data],
  ])('that %s cannot be read', (_what, text, unreadable) => {
    expect(stated(text)).toStrictEqual(unreadable);
  });
});
