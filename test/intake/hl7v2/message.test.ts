import { describe, expect, it } from 'vitest';
import { divide } from '../../../src/intake/hl7v2/message.ts';

const noBytes = () => undefined;

function leaves(text: string) {
  const tree = divide(text, noBytes);
  if ('problem' in tree) throw new Error(tree.problem.code);
  return tree.leaves;
}

const paths = (text: string) => leaves(text).map(({ path, text: value }) => `${path}=${value}`);

describe('a message divided into its values', () => {
  it('counts the fields of MSH from its first separator', () => {
    expect(paths('MSH|^~\\&|APP^1.2.3^ISO|FAC\r')).toEqual([
      'MSH-3.1=APP',
      'MSH-3.2=1.2.3',
      'MSH-3.3=ISO',
      'MSH-4.1=FAC',
    ]);
  });

  it('divides repetitions, components and subcomponents, and only then resolves escapes', () => {
    expect(leaves('MSH|^~\\&|A\rPID|||1\\S\\2^^^H&1.2&ISO~3\r').slice(1)).toEqual([
      { path: 'PID-3.1', place: { segment: 'PID[1]', field: 'PID-3.1' }, segment: 1, repetition: 1, text: '1^2' },
      { path: 'PID-3.4', place: { segment: 'PID[1]', field: 'PID-3.4' }, segment: 1, repetition: 1, text: 'H' },
      { path: 'PID-3.4.2', place: { segment: 'PID[1]', field: 'PID-3.4.2' }, segment: 1, repetition: 1, text: '1.2' },
      { path: 'PID-3.4.3', place: { segment: 'PID[1]', field: 'PID-3.4.3' }, segment: 1, repetition: 1, text: 'ISO' },
      { path: 'PID-3.1', place: { segment: 'PID[1]', field: 'PID-3.1' }, segment: 1, repetition: 2, text: '3' },
    ]);
  });

  it.each(['|', '^', '~', '&', '\rOBX|'])(
    'of more than 50,000 values is refused before it is divided by %j',
    (between) => {
      const most = `MSH|^~\\&|A\rOBX|1${between}`;
      const separators = between === '\rOBX|' ? 9 : 8;
      const values = (count: number) => `${most}${'|'.repeat(count - 1 - separators)}`;
      expect(divide(values(50_000), noBytes)).toHaveProperty('leaves');
      expect(divide(values(50_001), noBytes)).toMatchObject({ problem: { code: 'body-too-large' } });
    },
  );

  it('of half a million parts of one value is refused, not a failure of ours', () => {
    expect(divide(`MSH|^~\\&|A\rOBX|1|${'&a'.repeat(500_000)}`, noBytes)).toMatchObject({
      problem: { code: 'body-too-large', message: 'the message holds more than 50000 values' },
    });
  });

  it('two double quotes clear a field, which is not the same as leaving it out', () => {
    expect(leaves('MSH|^~\\&|A\rOBX|1|""||""^b\r').slice(2)).toEqual([
      {
        path: 'OBX-2.1',
        place: { segment: 'OBX[1]', field: 'OBX-2.1' },
        segment: 1,
        repetition: 1,
        text: '',
        isCleared: true,
      },
      {
        path: 'OBX-4.1',
        place: { segment: 'OBX[1]', field: 'OBX-4.1' },
        segment: 1,
        repetition: 1,
        text: '',
        isCleared: true,
      },
      { path: 'OBX-4.2', place: { segment: 'OBX[1]', field: 'OBX-4.2' }, segment: 1, repetition: 1, text: 'b' },
    ]);
  });

  it('numbers the segments of a name, and all of them', () => {
    const [, , second] = leaves('MSH|^~\\&|A\rOBX|1\rOBX|2\r');
    expect(second).toMatchObject({ place: { segment: 'OBX[2]', field: 'OBX-1.1' }, segment: 2, text: '2' });
  });

  it.each([
    ['CR', 'MSH|^~\\&|A\rPID|1\r'],
    ['no CR after the last', 'MSH|^~\\&|A\rPID|1'],
    ['LF', 'MSH|^~\\&|A\nPID|1\n'],
    ['CRLF', 'MSH|^~\\&|A\r\nPID|1\r\n'],
    ['empty lines', 'MSH|^~\\&|A\r\rPID|1\r\r\r'],
  ])('takes segments that end in %s', (_name, text) => {
    expect(paths(text)).toEqual(['MSH-3.1=A', 'PID-1.1=1']);
  });

  it('reads unusual separators', () => {
    expect(paths('MSH$%*!@$A%B\rPID$$$1!S!2%%%H@1.2*3\r')).toEqual([
      ...['MSH-3.1=A', 'MSH-3.2=B', 'PID-3.1=1%2', 'PID-3.4=H', 'PID-3.4.2=1.2', 'PID-3.1=3'],
    ]);
  });

  it('of a value that was cut short (HL7 2.7) says so', () => {
    expect(leaves('MSH|^~\\&#|A\rOBX|Long te#|5\\P\\\r').slice(1)).toMatchObject([
      { text: 'Long te#', isTruncated: true },
      { text: '5#' },
    ]);
  });

  it('says where an escape sequence is not understood', () => {
    expect(leaves('MSH|^~\\&|A\rOBX|a\\Z1\\\r').at(-1)).toMatchObject({ text: 'a\\Z1\\', hasUnknownEscape: true });
  });

  it.each([
    ['{"type":"refill"}', undefined],
    ['', undefined],
    ['PID|1\rMSH|^~\\&|A', undefined],
    ['MSH|^~\\&|A\rthe rest of a torn value\r', { row: 2 }],
    ['MSH|^~\\&|A\rOBX,1\r', { row: 2 }],
    ['MSH|^~\\&|A\rOBX|a\0b\r', { row: 2 }],
  ])('%j is no message', (text, place) => {
    const read = divide(text, noBytes);
    expect(read).toMatchObject({ problem: { code: 'hl7-unreadable', ...(place && { place }) } });
  });

  it('a segment may have nothing but its name', () => {
    expect(paths('MSH|^~\\&|A\rPV1\r')).toEqual(['MSH-3.1=A']);
  });
});
