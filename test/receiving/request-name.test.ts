import { describe, expect, test } from 'vitest';
import { problem } from '../../src/event/problem.ts';
import { nameOfRequest, prefersLater } from '../../src/receiving/request-name.ts';

const refused = problem('idempotency-key-invalid', 'this Idempotency-Key cannot be used');

describe('the name of a request', () => {
  test.each([
    ['"8e03978e"', 'key:8e03978e'],
    ['8e03978e', 'key:8e03978e'],
    ['"a b"', 'key:a b'],
    ['"a \\"b\\" \\\\"', 'key:a "b" \\'],
    ['x'.repeat(255), `key:${'x'.repeat(255)}`],
    [`"${'x'.repeat(255)}"`, `key:${'x'.repeat(255)}`],
  ])('with the Idempotency-Key %s is %s', (stated, name) => {
    expect(nameOfRequest({ 'idempotency-key': stated }, undefined)).toBe(name);
  });

  test.each([
    [''],
    ['""'],
    ['a b'],
    ['a,b'],
    ['"a'],
    ['a"'],
    ['"a"b"'],
    ['"a\\b"'],
    ['ä'],
    ['"ä"'],
    ['x'.repeat(256)],
    [`"${'x'.repeat(256)}"`],
  ])('is not %s', (stated) => {
    expect(nameOfRequest({ 'idempotency-key': stated }, undefined)).toEqual(refused);
  });

  test('that was signed is its own: no key that was not signed takes its place', () => {
    expect(nameOfRequest({ 'idempotency-key': 'k' }, 'msg_1')).toBe('webhook:msg_1');
  });

  test('may be none', () => {
    expect(nameOfRequest({}, undefined)).toBeUndefined();
  });
});

describe('who would rather not wait', () => {
  test.each([
    ['respond-async', true],
    ['Respond-Async', true],
    ['return=minimal, respond-async; wait=10', true],
    ['wait=5,respond-async', true],
    ['return=minimal', false],
    ['not-respond-async', false],
    ['respond-asynchronously', false],
  ])('says Prefer: %s (%s)', (prefer, is) => {
    expect(prefersLater({ prefer })).toBe(is);
  });

  test('does not say nothing', () => {
    expect(prefersLater({})).toBe(false);
  });
});
