import { describe, expect, test } from 'vitest';
import { canariesIn, canary, expectNoCanary } from './canary.ts';

describe('a canary is seen', () => {
  test.each(Object.entries(canary))('%s, whatever it is wrapped in', (name, value) => {
    const wrapped = [
      value,
      value.toUpperCase(),
      `{"diagnostics":${JSON.stringify(`before ${value} after`)}}`,
      encodeURIComponent(value),
      new URLSearchParams({ identifier: `urn:x|${value}` }).toString(),
      [...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join(''),
      [...value].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
      Buffer.from(`Patient?${value}`).toString('base64'),
      Buffer.from(`Patient?${value}`).toString('base64url'),
    ];
    for (const text of wrapped) expect(canariesIn(text)).toContain(name);
  });

  test('and fails the test that looks for it, which says where it was', () => {
    expect(() => expectNoCanary({ 'the log': `a ${canary.lot} b`, 'the metrics': 'nothing' })).toThrow(
      'lot in the log',
    );
    expect(() => expectNoCanary({ 'the log': canary.eventId }, ['lot'])).toThrow('eventId in the log');
  });
});

test('nothing is seen where there is nothing, or where it is allowed to be', () => {
  expectNoCanary({ 'the log': '{"msg":"sync done","destination":"general","code":"destination-refused"}' });
  expectNoCanary({ 'an answer': canary.eventId }, ['eventId']);
});
