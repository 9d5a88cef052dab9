import { describe, expect, test } from 'vitest';
import { readEvents, readLine } from '../../src/intake/json.ts';
import { countReceipts, type Receipt } from '../../src/intake/receipt.ts';
import { refill } from '../http/sample-events.ts';

const limits = { maxEvents: 3, maxDepth: 6 };
const one = JSON.stringify(refill('R-1'));

const read = (body: string, format: 'json' | 'ndjson' = 'json') => readEvents(body, format, limits);

/** Event id or problem codes of each item, or the code of the whole. */
function brief(result: ReturnType<typeof readEvents>) {
  if ('problem' in result) return result.problem.code;
  return result.map((item) =>
    'event' in item ? item.event.source.eventId : item.problems.map(({ code, place }) => [code, place]),
  );
}

describe('an input', () => {
  test.each([
    ['one event', one, 'json', ['R-1']],
    ['an array', `[${one}]`, 'json', ['R-1']],
    ['one event behind a byte order mark', `\uFEFF${one}`, 'json', ['R-1']],
    ['one line', one, 'ndjson', ['R-1']],
    ['nothing but line ends', '\r\n\n', 'ndjson', 'body-empty'],
    ['nothing but a byte order mark', '\uFEFF', 'json', 'body-empty'],
    ['as many events as the limit', `${one}\n${one}\n${one}\n`, 'ndjson', ['R-1', 'R-1', 'R-1']],
    ['one more than the limit', `${one}\n${one}\n${one}\n${one}`, 'ndjson', 'too-many-events'],
    ['NDJSON that is called JSON', `${one}\n${one}`, 'json', [[['body-not-json', {}]]]],
    [
      'JSON over several lines that is called NDJSON',
      '{\n}',
      'ndjson',
      [[['body-not-json', { row: 1 }]], [['body-not-json', { row: 2 }]]],
    ],
  ] as const)('of %s', (_what, body, format, found) => {
    expect(brief(read(body, format))).toEqual(found);
  });

  test('nested to the limit is read, one level deeper is not', () => {
    const nested = (levels: number) => ({ ...refill('R-1'), extra: { own: nest(levels) } });
    // The event is the first level, `extra` the second.
    expect(brief(read(JSON.stringify(nested(4))))).toEqual(['R-1']);
    expect(brief(read(JSON.stringify([nested(4), nested(5)])))).toEqual(['R-1', [['body-too-deep', { field: '[1]' }]]]);
  });

  test('nested deeper than can be written out again is refused as a whole', () => {
    expect(brief(read('['.repeat(200_000) + ']'.repeat(200_000)))).toBe('body-too-deep');
  });
});

test('a problem names field, row and event together', () => {
  const item = readLine(JSON.stringify({ ...refill('R-7'), fill: {} }), 7, limits);
  expect('problems' in item && item.problems[0]?.place).toEqual({ field: 'fill.volumeMl', row: 7, eventId: 'R-7' });
});

test('what cannot be used keeps what was sent', () => {
  const line = '{"type": "refil",   "x": 1.0}';
  expect(readLine(line, 1, limits).payload).toBe(line);
});

test('receipts are counted by what became of them', () => {
  const receipt = (outcome: Receipt['outcome']): Receipt => ({ outcome, place: {}, problems: [] });
  expect(countReceipts((['accepted', 'duplicate', 'refused', 'accepted', 'left-alone'] as const).map(receipt))).toEqual(
    {
      received: 5,
      accepted: 2,
      duplicates: 1,
      refused: 1,
      leftAlone: 1,
    },
  );
});

function nest(levels: number): unknown {
  return levels === 0 ? 1 : [nest(levels - 1)];
}

test('an event of very many problems is told the first hundred of them, and kept whole', () => {
  const fields = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`field${n}`, n]));
  const text = JSON.stringify(refill('R-9', fields));
  const [item] = readEvents(text, 'json', limits) as { problems: readonly unknown[]; payload: string }[];
  expect(item?.problems).toHaveLength(100);
  expect(item?.payload).toBe(text);
});
