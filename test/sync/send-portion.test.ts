import { describe, expect, it } from 'vitest';
import { type Operation, type Plan, plan } from '../../src/sync/plan.ts';
import { firstBatch, firstWave, type Limits } from '../../src/sync/send-portion.ts';
import { itemsOf } from './places.ts';
import { identityOf, infusion, linksTo, observation, provenance, pump } from './therapy-resources.ts';

const nobody = new Map();
const wide: Limits = { entries: 200, bytes: Number.POSITIVE_INFINITY };
const nameOf = ({ kind, identity }: Operation): string => `${kind} ${Number(identity.slice(-12))}`;
const named = (operations: readonly Operation[]): string[] => operations.map(nameOf);

/** What travels, portion by portion, until the plan is through. */
function portions(groups: Plan, next: (left: Plan) => readonly Operation[]): string[][] {
  const portion = next(groups);
  if (portion.length === 0) return [];
  const sent = new Set(portion);
  const left = groups.map((group) => group.filter((each) => !sent.has(each))).filter((group) => group.length > 0);
  return [named(portion), ...portions(left, next)];
}

describe('a transaction', () => {
  const events = (...sizes: number[]): Plan =>
    sizes.map((size, event) =>
      plan(itemsOf(...Array.from({ length: size }, (_, n) => observation(10 * event + n, event))), nobody).flat(),
    );
  const batches = (groups: Plan, limits: Limits, most = Number.POSITIVE_INFINITY) =>
    portions(groups, (left) => firstBatch(left, limits, most));

  it('takes whole events as long as they fit', () => {
    expect(batches(events(2, 2, 1), { ...wide, entries: 3 })).toEqual([
      ['create 0', 'create 1'],
      ['create 10', 'create 11', 'create 20'],
    ]);
  });

  it('splits an event that is larger than a destination takes, in its order', () => {
    expect(batches(events(5), { ...wide, entries: 2 })).toEqual([
      ['create 0', 'create 1'],
      ['create 2', 'create 3'],
      ['create 4'],
    ]);
  });

  it('takes no more events than are asked for', () => {
    expect(batches(events(1, 1, 1), wide, 2)).toEqual([['create 0', 'create 10'], ['create 20']]);
  });

  it('is not larger than a destination takes, and holds at least one', () => {
    const oneBytes = 500 + Buffer.byteLength(JSON.stringify(observation(0, 0).resource));
    const groups = events(1, 1, 1);
    expect(batches(groups, { ...wide, bytes: 2 * oneBytes })).toEqual([['create 0', 'create 10'], ['create 20']]);
    expect(batches(groups, { ...wide, bytes: 2 * oneBytes - 1 })).toEqual([['create 0'], ['create 10'], ['create 20']]);
    expect(batches(events(3), { ...wide, bytes: 1 })).toEqual([['create 0'], ['create 1'], ['create 2']]);
    expect(batches(events(3), { ...wide, bytes: 2 * oneBytes })).toEqual([['create 0', 'create 1'], ['create 2']]);
  });

  it('counts what the hospital put beside ours', () => {
    const held = itemsOf(observation(1, 0, '2'), observation(2, 1, '2'));
    const links = linksTo(held, { theirs: { note: [{ text: 'x'.repeat(5_000) }] } });
    const groups = plan(itemsOf(observation(1, 0, '3'), observation(2, 1, '3')), links);
    expect(batches(groups, { ...wide, bytes: 6_000 })).toEqual([['update 1'], ['update 2']]);
  });

  it('of an empty plan is none', () => {
    expect(firstBatch([], wide, 5)).toEqual([]);
    expect(firstWave([], wide)).toEqual([]);
  });
});

describe('a batch, whose entries stand alone', () => {
  const waves = (groups: Plan, limits: Limits = wide) => portions(groups, (left) => firstWave(left, limits));

  it('waits with what refers to something until that is there', () => {
    const wanted = itemsOf(pump(1), infusion(2, 1, 1), observation(3, 2), provenance(4, 1, 2));
    expect(waves(plan(wanted, nobody))).toEqual([['create 1', 'create 3'], ['create 2'], ['create 4']]);
  });

  it('closes before it opens, also in the same event', () => {
    const links = linksTo(itemsOf(pump(1), infusion(2, 1, 1)));
    const wanted = itemsOf(pump(1), infusion(3, 2, 1), infusion(2, 2, 1, '2024-03-11T09:00:00Z'));
    expect(waves(plan(wanted, links))).toEqual([['update 2'], ['create 3']]);
  });

  it('closes with what is new first where the closing refers to it, and opens last', () => {
    const links = linksTo(itemsOf(pump(1), infusion(2, 1, 1)));
    const wanted = itemsOf(pump(1), pump(9), infusion(2, 2, 9, '2024-03-11T09:00:00Z'), infusion(3, 2, 1));
    expect(waves(plan(wanted, links))).toEqual([['create 9'], ['update 2'], ['create 3']]);
  });

  it('opens nothing of a later event while an earlier one still has to close', () => {
    const links = linksTo(itemsOf(pump(1), infusion(2, 1, 1)));
    const closing = { ...infusion(2, 1, 9, '2024-03-11T09:00:00Z'), changedIn: 2 };
    const between = { ...infusion(3, 2, 1, '2024-03-21T09:00:00Z'), changedIn: 3 };
    const wanted = itemsOf(pump(1), { ...pump(9), group: 2 }, closing, between, infusion(5, 3, 1));
    const groups = plan(wanted, links).map((group) => group.filter(({ identity }) => identity !== identityOf(1)));
    expect(waves(groups)).toEqual([['create 9'], ['update 2'], ['create 3', 'create 5']]);
  });

  it('takes away first what is no longer wanted', () => {
    const links = linksTo(itemsOf(observation(2, 1)));
    expect(waves(plan(itemsOf(observation(3, 1)), links))).toEqual([['void 2'], ['create 3']]);
  });

  it('holds as many as the destination takes', () => {
    const wanted = itemsOf(observation(1, 1), observation(2, 1), observation(3, 2));
    expect(waves(plan(wanted, nobody), { ...wide, entries: 2 })).toEqual([['create 1', 'create 2'], ['create 3']]);
    expect(waves(plan(wanted, nobody), { ...wide, entries: 1 })).toEqual([['create 1'], ['create 2'], ['create 3']]);
  });

  it('is none where all that is left refers to each other', () => {
    const groups = plan(itemsOf(observation(3, 1, '2', 4), observation(4, 1, '2', 3), observation(5, 1)), nobody);
    expect(waves(groups)).toEqual([['create 5']]);
  });

  it('does not wait for what is not to come', () => {
    const wanted = itemsOf(observation(3, 1, '2', 8));
    expect(wanted[0]?.resource).toMatchObject({ focus: [{ reference: `urn:uuid:${identityOf(8)}` }] });
    expect(waves(plan(wanted, nobody))).toEqual([['create 3']]);
  });
});
