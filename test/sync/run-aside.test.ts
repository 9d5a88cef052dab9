import type { Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { type Operation, type Plan, plan } from '../../src/sync/plan.ts';
import { contestedOf, disownedOf, withoutAside } from '../../src/sync/run-aside.ts';
import type { Tailored } from '../../src/sync/tailored.ts';
import { itemsOf } from './places.ts';
import { identityOf, infusion, linksTo, observation, provenance, pump } from './therapy-resources.ts';

const nobody = new Map();
const nameOf = ({ kind, identity }: Operation): string => `${kind} ${Number(identity.slice(-12))}`;
const left = (
  groups: Plan,
  aside: readonly number[],
  contested: readonly Tailored[] = [],
  disowned: readonly Resource[] = [],
): string[][] =>
  withoutAside(groups, new Set(aside.map(identityOf)), contested, disowned).map((group) => group.map(nameOf));

const later = '2024-03-11T09:00:00Z';
const closed = { ...infusion(2, 1, 1, later), changedIn: 2 };

describe('what stays back of a plan', () => {
  it('is nothing where nothing is set aside', () => {
    expect(left(plan(itemsOf(pump(1), infusion(2, 1, 1)), nobody), [])).toEqual([['create 1'], ['create 2']]);
  });

  it('takes with it what refers to it, directly or through others', () => {
    const wanted = itemsOf(pump(1), infusion(2, 1, 1), provenance(3, 1, 2), observation(4, 1));
    expect(left(plan(wanted, nobody), [1])).toEqual([['create 4']]);
  });

  it('takes nothing with it that refers to what is there', () => {
    const links = linksTo(itemsOf(pump(1, 'old')));
    expect(left(plan(itemsOf(pump(1), infusion(2, 1, 1)), links), [1])).toEqual([['create 2']]);
  });

  it('keeps closed what it would have had to close: the next infusion waits, the score of the visit does not', () => {
    const links = linksTo(itemsOf(pump(1), infusion(2, 1, 1)));
    const wanted = itemsOf(
      pump(1),
      closed,
      infusion(3, 2, 1),
      observation(4, 2),
      infusion(5, 3, 1),
      provenance(6, 2, 3),
    );
    expect(left(plan(wanted, links), [2])).toEqual([['create 4'], ['create 5']]);
  });

  it('opens nothing after it either, when the dose changed once more meanwhile', () => {
    const links = linksTo(itemsOf(pump(1), infusion(2, 1, 1)));
    const between = { ...infusion(3, 2, 1, '2024-03-21T09:00:00Z'), changedIn: 3 };
    const wanted = itemsOf(pump(1), closed, between, infusion(5, 3, 1), observation(4, 3));
    expect(left(plan(wanted, links), [2])).toEqual([['create 4']]);
    expect(left(plan(wanted, links), [], [wanted[1] as Tailored])).toEqual([['update 2'], ['create 4']]);
  });

  it('opens no other while one that is withdrawn here still stands open there', () => {
    const links = linksTo(itemsOf(pump(1), infusion(2, 1, 1), infusion(3, 0, 1, later)));
    const wanted = itemsOf(pump(1), infusion(3, 0, 1), infusion(4, 1, 1), infusion(5, 0, 1, later), observation(6, 1));
    expect(left(plan(wanted, links), [])).toEqual([['void 2'], ['update 3', 'create 5'], ['create 4', 'create 6']]);
    expect(left(plan(wanted, links), [2])).toEqual([['create 5'], ['create 6']]);
    const ended = linksTo(itemsOf(pump(1), infusion(2, 1, 1, later)));
    expect(left(plan(itemsOf(pump(1), infusion(4, 1, 1)), ended), [2])).toEqual([['create 4']]);
  });

  it('opens no other while one that is withdrawn here is contested there', () => {
    const links = new Map([
      ...linksTo(itemsOf(pump(1))),
      ...linksTo(itemsOf(infusion(2, 1, 1)), { state: 'contested' }),
    ]);
    const wanted = itemsOf(pump(1), infusion(4, 1, 1), observation(6, 1));
    const contested = contestedOf(wanted, links);
    expect(contested).toEqual([]);
    expect(left(plan(wanted, links), [], contested, disownedOf(wanted, links))).toEqual([['create 6']]);
    expect(disownedOf(itemsOf(infusion(2, 1, 1)), links)).toEqual([]);
  });

  it('keeps nothing closed for an observation that is set aside', () => {
    const links = linksTo(itemsOf(observation(2, 1, '2')));
    const wanted = itemsOf({ ...observation(2, 1, '3'), changedIn: 2 }, observation(4, 2));
    expect(left(plan(wanted, links), [2])).toEqual([['create 4']]);
  });

  it('waits as well for what is contested', () => {
    const links = linksTo(itemsOf(infusion(2, 1, 1)), { state: 'contested' });
    const wanted = itemsOf(closed, infusion(3, 2, 1), observation(4, 2));
    const contested = contestedOf(wanted, links);
    expect(contested.map(({ identity }) => identity)).toEqual([identityOf(2)]);
    expect(left(plan(wanted, links), [], contested)).toEqual([['create 4']]);
  });
});
