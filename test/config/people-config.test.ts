import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigFile, configFrom } from '../../src/config.ts';
import { isReachedFromHereOnly } from '../../src/config-server.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'itb-fhir-people-config-'));
  writeFileSync(join(folder, 'secret.txt'), ' s3cret\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const from = (content: ConfigFile) => configFrom(content, folder);
const signIn = { issuer: 'https://id.test', clientId: 'board', roles: { operator: ['nurses'] } };

describe('who works with the pages', () => {
  it('is whoever sits at this machine, where nothing is said', () => {
    expect(from({}).people).toEqual({ tenant: 'default', environment: 'live' });
    expect(from({}).board).toEqual({ dueWithinDays: 7, notHeardDays: 180 });
  });

  it('signs in at a provider, for half an hour without a request and eight hours in all', () => {
    const { people } = from({
      people: { signIn: { ...signIn, clientSecretFile: 'secret.txt', tenantClaim: 'clinic' } },
    });
    expect(people).toEqual({
      ...{ tenant: 'default', environment: 'live' },
      signIn: {
        provider: {
          ...{ issuer: 'https://id.test', clientId: 'board', clientSecret: 's3cret', scope: 'openid profile' },
          ...{ rolesClaim: 'roles', allowAddresses: [] },
        },
        rules: {
          ...{ issuer: 'https://id.test', rolesClaim: 'roles', roles: { operator: ['nurses'] }, environment: 'live' },
          tenantClaim: 'clinic',
        },
        ...{ idleMs: 1_800_000, longestMs: 28_800_000 },
      },
    });
  });

  it.each<[string, ConfigFile, string]>([
    [
      'plain http',
      { people: { signIn: { ...signIn, issuer: 'http://id.test' } } },
      'https, or http on a loopback address',
    ],
    ['no role for anybody', { people: { signIn: { ...signIn, roles: {} } } }, 'gives nobody a role'],
    ['a scope without openid', { people: { signIn: { ...signIn, scope: 'profile' } } }, 'has to hold openid'],
    [
      'a secret that is not there',
      { people: { signIn: { ...signIn, clientSecretFile: 'gone.txt' } } },
      'clientSecretFile',
    ],
    ['an endless session', { people: { signIn: { ...signIn, longestHours: 25 } } }, 'longestHours'],
    [
      'an address with a path, which its cookies would not keep to',
      { people: { signIn }, server: { publicUrl: 'https://h.test/pumps' } },
      'people sign in only where server.publicUrl has no path',
    ],
  ])('is refused with %s', (_what, content, says) => {
    expect(() => from(content)).toThrow(says);
  });
});

describe('pages that nobody signs in to', () => {
  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::', false],
    ['localhost', true],
    ['0.0.0.0', false],
    ['192.168.1.5', false],
  ])('are served by a service that listens on %s: %s', (host, may) => {
    expect(isReachedFromHereOnly({ host, behindProxy: false })).toBe(may);
  });

  it('are not served behind a proxy, which brings others to an address of this machine', () => {
    expect(isReachedFromHereOnly({ host: '127.0.0.1', behindProxy: true })).toBe(false);
  });
});
