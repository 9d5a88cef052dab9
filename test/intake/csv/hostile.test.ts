import { describe, expect, test } from 'vitest';
import { readCsv } from '../../../src/intake/csv/read.ts';
import { csvOf, doseChange, read, shippedSources, toldOf } from './tables.ts';

const row = (id: string) => csvOf([doseChange({ source_event_id: id })]).split('\n');
const header = () => row('-')[0] as string;
const good = (id: string) => row(id)[1] as string;

/** Whatever it is made of, a file of a few megabytes is read in seconds. */
const soonMs = 20_000;

describe('a hostile file', () => {
  test('of one cell of 200 MB is read in the memory of a piece of it, and what follows is read', async () => {
    const piece = Buffer.alloc(1_000_000, 'x');
    const sources = shippedSources();
    async function* pieces() {
      yield Buffer.from(`${header()}\n${good('A')}\n"`);
      for (let n = 0; n < 200; n++) yield piece;
      yield Buffer.from(`\n${good('B')}\n`);
    }
    const before = process.memoryUsage().rss;
    const told = [];
    for await (const items of readCsv(pieces(), { sources })) told.push(...toldOf(items));
    expect(told).toEqual(['A', ['csv-row-too-long 3'], 'B']);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });

  test(
    'of a hundred thousand columns without a known name is refused soon',
    () => {
      const columns = Array.from({ length: 100_000 }, (_, n) => `c${n}`);
      expect(toldOf(read(`${columns.join(',')}\n`).items)).toEqual([['source-map-missing 1']]);
    },
    soonMs,
  );

  test(
    'of open quotes is read soon, each line of it told',
    () => {
      const lines = Array.from({ length: 20_000 }, (_, n) => (n % 2 ? `a,"${n}` : `"${n}",""b`));
      const { items } = read(`${header()}\n${lines.join('\n')}\n${good('Z')}\n`);
      expect(toldOf(items).at(-1)).toBe('Z');
      expect(items.length).toBeGreaterThan(10_000);
    },
    soonMs,
  );

  test(
    'whose header has an open quote is refused soon',
    () => {
      const { items } = read(`"open\n${'\n'.repeat(200_000)}`);
      expect(toldOf(items)).toEqual([['csv-quote-open 1']]);
    },
    soonMs,
  );

  test(
    'of cells that look almost like numbers and dates is read soon',
    () => {
      const cells = [
        '1'.repeat(50_000),
        `${'1,111'.repeat(10_000)}x`,
        `${'1/'.repeat(20_000)}`,
        `#${'N/A'.repeat(9_000)}`,
      ];
      const rows = cells.map((daily_dose_ug) => doseChange({ daily_dose_ug, occurred_at: daily_dose_ug }));
      expect(read(csvOf(rows)).items.every((item) => 'problems' in item)).toBe(true);
      expect(toldOf(read(`${cells.join('|')}x\n`).items).length).toBe(1);
    },
    soonMs,
  );

  test('cut off at any byte never throws, and never makes another event of it', () => {
    const text = csvOf([doseChange({ source_event_id: 'A', note: 'l"1\nl,2' }), doseChange({ source_event_id: 'B' })]);
    const whole = read(text).items;
    for (let length = 0; length <= text.length; length++) {
      for (const item of read(text.slice(0, length)).items) {
        if (!('event' in item)) continue;
        const same = whole.find(
          (other) => 'event' in other && other.event.source.eventId === item.event.source.eventId,
        );
        if (same && 'event' in same)
          expect(Object.keys(same.event)).toEqual(expect.arrayContaining(Object.keys(item.event)));
      }
    }
  });
});
