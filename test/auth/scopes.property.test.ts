import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { grants, type Interaction, parseScope, parseScopes, type Scope } from '../../src/auth/scopes.ts';

const level = fc.constantFrom('patient', 'user', 'system');
const resource = fc.constantFrom('Device', 'Observation', 'Procedure', 'MedicationAdministration');
const interaction = fc.constantFrom<Interaction>('create', 'read', 'update', 'delete', 'search');
const letters = fc.subarray(['c', 'r', 'u', 'd', 's'], { minLength: 1 }).map((some) => some.join(''));
const wanted = fc.record({ level: fc.option(level, { nil: undefined }), resource, interaction }) as fc.Arbitrary<
  Parameters<typeof grants>[1]
>;
const scopeText = fc
  .tuple(level, fc.oneof(resource, fc.constant('*')), fc.oneof(letters, fc.constantFrom('read', 'write', '*')))
  .map(([where, what, how]) => `${where}/${what}.${how}`);

const scopesOf = (texts: readonly string[]): readonly Scope[] => parseScopes(texts.join(' ')).scopes;

test('v1 and v2 say the same: .read is .rs, .write is .cud, .* is .cruds', async () => {
  const pairs = fc.constantFrom(['read', 'rs'], ['write', 'cud'], ['*', 'cruds']);
  await fc.assert(
    fc.property(level, fc.oneof(resource, fc.constant('*')), pairs, (where, what, [version1, version2]) => {
      const scope = parseScope(`${where}/${what}.${version1}`);
      expect(scope).toBeDefined();
      expect(scope).toEqual(parseScope(`${where}/${what}.${version2}`));
    }),
  );
});

test('the wildcard grants for every resource what a named scope grants for one', async () => {
  await fc.assert(
    fc.property(level, letters, wanted, (where, some, want) => {
      expect(grants(scopesOf([`${where}/*.${some}`]), want)).toBe(
        grants(scopesOf([`${where}/${want.resource}.${some}`]), want),
      );
    }),
  );
});

test('a scope grants exactly the letters that it has', async () => {
  await fc.assert(
    fc.property(level, resource, letters, interaction, (where, what, some, how) => {
      const letter = { create: 'c', read: 'r', update: 'u', delete: 'd', search: 's' }[how];
      expect(grants(scopesOf([`${where}/${what}.${some}`]), { resource: what, interaction: how })).toBe(
        some.includes(letter),
      );
    }),
  );
});

test('letters in any order but c, r, u, d, s are refused', async () => {
  const shuffled = fc.shuffledSubarray(['c', 'r', 'u', 'd', 's'], { minLength: 1 }).map((some) => some.join(''));
  await fc.assert(
    fc.property(shuffled, (some) => {
      const inOrder = [...'cruds'].filter((letter) => some.includes(letter)).join('');
      expect(parseScope(`system/Device.${some}`) !== undefined).toBe(some === inOrder);
    }),
  );
});

test('a narrower token never grants more: leaving scopes out, or adding a query, takes away only', async () => {
  await fc.assert(
    fc.property(fc.array(scopeText), fc.array(scopeText), wanted, (kept, left, want) => {
      const all = scopesOf([...kept, ...left]);
      if (grants(scopesOf(kept), want)) expect(grants(all, want)).toBe(true);
      const narrowed = all.map((scope) => ({ ...scope, query: 'code=1' }));
      expect(grants(narrowed, want)).toBe(false);
    }),
  );
});

test('no text makes the parser throw, and every word lands on exactly one side', async () => {
  await fc.assert(
    fc.property(fc.array(fc.oneof(scopeText, fc.string())), (words) => {
      const text = words.join(' ');
      const { scopes, others } = parseScopes(text);
      expect(scopes.length + others.length).toBe(text.split(/\s+/).filter((word) => word !== '').length);
    }),
  );
});
