import { describe, expect, it } from 'vitest';
import { batchIn } from '../../../src/intake/hl7v2/batch.ts';

const a = 'MSH|^~\\&|A||||||ORU^R01|1|P|2.5\rPID|1';
const b = 'MSH|^~\\&|A||||||ORU^R01|2|P|2.5\rPID|2';

describe('what one body holds', () => {
  it('one message stays as it was sent', () => {
    expect(batchIn(`${a}\r\n`)).toEqual({ messages: [{ text: `${a}\r\n`, row: 1 }], problems: [], isBatch: false });
  });

  it('messages one after another', () => {
    expect(batchIn(`${a}\r${b}\r`)).toEqual({
      messages: [
        { text: `${a}\r`, row: 1 },
        { text: `${b}\r`, row: 3 },
      ],
      problems: [],
      isBatch: false,
    });
  });

  it('a file of a batch whose counts agree', () => {
    const file = `FHS|^~\\&|A\rBHS|^~\\&|A\r${a}\r${b}\rBTS|2\rFTS|1\r`;
    expect(batchIn(file)).toEqual({
      messages: [
        { text: `${a}\r`, row: 3 },
        { text: `${b}\r`, row: 5 },
      ],
      problems: [],
      isBatch: true,
    });
  });

  it('counts each batch by itself', () => {
    const file = `FHS|^~\\&|A\rBHS|^~\\&|A\r${a}\rBTS|1\rBHS|^~\\&|A\r${b}\rBTS|1|text\rFTS|2\r`;
    expect(batchIn(file).problems).toEqual([]);
  });

  it('a count that is not stated is not checked', () => {
    expect(batchIn(`BHS|^~\\&|A\r${a}\rBTS\r`).problems).toEqual([]);
  });

  it('a message that was lost on its way is noticed by the count; the others are there', () => {
    const { messages, problems } = batchIn(`FHS|^~\\&|A\rBHS|^~\\&|A\r${a}\rBTS|2\rFTS|2\r`);
    expect(messages.map(({ text }) => text)).toEqual([`${a}\r`]);
    expect(problems).toMatchObject([
      { code: 'batch-count-differs', place: { row: 5, segment: 'BTS', field: 'BTS-1' } },
      { code: 'batch-count-differs', place: { row: 6, segment: 'FTS', field: 'FTS-1' } },
    ]);
  });

  it('of a batch without its end the last message may be cut off anywhere', () => {
    const { messages, problems } = batchIn(`BHS|^~\\&|A\r${a}\r${b}`);
    expect(problems).toMatchObject([{ code: 'batch-incomplete', place: { segment: 'BTS' } }]);
    expect(messages.map(({ cutOff }) => cutOff?.code)).toEqual([undefined, 'batch-incomplete']);
  });

  it('what stands before the first message makes the whole one message that cannot be read', () => {
    expect(batchIn(`junk\r${a}\r`).messages).toEqual([{ text: `junk\r${a}\r`, row: 1 }]);
    expect(batchIn('').messages).toEqual([{ text: '', row: 1 }]);
  });
});
