import { createHash } from 'node:crypto';

/**
 * The identity of what tailoring makes of something that has one: a SHA-256 of its identity and what tells the new
 * thing apart, written as a UUID (version 8). Keyed as its origin is, because nobody can derive it without that.
 */
export function derivedIdentity(identity: string, ...parts: readonly string[]): string {
  const hash = sha256(identity, ...parts);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Twenty characters, the most that MSH-10 holds in every version: the same for the same parts. */
export const controlId = (...parts: readonly string[]): string =>
  sha256(...parts)
    .toString('hex', 0, 10)
    .toUpperCase();

/** What FHIR R4 asks of `Attachment.hash`: SHA-1, base64. */
export const attachmentHash = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('base64');

/** JSON keeps the parts apart. */
const sha256 = (...parts: readonly string[]): Buffer => createHash('sha256').update(JSON.stringify(parts)).digest();
