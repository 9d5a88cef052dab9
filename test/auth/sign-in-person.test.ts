import { describe, expect, it } from 'vitest';
import { localPath } from '../../src/auth/sign-in.ts';
import { type ClaimRules, claimAt, mayAct, type Person, personOf } from '../../src/auth/sign-in-person.ts';

const rules: ClaimRules = {
  issuer: 'https://id.test',
  rolesClaim: 'realm_access.roles',
  roles: { viewer: ['readers'], operator: ['nurses', 'office'], admin: ['it'] },
  tenant: { claim: 'clinic', known: ['north', 'south'] },
  environment: 'live',
};
const claims = { sub: 's-1', name: 'N. Urse', clinic: 'north', realm_access: { roles: ['nurses', 'choir'] } };

describe('who the claims speak of', () => {
  it('is a person of a clinic that is looked after here, with the roles that its values mean', () => {
    expect(personOf(claims, rules)).toEqual({
      issuer: 'https://id.test',
      subject: 's-1',
      name: 'N. Urse',
      tenant: 'north',
      environment: 'live',
      roles: ['operator'],
    });
  });

  it.each([
    ['no subject', { ...claims, sub: '' }, 'no-subject'],
    ['a clinic that we do not know', { ...claims, clinic: 'east' }, 'no-tenant'],
    ['no clinic', { ...claims, clinic: undefined }, 'no-tenant'],
    ['roles that mean nothing here', { ...claims, realm_access: { roles: ['choir'] } }, 'no-role'],
    ['no roles', { ...claims, realm_access: undefined }, 'no-role'],
    ['roles that are no text', { ...claims, realm_access: { roles: [{ nurses: true }] } }, 'no-role'],
  ])('is nobody with %s', (_what, spoken, refused) => {
    expect(personOf(spoken, rules)).toEqual({ refused });
  });

  it('is of the one clinic where all who sign in are', () => {
    expect(personOf({ ...claims, clinic: 'east' }, { ...rules, tenant: { fixed: 'south' } })).toMatchObject({
      tenant: 'south',
    });
  });

  it.each([
    [{ name: undefined, preferred_username: 'nurse1', email: 'n@h.test' }, 'nurse1'],
    [{ name: undefined, email: 'n@h.test' }, 'n@h.test'],
    [{ name: undefined }, 's-1'],
    [{ name: 'x'.repeat(121) }, 'x'.repeat(120)],
  ])('is called what the provider tells first', (over, name) => {
    expect(personOf({ ...claims, ...over }, rules)).toMatchObject({ name });
  });

  it('has a single role as text, too', () => {
    expect(personOf({ ...claims, role: 'it' }, { ...rules, rolesClaim: 'role' })).toMatchObject({ roles: ['admin'] });
  });
});

describe('a claim', () => {
  it('is found by its name, also one with dots, and else by the way to it', () => {
    expect(claimAt({ 'a.b': 1, a: { b: 2 } }, 'a.b')).toBe(1);
    expect(claimAt({ a: { b: 2 } }, 'a.b')).toBe(2);
    expect(claimAt({ a: 'text' }, 'a.length')).toBeUndefined();
    expect(claimAt({}, 'constructor.name')).toBeUndefined();
  });
});

describe('a role', () => {
  const withRole = (role: Person['roles'][number]): Person => ({
    ...(personOf(claims, rules) as Person),
    roles: [role],
  });

  it.each([
    ['viewer', [true, false, false, false]],
    ['operator', [true, true, false, false]],
    ['mapper', [true, true, true, false]],
    ['admin', [true, true, true, true]],
  ] as const)('%s includes those before it', (role, may) => {
    expect((['viewer', 'operator', 'mapper', 'admin'] as const).map((one) => mayAct(withRole(role), one))).toEqual(may);
  });
});

describe('the path that a sign-in returns to', () => {
  const origin = 'https://pumps.test';

  it.each([
    ['/board?state=unknown', '/board?state=unknown'],
    ['/board/patients/x#note', '/board/patients/x'],
  ])('is one of ours: %s', (asked, path) => {
    expect(localPath(asked, origin)).toBe(path);
  });

  it.each([
    'https://evil.test/board',
    '//evil.test/board',
    '/\\evil.test',
    '/\t/evil.test',
    '/.//evil.test',
    '/board/..//evil.test/board',
    '/%2e//evil.test',
    'board',
    '/sign-in?return=/board',
    '/sign-out',
    `/${'a'.repeat(500)}`,
    undefined,
    ['/board', '/board'],
  ])('is the board for %s', (asked) => {
    expect(localPath(asked, origin)).toBe('/board');
  });
});
