import { describe, expect, test } from 'vitest';
import { promoted, retired, safeToSignAt, withNewKey } from '../../src/auth/key-life.ts';
import type { PrivateSigningJwk } from '../../src/auth/keys.ts';

const at = (text: string) => Temporal.Instant.from(text);
const noon = at('2026-03-01T12:00:00Z');

const key = (kid: string, over: Partial<PrivateSigningJwk> = {}): PrivateSigningJwk => ({ kid, kty: 'EC', ...over });
const old = key('old', { state: 'signing', since: '2025-01-01T00:00:00Z' });
const fresh = key('fresh', { state: 'published', since: '2026-03-01T11:54:00Z' });

describe('a new key', () => {
  test('signs at once where it is the first, because no server knows an older one', () => {
    const first = { ...key('new'), state: 'signing', since: '2026-03-01T12:00:00Z' };
    expect(withNewKey([], key('new'), noon)).toEqual({ keys: [first] });
    const gone = key('gone', { state: 'retired' });
    expect(withNewKey([gone], key('new'), noon)).toEqual({ keys: [gone, first] });
  });

  test('is only published where another one signs', () => {
    const published = { ...key('new'), state: 'published', since: '2026-03-01T12:00:00Z' };
    expect(withNewKey([old], key('new'), noon)).toEqual({ keys: [old, published] });
  });
});

describe('a published key', () => {
  test('signs when no server can hold a JWKS without it: five minutes and one more after it was published', () => {
    expect(safeToSignAt(fresh)).toEqual(noon);
    const signing = { ...fresh, state: 'signing', since: '2026-03-01T12:00:00Z' };
    expect(promoted([old, fresh], 'fresh', noon, 'after-max-age')).toEqual({ keys: [old, signing] });
    expect(promoted([old, fresh], 'fresh', noon.subtract({ milliseconds: 1 }), 'after-max-age')).toEqual({
      refused:
        'Servers may hold a JWKS without this key until 2026-03-01T12:00:00Z. Where all servers have it, say --now.',
    });
  });

  test('signs earlier where an operator knows that every server has it', () => {
    const early = noon.subtract({ seconds: 300 });
    const signing = { ...fresh, state: 'signing', since: '2026-03-01T11:55:00Z' };
    expect(promoted([old, fresh], 'fresh', early, 'at-once')).toEqual({ keys: [old, signing] });
  });

  test('of unknown age is taken for one that servers do not know; its creation counts where no other time is known', () => {
    const undated = key('fresh', { state: 'published' });
    expect(promoted([undated], 'fresh', noon, 'after-max-age')).toEqual({
      refused: 'Nobody knows since when this key is published. Where all servers have it, say --now.',
    });
    expect(safeToSignAt({ ...undated, createdAt: '2026-03-01T11:54:00Z' })).toEqual(noon);
  });
});

test.each([
  ['signs already', key('k'), 'This key signs already.'],
  ['is retired', key('k', { state: 'retired' }), 'This key is retired. Make a new one.'],
  ['is not there', key('other'), 'No key of the file has this kid.'],
])('a key that %s is not promoted', (_what, one, refused) => {
  expect(promoted([one], 'k', noon, 'at-once')).toEqual({ refused });
});

describe('an old key', () => {
  test('leaves the JWKS once another one signs', () => {
    const signing = { ...fresh, state: 'signing' as const };
    const gone = { ...old, state: 'retired', since: '2026-03-01T12:00:00Z' };
    expect(retired([old, signing], 'old', noon)).toEqual({ keys: [gone, signing] });
  });

  test('stays while nothing else could sign', () => {
    expect(retired([old, fresh], 'old', noon)).toEqual({
      refused: 'Without this key nothing could sign. Promote another one first.',
    });
  });

  test('that is retired or not there is said to be', () => {
    expect(retired([old], 'x', noon)).toEqual({ refused: 'No key of the file has this kid.' });
    expect(retired([key('k', { state: 'retired' })], 'k', noon)).toEqual({ refused: 'This key is retired already.' });
  });
});
