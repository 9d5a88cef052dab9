import { describe, expect, test } from 'vitest';
import type { Item, Usable } from '../../src/intake/item.ts';
import { readEvents } from '../../src/intake/json.ts';
import { permitted } from '../../src/receiving/permitted.ts';
import { type Sender, thisMachine } from '../../src/receiving/senders.ts';
import { mrnSystem, refill, sourceSystem } from '../http/sample-events.ts';

const limits = { maxEvents: 10, maxDepth: 20 };
const itemsOf = (...events: object[]) => readEvents(JSON.stringify(events), 'json', limits) as Item[];
const sender = (over: Partial<Sender>): Sender => ({ ...thisMachine, name: 'engine', ...over });
const saysOf = (items: readonly Item[]) =>
  items.map((item) => ('problems' in item ? item.problems.map(({ code, message }) => `${code}: ${message}`) : 'kept'));

const [test1, live1] = [refill('T'), refill('L', { test: undefined })];

describe('what a sender may report', () => {
  test('is anything, for whoever is on this machine', () => {
    expect(saysOf(permitted(thisMachine, { items: itemsOf(test1, live1), unused: [] }))).toEqual(['kept', 'kept']);
  });

  test('is tests for a test sender, and no tests for a live one', () => {
    const read = { items: itemsOf(test1, live1), unused: [] };
    expect(saysOf(permitted(sender({ environment: 'test' }), read))).toEqual([
      'kept',
      ['sender-not-permitted: a test sender reports only tests'],
    ]);
    expect(saysOf(permitted(sender({ environment: 'live' }), read))).toEqual([
      ['sender-not-permitted: this sender reports no tests'],
      'kept',
    ]);
  });

  test('is what its source systems say', () => {
    const read = { items: itemsOf(test1), unused: [] };
    expect(saysOf(permitted(sender({ systems: [sourceSystem] }), read))).toEqual(['kept']);
    expect(saysOf(permitted(sender({ systems: ['urn:other'] }), read))).toEqual([
      ['sender-not-permitted: this sender does not report for this source system'],
    ]);
  });

  test('is what is read by its field maps, whether the message or the item names the map', () => {
    const [item] = itemsOf(test1) as [Usable];
    const engine = sender({ sources: ['oru-flowsheet'] });
    const of = (source: string | undefined, ofItem?: string) =>
      saysOf(permitted(engine, { items: [{ ...item, source: ofItem }], unused: [], source }))[0];
    expect([of('oru-flowsheet'), of(undefined), of('other', 'oru-flowsheet')]).toEqual(['kept', 'kept', 'kept']);
    expect([of('other'), of('oru-flowsheet', 'other')]).toEqual([
      ['sender-not-permitted: this sender is not read by this field map'],
      ['sender-not-permitted: this sender is not read by this field map'],
    ]);
  });

  test('is kept as the event that it is where it may not, with whom it is about', () => {
    const [item] = itemsOf(live1) as [Usable];
    const read = { items: [{ ...item, format: 'hl7v2' as const, source: 'map' }], unused: [] };
    const [held] = permitted(sender({ environment: 'test' }), read);
    expect(held).toEqual({
      ...{ payload: JSON.stringify(live1), place: { field: '[0]' }, source: 'map' },
      problems: [expect.objectContaining({ code: 'sender-not-permitted', place: { field: '[0]' } })],
      about: { patient: { system: mrnSystem, value: 'MRN0001' }, sourceSystem },
    });
  });

  test('leaves alone what is no event anyway', () => {
    const items = itemsOf({ ...test1, fil: 1 });
    expect(permitted(sender({ environment: 'live' }), { items, unused: [] })).toEqual(items);
  });
});
