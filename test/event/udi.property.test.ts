import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUdi } from '../../src/event/udi.ts';

const gs = '\u001d';
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-.';
const number = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 20 });
const days = fc
  .integer({ min: 0, max: 18_000 })
  .map((count) => new Temporal.PlainDate(2000, 1, 1).add({ days: count }));
const sixDigits = (day: Temporal.PlainDate) => day.toString().slice(2).replaceAll('-', '');
const pieces = fc.constantFrom(
  '(01)',
  '(17)',
  '01',
  '+',
  '$$',
  '=/',
  '=>',
  '/',
  ']d2',
  ']C0',
  gs,
  '*',
  '_',
  ' ',
  '7250',
  '800',
);

describe('a UDI', () => {
  it('states the same printed and scanned, whatever its values', () => {
    const label = fc.record({ lot: number, serial: number, made: days, expires: days });
    fc.assert(
      fc.property(label, ({ lot, serial, made, expires }) => {
        const printed = `(01)09521234000402(11)${sixDigits(made)}(17)${sixDigits(expires)}(10)${lot}(21)${serial}`;
        const scanned = `]d2010952123400040210${lot}${gs}11${sixDigits(made)}17${sixDigits(expires)}21${serial}`;
        const udi = {
          issuer: 'gs1',
          deviceIdentifier: '09521234000402',
          lotNumber: lot,
          serialNumber: serial,
          manufactureDate: made.toString(),
          expirationDate: expires.toString(),
        };
        expect(readUdi(printed, { year: 2020 })).toStrictEqual({ udi });
        expect(readUdi(scanned, { year: 2020 })).toStrictEqual({ udi });
      }),
    );
  });

  it('of any text is read, refused or kept as text, and never breaks the reader', () => {
    const text = fc.array(fc.oneof(pieces, fc.string({ maxLength: 12 }), fc.stringMatching(/^\d{2,16}$/)), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 9999 }), (parts, year) => {
        const [outcome] = Object.keys(readUdi(parts.join(''), { year }));
        expect(['udi', 'unreadable', 'plainText']).toContain(outcome);
      }),
    );
  });
});
