import { join } from 'node:path';
import { validateResource } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emittedUnits } from '../../src/fhir/emitted-units.ts';
import { loadDefinitions, validate } from '../../src/fhir/validate.ts';
import { changed, examples, root } from './examples.ts';

loadDefinitions(join(root, 'profiles'));

const secret = 'Zq Roe 4711';

/** Every path to a value inside a resource, as `dosage.route.coding.0.code`. */
function paths(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, child]) => {
    const path = at === '' ? key : `${at}.${key}`;
    return typeof child === 'object' ? [path, ...paths(child, path)] : [path];
  });
}

const place = fc
  .constantFrom(...examples.keys())
  .chain((id) => fc.constantFrom(...paths(examples.get(id))).map((path) => ({ id, path })))
  .filter(({ path }) => path !== 'resourceType');

const anything = fc.oneof(
  fc.constant(secret),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constant([secret]),
  fc.constant({ [secret]: secret }),
  fc.constant({ coding: [{ system: secret, code: secret }], start: secret, end: '2024', value: 1, code: secret }),
);

function refusedByMedplum(resource: Resource): boolean {
  try {
    validateResource(resource);
    return false;
  } catch {
    return true;
  }
}

test('whatever stands in the place of a value, validation answers with findings and quotes nothing', () => {
  fc.assert(
    fc.property(place, anything, ({ id, path }, value) => {
      const findings = validate(changed(id, { [path]: value }));
      expect(JSON.stringify(findings)).not.toContain('Roe');
    }),
    { numRuns: 3000 },
  );
});

test('what the validator of @medplum/core refuses as R4, ours refuses too', () => {
  fc.assert(
    fc.property(place, anything, ({ id, path }, value) => {
      const resource = changed(id, { [path]: value });
      fc.pre(refusedByMedplum(resource));
      expect(validate(resource)).not.toEqual([]);
    }),
    { numRuns: 3000 },
  );
});

test('no quantity of a resource of ours passes with a unit that is not emitted', () => {
  const quantities = [...examples].flatMap(([id, resource]) =>
    paths(resource)
      .filter((path) => path.endsWith('.code') && /Quantity|dose|numerator|denominator/i.test(path))
      .map((path) => ({ id, path })),
  );
  fc.assert(
    fc.property(fc.constantFrom(...quantities), fc.string({ minLength: 1 }), ({ id, path }, unit) => {
      fc.pre(!(emittedUnits as readonly string[]).includes(unit));
      expect(validate(changed(id, { [path]: unit })).map(({ code }) => code)).toContain('unit');
    }),
  );
});

test('a period is in order exactly when its instants are, in any two offsets', () => {
  const offset = fc.constantFrom('Z', '+05:30', '-04:00', '+14:00', '-11:00');
  const minute = fc.integer({ min: 0, max: 2 * 24 * 60 });
  const at = (minutes: number, zone: string) =>
    Temporal.Instant.from('2024-03-09T12:00:00Z')
      .add({ minutes })
      .toZonedDateTimeISO(zone === 'Z' ? 'UTC' : zone)
      .toString({ timeZoneName: 'never' });
  fc.assert(
    fc.property(minute, offset, minute, offset, (from, fromZone, to, toZone) => {
      const change = { 'effectivePeriod.start': at(from, fromZone), 'effectivePeriod.end': at(to, toZone) };
      const codes = validate(changed('example-infusion-flex', change)).map(({ code }) => code);
      expect(codes).toEqual(to < from ? ['order'] : []);
    }),
  );
});
