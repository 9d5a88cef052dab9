import type { Response } from 'express';

/** Text as it may stand in HTML, attribute values included. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A plain page of the hospital. `body` is HTML. */
export function sendPage(response: Response, status: number, title: string, body: string): void {
  response
    .status(status)
    .set({ 'Cache-Control': 'no-store', 'Content-Security-Policy': "default-src 'none'" })
    .type('html')
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>` +
        `<meta name="viewport" content="width=device-width"></head><body><main><h1>${escaped(title)}</h1>${body}` +
        '<p>A sandbox hospital with invented patients.</p></main></body></html>',
    );
}
