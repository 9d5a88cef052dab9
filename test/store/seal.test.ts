import { describe, expect, it } from 'vitest';
import { SealError, sealOf } from '../../src/store/seal.ts';

const deployment = 'a deployment key of more than thirty-two characters';
const [older, newer] = [
  'an older key of more than thirty-two characters',
  'a newer key of more than thirty-two characters',
];
const text = 'PID|1||MRN0012345^^^STJUDE^MR||Rivera^Ána';

describe('what is sealed', () => {
  it('opens as it was, says nothing of itself, and is never the same twice', () => {
    const seal = sealOf(deployment);
    const [one, other] = [seal.seal(text), seal.seal(text)];
    expect([seal.open(one), seal.open(other)]).toEqual([text, text]);
    expect(one).not.toBe(other);
    expect(one).toMatch(/^sealed:1:[0-9a-f]{8}:[A-Za-z0-9+/]+=*$/);
    expect(Buffer.from(one.split(':')[3] ?? '', 'base64').toString('latin1')).not.toContain('MRN0012345');
  });

  it.each(['', '\u0000', 'sealed:1:', '🙂'.repeat(1000)])('keeps %j', (odd) => {
    const seal = sealOf(deployment);
    expect(seal.open(seal.seal(odd))).toBe(odd);
  });

  it('opens by every key that is known, whichever of them seals now', () => {
    const before = sealOf(deployment).seal(text);
    const byOlder = sealOf(deployment, [older]).seal(text);
    const both = sealOf(deployment, [newer, older]);
    expect([before, byOlder, both.seal(text)].map((one) => both.open(one))).toEqual([text, text, text]);
    expect(sealOf(deployment, [newer]).open(both.seal(text))).toBe(text);
    expect(() => sealOf(deployment, [newer]).open(byOlder)).toThrow(
      /^It was sealed by the key [0-9a-f]{8}, which is not among the keys of retention\.keyFile\.$/,
    );
    expect(() => sealOf('another deployment key of more than 32 characters').open(before)).toThrow(SealError);
  });

  it('does not open when it was cut off or changed', () => {
    const seal = sealOf(deployment);
    const one = seal.seal(text);
    const [mark, version, key, content = ''] = one.split(':');
    const bytes = Buffer.from(content, 'base64');
    const spoiled = [0, 12, 28, bytes.length - 1].map((n) => {
      const changed = Buffer.from(bytes);
      changed[n] = (changed[n] ?? 0) ^ 1;
      return changed;
    });
    for (const cut of [0, 5, 20, bytes.length - 1]) spoiled.push(bytes.subarray(0, cut));
    for (const each of spoiled) {
      const again = [mark, version, key, each.toString('base64')].join(':');
      expect(() => seal.open(again)).toThrow('What was kept is not what was sealed: it was cut off or changed.');
    }
  });

  it('is told from what was kept before there was a seal', () => {
    expect(sealOf(deployment).open('{"type":"refill"}')).toBe('{"type":"refill"}');
  });
});

describe('the fingerprint of a text', () => {
  it('is the same in every process of a deployment, whatever seals, and nobody else’s', () => {
    const one = sealOf(deployment).fingerprint(text);
    expect(one).toMatch(/^[\w-]{43}$/);
    expect(sealOf(deployment, [newer]).fingerprint(text)).toBe(one);
    expect(sealOf(deployment).fingerprint(`${text} `)).not.toBe(one);
    expect(sealOf('another deployment key of more than 32 characters').fingerprint(text)).not.toBe(one);
  });
});
