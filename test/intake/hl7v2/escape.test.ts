import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../../src/intake/hl7v2/escape.ts';
import { type Separators, separatorsIn } from '../../../src/intake/hl7v2/separators.ts';

const usual = separatorsIn('MSH|^~\\&|') as Separators;
const asUtf8 = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const text = (raw: string, separators = usual) => decode(raw, separators, asUtf8);

describe('escape sequences', () => {
  it.each([
    ['a\\F\\b', 'a|b'],
    ['a\\S\\b', 'a^b'],
    ['a\\T\\b', 'a&b'],
    ['a\\R\\b', 'a~b'],
    ['a\\E\\b', 'a\\b'],
    ['first\\.br\\second', 'first\nsecond'],
    ['first\\.sp2\\second', 'first\n\nsecond'],
    ['first\\.sp+2\\second', 'first\n\nsecond'],
    ['first\\.sp\\second', 'first\nsecond'],
    ['first\\.ce\\second', 'first\nsecond'],
    ['a\\.sk3\\b', 'a   b'],
    ['\\.in+4\\indented\\.fi\\', 'indented'],
    ['a \\H\\loud\\N\\ b', 'a loud b'],
    ['caf\\XC3A9\\', 'café'],
    ['\\T\\\\T\\', '&&'],
    ['\\E\\T\\E\\', '\\T\\'],
    ['nothing here', 'nothing here'],
  ])('%s is read as %j', (raw, expected) => {
    expect(text(raw)).toEqual({ text: expected, hasUnknown: false });
  });

  it.each([
    ['a\\Zabc\\b'],
    ['a\\C2842\\b'],
    ['a\\M2842\\b'],
    ['a\\X0\\b'],
    ['a\\XZZ\\b'],
    ['a\\.zz\\b'],
    ['a\\X00\\b'],
    ['a\\P\\b'],
    ['5\\ mg'],
    ['ends with \\'],
  ])('%s stays as it was sent, and that is said', (raw) => {
    expect(text(raw)).toEqual({ text: raw, hasUnknown: true });
  });

  it('a lone escape character does not hide the sequence after it', () => {
    expect(text('C:\\ 5\\T\\6')).toEqual({ text: 'C:\\ 5&6', hasUnknown: true });
  });

  it('bytes that are no text in the character set of the message stay as they were sent', () => {
    const decoded = decode('a\\XFF\\b', usual, () => undefined);
    expect(decoded).toEqual({ text: 'a\\XFF\\b', hasUnknown: true });
  });

  it('the truncation character of HL7 2.7 has an escape of its own', () => {
    expect(text('5\\P\\', separatorsIn('MSH|^~\\&#|') as Separators)).toEqual({ text: '5#', hasUnknown: false });
  });

  it('a text of ours written with unusual separators is read again as it was', () => {
    const unusual = separatorsIn('MSH$%*!@$') as Separators;
    const written = encode('10 % of $5 * 2 @ noon!\nnext', unusual);
    expect(written).toBe('10 !S! of !F!5 !R! 2 !T! noon!E!!.br!next');
    expect(text(written, unusual)).toEqual({ text: '10 % of $5 * 2 @ noon!\nnext', hasUnknown: false });
  });
});
