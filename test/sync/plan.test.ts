import { describe, expect, it } from 'vitest';
import { type Operation, type Plan, plan } from '../../src/sync/plan.ts';
import type { Tailored } from '../../src/sync/tailored.ts';
import { infusion, linksTo, observation, provenance, pump, tailored } from './therapy-resources.ts';

const nobody = new Map();
const brief = (groups: Plan): string[][] => groups.map((group) => group.map(nameOf));
const nameOf = ({ kind, identity }: Operation): string => `${kind} ${Number(identity.slice(-12))}`;

describe('a plan', () => {
  it('creates what a destination does not hold, devices first, then event by event in the order of the history', () => {
    const wanted = tailored(observation(4, 2), infusion(2, 1, 1), pump(1), provenance(3, 1, 2));
    expect(brief(plan(wanted, nobody))).toEqual([['create 1'], ['create 2', 'create 3'], ['create 4']]);
  });

  it('is empty when nothing changed', () => {
    const wanted = tailored(pump(1), infusion(2, 1, 1), provenance(3, 1, 2));
    expect(plan(wanted, linksTo(wanted))).toEqual([]);
  });

  it('updates only what says something else now', () => {
    const links = linksTo(tailored(pump(1), observation(2, 1, '2'), observation(3, 1, '2')));
    const wanted = tailored(pump(1), observation(2, 1, '2'), observation(3, 1, '3'));
    expect(brief(plan(wanted, links))).toEqual([['update 3']]);
  });

  it('closes an infusion before it opens the next', () => {
    const links = linksTo(tailored(pump(1), infusion(2, 1, 1)));
    const wanted = tailored(pump(1), infusion(3, 2, 1), infusion(2, 2, 1, '2024-03-11T09:00:00Z'));
    expect(brief(plan(wanted, links))).toEqual([['update 2', 'create 3']]);
  });

  it('enters in error what is no longer wanted, before anything else, and keeps what it said', () => {
    const links = linksTo(tailored(pump(1), observation(2, 1, '2')));
    const groups = plan(tailored(pump(1), observation(3, 2)), links);
    expect(brief(groups)).toEqual([['void 2'], ['create 3']]);
    expect(groups[0]?.[0]).toMatchObject({ resource: { status: 'entered-in-error', valueString: '2' } });
  });

  it('does not void twice', () => {
    expect(plan([], linksTo(tailored(observation(2, 1)), { state: 'voided' }))).toEqual([]);
  });

  it('makes a voided resource live again by an update of the same one', () => {
    const wanted = tailored(observation(2, 1));
    expect(brief(plan(wanted, linksTo(wanted, { state: 'voided' })))).toEqual([['update 2']]);
  });

  it('writes again what the destination is not known to say', () => {
    const wanted = tailored(observation(2, 1));
    expect(brief(plan(wanted, linksTo(wanted, { contentHash: null })))).toEqual([['update 2']]);
  });

  it('never touches a Provenance again, whether it changed or is no longer wanted', () => {
    const links = linksTo(tailored(provenance(3, 1, 2)), { contentHash: null });
    expect(plan(tailored(provenance(3, 1, 7)), links)).toEqual([]);
    expect(plan([], links)).toEqual([]);
  });

  it('leaves alone what somebody changed there until a human decides, wanted or not', () => {
    const links = linksTo(tailored(observation(2, 1, '2'), observation(3, 1, '2')), { state: 'contested' });
    expect(plan(tailored(observation(2, 1, '3')), links)).toEqual([]);
  });

  it('leaves alone what the destination cannot change, known or not', () => {
    const [item] = tailored(observation(2, 1, '3'));
    const frozen = { ...(item as Tailored), frozen: true as const };
    expect(plan([frozen], linksTo(tailored(observation(2, 1, '2'))))).toEqual([]);
    expect(plan([frozen], nobody)).toEqual([]);
  });

  it('creates each resource after those of its event that it refers to', () => {
    const wanted = tailored(provenance(5, 1, 4), observation(4, 1, '2', 3), observation(3, 1));
    expect(brief(plan(wanted, nobody))).toEqual([['create 3', 'create 4', 'create 5']]);
  });

  it('comes to an end where two refer to each other', () => {
    const wanted = tailored(observation(3, 1, '2', 4), observation(4, 1, '2', 3));
    expect(brief(plan(wanted, nobody))).toEqual([['create 4', 'create 3']]);
  });
});
