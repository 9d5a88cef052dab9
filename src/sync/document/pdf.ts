import { createRequire } from 'node:module';
import type PdfDocument from 'pdfkit';

/** Loaded at the first PDF: most sites ask for none, and it takes 30 MB. */
const pdfkit = (): typeof PdfDocument => createRequire(import.meta.url)('pdfkit') as typeof PdfDocument;

const margin = 40;
const fontSize = 8.5;
const lineHeight = 11;
const linesOnPage = 68;

/**
 * A text of lines of at most 100 characters on pages of A4. The same bytes for the same text and time: nothing of the
 * machine, the clock or chance gets in. `at`: FHIR instant; without one the beginning of the epoch stands for it.
 */
export function pdfOf(title: string, text: string, at: string | undefined): Buffer {
  const atMs = at === undefined ? 0 : Temporal.Instant.from(at).epochMilliseconds;
  const PDFDocument = pdfkit();
  const document = new PDFDocument({
    size: 'A4',
    margin,
    autoFirstPage: false,
    compress: false,
    info: {
      Title: printable(title),
      Producer: 'itb-fhir-adapter',
      Creator: 'itb-fhir-adapter',
      CreationDate: new Date(atMs),
    },
  });
  const lines = linesOf(text);
  for (let start = 0; start < lines.length; start += linesOnPage) {
    document.addPage().font('Courier').fontSize(fontSize);
    for (const [n, line] of lines.slice(start, start + linesOnPage).entries()) {
      if (line) document.text(line, margin, margin + n * lineHeight, { lineBreak: false });
    }
  }
  document.end();
  const chunks: Buffer[] = [];
  for (let chunk = document.read(); chunk !== null; chunk = document.read()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The fonts that every reader has know the characters of Windows-1252 only. */
const unprintable = /[^\x20-\x7E\xA0-\xFF\u2013\u2014\u2018\u2019\u201C\u201D\u2022\u2026\u20AC]/gu;

const printable = (text: string): string => text.replace(unprintable, '?');

function linesOf(text: string): string[] {
  const lines = text.trimEnd().split('\n');
  const shown = lines.map(printable);
  const isWhole = shown.every((line, n) => line === lines[n]);
  return isWhole
    ? shown
    : [...shown, '', 'What this page cannot print is shown as ?. The plain text of this document is complete.'];
}
