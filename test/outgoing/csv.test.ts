import { describe, expect, test } from 'vitest';
import { csvText } from '../../src/outgoing/csv.ts';

describe('a CSV that leaves', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '\nx', '＝1', '＋1', '－1', '＠x'])(
    'never holds a formula: %j is text',
    (text) => {
      const [cell] = csvText([[text]]).split('\r\n');
      expect(cell?.replace(/^"/, '').startsWith(`'${text.charAt(0)}`)).toBe(true);
    },
  );

  test('keeps numbers, and whatever else begins otherwise', () => {
    expect(csvText([[-1, 'a=b', null, 'x,"y"', "'quoted"]])).toBe('-1,a=b,,"x,""y""",\'quoted\r\n');
  });
});
