import type { Request, Response } from 'express';
import type { Answer } from './answer.ts';
import { fhirJson } from './media-type.ts';

/** The status that goes out: 304 for a version that the client has already (RFC 9110 "Conditional Requests"). */
export function statusOf({ method, headers }: Request, { status, version }: Answer): number {
  if (version === undefined || (method !== 'GET' && method !== 'HEAD')) return status;
  const tags = headers['if-none-match'];
  if (tags !== undefined) return hasTag(tags, version.number) ? 304 : status;
  const since = Date.parse(headers['if-modified-since'] ?? '');
  // The header has whole seconds.
  return Math.floor(version.lastUpdatedMs / 1000) * 1000 <= since ? 304 : status;
}

const hasTag = (tags: string, version: number): boolean =>
  tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === `"${version}"`);

export function send(
  request: Request,
  response: Response,
  {
    answer,
    pretty,
    theirs = (text) => text,
  }: { answer: Answer; pretty: boolean; theirs?: ((text: string) => string) | undefined },
): void {
  const { headers = {}, version } = answer;
  const status = statusOf(request, answer);
  response.status(status).set({ 'Cache-Control': 'private, no-store', ...headers });
  response.vary('Accept').vary('Authorization').vary('Prefer');
  if (version) {
    const lastModified = new Date(version.lastUpdatedMs).toUTCString();
    response.set({ ETag: `W/"${version.number}"`, 'Last-Modified': lastModified });
  }
  if (status === 304) {
    response.end();
    return;
  }
  const text = theirs(pretty ? JSON.stringify(JSON.parse(answer.body), null, 2) : answer.body);
  response.set({ 'Content-Type': fhirJson, 'Content-Length': String(Buffer.byteLength(text)) });
  // Not `send`: it would make up an ETag for what has no version.
  response.end(text);
}
