/**
 * MLLP frames: VT, the message, FS CR. Bytes come in packets of any size: many frames in one, or one frame in many.
 *
 * ## Between frames
 * Bytes up to the next VT belong to nobody and are counted. Leaves at VT.
 *
 * ## Inside a frame
 * Bytes are collected up to the limit; of a frame that is longer only the start is kept, so that it can be answered. Leaves at
 * FS with a frame. A VT means that the sender began again: what was collected was cut off and never answered, so its sender
 * still has it. Neither byte stands in a message, unless in UTF-16, which MLLP cannot carry.
 */

export interface Frame {
  readonly bytes: Buffer;
  /** It was longer than the limit; `bytes` is its start. */
  readonly isTooLong: boolean;
}

export interface FrameReader {
  push(packet: Buffer): Frame[];
  /** Bytes since the last frame that were in none. */
  strayBytes(): number;
}

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;

/** Enough to read MSH and answer it. */
const keptOfTooLong = 4_000;

export function frameReader(maxBytes: number): FrameReader {
  let parts: Buffer[] = [];
  let size = 0;
  let inside = false;
  let stray = 0;

  const keep = (part: Buffer) => {
    const fitted = size <= maxBytes;
    size += part.length;
    if (size <= maxBytes) parts.push(part);
    else if (fitted) parts = [start([...parts, part])];
  };
  const begin = () => {
    parts = [];
    size = 0;
    inside = true;
  };
  const end = (): Frame => {
    const isTooLong = size > maxBytes;
    const bytes = Buffer.concat(parts);
    parts = [];
    inside = false;
    stray = 0;
    return { bytes, isTooLong };
  };

  return {
    push(packet) {
      const frames: Frame[] = [];
      let at = 0;
      while (at < packet.length) {
        if (!inside) {
          const starts = packet.indexOf(VT, at);
          stray += (starts < 0 ? packet.length : starts) - at;
          if (starts < 0) break;
          begin();
          at = starts + 1;
          continue;
        }
        const stop = nextMark(packet, at);
        if (stop < 0) {
          keep(packet.subarray(at));
          break;
        }
        keep(packet.subarray(at, stop));
        if (packet[stop] === VT) begin();
        else frames.push(end());
        at = stop + 1;
      }
      return frames;
    },
    strayBytes: () => stray,
  };
}

/**
 * FS ends a frame; the CR after it is skipped with whatever else stands between frames, so that none is waited for. The next
 * VT is looked for first: a packet of nothing but VTs would be searched to its end for each of them.
 */
function nextMark(packet: Buffer, from: number): number {
  const begins = packet.indexOf(VT, from);
  const ends = packet.subarray(from, begins < 0 ? undefined : begins).indexOf(FS);
  return ends < 0 ? begins : from + ends;
}

const start = (parts: readonly Buffer[]): Buffer => Buffer.from(Buffer.concat(parts).subarray(0, keptOfTooLong));

export const framed = (message: Buffer): Buffer => Buffer.concat([Buffer.of(VT), message, Buffer.of(FS, CR)]);
