import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { canary } from '../canary/canary.ts';
import type { Spoiled } from './spoiled.ts';

/** Bodies that are small on the way and large when they are unpacked, or that no one can unpack. */

const bomb = Buffer.alloc(100_000_000, ' ');
const words = Buffer.from(`"${canary.name}"`);

const packed = (name: string, encoding: string, body: Buffer, code?: string): Spoiled => ({
  ...{ name, door: 'json', body, headers: { 'content-encoding': encoding } },
  ...(code !== undefined && { code }),
});

export const spoiledPacking = (): Spoiled[] => {
  const gzipped = gzipSync(bomb);
  return [
    packed('a bomb of gzip', 'gzip', gzipped, 'body-too-large'),
    packed('a bomb of deflate', 'deflate', deflateSync(bomb), 'body-too-large'),
    packed('a bomb of raw deflate', 'deflate', deflateRawSync(bomb)),
    packed(
      'a bomb of brotli',
      'br',
      brotliCompressSync(bomb, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
      'body-too-large',
    ),
    packed('a bomb of zstd', 'zstd', zstdCompressSync(bomb)),
    packed('a bomb in a bomb', 'gzip', gzipSync(gzipped)),
    packed('a bomb in a bomb, and it says so', 'gzip, gzip', gzipSync(gzipped)),
    packed(
      'a thousand bombs one after another',
      'gzip',
      Buffer.concat(Array.from({ length: 1_000 }, () => gzipSync(Buffer.alloc(100_000, ' ')))),
      'body-too-large',
    ),
    packed('half of a packed body', 'gzip', gzipSync(words).subarray(0, 20)),
    packed(
      'a packed body with a wrong sum',
      'gzip',
      Buffer.from([...gzipSync(words).subarray(0, -8), 0, 0, 0, 0, 0, 0, 0, 0]),
    ),
    packed('a packed body with something after it', 'gzip', Buffer.concat([gzipSync(words), words])),
    packed('nothing, and it says that it is packed', 'gzip', Buffer.alloc(0)),
    packed('words, and it says that they are packed', 'gzip', words),
    packed('words, and it says that they are packed otherwise', 'br', words),
    packed('a packing that nobody knows', canary.lot, words),
    packed('a packing of the prototype', '__proto__', words),
    { name: 'a packed bomb of HL7', door: 'hl7v2', body: gzipped, headers: { 'content-encoding': 'gzip' } },
    { name: 'a packed bomb of CSV', door: 'csv', body: gzipped, headers: { 'content-encoding': 'gzip' } },
    { name: 'a packed bomb of FHIR', door: 'fhir', body: gzipped, headers: { 'content-encoding': 'gzip' } },
  ];
};
