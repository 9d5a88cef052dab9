import { describe, expect, it } from 'vitest';
import { pdfOf } from '../../../src/sync/document/pdf.ts';

const at = '2024-06-25T14:20:00Z';

/** Texts as they are shown: pdfkit writes them as hexadecimal strings with kerning between. */
function shown(pdf: Buffer): string[] {
  const arrays = [...pdf.toString('latin1').matchAll(/\[([^\]]*)\] TJ/g)].map(([, array = '']) => array);
  return arrays.map((array) =>
    [...array.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1')).join(''),
  );
}

const pagesOf = (pdf: Buffer): number => pdf.toString('latin1').split('/Type /Page\n').length - 1;

describe('a report as PDF', () => {
  it('shows every line, indented as it is', () => {
    expect(shown(pdfOf('t', 'first\n\n  second é – µ\n', at))).toEqual(['first', '  second \xe9 \x96 \xb5']);
  });

  it('is the same, byte for byte, for the same text and time', () => {
    expect(pdfOf('t', 'a\n', at).equals(pdfOf('t', 'a\n', at))).toBe(true);
    expect(pdfOf('t', 'a\n', at).equals(pdfOf('t', 'b\n', at))).toBe(false);
    expect(pdfOf('t', 'a\n', undefined).equals(pdfOf('t', 'a\n', undefined))).toBe(true);
  });

  it('names the time when its event was recorded, and the adapter', () => {
    const text = pdfOf('Refill', 'a\n', at).toString('latin1');
    expect(text).toContain('(D:20240625142000Z)');
    expect(text).toContain('(Refill)');
    expect(text).toContain('(itb-fhir-adapter)');
    expect(text).not.toContain('(PDFKit)');
    expect(pdfOf('Refill', 'a\n', undefined).toString('latin1')).toContain('(D:19700101000000Z)');
  });

  it('says where its font cannot print a character', () => {
    expect(shown(pdfOf('t', 'Zażółć\n', at))).toEqual([
      'Za?\xf3??',
      'What this page cannot print is shown as ?. The plain text of this document is complete.',
    ]);
  });

  it('goes on on another page after 68 lines', () => {
    const lines = (count: number) => Array.from({ length: count }, (_, n) => `line ${n}`).join('\n');
    expect(pagesOf(pdfOf('t', lines(68), at))).toBe(1);
    expect(pagesOf(pdfOf('t', lines(69), at))).toBe(2);
    expect(shown(pdfOf('t', lines(69), at))).toHaveLength(69);
  });
});
