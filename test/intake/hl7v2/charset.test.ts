import { describe, expect, it } from 'vitest';
import { bytesAsText, decodeMessage, isCharset, keptBytesIn } from '../../../src/intake/hl7v2/charset.ts';

const header = (charset: string) => `MSH|^~\\&|A|B|C|D|20261103||ORU^R01|1|P|2.5.1||||||${charset}\rPID|1||`;
const latin = (text: string) => Buffer.from(text, 'latin1');

describe('the character set of a message', () => {
  it.each([
    ['ASCII', latin(`${header('ASCII')}M1`), 'M1'],
    ['none named, and nothing beyond ASCII', latin(`${header('')}M1`), 'M1'],
    ['8859/1', latin(`${header('8859/1')}Mü`), 'Mü'],
    ['the first of several', latin(`${header('8859/1~UNICODE UTF-8')}Mü`), 'Mü'],
    ['8859/15 has the euro sign', Buffer.concat([latin(header('8859/15')), Buffer.of(0xa4)]), '€'],
    ['8859/2', Buffer.concat([latin(header('8859/2')), Buffer.of(0xb3)]), 'ł'],
    ['UNICODE UTF-8', Buffer.from(`${header('UNICODE UTF-8')}Mü€`), 'Mü€'],
    ['UTF-8 by its usual name', Buffer.from(`${header('UTF-8')}Mü€`), 'Mü€'],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${header('UNICODE UTF-8')}Mü`), 'Mü'],
    ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${header('UNICODE UTF-16')}Mü`, 'utf16le'), 'Mü'],
    ['UTF-16 without one', Buffer.from(`${header('UNICODE UTF-16')}Mü`, 'utf16le'), 'Mü'],
    ['big-endian UTF-16', Buffer.from(`\ufeff${header('UNICODE UTF-16')}Mü`, 'utf16le').swap16(), 'Mü'],
  ])('%s', (_name, bytes, expected) => {
    const decoded = decodeMessage(bytes);
    if ('problem' in decoded) throw new Error(decoded.problem.code);
    expect(decoded.text.startsWith('MSH|')).toBe(true);
    expect(decoded.text.split('||').at(-1)).toBe(expected);
  });

  it('of a message that names none, what its listener is configured for', () => {
    const bytes = Buffer.concat([latin(header('')), Buffer.of(0x80)]);
    expect(decodeMessage(bytes, 'WINDOWS-1252')).toMatchObject({ text: `${header('')}€` });
  });

  it('what the message names stands over what is configured', () => {
    expect(decodeMessage(latin(`${header('8859/1')}ü`), 'UTF-8')).toMatchObject({ text: `${header('8859/1')}ü` });
  });

  it.each([
    ['a byte beyond ASCII where none is named', latin(`${header('')}ü`), 'charset-mismatch'],
    ['ISO Latin 1 sent as UTF-8', latin(`${header('UNICODE UTF-8')}ü`), 'charset-mismatch'],
    ['a Windows byte in 8859/1', Buffer.concat([latin(header('8859/1')), Buffer.of(0x92)]), 'charset-mismatch'],
    ['UTF-8 cut within a character', Buffer.from(`${header('UNICODE UTF-8')}ü`).subarray(0, -1), 'charset-mismatch'],
    ['a set that nobody knows', latin(`${header('KLINGON')}x`), 'charset-unknown'],
  ])('%s is a problem, and no byte of it is replaced', (_name, bytes, code) => {
    expect(decodeMessage(bytes)).toMatchObject({ problem: { code, place: { segment: 'MSH[1]', field: 'MSH-18.1' } } });
  });

  it('what is written in a set is read in it again', () => {
    for (const name of ['8859/1', '8859/15', 'WINDOWS-1252', 'UNICODE UTF-8']) {
      const decoded = decodeMessage(Buffer.from(header(name)));
      if ('problem' in decoded) throw new Error(decoded.problem.code);
      expect(decoded.charset.decode(decoded.charset.encode('Zürich|é'))).toBe('Zürich|é');
    }
  });

  it('bytes that could not be read are kept, each of them', () => {
    const bytes = Buffer.of(0, 1, 0xff, 0x92);
    expect(keptBytesIn(bytesAsText(bytes))).toEqual(bytes);
    expect(keptBytesIn('MSH|^~\\&|')).toBeUndefined();
  });

  it('a configuration names only what is read', () => {
    expect([isCharset('WINDOWS-1252'), isCharset('iso-8859-15'), isCharset('EBCDIC')]).toEqual([true, true, false]);
  });
});
