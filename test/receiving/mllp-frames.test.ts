import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framed, frameReader } from '../../src/receiving/mllp-frames.ts';

const text = (message: string) => framed(Buffer.from(message));

describe('MLLP frames', () => {
  it('come out whole, whatever packets they came in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme-ascii' }), { maxLength: 6 }),
        fc.array(fc.nat(40), { maxLength: 30 }),
        (messages, cuts) => {
          const whole = Buffer.concat(messages.map(text));
          const at = cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b);
          const packets = [...at, whole.length].map((end, n) => whole.subarray(at[n - 1] ?? 0, end));
          const reader = frameReader(1_000);
          const frames = packets.flatMap((packet) => reader.push(packet));
          expect(frames.map(({ bytes }) => bytes.toString())).toEqual(messages);
        },
      ),
    );
  });

  it('an end without the CR that should follow it is an end', () => {
    const reader = frameReader(100);
    expect(reader.push(Buffer.from('\x0bA\x1c\x0bB\x1c')).map(({ bytes }) => bytes.toString())).toEqual(['A', 'B']);
  });

  it('what stands between frames belongs to none, and is counted', () => {
    const reader = frameReader(100);
    expect(reader.push(Buffer.from('GET / HTTP/1.1'))).toEqual([]);
    expect(reader.strayBytes()).toBe(14);
    expect(reader.push(text('A')).map(({ bytes }) => bytes.toString())).toEqual(['A']);
    expect(reader.strayBytes()).toBe(1);
  });

  it('a sender that begins again cut its frame off: nothing of it is a message', () => {
    const reader = frameReader(100);
    const frames = reader.push(Buffer.concat([Buffer.from('\x0bMSH|half'), text('MSH|whole')]));
    expect(frames.map(({ bytes }) => bytes.toString())).toEqual(['MSH|whole']);
  });

  it('a frame as long as the limit is taken, a longer one only begun, and the next is read', () => {
    const reader = frameReader(10);
    expect(reader.push(text('a'.repeat(10)))).toEqual([{ bytes: Buffer.from('a'.repeat(10)), isTooLong: false }]);
    const [long, next] = reader.push(Buffer.concat([text('b'.repeat(11)), text('c')]));
    expect(long).toEqual({ bytes: Buffer.from('b'.repeat(11)), isTooLong: true });
    expect(next).toEqual({ bytes: Buffer.from('c'), isTooLong: false });
  });

  it('a packet of nothing but beginnings costs no more than its length', () => {
    const reader = frameReader(100);
    const packet = Buffer.alloc(2_000_000, 0x0b);
    const before = performance.now();
    expect(reader.push(packet)).toEqual([]);
    // Searched to its end for each of them, it took minutes.
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  it('of a frame without end only its start is kept', () => {
    const reader = frameReader(10_000);
    reader.push(Buffer.from('\x0bMSH|start'));
    for (let n = 0; n < 1_000; n++) reader.push(Buffer.alloc(10_000, 'x'));
    const [frame] = reader.push(Buffer.from('\x1c\r'));
    expect(frame?.isTooLong).toBe(true);
    expect(frame?.bytes.length).toBe(4_000);
    expect(frame?.bytes.subarray(0, 9).toString()).toBe('MSH|start');
  });
});
