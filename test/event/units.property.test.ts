import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ucumUnit, unitFault } from '../../src/event/ucum.ts';
import { ugPerDay } from '../../src/event/units.ts';

/** Anything may stand where a unit is expected: it is read or refused, and what a sender wrote is never printed. */
const printed = ['log', 'info', 'warn', 'error'] as const;
beforeEach(() => {
  for (const way of printed) vi.spyOn(console, way).mockImplementation(() => undefined);
});
afterEach(() => {
  for (const way of printed) expect(console[way]).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

const pieces = [
  'ug',
  'mcg',
  'mL',
  'd',
  'day',
  'h',
  'Cel',
  '[degF]',
  '[IU]',
  'B[V]',
  '[pH]',
  'bit_s',
  'mol',
  '24',
  '1',
  '0',
];
const signs = ['/', '//', '.', '*', '^', '(', ')', '{', '}', '{x}', '[', ']', ' ', ' per ', '-', '+', "'", '%', '10*'];
const names = Object.getOwnPropertyNames(Object.prototype);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.array(fc.constantFrom(...pieces, ...signs, ...names), { maxLength: 8 }).map((parts) => parts.join('')),
);

it('a text is read as a UCUM code, which is read as itself, or it is no unit', () => {
  fc.assert(
    fc.property(text, (anything) => {
      const code = ucumUnit(anything);
      if (code !== undefined) expect(ucumUnit(code)).toBe(code);
    }),
    { numRuns: 3000 },
  );
});

it('a text that is no unit is unknown or easily misread in every field', () => {
  fc.assert(
    fc.property(text, (anything) => {
      const refusals = ['unit-unknown', 'unit-error-prone'];
      expect(refusals.includes(String(unitFault(anything, 'ug/d')))).toBe(ucumUnit(anything) === undefined);
    }),
    { numRuns: 3000 },
  );
});

it('a dose is kept to the last digit with every spelling of its unit', () => {
  const spelling = fc
    .tuple(
      fc.constantFrom('ug', 'mcg', '\u00b5g', '\u03bcg', 'micrograms'),
      fc.constantFrom('/d', '/day', '/24h', ' per day'),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true }), spelling, (value, unit) => {
      expect(ugPerDay.parse({ value, unit })).toBe(value);
    }),
  );
});

it('a dose in a unit of another size is never taken, whatever its prefix', () => {
  const prefix = fc.constantFrom('p', 'n', 'm', 'c', 'd', '', 'da', 'h', 'k', 'M', 'G');
  fc.assert(
    fc.property(prefix, fc.constantFrom('d', 'day', '24h', 'h', 'min', 'wk'), (size, time) => {
      expect(unitFault(`${size}g/${time}`, 'ug/d')).toBe('unit-differs');
    }),
  );
});
